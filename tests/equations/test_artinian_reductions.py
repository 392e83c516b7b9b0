"""Ideals by an Artinian reduction as long as the degree, against elimination, and forgers."""

from __future__ import annotations

import copy
import random
from itertools import combinations_with_replacement

import pytest
from flint import nmod_mat
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest, encode_polynomial
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.equations import artinian_reductions
from neuroalg_sage.certificates.equations.artinian_reductions import hilbert_function
from neuroalg_sage.certificates.equations.membership import check_in_closure
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations import equivariant_ideal
from neuroalg_sage.invariants.equations.equations_by_degree import generators
from neuroalg_sage.invariants.equations.equivariant_ideal import by_artinian_reduction
from neuroalg_sage.invariants.equations.generators import Ideal
from neuroalg_sage.invariants.equations.linear_section import NotProved
from neuroalg_sage.models.sources import from_expressions

TWISTED_CUBIC = from_expressions(["a^3*x^3 + a^2*b*x^2 + a*b^2*x + b^3"], ["a", "b"], ["x"])
RATIONAL_QUARTIC = from_expressions(["a^4*x^3 + a^3*b*x^2 + a*b^3*x + b^4"], ["a", "b"], ["x"])


def reduction(M: NeuroManifold, degree: int, change=list) -> Ideal:
    """The ideal by equations of at most this degree, perhaps changed, and the degree of M."""
    search = M.equation_search()
    search.up_to(degree)
    return by_artinian_reduction(
        search.affine, change(generators(search, degree)), M.dimension(), "equations",
        M._degree_by_fixed_points, random.Random(1))[0]


def reduced(model) -> NeuroManifold:
    return NeuroManifold(model, method="equivariant", seed=5, cache=False)


@pytest.fixture
def no_points(monkeypatch) -> None:
    """The degree is asked for before points of a section are looked for."""
    monkeypatch.setattr(equivariant_ideal, "FEW_MONOMIALS", 0)


@pytest.mark.parametrize("model", [
    TWISTED_CUBIC, "mlp:2,2,3:x^2", "mlp:3,2,2:x^2", "mlp:2,2,2:x^3", "mlp:2,1,2:x^3",
    "mlp:2,2,2:x^2:bias", "mlp:3,1,2:x^2"], ids=str)
def test_the_ideal_is_that_of_elimination(model, no_points) -> None:
    ours, theirs = reduced(model), NeuroManifold(model, method="elimination", seed=5)
    assert ours.ideal().certificate["evidence"]["argument"] == "Artinian reduction"
    assert ours.ideal().value == theirs.ideal().value
    assert ours.degree() == theirs.degree()
    assert ours.hilbert_polynomial() == theirs.hilbert_polynomial()
    for invariant in ("ideal", "degree", "hilbert_polynomial"):
        answer = ours.compute(invariant)
        assert answer.status == "proved" and not answer.trust
        assert verify(answer.certificate).trust == ()


@pytest.mark.slow
def test_more_than_a_thousand_points_are_not_needed() -> None:
    M = NeuroManifold("mlp:4,4,3:x^2", seed=5, cache=False)
    ideal = M.ideal()
    assert [sum(next(iter(g))) for g in ideal.data] == [5] * 66
    assert ideal.qualified_status() == "proved" and not verify(ideal.certificate).trust
    # The Hilbert function agrees where it is proved on its own.
    n = M.model.ambient_dimension
    assert M.hilbert_function(5).data[4] == n * (n + 1) * (n + 2) * (n + 3) * (n + 4) // 120 - 66
    polynomial = M.hilbert_polynomial()
    verify(polynomial.certificate)
    assert polynomial.data[-1] * 25852016738884976640000 == M.degree().data == 1001  # 23!


def test_the_hilbert_polynomial_agrees_with_the_hilbert_function() -> None:
    M = NeuroManifold("mlp:3,2,2:x^2:bias", seed=5, cache=False)
    assert M.ideal().certificate["evidence"]["argument"] == "Artinian reduction"
    # The series is a polynomial over (1 - t)^13, so the two agree from degree 0 on.
    assert [M.hilbert_polynomial().value(i) for i in range(1, 5)] == list(M.hilbert_function(4))


def monomials(count: int, degree: int) -> list[tuple[int, ...]]:
    return [tuple(map(m.count, range(count))) for m in
            combinations_with_replacement(range(count), degree)]


def dimensions(forms: list[dict[tuple[int, ...], int]], count: int, p: int) -> list[int]:
    """The dimensions of F_p[y]/(forms) up to the first 0, by the rank of all multiples."""
    values: list[int] = []
    while not values or values[-1]:
        degree = len(values) + 1
        place = {m: k for k, m in enumerate(monomials(count, degree))}
        entries: list[int] = []
        for f in forms:
            missing = degree - sum(next(iter(f)))
            for m in monomials(count, missing) if missing >= 0 else ():
                row = [0] * len(place)
                for e, c in f.items():
                    row[place[tuple(map(sum, zip(e, m)))]] += c
                entries += row
        height = len(entries) // len(place)
        values.append(len(place) - nmod_mat(height, len(place), entries, p).rank())
    return values


@pytest.mark.parametrize("p", [2, 5, 32003])
def test_hilbert_functions_are_those_of_all_multiples(p: int) -> None:
    generator = random.Random(p)
    for _ in range(12):
        count = generator.choice([1, 2, 3, 4])
        forms = [{tuple(generator.choice([2, 3]) * (i == j) for j in range(count)): 1}
                 for i in range(count)]
        for _ in range(generator.randrange(4)):
            degree = generator.choice([1, 2, 3, 4])
            form = {m: c for m in monomials(count, degree) if (c := generator.randrange(p))}
            forms += [form] if form else []
        assert list(hilbert_function(forms, count, p)) == dimensions(forms, count, p)


def test_what_is_not_the_ideal_or_not_cohen_macaulay_is_not_proved() -> None:
    def embedded(equations):
        """With multiples instead of an equation, so with the same points in projective space."""
        n = len(next(iter(equations[0])))
        return [*equations[1:], *({(*e[:i], e[i] + 1, *e[i + 1:]): c
                                   for e, c in equations[0].items()} for i in range(n))]

    M = reduced("mlp:3,2,2:x^2")
    assert len(reduction(M, 3).data) == 20
    for change in (lambda equations: equations[1:], lambda equations: equations[:1], embedded,
                   lambda equations: [{tuple(2 * k for k in e): c for e, c in f.items()}
                                      for f in equations]):
        with pytest.raises(NotProved, match="longer than the degree 15"):
            reduction(M, 3, change=change)
    # The ring of the quartic has an Artinian reduction of length 5.
    with pytest.raises(NotProved, match="longer than the degree 4"):
        reduction(reduced(RATIONAL_QUARTIC), 3)
    assert "curve" in reduced(RATIONAL_QUARTIC).ideal().certificate["evidence"]


def test_a_part_of_another_proof_is_a_shorter_one(no_points, monkeypatch) -> None:
    M = reduced("mlp:2,2,2:x^3")
    part = M._ideal_as_a_part()
    assert M.ideal().certificate["evidence"]["argument"] == "Artinian reduction"
    assert part.certificate["evidence"]["argument"] == "linear section"
    assert part.data == M.ideal().data
    verify(part.certificate)
    for found in (M.euler_characteristic(), *M._ideal_and_degree_as_parts()):
        verify(found.certificate)

    def fail(*_, **__):
        raise NotProved("there are too many points")

    monkeypatch.setattr(equivariant_ideal, "by_linear_section", fail)
    with pytest.raises(LimitReached, match="by its degree only.*there are too many points"):
        M.tropical_variety()


def test_functions_in_the_closure(no_points) -> None:
    M = reduced("mlp:3,2,2:x^2")
    ideal, w = M.ideal(), [1, 2, -1, 3, 1, 1, 2, -2, 1, 1]
    f = [str(sum(c * _power(w, e) for e, c in g.items())) for g in M.parametrization().polynomials]
    evidence = {"generators": [encode_polynomial(g) for g in ideal.data],
                "ideal": ideal.certificate["evidence"]}
    model = Model(M.model.describe())
    verified, trust = check_in_closure(model, [f, "closure", True], evidence)
    assert "satisfies all equations" in verified[-1] and not trust
    with pytest.raises(CertificateError, match="not all equations"):
        check_in_closure(model, [["1", *f[1:]], "closure", True], evidence)


def _power(w: list[int], e: tuple[int, ...]) -> int:
    value = 1
    for a, k in zip(w, e):
        value *= a**k
    return value


def bent(certificate: dict, change) -> dict:
    forged = copy.deepcopy(certificate)
    change(forged)
    forged["digest"] = digest(forged)
    return forged


def _drop_equation(data: dict) -> None:
    data["claim"]["value"].pop()


def _few_equations(data: dict) -> None:
    del data["claim"]["value"][5:]


def _no_equations(data: dict) -> None:
    data["claim"]["value"] = []


def _multiple_of_an_equation(data: dict) -> None:
    for _, powers in data["claim"]["value"][0]:
        if 0 in powers[::2]:
            powers[2 * powers[::2].index(0) + 1] += 1
        else:
            powers += [0, 1]


def _inhomogeneous(data: dict) -> None:
    data["claim"]["value"][0] += data["claim"]["value"].pop()
    data["claim"]["value"][0][0][1][1] += 1


def _false_equation(data: dict) -> None:
    data["claim"]["value"][0][0][0] += "0"


def _no_prime(data: dict) -> None:
    data["evidence"]["prime"] = 2**28 - 1


def _small_prime(data: dict) -> None:
    data["evidence"] |= {"prime": 2, "point": [c % 2 for c in data["evidence"]["point"]]}


def _point_of_smaller_rank(data: dict) -> None:
    data["evidence"]["point"] = [1] * len(data["evidence"]["point"])


def _larger_section(data: dict) -> None:
    data["evidence"]["section"] = [[*row, k**2] for k, row in enumerate(
        data["evidence"]["section"])]


def _smaller_section(data: dict) -> None:
    data["evidence"]["section"] = [row[1:] for row in data["evidence"]["section"]]


def _degenerate_section(data: dict) -> None:
    for row in data["evidence"]["section"]:
        row[-1] = row[0]


def _section_through_a_point_of_the_variety(data: dict) -> None:
    M = NeuroManifold("mlp:3,2,2:x^2")
    values = [sum(c * _power([1, 2, 0, 1, 1, 3, 1, 0, 2, 1], e) for e, c in g.items())
              for g in M.parametrization().polynomials]
    for row, value in zip(data["evidence"]["section"], values):
        row[-1] = int(value)


def _degree_of_another_model(data: dict) -> None:
    data["evidence"]["degree"] = NeuroManifold("mlp:3,2,1:x^4").degree().certificate["evidence"]


def _degree_of_a_larger_model(data: dict) -> None:
    data["evidence"]["degree"] = NeuroManifold("mlp:3,2,3:x^2").degree().certificate["evidence"]


def _degree_stated(data: dict) -> None:
    data["evidence"]["degree"] = 15


def _degree_by_the_ideal(data: dict) -> None:
    data["evidence"]["degree"] = {"generators": data["claim"]["value"],
                                  "ideal": dict(data["evidence"])}


@pytest.mark.parametrize("change", [
    _drop_equation, _few_equations, _no_equations, _multiple_of_an_equation, _inhomogeneous,
    _false_equation, _no_prime, _small_prime, _point_of_smaller_rank, _larger_section,
    _smaller_section, _degenerate_section, _section_through_a_point_of_the_variety,
    _degree_of_another_model, _degree_of_a_larger_model, _degree_stated, _degree_by_the_ideal],
    ids=lambda change: change.__name__[1:])
def test_forged_reductions_are_rejected(change, no_points) -> None:
    certificate = reduced("mlp:3,2,2:x^2").ideal().certificate
    verify(bent(certificate, lambda data: None))
    with pytest.raises(CertificateError):
        verify(bent(certificate, change))


def test_a_smaller_degree_would_refute_it(monkeypatch, no_points) -> None:
    certificate = reduced("mlp:3,2,2:x^2").ideal().certificate
    monkeypatch.setattr(artinian_reductions, "degree_by_fixed_points", lambda *_: (14, []))
    with pytest.raises(CertificateError, match="longer than the degree"):
        verify(certificate)


def test_accepted_mutants_say_the_same(no_points) -> None:
    originals = [reduced(model).compute(invariant).certificate
                 for model in ("mlp:3,2,2:x^2", TWISTED_CUBIC, "mlp:2,2,2:x^2:bias")
                 for invariant in ("ideal", "hilbert_polynomial")]
    accepted = list(accepted_mutants(originals, 300, random.Random(7)))
    for _, data, where, verdict in accepted:
        assert where[0] not in ("status", "trust"), where
        if where[0] == "claim":  # an equation may be multiplied by a number
            assert verdict.invariant == "ideal" and where[-1] == 0, where
            assert len(data["claim"]["value"][where[2]]) == 1, where
    assert len(accepted) < 200


def test_a_section_that_is_too_large_is_no_error(monkeypatch) -> None:
    monkeypatch.setattr("neuroalg_sage.certificates.work.MOST_WORK", 100)
    with pytest.raises(NotProved, match="more work than the checker allows"):
        reduction(reduced("mlp:3,2,2:x^2"), 3)

"""Ideals in the languages of other systems: each system reads back what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroalg_sage import NeuroManifold
from neuroalg_sage.engines.macaulay2 import Macaulay2, Script, quoted
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import InputError
from neuroalg_sage.formats import FORMATS, read_mrdi, write_ideal
from neuroalg_sage.invariants.equations.generators import coordinate_ring

TWISTED_CUBIC = [{(1, 0, 1, 0): Fraction(1), (0, 2, 0, 0): Fraction(-1)},
                 {(1, 0, 0, 1): Fraction(1), (0, 1, 1, 0): Fraction(-1)},
                 {(0, 1, 0, 1): Fraction(1), (0, 0, 2, 0): Fraction(-1)}]
# Coefficients that are fractions and have no place in a machine word; an affine ideal.
RATIONAL = [{(3, 0): Fraction(-7, 12), (0, 1): Fraction(10**40, 3), (0, 0): Fraction(1)},
            {(1, 1): Fraction(2)}]
IDEALS = [pytest.param(TWISTED_CUBIC, 4, id="twisted cubic"),
          pytest.param(RATIONAL, 2, id="rational coefficients"),
          pytest.param([{(0, 2): Fraction(1)}], 2, id="double line"),
          pytest.param([{(5,): Fraction(1), (0,): Fraction(-2)}], 1, id="one variable"),
          pytest.param([], 3, id="zero")]


@pytest.fixture(scope="module")
def session() -> Iterator[Macaulay2]:
    with Macaulay2() as session:
        yield session


def data(generators: list, n: int) -> PolynomialMatrix:
    return PolynomialMatrix(coordinate_ring(n), 1, len(generators), tuple(generators), "ideal")


def through_mrdi(session: Macaulay2, generators: list, n: int) -> dict[str, Any]:
    """
    What Macaulay2 makes of our file, and of the ideal itself.

    The ideal comes to Macaulay2 by another way, which knows no MRDI.
    """
    ours = quoted(write_ideal(generators, n, "mrdi"))
    return session.run(Script(
        "an ideal through MRDI", {"V": coordinate_ring(n), "I": data(generators or [{}], n)},
        f"J = loadMRDI {ours};\nf = map(V, ring J, gens V);",
        {"same": "(flatten entries f gens J) == (flatten entries gens I)",
         "variables": "numgens ring J", "rational": "coefficientRing ring J === QQ",
         "saved": "saveMRDI I", "again": "saveMRDI J"}, packages=("NeuroAlgebra", "MRDI")),
        timeout=600)


@pytest.mark.parametrize(("generators", "n"), IDEALS)
def test_macaulay2_reads_our_mrdi_and_we_read_its(generators, n, session) -> None:
    found = through_mrdi(session, generators, n)
    assert found["same"] and found["rational"] and found["variables"] == n
    saved = read_mrdi(found["saved"])
    assert saved.ring == coordinate_ring(n)
    assert [g for g in saved.entries if g] == generators
    again = read_mrdi(found["again"])
    assert again == read_mrdi(write_ideal(generators, n, "mrdi"))


fractions = st.fractions(max_denominator=10**6).filter(bool)


@st.composite
def ideals(draw: Any) -> tuple[list, int]:
    n = draw(st.integers(1, 4))
    exponents = st.tuples(*[st.integers(0, 9)] * n)
    return draw(st.lists(st.dictionaries(exponents, fractions, min_size=1), max_size=4)), n


@settings(max_examples=20, deadline=None)
@given(ideals())
def test_any_ideal_goes_through_macaulay2s_mrdi_unchanged(session, ideal) -> None:
    generators, n = ideal
    found = through_mrdi(session, generators, n)
    assert found["same"]
    assert [g for g in read_mrdi(found["saved"]).entries if g] == generators


@settings(max_examples=50, deadline=None)
@given(ideals(), st.sampled_from(["mrdi", "oscar"]))
def test_what_is_written_as_mrdi_is_read_back(ideal, form) -> None:
    generators, n = ideal
    found = read_mrdi(write_ideal(generators, n, form))
    assert found.ring.variables == tuple(f"z{i}" for i in range(n))
    assert [g for g in found.entries if g] == generators


def test_ideals_from_several_files_live_in_one_ring(session) -> None:
    first, second = (quoted(write_ideal([g], 4, "mrdi")) for g in TWISTED_CUBIC[:2])
    found = session.run(Script("two files", {}, f"I = loadMRDI {first}; J = loadMRDI {second};",
                               {"codimension": "codim(I + J)"},
                               packages=("NeuroAlgebra", "MRDI")), timeout=600)
    assert found == {"codimension": 2}


@pytest.mark.parametrize("form", ["mrdi", "oscar"])
def test_macaulay2_finds_our_files_valid(form, session) -> None:
    file = write_ideal(TWISTED_CUBIC, 4, form)
    script = Script("validation", {}, f"validateMRDI {quoted(file)};", {"valid": "true"},
                    packages=("NeuroAlgebra", "MRDI"))
    assert session.run(script, timeout=600) == {"valid": True}


# -- OSCAR ---------------------------------------------------------------------------------

# An ideal as OSCAR saves it: the keys of data/Surfaces/cubic_scroll.mrdi in Oscar.jl, over the
# field of rational numbers, whose elements src/Serialization/basic_types.jl reads as a//b.
OSCAR = {
    "_ns": {"Oscar": ["https://github.com/oscar-system/Oscar.jl", "1.4.0"]},
    "_type": {"name": "MPolyIdeal", "params": "31f400f8-14ab-42a8-a2df-69ba76a07ea1"},
    "data": [[[["1", "0", "1"], "1"], [["0", "2", "0"], "-3//4"]], [[["0", "0", "1"], "2"]]],
    "_refs": {"31f400f8-14ab-42a8-a2df-69ba76a07ea1": {
        "_type": {"name": "MPolyRing", "params": {"_type": "QQField"}},
        "data": {"symbols": ["x", "y", "z"]}}},
}
SCROLL = [{(1, 0, 1): Fraction(1), (0, 2, 0): Fraction(-3, 4)}, {(0, 0, 1): Fraction(2)}]


def test_oscars_form_is_read() -> None:
    found = read_mrdi(json.dumps(OSCAR))
    assert found == PolynomialMatrix(PolynomialRingData(("x", "y", "z")), 1, 2, tuple(SCROLL),
                                     "ideal")
    assert [str(g) for g in found.to_sage().gens()] == ["-3/4*y^2 + x*z", "2*z"]


def test_oscars_form_is_written() -> None:
    page = json.loads(write_ideal(SCROLL, 3, "oscar"))
    ring = page["_type"]["params"]
    assert list(page["_ns"]) == ["Oscar"] and page["data"] == OSCAR["data"]
    assert page["_type"] == {"name": "MPolyIdeal", "params": ring}
    assert page["_refs"] == {ring: {"_type": {"name": "MPolyRing", "params": {"_type": "QQField"}},
                                    "data": {"symbols": ["z0", "z1", "z2"]}}}


def test_macaulay2_reads_the_ring_of_oscars_form(session) -> None:
    page = json.loads(write_ideal(SCROLL, 3, "oscar"))
    ring = {"_ns": page["_ns"], **page["_refs"][page["_type"]["params"]]}
    found = session.run(Script("a ring", {}, f"R = loadMRDI {quoted(json.dumps(ring))};",
                               {"variables": "toString gens R",
                                "rational": "coefficientRing R === QQ"},
                               packages=("NeuroAlgebra", "MRDI")), timeout=600)
    assert found == {"variables": "{z0, z1, z2}", "rational": True}


# -- Sage and Singular -----------------------------------------------------------------------


@pytest.mark.parametrize(("generators", "n"), IDEALS)
def test_sage_and_singular_evaluate_to_the_same_ideal(generators, n) -> None:
    import sage.all__sagemath_singular  # noqa: F401
    from sage.interfaces.singular import singular
    from sage.repl.preparse import preparse
    from sage.rings.integer import Integer
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    expected = [g for g in data(generators, n).to_sage().gens() if g]
    ring = data(generators, n).to_sage().ring()
    first, inject, last = write_ideal(generators, n, "sage").splitlines()
    assert inject == "V.inject_variables(verbose=False)"
    names: dict[str, Any] = {"PolynomialRing": PolynomialRing, "QQ": QQ, "Integer": Integer}
    exec(preparse(first), names)
    names.update(names["V"].gens_dict())
    exec(preparse(last), names)
    assert [g for g in map(ring, names["I"].gens()) if g] == expected

    singular.eval(write_ideal(generators, n, "singular"))
    printed = [singular.eval(f"I[{i + 1}]") for i in range(len(generators))]
    variables = {f"z({i})": g for i, g in enumerate(ring.gens())}
    for text, g in zip(printed, expected, strict=True):
        for name, variable in variables.items():
            text = text.replace(name, str(variable))
        assert ring(text) == g
    assert int(singular.eval("size(I)")) == len(generators)


# -- wrong input -----------------------------------------------------------------------------


def test_a_wrong_format_gets_the_nearest_right_one() -> None:
    with pytest.raises(InputError, match="did you mean mrdi"):
        write_ideal([], 1, "mrid")
    with pytest.raises(InputError, match=", ".join(FORMATS)):
        write_ideal([], 1, "?")


def changed(path: tuple, value: Any) -> str:
    page = json.loads(json.dumps(OSCAR))
    place = page
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(page)


RING = ("_refs", "31f400f8-14ab-42a8-a2df-69ba76a07ea1")


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", "5", "[" * 100_000, '{"_ns": {}}',
    changed(("_ns",), {"polymake": ["https://polymake.org", "4.0"]}),
    changed(("_type", "name"), "MPolyRingElem"),
    changed(("_type", "params"), "no such ring"),
    changed((*RING, "_type", "params"), {"_type": "ZZRing"}),
    changed((*RING, "data", "symbols"), ["x", "y"]),
    changed(("data", 0, 0, 0), ["1", "-1", "0"]),
    changed(("data", 0, 0, 0), ["1", "x", "0"]),
    changed(("data", 0, 0, 1), "1//0"),
    changed(("data", 0, 0, 1), "1/2"),
    changed(("data", 0, 0, 1), "__import__('os')"),
    changed(("data",), "12"),
])
def test_what_is_no_ideal_in_mrdi_gets_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match="no MRDI file") as caught:
        read_mrdi(text)
    assert len(str(caught.value).splitlines()) == 1


def test_terms_of_one_monomial_are_added() -> None:
    found = read_mrdi(changed(("data",), [[[["1", "0", "0"], "2"], [["1", "0", "0"], "-2"],
                                           [["0", "0", "0"], "1"]]]))
    assert found.entries == ({(0, 0, 0): Fraction(1)},)


def test_the_ideal_of_a_model_goes_through_every_form() -> None:
    found = NeuroManifold("linear:2,1,3").ideal()
    n = 6
    assert len(found.data) == 3
    for form in ("mrdi", "oscar"):
        matrix = read_mrdi(write_ideal(found.data, n, form))
        assert replace(matrix, ring=coordinate_ring(n)) == data(found.data, n)

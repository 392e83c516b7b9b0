"""
The boundary of M, where M has interior points.

Over the real numbers M is in general not all of its closure V, and its boundary is contained in a
hypersurface: of critical values of φ, and of limits of φ(w) as w goes to infinity.  Scalings of
the units bring parameters into charts, on which all parameters but those of the last layers are
bounded, so that few can go to infinity (:mod:`neuroalg_sage.certificates.real.boundary` has the
lemmas).  Macaulay2 eliminates; what it finds are polynomials that the checker verifies by
substitution, so that nothing is trusted.  Components are told from other candidates by segments
that leave M through one of them.

The set of limits is that at which a polynomial map is not proper [Jel1993]_.
"""

from __future__ import annotations

import itertools
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.real.boundary import Containment, crossings, of_description
from neuroalg_sage.certificates.real.boundary_charts import (
    LIMITS,
    MOST_CHARTS,
    MOST_COORDINATES,
    VALUES,
    determinant,
)
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.real_solutions import real_solutions
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.fibers.real_points import no_real_points
from neuroalg_sage.invariants.fibers.special_fiber import fiber_equations, parameter_names
from neuroalg_sage.invariants.real.boundary_components import Boundary, BoundaryComponent
from neuroalg_sage.invariants.real.boundary_of_ranks import boundary_of_ranks
from neuroalg_sage.invariants.real.formula import primitive
from neuroalg_sage.invariants.singularities.decomposition import equations_data, fractions
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, in_ring, to_flint, univariate

LARGEST_NUMBER = 4  # of random parameters and coefficients
SEGMENTS_TRIED = 3000  # for all candidates
MOST_ENDS = 60  # of which it is decided whether they are in M
VANISHING = "g = gens trim eliminate(take(gens W, UNKNOWNS), ideal E);"
# Of the polynomials in the parameter x, in bounded ones and in z that vanish on the graph, the
# leading coefficients in x; and which combinations of these have only z.
LEADING = """\
J = eliminate(OTHERS, ideal E);
S = newRing(W, MonomialOrder => {Weights => WEIGHTS});
toS = map(S, W, gens S);
x = S_PLACE;
g = flatten entries gens gb toS J;
higher = select(g, f -> degree(x, f) > 0);
P = matrix {apply(higher, f -> contract(x^(degree(x, f)), f)) | select(g, f -> degree(x, f) == 0)};
K = gens trim eliminate(apply(BOUNDED, i -> S_i), ideal P);
C = submatrix(K // P, toList(0 ..< #higher), );
toW = map(W, S, gens W);"""

# Polynomials in the bounded parameters by which others are linear in z.
INVERSE = """\
A = map(W^COUNT, W^(numRows L), transpose L);
U = transpose(id_(W^COUNT) // A);
found = A * transpose U == id_(W^COUNT);"""
# A polynomial q in one form, which vanishes on the zeros of E, with cofactors.
MINIMAL = """\
T = QQ[t];
q = gens trim ker map(W / ideal E, T, {FORM});
l = FORM;
c = if q == 0 then q else ((map(W, T, {l})) q) // E;"""
FORMS_TRIED = 8
FEW_SCALINGS = 2  # for which parameters are eliminated where there is a description, too
SECONDS_FOR_OUTSIDE = 20.0

Scaling = tuple[list[int], list[int], int]


@dataclass(frozen=True)
class Chart:
    """
    Parameters of which some are 1.

    - ``ones`` -- those that are 1, one of each scaling
    - ``psi`` -- φ on the chart, in the ring of all parameters
    """

    ones: tuple[int, ...]
    psi: tuple[fmpq_mpoly, ...]


def boundary(phi: Parametrization, computation: Computation, seed: int | None = 0) -> Boundary:
    """
    The boundary of M, for models that have as many parameters, up to scalings, as V dimensions.

    INPUT:

    - ``phi`` -- the parametrization
    - ``computation`` -- session and limits
    - ``seed`` -- of the random points

    OUTPUT: :class:`Boundary`, not decided for other models

    Raises LimitReached if a limit stops Macaulay2 before the candidates are known.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> found = boundary(parametrization(parse_spec("cnn:2,2")), Computation())
        >>> found.value
        [z_1^2 - 4*z_0*z_2 = 0, of degree 2, of critical values]
    """
    start = time.perf_counter()
    generator = random.Random(seed or 0)
    by_ranks = boundary_of_ranks(phi.model, generator)
    if by_ranks is not None:
        return by_ranks
    described = _described(phi)
    reason = ""
    if described is None or described.candidates and not described.is_simpler:
        try:
            search = _Charts(phi, computation)
            search.find()
            return search.answer(generator, start)
        except (_Undecided, LimitReached) as error:
            if described is None and isinstance(error, LimitReached):
                raise
            reason = str(error)
    if described is not None:
        return described.answer(generator, start)
    return Boundary("boundary", None, "not decided", reason, None, time.perf_counter() - start)


def _described(phi: Parametrization) -> _Description | None:
    """What a description says of the boundary; None if there is none, or it says nothing."""
    from neuroalg_sage.certificates.real.description import described
    from neuroalg_sage.invariants.real.theorems import by_theorem

    theorem = by_theorem(phi.model)
    if theorem is None:
        return None
    *_, evidence = theorem
    model = CheckedModel(phi.model.describe())
    with suppress(CertificateError):
        containment, belongs = of_description(described(model, evidence))
        return _Description(phi, evidence, containment, belongs)
    return None


class _Undecided(Exception):
    """Why the boundary is not decided."""


class _Search(ABC):
    """Candidates for the boundary, with their evidence, and segments through them."""

    method = ""

    def __init__(self, phi: Parametrization) -> None:
        self.phi = phi
        self.count, self.n = phi.model.parameter_count, len(phi.polynomials)
        self.images_of_w = [in_ring(p, polynomial_ring(self.count)) for p in phi.polynomials]
        self.containment = Containment()

    @property
    def candidates(self) -> dict[str, tuple[fmpq_mpoly, set[str]]]:
        """The hypersurfaces that may be components, by their polynomials as text."""
        return self.containment.candidates

    @abstractmethod
    def outside(self, q: Sequence[Fraction]) -> Any:
        """A proof that a function is not in M; None if there is none."""

    @abstractmethod
    def evidence(self, parameters: list[list[Fraction]], outside: list[Any]) -> dict[str, Any]:
        """The evidence for the checker, with the ends of the segments."""

    def versions(self) -> dict[str, str]:
        """The versions of the programs that were used."""
        return {}

    def answer(self, generator: random.Random, start: float) -> Boundary:
        """The components of the boundary that are found."""
        left = dict(self.candidates)
        found, parameters, outside, ends = [], [], [], 0
        for w, q in self._segments(generator):
            if not left or ends >= MOST_ENDS:
                break
            inside = [fraction(f(*map(to_flint, w))) for f in self.images_of_w]
            crossed = self._crossed(inside, q)
            if crossed not in left:
                continue
            ends += 1
            proof = self.outside(q)
            if proof is None:
                continue
            f, kinds = left.pop(crossed)
            found.append(BoundaryComponent(primitive(f), tuple(sorted(kinds)), tuple(inside),
                                           tuple(q)))
            parameters.append(w)
            outside.append(proof)
        others = [BoundaryComponent(primitive(f), tuple(sorted(kinds)))
                  for f, kinds in left.values()]
        claim = [[[encode_polynomial(c.polynomial or {}), list(c.kinds),
                   list(map(decimal, c.inside)), list(map(decimal, c.outside))] for c in found],
                 [[encode_polynomial(c.polynomial or {}), list(c.kinds)] for c in others]]
        return Boundary.certified(
            self.phi.model, "boundary", [found, others], "proved", self.method,
            time.perf_counter() - start, self.evidence(parameters, outside), claim=claim,
            versions=self.versions())

    def _segments(self, generator: random.Random
                  ) -> Iterator[tuple[list[Fraction], list[Fraction]]]:
        """Random parameters, and functions."""
        for size in range(SEGMENTS_TRIED):
            most = 1 + min(size // 50, LARGEST_NUMBER)
            yield ([Fraction(generator.randint(-most, most)) for _ in range(self.count)],
                   [Fraction(generator.randint(-most, most)) for _ in range(self.n)])

    def _crossed(self, p: Sequence[Fraction], q: Sequence[Fraction]) -> str:
        """The one candidate that a segment crosses, once; else empty."""
        start, end = list(map(to_flint, p)), list(map(to_flint, q))
        if not (self.containment.avoid(start) and self.containment.avoid(end)):
            return ""
        try:
            met = {name: crossings(f, start, end) for name, (f, _) in self.candidates.items()}
        except CertificateError:
            return ""
        crossed = [name for name, multiplicities in met.items() if multiplicities]
        return crossed[0] if len(crossed) == 1 and met[crossed[0]] == [1] else ""


class _Description(_Search):
    """Candidates among the polynomials of a description."""

    method = "a description of M by a theorem"

    def __init__(self, phi: Parametrization, proof: dict[str, Any], containment: Containment,
                 belongs: Callable[[Sequence[fmpq]], bool]) -> None:
        super().__init__(phi)
        self._proof, self._belongs, self.containment = proof, belongs, containment

    @property
    def is_simpler(self) -> bool:
        """Whether charts would be many, and parameters to be eliminated from long equations."""
        return len(_scalings(self.phi)) > FEW_SCALINGS

    def outside(self, q: Sequence[Fraction]) -> Any:
        return None if self._belongs(list(map(to_flint, q))) else []

    def evidence(self, parameters: list[list[Fraction]], outside: list[Any]) -> dict[str, Any]:
        return {"argument": "description", "description": self._proof}


class _Charts(_Search):
    """Candidates among critical values and limits on charts."""

    method = "critical values and limits on charts, eliminated by Macaulay2"

    def __init__(self, phi: Parametrization, computation: Computation) -> None:
        super().__init__(phi)
        self.computation = computation
        if self.n > MOST_COORDINATES:
            raise LimitReached(f"Boundaries are for at most {MOST_COORDINATES} coordinates; this "
                               f"model has {self.n}.")
        self.scalings = _scalings(phi)
        free = self.count - len(self.scalings)
        if free != self.n:
            raise _Undecided(
                "boundaries are found where there are as many parameters, up to scalings of units, "
                f"as coordinates of V; here there are {free} and {self.n}")
        self.ring: fmpq_mpoly_ctx = polynomial_ring(self.count)
        self.coordinates: fmpq_mpoly_ctx = polynomial_ring(self.n)
        places = list(itertools.product(*(above for above, _, _ in self.scalings)))
        if len(places) > MOST_CHARTS:
            raise _Undecided(f"there are {len(places)} charts for the scalings; the most is "
                             f"{MOST_CHARTS}")
        self.charts = [self._chart(ones) for ones in places]
        self.images: list[list[fmpq_mpoly]] = []
        self.limits: list[list[dict[str, Any]]] = []
        self.names = (*parameter_names(phi), *phi.coordinate_names)

    def find(self) -> None:
        """Find the candidates on all charts."""
        for chart in self.charts:
            self.add_values(chart)
            self.add_limits(chart)

    def versions(self) -> dict[str, str]:
        return self.computation.versions()

    def evidence(self, parameters: list[list[Fraction]], outside: list[Any]) -> dict[str, Any]:
        return {
            "argument": "charts",
            "scalings": [{"above": above, "below": below, "power": power}
                         for above, below, power in self.scalings],
            "images": [[encode_polynomial(from_flint(g)) for g in equations]
                       for equations in self.images],
            "limits": self.limits, "outside": outside,
            "inside": [list(map(decimal, w)) for w in parameters]}

    def _chart(self, ones: tuple[int, ...]) -> Chart:
        gens = [self.ring.constant(fmpq(1)) if i in ones else w
                for i, w in enumerate(self.ring.gens()[: self.count])]
        return Chart(ones, tuple(in_ring(p, self.ring).compose(*gens, ctx=self.ring)
                                 for p in self.phi.polynomials))

    def _graph(self, chart: Chart) -> list[Polynomial]:
        """The equations z_j = ψ_j(w), in the parameters and then the coordinates."""
        found = []
        for j, f in enumerate(chart.psi):
            equation = {(*e, *[0] * self.n): -c for e, c in from_flint(f).items()}
            equation[(*[0] * self.count, *(int(k == j) for k in range(self.n)))] = Fraction(1)
            found.append(equation)
        return found

    def add_values(self, chart: Chart) -> None:
        """Add equations of the critical values on a chart."""
        free = [i for i in range(self.count) if i not in chart.ones]
        jacobian = determinant([[f.derivative(i) for i in free] for f in chart.psi], self.ring)
        if not jacobian:
            raise _Undecided("M has no interior points")
        for h, _ in sorted(jacobian.factor()[1], key=lambda factor: len(factor[0])):
            if any(not any(g.compose(*chart.psi, ctx=self.ring) % h for g in equations)
                   for equations in self.images):
                continue
            data = equations_data([*self._graph(chart), {
                (*e, *[0] * self.n): c for e, c in from_flint(h).items()}], self.names)
            results = self.computation.run(Script(
                "critical values of the parametrization on a chart", data,
                VANISHING.replace("UNKNOWNS", str(self.count)), {"g": "g"}))
            equations = self._few([self._in_z(fractions(g)) for g in results["g"].entries if g])
            if not equations:
                raise _Undecided("critical values are dense")
            self.images.append(equations)
            self.containment.add(equations, VALUES)

    def _in_z(self, polynomial: Polynomial) -> fmpq_mpoly:
        return in_ring({e[self.count:]: c for e, c in polynomial.items()}, self.coordinates)

    @staticmethod
    def _few(equations: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
        """Some of the polynomials with the greatest common divisor of all."""
        if not equations:
            return []
        common = equations[0]
        for g in equations[1:]:
            common = common.gcd(g)
        chosen = [min(equations, key=lambda g: (g.total_degree(), len(g)))]
        have = chosen[0]
        for g in sorted(equations, key=lambda g: (g.total_degree(), len(g))):
            if have.total_degree() > common.total_degree() and (
                    have.gcd(g).total_degree() < have.total_degree()):
                chosen.append(g)
                have = have.gcd(g)
        return chosen

    def add_limits(self, chart: Chart) -> None:
        """Add equations of the limits on a chart."""
        bounded = sorted({i for above, _, _ in self.scalings for i in above})
        unknown = [i for i in range(self.count) if i not in bounded]
        inverse = self._inverse(chart, unknown)
        found = []
        for i in unknown:
            if inverse is None:
                found.append(self._limits_of(i, chart, bounded, [k for k in unknown if k > i]))
            else:
                found.append({"parameter": i, "relations": [inverse[i]],
                              "multiples": [{"value": [["1", []]], "cofactors": [[["1", []]]]}]})
                self.containment.add([self.coordinates.constant(fmpq(1))], LIMITS)
            bounded.append(i)
        self.limits.append(found)

    def _inverse(self, chart: Chart, unknown: Sequence[int]) -> dict[int, Any] | None:
        """
        Relations w_i = Σ_j U_ij z_j, where ψ is linear in the w_i, with polynomials U_ij in the
        bounded parameters; None if there are none.
        """
        linear = all(sum(e[i] for i in unknown) == 1 for f in chart.psi for e in from_flint(f))
        if not linear or not unknown:
            return None
        ring = equations_data([], self.names)["W"]
        rows = [from_flint(f.derivative(i)) for f in chart.psi for i in unknown]
        entries = tuple({(*e, *[0] * self.n): c for e, c in row.items()} for row in rows)
        data = {"W": ring, "L": PolynomialMatrix(ring, self.n, len(unknown), entries)}
        results = self.computation.run(Script(
            "parameters from a function, on a chart", data,
            INVERSE.replace("COUNT", str(len(unknown))), {"found": "found", "U": "U"}))
        if not results["found"]:
            return None
        relations = {}
        for row, i in enumerate(unknown):
            relation = {tuple(int(k == i) for k in range(self.count + self.n)): Fraction(1)}
            for j in range(self.n):
                for e, c in fractions(results["U"].entries[row * self.n + j]).items():
                    place = self.count + j
                    relation[(*e[:place], e[place] + 1, *e[place + 1:])] = -c
            relations[i] = encode_polynomial(relation)
        return relations

    def _limits_of(self, i: int, chart: Chart, bounded: Sequence[int], others: Sequence[int]
                   ) -> dict[str, Any]:
        """Where the parameter w_i goes to infinity, with the others in it eliminated."""
        body = LEADING
        for word, text in (
                ("OTHERS", _listed(f"W_{k}" for k in others)),
                ("WEIGHTS", _listed(int(k == i) for k in range(self.count + self.n))),
                ("PLACE", str(i)), ("BOUNDED", _listed(bounded))):
            body = body.replace(word, text)
        results = self.computation.run(Script(
            "limits of the parametrization on a chart",
            equations_data(self._graph(chart), self.names), body,
            {"relations": "matrix {apply(higher, f -> toW f)}", "values": "toW K",
             "cofactors": "toW C"}))
        values = [self._in_z(fractions(f)) for f in results["values"].entries]
        if not any(values):
            raise _Undecided(f"functions whose parameter w_{i} goes to infinity are dense")
        chosen = [values.index(f) for f in self._few(values)]
        matrix, relations = results["cofactors"], results["relations"].entries
        cofactors = [[fractions(matrix.entries[row * matrix.columns + k])
                      for row in range(matrix.rows)] for k in chosen]
        used = [row for row in range(len(relations)) if any(u[row] for u in cofactors)]
        self.containment.add([values[k] for k in chosen], LIMITS)
        return {"parameter": i,
                "relations": [encode_polynomial(fractions(relations[row])) for row in used],
                "multiples": [{"value": encode_polynomial(from_flint(values[k])),
                               "cofactors": [encode_polynomial(u[row]) for row in used]}
                              for k, u in zip(chosen, cofactors)]}

    def outside(self, q: Sequence[Fraction]) -> list[Any] | None:
        """For each chart a proof that a function is not there; None if there is none."""
        systems = [fiber_equations(self.phi, q, [(i, 1) for i in chart.ones])
                   for chart in self.charts]
        for system in systems:
            if real_solutions(system, self.count, timeout=self.computation.seconds_left()):
                return None
        proofs = []
        for chart, system in zip(self.charts, systems):
            proof = self._no_real_root(chart, system)
            if proof is None:
                with self.computation.share(SECONDS_FOR_OUTSIDE):
                    proof = no_real_points(system, parameter_names(self.phi), self.computation)
            if proof is None:
                return None
            proofs.append(proof)
        return proofs

    def _no_real_root(self, chart: Chart, system: Sequence[Polynomial]) -> dict[str, Any] | None:
        """A linear form in the parameters of a chart that satisfies an equation without roots."""
        names = parameter_names(self.phi)
        bounded = [i for above, _, _ in self.scalings for i in above if i not in chart.ones]
        forms = [{i: 1} for i in bounded] + [
            {i: (k * j) % 7 + 1 for j, i in enumerate(bounded, 1)} for k in range(1, 4)]
        for form in forms[:FORMS_TRIED]:
            text = " + ".join(f"{c}*W_{i}" for i, c in form.items())
            results = self.computation.run(Script(
                "an equation of a form on a fiber", equations_data(system, names),
                MINIMAL.replace("FORM", text), {"q": "q", "cofactors": "c", "form": "l"}),
                SECONDS_FOR_OUTSIDE)
            q = results["q"].entries
            if not q or not q[0]:
                continue
            numbers = [Fraction(q[0].get((k,), 0)) for k in range(max(k for (k,) in q[0]) + 1)]
            if len(numbers) == 1:
                return {"step": "unit", "cofactors": [
                    encode_polynomial({e: c / numbers[0] for e, c in fractions(u).items()})
                    for u in results["cofactors"].entries]}
            if not real_roots(univariate(numbers)):
                return {"step": "roots", "polynomial": list(map(decimal, numbers)),
                        "form": encode_polynomial(fractions(results["form"].polynomial)),
                        "cofactors": [encode_polynomial(fractions(u))
                                      for u in results["cofactors"].entries]}
        return None


def _listed(entries: Any) -> str:
    return f"{{{', '.join(map(str, entries))}}}"


def _scalings(phi: Parametrization) -> list[Scaling]:
    """
    The known symmetries that multiply some parameters by λ, and others by a power of 1/λ.

    Those whose parameters are all in later ones come later.
    """
    found: list[Scaling] = []
    for symmetry in phi.model.symmetries:
        field = symmetry.parameters
        weights = {i: c for (i, j), c in field.items() if i == j}
        lower = {-c for c in weights.values() if c < 0}
        if (len(weights) == len(field) and len(lower) == 1
                and {c for c in weights.values() if c > 0} == {1}):
            (power,) = lower
            found.append((sorted(i for i, c in weights.items() if c > 0),
                          sorted(i for i, c in weights.items() if c < 0), int(power)))
    return found

"""
Covering numbers: bounds from above and from below, of which the best ones are kept.

The bounds with their proofs are in ``certificates.capacity.covering_number``.  Here is found to
what they apply, and which is best.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from math import log10
from typing import Any

from neuroalg_sage.certificates.capacity.covering_number import (
    lower_covering_bound,
    upper_covering_bound,
)
from neuroalg_sage.certificates.capacity.layers import first_weights, last_layer_dimension
from neuroalg_sage.certificates.capacity.norms import inner
from neuroalg_sage.certificates.capacity.region import Region
from neuroalg_sage.certificates.capacity.sections import (
    check_normal_form,
    cone_weight,
    multihomogeneous_degree,
)
from neuroalg_sage.certificates.capacity.slicing import HIDDEN_NEURONS
from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.capacity.packing import MOST_POINTS, packing
from neuroalg_sage.invariants.capacity.projection import projections
from neuroalg_sage.invariants.capacity.spaces import linear_spaces
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import expansion_bound, parametrization
from neuroalg_sage.models.sage_input import rational

EXPANDED_TERMS = 20_000  # of a parametrization that is written down for its bounds
MOST_STARTS = 12  # parameters of polynomials
MOST_SCALED = 300  # parameters for which a normal form is looked for
MOST_LISTED = 1_000  # parameters that a certificate lists
MOST_PRODUCTS = 5 * 10**5  # in the values for the rank of a linear space, which fewer make smaller
SHOWN_DIGITS = 24
MOST_APART = 8  # dimensions of M in which linear spaces are looked for
COARSER = 2  # grids by which projections are compared
FAR = 10**6  # by how much a part is larger than balls that compare volumes
LARGE_PRIME = 2_147_483_629
NORMS = {"euclidean": None, "max": "max", "l1": "l1", "bombieri": "Bombieri"}

Domain = tuple[str, Fraction]


def exponent(x: str | Fraction) -> str:
    """
    The exponent of a power of ten, a multiple of 10^-6, exactly: rounded it would be no bound.

    EXAMPLES::

        >>> exponent("-396796185/1000000"), exponent("31728101824524/1000000"), exponent("2000")
        ('-396.796185', '31728101.824524', '2000')
    """
    millionths = int(Fraction(x) * 10**6)
    whole, rest = divmod(abs(millionths), 10**6)
    return "-" * (millionths < 0) + f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def in_words(bound: Any) -> str:
    """A bound as its certificate writes it, as text."""
    if isinstance(bound, list):
        return f"10^{exponent(bound[1])}"
    return bound if len(bound) <= SHOWN_DIGITS else f"{bound[0]}.{bound[1:4]}...e{len(bound) - 1}"


def as_json(bound: Any) -> Any:
    """
    A bound in JSON: an integer as text; a power of ten, since it would have over 1,000 digits, as
    a formula with a ball for its decimal logarithm, as two decimal numbers.

    EXAMPLES::

        >>> as_json("121")
        '121'
        >>> as_json(["10^", "2000000001/1000000"])
        {'formula': '10^2000.000001', 'log10': ['2000.000001', '2000.000001']}
    """
    if not isinstance(bound, list):
        return bound
    x = exponent(bound[1])
    return {"formula": f"10^{x}", "log10": [x, x]}


def part_in_words(domain: list[str]) -> str:
    """The part of M that a domain as a certificate states it is about."""
    kind, size = domain
    return f"functions of norm at most {size}" if kind == "ball" else (
        f"functions of parameters from -{size} to {size}")


def part_as_json(domain: list[str]) -> dict[str, str]:
    """A domain under the name by which one asks for it."""
    kind, size = domain
    return {"radius" if kind == "ball" else "box": size}


def read_norm(word: str) -> Any:
    """
    A norm by its name, as certificates state it; None for the Euclidean one.

    Raises InputError if there is no such norm.

    EXAMPLES::

        >>> read_norm("euclidean"), read_norm("max"), read_norm("sup:1/2")
        (None, 'max', ['sup', '1/2'])
        >>> read_norm("l2")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no norm 'l2'; the norms are euclidean, max, l1,
        bombieri, and sup:B for the largest value at inputs from -B to B, such as sup:1.
    """
    name, colon, size = str(word).partition(":")
    if name == "sup" and colon:
        bound = rational(size, "size of the inputs' box")
        if bound > 0:
            return ["sup", decimal(bound)]
    elif not colon and name in NORMS:
        return NORMS[name]
    raise InputError(f"There is no norm {word[:40]!r}; the norms are {', '.join(NORMS)}, and sup:B "
                     "for the largest value at inputs from -B to B, such as sup:1.")


def norm_in_words(norm: Any) -> str:
    """The name of a norm."""
    if isinstance(norm, list):
        return f"supremum (inputs from -{norm[1]} to {norm[1]})"
    return {"max": "maximum"}.get(norm, norm)


class CoveringNumber(Invariant):
    """
    A lower and an upper bound for a covering number.

    The data are the domain, ε, and both bounds; where one has over 1,000 digits, it is
    ``["10^", x]``.  The value is the pair of bounds, as integers, or as text ``"10^x"``.
    """

    @cached_property
    def value(self) -> tuple[Any, Any]:
        """The bounds."""
        low, high = (f"10^{b[1]}" if isinstance(b, list) else int(b) for b in self.data[2:4])
        return low, high

    @property
    def radius(self) -> Fraction:
        """The radius ε of the balls."""
        return Fraction(self.data[1])

    @property
    def arguments(self) -> tuple[str, str]:
        """By which arguments the bounds from below and from above are proved."""
        assert self.certificate is not None
        evidence = self.evidence
        return evidence["lower"]["argument"], evidence["upper"]["argument"]

    @property
    def logarithms(self) -> tuple[float, float]:
        """Decimal logarithms of the bounds, in floating point."""
        low, high = (float(Fraction(b[1])) if isinstance(b, list) else log10(int(b))
                     for b in self.data[2:4])
        return low, high

    @property
    def norm(self) -> str:
        """The norm of the balls, and of the functions in a ball, by the name for which one asks."""
        return norm_in_words(self.data[4]) if len(self.data) > 4 else "Euclidean"

    def condition(self) -> str:
        norm = f", {self.norm} norm" if len(self.data) > 4 else ""
        return f"radius {self.data[1]}, {part_in_words(self.data[0])}{norm}"

    def value_on_page(self) -> str:
        low, high = map(in_words, self.data[2:4])
        return low if low == high else f"from {low} to {high}"

    def sentence(self) -> str:
        return f"{self.value_on_page()} ({self.condition()})"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  from below: {self.arguments[0]}; from above: {self.arguments[1]}"]

    def plain_value(self) -> dict[str, Any]:
        domain, epsilon, low, high = self.data[:4]
        lower, upper = self.arguments
        return {"lower": as_json(low), "upper": as_json(high), "lower_by": lower, "upper_by": upper,
                "epsilon": epsilon, "norm": self.norm} | part_as_json(domain)

    def value_in_latex(self) -> str:
        low, high = map(in_words, self.data[2:4])
        return rf"[{low}, {high}]"


def read_domain(radius: Any, box: Any) -> Domain:
    """
    The part of a neuromanifold that is covered: a ball of functions, or a box of parameters.

    Raises InputError if it is not just one of them, or its size is not positive.

    EXAMPLES::

        >>> read_domain("1/2", None)
        ('ball', Fraction(1, 2))
        >>> read_domain(None, None)
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: A neuromanifold is not bounded; state either the radius of
        a ball of functions, by radius, or the size of a box of parameters, by box.
    """
    if radius is not None and box is not None:
        raise InputError("State either the radius of a ball of functions, or the size of a box of "
                         "parameters, not both.")
    if radius is None and box is None:
        raise InputError("A neuromanifold is not bounded; state either the radius of a ball of "
                         "functions, by radius, or the size of a box of parameters, by box.")
    kind, size = ("ball", rational(radius, "radius")) if box is None else (
        "box", rational(box, "size of the box"))
    if size <= 0:
        raise InputError(f"The {'radius' if kind == 'ball' else 'size of the box'} must be "
                         f"positive, not {size}.")
    return kind, size


def check_domain(model: Model, dimension: int | None, epsilon: Fraction, domain: Domain) -> None:
    """
    Raise InputError unless covering numbers of this radius make sense there.

    INPUT:

    - ``dimension`` -- of the neuromanifold; None if it is not known

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> check_domain(parse_spec("mlp:2,1,1:x^2"), 2, Fraction(2), ("ball", Fraction(1)))
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: One ball of radius 2 covers all functions of norm at most
        1, since their distances are at most 2; choose a smaller epsilon.
    """
    kind, size = domain
    if epsilon <= 0:
        raise InputError(f"The radius epsilon of the balls must be positive, not {epsilon}.")
    if dimension == 0:
        raise InputError(f"The neuromanifold of {model} is one point, which one ball covers.")
    if kind == "ball" and epsilon >= 2 * size:
        raise InputError(f"One ball of radius {epsilon} covers all functions of norm at most "
                         f"{size}, since their distances are at most {2 * size}; choose a smaller "
                         "epsilon.")


def is_expanded(model: Model) -> bool:
    """Whether the parametrization of a model is small enough to be written down for its bounds."""
    return (model.parameter_count <= EXPANDED_TERMS
            and expansion_bound(model) <= EXPANDED_TERMS)


class Coverings:
    """
    Arguments for bounds of the covering numbers of a part of a neuromanifold, by their evidence.

    INPUT:

    - ``model`` -- the model
    - ``dimension`` -- of its neuromanifold, or bounds; None if it is too large to be found
    - ``domain`` -- ``("ball", R)`` or ``("box", B)``
    - ``seed`` -- integer for the random choices
    - ``equation`` -- an equation of M, where it is a hypersurface
    - ``linear`` -- linear equations of M in reduced form
    - ``norm`` -- of the balls, and of the functions in a ball, as certificates state it; None for
      the Euclidean one
    """

    def __init__(self, model: Model, dimension: Invariant | None, domain: Domain,
                 seed: int | None = None, equation: Polynomial | None = None,
                 linear: Sequence[Polynomial] = (), norm: Any = None) -> None:
        self.model, self.dimension, self.domain, self.seed = model, dimension, domain, seed
        self.equation, self.linear, self.norm = equation, linear, norm
        self.is_expanded = is_expanded(model)
        self.checked = rebuilt(model)
        self.cones = _cones(self.checked)
        self.start = self.cones[0][0] if self.cones else None
        self._uppers: dict[Fraction, tuple[Any, dict[str, Any], list[str]]] = {}
        self._lowers: dict[tuple[Fraction, bool], tuple[Any, dict[str, Any]]] = {}
        self._packings: dict[Fraction, list[dict[str, Any]]] = {}

    def below(self, epsilon: Fraction) -> tuple[Domain, Fraction]:
        """The part, and the radius of Euclidean balls, that bound those of the norm from below."""
        if self.norm is None:
            return self.domain, epsilon
        region = inner(self.region(epsilon), self.norm)
        return (self.domain[0], region.size), region.epsilon

    def region(self, epsilon: Fraction) -> Region:
        """The part, and balls of a radius, for the checker."""
        return Region(self.checked, [self.domain[0], decimal(self.domain[1])], decimal(epsilon))

    def upper(self, epsilon: Fraction) -> tuple[Any, dict[str, Any], list[str]]:
        """The best upper bound as it is written, its evidence, and whom it trusts."""
        if epsilon not in self._uppers:
            found: list[tuple[Any, dict[str, Any], list[str]]] = []
            for evidence in [*_one_ball(self, epsilon), *self._upper_evidence]:
                with suppress(CertificateError):  # its hypotheses do not hold
                    bound, _, trust = upper_covering_bound(self.region(epsilon), evidence,
                                                           self.norm)
                    found.append((bound, evidence, trust))
            self._uppers[epsilon] = min(found, key=lambda one: _size(one[0]))
        return self._uppers[epsilon]

    @property
    def dimensions(self) -> tuple[int, int]:
        """Bounds for the dimension of the neuromanifold, as far as they are known."""
        if self.dimension is None:
            return 0, self.model.parameter_count
        low, high = self.dimension.data if self.dimension.status == "bounds" else (
            self.dimension.data, self.dimension.data)
        return int(low), int(high)

    @property
    def most_dimension(self) -> int:
        """The dimension of the neuromanifold, or the upper bound for it that is known."""
        return self.dimensions[1]

    def lower_evidence(self, epsilon: Fraction) -> list[dict[str, Any]]:
        """
        The evidence for lower bounds but those by projections.

        There is a packing where it may have more functions than linear spaces prove.
        """
        found = self._bounds_below(epsilon, self._linear_spaces)
        packed = [] if found and found[-1][0] >= (0, MOST_POINTS) else self._packing(epsilon)
        return [*self._linear_spaces, *packed]

    def lower(self, epsilon: Fraction, packs: bool = True) -> tuple[Any, dict[str, Any]]:
        """
        The best lower bound as it is written, and its evidence.

        INPUT:

        - ``packs`` -- whether packings are looked for

        Raises LimitReached if no function of the part is known.
        """
        if (epsilon, packs) not in self._lowers:
            found = self._bounds_below(epsilon, [*self._linear_spaces, *self._projections])
            if packs:
                found += self._bounds_below(epsilon, list(_spaces_apart(self, epsilon)))
            if packs and not any(size >= (0, MOST_POINTS) for size, *_ in found):
                found += self._bounds_below(epsilon, self._packing(epsilon))
            if not found:
                found = self._bounds_below(epsilon, [
                    {"argument": "a function", "cone_from": self.start}])
            if not found:
                raise LimitReached(f"No function of {self.model} with norm at most "
                                   f"{self.domain[1]} was found, so nothing bounds their covering "
                                   "number from below; choose a larger radius.")
            _, *best = max(found, key=lambda one: one[0])
            self._lowers[epsilon, packs] = best[0], best[1]
        return self._lowers[epsilon, packs]

    def _bounds_below(self, epsilon: Fraction, evidence: Sequence[dict[str, Any]]
                      ) -> list[tuple[tuple[int, Fraction], Any, dict[str, Any]]]:
        """What some evidence proves, ascending: what compares it, as it is written, and by what."""
        found = []
        for one in evidence:
            with suppress(CertificateError):  # of a projection without volume, for one
                bound, _ = lower_covering_bound(self.region(epsilon), one, self.norm)
                found.append((_size(bound), bound, one))
        return sorted(found, key=lambda one: one[0])

    @cached_property
    def _upper_evidence(self) -> list[dict[str, Any]]:
        return list(_upper_evidence(self))

    @cached_property
    def _linear_spaces(self) -> list[dict[str, Any]]:
        return list(_linear_spaces(self))

    @cached_property
    def _projections(self) -> list[dict[str, Any]]:
        """That with the largest volume, which does not depend on the radius of the balls."""
        others, coarse = [], []
        for evidence in _projections(self):
            if "cuts" in evidence:
                coarse.append(evidence | {"cuts": -(-evidence["cuts"] // COARSER)})
            else:
                others.append(evidence)
        found = self._bounds_below(self.domain[1] / FAR, coarse)
        return [*others, *(evidence | {"cuts": COARSER * evidence["cuts"]}
                           for _, _, evidence in found[-1:])]

    def _packing(self, epsilon: Fraction) -> list[dict[str, Any]]:
        if epsilon not in self._packings:
            self._packings[epsilon] = list(_packing(self, epsilon))
        return self._packings[epsilon]


def covering_number(coverings: Coverings, epsilon: Fraction) -> CoveringNumber:
    """
    Bounds for the number of balls of radius ε, with centers in the set, that cover the functions
    of a model in a ball around 0, or those of the parameters in a box.

    OUTPUT: :class:`CoveringNumber`

    Raises InputError if one ball is known to suffice, or a radius is not positive.

    REFERENCES: [Mil1964]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x")
        >>> covering_number(Coverings(M.model, M.dimension(), ("ball", Fraction(1))),
        ...                 Fraction(1, 10)).value
        (10, 21)
    """
    start = time.perf_counter()
    model, domain = coverings.model, coverings.domain
    check_domain(model, coverings.most_dimension, epsilon, domain)
    upper, above, trust = coverings.upper(epsilon)
    lower, below = coverings.lower(epsilon)
    method = f"{above['argument']} from above, {below['argument']} from below"
    return CoveringNumber.certified(
        model, "covering_number", [[domain[0], decimal(domain[1])], decimal(epsilon), lower, upper,
                                   *([] if coverings.norm is None else [coverings.norm])],
        "proved" if lower == upper else "bounds", method, time.perf_counter() - start,
        {"upper": above, "lower": below}, trust)


def _size(bound: Any) -> tuple[int, Fraction]:
    """What compares bounds as they are written."""
    return (1, Fraction(bound[1])) if isinstance(bound, list) else (0, Fraction(bound))


def _cones(model: Checked) -> list[tuple[int, int]]:
    """
    The parameters from which on φ is homogeneous, the last ones first, and the degrees: where the
    parameters of a layer begin, and of polynomials any of a few.
    """
    found = []
    starts = {step.offset for step in model.steps if step.parameters}
    if model.parameters <= MOST_STARTS and any(
            layer["kind"] == "polynomial" for layer in model.description["layers"]):
        starts |= {*range(model.parameters)}
    for start in sorted(starts, reverse=True):
        try:
            found.append((start, cone_weight(model, start)))
        except CertificateError:
            continue
    return found


def _one_ball(part: Coverings, epsilon: Fraction) -> Iterator[dict[str, Any]]:
    kind, size = part.domain
    if epsilon >= size or (kind == "box" and part.model.parameter_count <= MOST_SCALED):
        yield {"argument": "one ball", "cone_from": part.start, "expanded": part.is_expanded,
               "center": ["0"] * part.model.parameter_count if (
                   part.start is None and part.is_expanded) else []}


def _upper_evidence(part: Coverings) -> Iterator[dict[str, Any]]:
    domain = part.domain
    span = {"equations": [encode_polynomial(f) for f in part.linear]} if part.linear else {}
    flag = {"expanded": part.is_expanded} if domain[0] == "box" else {}
    yield {"argument": "volume", **span, **flag}
    if domain[0] == "box":
        yield {"argument": "Lipschitz", **flag}
        if part.model.parameter_count <= MOST_SCALED:
            yield {"argument": "Lipschitz", **flag, "scalings": _scalings_to_faces(part.model)}
    else:
        yield {"argument": "bounded rank"}
        if part.equation is not None:
            yield {"argument": "hypersurface", "equation": encode_polynomial(part.equation)}
    known = {**_dimension_evidence(part),
             "multihomogeneous": _is_multihomogeneous(part.checked, part.most_dimension)}
    starts: list[int | None] = [start for start, _ in part.cones] or [None]
    if part.model.parameter_count > MOST_SCALED:
        starts = starts[:1]  # they differ in the parameters that may be fixed
    if part.equation is not None and part.most_dimension == part.model.ambient_dimension - 1:
        known["equation"] = encode_polynomial(part.equation)
    for start in starts:
        common = {"argument": "slicing", **known, "cone_from": start, **span, **flag}
        if part.model.parameter_count > MOST_SCALED:
            yield {**common, "scalings": _hidden_neurons(part.checked), "fixed": []}
            continue
        forms: list[tuple[list[list[int]], list[int]]] = [([], [])]
        if start is not None and domain[0] == "ball":
            forms += [form for form in [_normal_form(part.model, part.checked, start)] if form[1]]
        for scalings, fixed in forms:
            form = {**common, "scalings": scalings, "fixed": fixed}
            yield form
            if start is not None or domain[0] == "box":
                yield form | {"blocks": False}
            if start is not None and domain[0] == "ball":
                yield form | {"blocks": True}


def _hidden_neurons(checked: Checked) -> list[list[int]] | str:
    """By what parameters become 1 in the certificate of a large model, if some do."""
    with suppress(CertificateError):
        if first_weights(checked):
            return HIDDEN_NEURONS
    return []


def _dimension_evidence(part: Coverings) -> dict[str, Any]:
    """
    What bounds the dimension from above, without a list of all parameters where as much follows
    from the layers.
    """
    ambient = {"dimension": {"kind": "ambient"}, "trial": None}
    if part.dimension is None or part.dimension.certificate is None:
        return ambient
    proof = part.dimension.certificate["evidence"]
    if "upper" not in proof or proof["upper"]["kind"] == "ambient":
        return ambient
    if part.model.parameter_count > MOST_LISTED:
        with suppress(CertificateError):
            if part.model.parameter_count - len(first_weights(part.checked)) <= part.most_dimension:
                return ambient
    return {"dimension": proof["upper"], "trial": proof["trials"][0]}


def _is_multihomogeneous(checked: Checked, dimension: int) -> bool:
    try:
        multihomogeneous_degree(checked, dimension)
    except CertificateError:
        return False
    return True


def _scalings(model: Model) -> list[list[int]]:
    """The weights of the scalings of the parameters that change no function."""
    count, found = model.parameter_count, []
    for symmetry in model.symmetries:
        entries = symmetry.parameters
        if all(i == j and c.denominator == 1 for (i, j), c in entries.items()):
            found.append([int(entries.get((i, i), 0)) for i in range(count)])
    return found


def _scalings_to_faces(model: Model) -> list[list[int]]:
    """Scalings that bring parameters to faces of a box, one after the other, with few choices."""
    fields, found = _scalings(model), []
    while fields:
        # The others must leave the parameters alone that are raised by this one.
        choices = [(sum(a > 0 for a in field) * (1 + any(a > 0 and a % 2 == 0 for a in field)),
                    k, field) for k, one in enumerate(fields) for field in (one, [-a for a in one])
                   if any(a > 0 for a in field) and not any(
                       a > 0 and other[i] for i, a in enumerate(field)
                       for other in fields if other is not one)]
        if not choices:
            break
        _, k, field = min(choices)
        found.append(field)
        del fields[k]
    return found


def _normal_form(model: Model, checked: Checked, start: int
                 ) -> tuple[list[list[int]], list[int]]:
    """Scalings of the parameters, and the parameters that they bring to 1."""
    count = model.parameter_count
    if count > MOST_SCALED:
        return [], []
    fields = _scalings(model)
    scalings: list[list[int]] = []
    fixed: list[int] = []
    while fields:
        # The others must leave the parameter alone that is fixed by this one.
        free = [(field, i) for field in fields for i in range(start) if field[i] % 2
                and not any(other[i] for other in fields if other is not field)]
        if not free:
            break
        field, i = free[0]
        scalings.append(field)
        fixed.append(i)
        fields.remove(field)
    try:
        check_normal_form(checked, scalings, fixed, start)
    except CertificateError:
        return [], []
    return scalings, fixed


def _linear_spaces(part: Coverings) -> Iterator[dict[str, Any]]:
    generator, checked = random.Random(part.seed), part.checked
    is_ball, has_last_layer = part.domain[0] == "ball", _has_last_layer(checked)
    if is_ball and has_last_layer:
        yield {"argument": "linear space", "linear_from": None, "trial": None, "inputs": None}
    is_listed = checked.parameters <= (MOST_LISTED if has_last_layer else EXPANDED_TERMS)
    terms = sum(step.width * len(step.output(0)) for step in checked.steps)
    is_listed = is_listed and terms <= MOST_PRODUCTS // 2  # which are written down
    for start, degree in part.cones if is_ball and is_listed else []:
        if degree == 1:
            point = [generator.randrange(1, 1000) for _ in range(checked.parameters)]
            enough = min(-(-(checked.parameters - start) // checked.outputs) + 2,
                         MOST_PRODUCTS // terms)
            yield {"argument": "linear space", "linear_from": start,
                   "trial": {"prime": LARGE_PRIME, "point": point},
                   "inputs": [[generator.randrange(1, 1000) for _ in range(checked.inputs)]
                              for _ in range(enough)]}


def _packing(part: Coverings, epsilon: Fraction) -> Iterator[dict[str, Any]]:
    if part.is_expanded:
        points = packing(parametrization(part.model), *part.below(epsilon),
                         part.cones[0] if part.cones else None, part.seed)
        if points:
            yield {"argument": "packing",
                   "points": [[decimal(c) for c in w] for w in points]}


def _has_last_layer(checked: Checked) -> bool:
    try:
        return last_layer_dimension(checked) > 0
    except CertificateError:
        return False


def _spaces_apart(part: Coverings, epsilon: Fraction) -> Iterator[dict[str, Any]]:
    (kind, size), radius = part.below(epsilon)
    if (part.is_expanded and kind == "ball" and part.most_dimension <= MOST_APART
            and part.cones and part.cones[0][1] == 1):
        yield from linear_spaces(parametrization(part.model), part.cones[0][0], size, radius,
                                 part.seed)


def _projections(part: Coverings) -> Iterator[dict[str, Any]]:
    domain, _ = part.below(part.domain[1])
    if domain[0] == "box":
        yield {"argument": "last layer"}
    if part.is_expanded:
        fixed = _normal_form(part.model, part.checked, part.start)[1] if (
            part.start is not None and domain[0] == "ball") else []
        yield from projections(parametrization(part.model), part.dimensions[0], domain,
                               part.start, fixed, part.seed)

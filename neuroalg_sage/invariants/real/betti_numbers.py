"""
Betti numbers of M within a ball, on the unit sphere, and in the projective space, over the reals.

M is the image of the real parameters.  Where it is, up to scalings, a product of spheres with
cells that are identified, ``certificates.real.betti_numbers`` writes down the cells, and has the
proof; so it is where M is all of V.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from math import lcm
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.dimension.affine_symmetries import (
    condensed as condensed_for_checker,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.real.betti_numbers import SPACES, betti_of_spaces
from neuroalg_sage.certificates.real.spheres import Identification, identifications
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.dimension.upper_bounds import condensed
from neuroalg_sage.invariants.real.sections import homogeneous_blocks
from neuroalg_sage.invariants.real.trichotomy import RealAnswer, RealShape
from neuroalg_sage.models.parametrization import Parametrization, parametrization

if TYPE_CHECKING:
    from neuroalg_sage.models.model import Model

MOST_SHOWN, MOST_EXPONENTS = 16, 2_000_000
NO_WEIGHTS = "no weights of the parameters are known for which φ is homogeneous: M may be no cone"
WORDS = {"ball": "M within a ball", "link": "M on the unit sphere",
         "projectivization": "the projectivization of M"}


def euler_characteristic(betti: list[int]) -> int:
    """
    The alternating sum.

    EXAMPLES::

        >>> euler_characteristic([1, 2, 1])
        0
    """
    return sum((-1) ** k * b for k, b in enumerate(betti))


def in_words(betti: list[int]) -> str:
    """
    Betti numbers as text; of long lists which are not zero.

    EXAMPLES::

        >>> in_words([1, 2, 1]), in_words([1, *[0] * 20, 1]), in_words([1] * 20)
        ('1, 2, 1', 'b_0 = 1, b_21 = 1', 'b_0 = ... = b_19 = 1')
    """
    if len(betti) <= MOST_SHOWN:
        return ", ".join(map(str, betti))
    runs: list[str] = []
    for b, group in groupby(enumerate(betti), key=lambda pair: pair[1]):
        places = [k for k, _ in group]
        shown = [places[0]] if len(places) == 1 else [places[0], places[-1]]
        if b:
            runs.append((" = ... = " if len(places) > 2 else " = ").join(
                f"b_{k}" for k in shown) + f" = {b}")
    return ", ".join(runs)


@dataclass(frozen=True, eq=False, repr=False)
class BettiNumbers(RealAnswer):
    """
    The Betti numbers over Q and over GF(2) of M within a ball around 0 (``ball``), of M on the unit
    sphere (``link``) and of the ``projectivization``: each a dictionary from ``"Q"`` and
    ``"GF(2)"`` to lists, or None where that is not decided; all None where nothing is.
    """

    def _spaces(self) -> list[tuple[str, dict[str, list[int]]]]:
        return [(space, self.data[space]) for space in reversed(SPACES)
                if self.data is not None and self.data[space] is not None]

    def sentence(self) -> str:
        known = self._spaces()
        if not known:
            return "not decided"
        return "; ".join(f"{WORDS[space]}: " + (
            in_words(betti["Q"]) if betti["Q"] == betti["GF(2)"] else " and ".join(
                f"{in_words(numbers)} over {name}" for name, numbers in betti.items()))
            for space, betti in known)

    def lines(self, spec: str = "SPEC") -> list[str]:
        values = [f"{euler_characteristic(betti['Q'])} of {WORDS[space]}"
                  for space, betti in self._spaces()]
        return [*([f"  Euler characteristic: {', '.join(values)}"] if values else []),
                *super().lines(spec)]

    def value_in_latex(self) -> str:
        names = {"ball": r"M \cap B", "link": r"M \cap S", "projectivization": r"\mathbb{P}(M)"}
        fields = {"Q": r"\mathbb{Q}", "GF(2)": r"\mathbb{F}_2"}
        return r",\ ".join(
            rf"b_*({names[space]}, {fields[name]}) = ({', '.join(map(str, numbers))})"
            for space, betti in self._spaces() for name, numbers in betti.items()
        ) or r"\text{not decided}"


def cone_weights(phi: Parametrization) -> list[int] | None:
    """
    Weights of the parameters for which φ is homogeneous of positive degree, None if there are none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> cone_weights(parametrization(parse_spec("mlp:1,1,1:x^2+x")))
        [0, 1]
        >>> cone_weights(parametrization(parse_spec("mlp:1,1,1:x^2")))
        [1, 1]
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> cone_weights(parametrization(from_expressions(["a*x^2 + a^2*x"], ["a"], ["x"])))
    """
    exponents = sorted({e for p in phi.polynomials for e in p})
    if not exponents:
        return None
    total = sum(exponents[0])
    if total and all(sum(e) == total for e in exponents):
        return [1] * phi.parameter_count
    if not _is_small(phi):
        return None
    rows = fmpq_mat([[*map(int, e), 1] for e in exponents])
    reduced, rank = rows.rref()
    weights = [fmpq(0)] * phi.parameter_count
    for i in range(rank):
        place = next(j for j in range(reduced.ncols()) if reduced[i, j])
        if place == phi.parameter_count:
            return None
        weights[place] = reduced[i, phi.parameter_count]
    common = lcm(*(int(a.q) for a in weights))
    return [int(a * common) for a in weights]


def _is_small(phi: Parametrization) -> bool:
    """Whether gradings are sought, by linear algebra with the exponents."""
    return phi.parameter_count * sum(map(len, phi.polynomials)) <= MOST_EXPONENTS


def _ordered_blocks(model: Model) -> list[list[list[int]]]:
    """Blocks of parameters in which φ is homogeneous, in the orders that are tried."""
    phi = parametrization(condensed(model))
    blocks = homogeneous_blocks(phi) if _is_small(phi) else None
    return [] if blocks is None else [blocks, [block[::-1] for block in blocks]]


def identified_strata(model: Model) -> tuple[list[list[int]], list[Identification]] | None:
    """
    Blocks of parameters in which φ is proved to be homogeneous, and zero only where one of them is,
    and in which pairs of strata it is not injective up to scalings of these; None if that is
    not known.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [found and len(found[1]) for found in (
        ...     identified_strata(parse_spec(f"{spec}:x^2"))
        ...     for spec in ("mlp:3,1,2", "cnn:1,3", "cnn:2,2", "mlp:2,2,1"))]
        [0, 0, 1, None]
    """
    checked = condensed_for_checker(rebuilt(model))
    for blocks in _ordered_blocks(model):
        with suppress(CertificateError):
            return blocks, identifications(checked, blocks)
    return None


def _arguments(model: Model, shape: RealShape) -> Iterator[tuple[dict[str, Any], str]]:
    """What may be tried, the first that says most."""
    if shape.all is not None:
        proof, reason = shape.all
        yield {"argument": "all", "proof": proof}, f"M is all of V: {reason}"
    head = None if shape.network is None else shape.network.head()
    if head is not None and (whole := shape.of(head.model).all_by_layers) is not None:
        yield {"argument": "powers", "layers": len(head.model.layers), "proof": whole[0]}, (
            f"all outputs are multiples of a power of any form: {whole[1]}")
    if shape.filters is not None:
        yield {"argument": "filters"}, "products of real binary forms"
    for blocks in _ordered_blocks(model):
        yield {"argument": "blocks", "blocks": blocks}, (
            f"cells of products of spheres of {len(blocks)} blocks of parameters")
    if (weights := cone_weights(shape.parametrization())) is not None:
        yield {"argument": "cone", "weights": weights}, "M is star-shaped"


def betti_numbers(model: Model, shape: RealShape) -> BettiNumbers:
    """
    The Betti numbers of M over the real numbers, within a ball, on the sphere, and projectively.

    INPUT:

    - ``shape`` -- what is known of M over the real numbers

    OUTPUT: :class:`BettiNumbers`

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> print(NeuroManifold("cnn:2,2:x^2").betti_numbers().sentence())
        the projectivization of M: 1, 3, 1; M on the unit sphere: 1, 4, 1; M within a ball: 1
    """
    start = time.perf_counter()
    checked = rebuilt(model)
    is_zero = not checked.ambient_dimension
    why = "M is the zero function alone" if is_zero else NO_WEIGHTS
    for evidence, method in () if is_zero else _arguments(model, shape):
        try:
            found, _ = betti_of_spaces(checked, evidence)
        except CertificateError as error:
            why = str(error)
            continue
        reason = ""
        if found["link"] is None:
            reason = f"of the others nothing is decided: {why}" if why != NO_WEIGHTS else (
                "of the others nothing is decided")
        return BettiNumbers.certified(model, "betti_numbers", found, "proved", method,
                                      time.perf_counter() - start, evidence, reason=reason)
    return BettiNumbers("betti_numbers", None, "not decided", why, None,
                        time.perf_counter() - start, reason=why)

"""
Decision boundaries of piecewise linear networks: faces, homology, and the distance of a point.

The boundary is where an output, or the difference of two outputs, has a given value; a sublevel or
superlevel set is where it is at most, or at least, this value.  The network is continued by layers
that bend there, and for distances in the norms l1 and linf by layers that make the norm; so all
that is asked can be read off the faces of a subdivision.  What is read off, the checker's own
functions say (:mod:`neuroalg_sage.certificates.piecewise.decision_boundary`, with the lemmas).

REFERENCES:

- [GLM2022]_
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise import decision_boundary as checked
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.reading import rational as exact
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import evidence, verified, where
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision, domain
from neuroalg_sage.models.piecewise.network import Network, network_from_data
from neuroalg_sage.models.sage_input import lists, numbers, rational

SETS = tuple(checked.SETS)
NORMS = ("l1", "l2", "linf")


def _boundary_in_words(data: dict[str, Any]) -> str:
    """What the set is."""
    sign = {"level": "=", "sublevel": "<=", "superlevel": ">="}[data.get("set", "level")]
    output = " - ".join(f"output {i}" for i in data["output"])
    inside = where(data["domain"])
    return f"{output} {sign} {data['level']}" + (inside and f", {inside}")


@dataclass(frozen=True, eq=False, repr=False)
class DecisionBoundary(Invariant):
    """
    The faces and Betti numbers of a level set; the value is the Betti numbers over Q.

    Above dimension d - 1 a subset of R^d has no homology.
    """

    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> list[int]:
        """The Betti numbers over the rational numbers."""
        return list(self.data["betti"])

    @property
    def components(self) -> int:
        """How many connected components there are."""
        return self.value[0]

    def sentence(self) -> str:
        same = self.data["betti"] == self.data["betti_mod_2"]
        ordinary = " (of ordinary homology; the set is not bounded)" * (
            self.data["f_vector"] != self.data["bounded_faces"])
        return (f"Betti numbers {', '.join(map(str, self.value))}"
                + (" over Q and GF(2)" if same else " over Q, "
                   f"{', '.join(map(str, self.data['betti_mod_2']))} over GF(2)") + ordinary)

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  where {self.condition()}; faces by dimension: "
                f"{', '.join(map(str, self.data['f_vector']))}; of these bounded: "
                f"{', '.join(map(str, self.data['bounded_faces']))}"]

    def condition(self) -> str:
        return _boundary_in_words(self.data)

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page |= {"betti": self.data["betti"], "boundary": self.described()}


def _about(value: Fraction, function: Callable[[Any], float] = float) -> str:
    """A value in floating point, if it is neither too large nor rounded to zero."""
    try:
        near = function(value)
    except OverflowError:
        return ""
    return f" (about {near:.6g})" if near or not value else ""


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryDistance(Invariant):
    """
    The distance of a point to a decision boundary, squared in the norm l2; None if there is none.

    - ``nearest`` -- a point of the boundary at this distance
    """

    nearest: tuple[Any, ...] = ()
    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> Any:
        """The distance, in the norm l2 its square."""
        distance = self.data["distance"]
        return None if distance is None else exact(distance)

    def sentence(self) -> str:
        if self.value is None:
            return "there is no boundary"
        if self.data["norm"] != "l2":
            return f"{self.data['distance']}{_about(self.value)}"
        return f"the square root of {self.data['distance']}{_about(self.value, sqrt)}"

    def lines(self, spec: str = "SPEC") -> list[str]:
        near = ", ".join(str(c) for c in self.nearest)
        return [f"  {self.condition()}" + (near and f"; next to it is {near}")]

    def condition(self) -> str:
        data = self.data
        return (f"of the point {', '.join(data['point'])} in the norm {data['norm']}, to "
                f"{_boundary_in_words(data)}")

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page.setdefault("distances", []).append(self.described())


def _chosen(network: Network, output: Any, level: Any) -> tuple[list[int], str]:
    """The outputs and the level, as a claim has them."""
    given = lists(output)
    chosen = list(given) if isinstance(given, (list, tuple)) else [given]
    if len(chosen) not in (1, 2) or not all(
            isinstance(i, int) and not isinstance(i, bool) and 0 <= i < network.outputs
            for i in chosen) or len(set(chosen)) < len(chosen):
        raise InputError(f"A boundary is that of an output, by its number from 0 to "
                         f"{network.outputs - 1}, or of two different ones.")
    return chosen, decimal(rational(level, "level"))


def _subdivided(network: Network, layers: Sequence[dict[str, Any]], inequalities: Any
                ) -> Subdivision:
    """The subdivision by a network that goes on with further layers."""
    described = network.describe()
    return Subdivision(network_from_data({
        "input_shape": described["input_shape"],
        "layers": [*described["layers"], *layers]}), inequalities)


def decision_boundary(network: Network, output: Any = 0, level: Any = 0, kind: str = "level",
                      box: Any = None, polytope: Any = None) -> DecisionBoundary:
    """
    The faces and the homology of a level set, or of a sublevel or superlevel set.

    INPUT:

    - ``output`` -- the number of an output, or a pair of numbers for a difference of outputs
    - ``level`` -- the value, by default 0
    - ``kind`` -- ``"level"``, ``"sublevel"`` or ``"superlevel"``
    - ``box``, ``polytope`` -- a domain, see
      :func:`~neuroalg_sage.invariants.piecewise.subdivision.domain`; by default all of R^d

    EXAMPLES:

    The sphere of the norm l1 in the plane is a circle::

        >>> from neuroalg_sage.models.piecewise.network import network_from_data
        >>> norm = network_from_data({"input_shape": [2], "layers": [
        ...     {"kind": "absolute_value"}, {"kind": "dense", "weights": [[1, 1]]}]})
        >>> decision_boundary(norm, level=1), decision_boundary(norm, level=1, kind="sublevel")
        ([1, 1] (proved), [1, 0] (proved))
    """
    start = time.perf_counter()
    if kind not in SETS:
        raise InputError(f"The set {kind!r:.40} is none of {', '.join(SETS)}.")
    chosen, c = _chosen(network, output, level)
    inequalities = domain(network.inputs, box, polytope)
    rebuilt = Rebuilt(network.describe())
    found = evidence(_subdivided(network, checked.bend(rebuilt, chosen, c), inequalities))
    rows = [[str(x) for x in row] for row in inequalities]
    value = {"domain": rows, "output": chosen, "level": c, "set": kind} | verified(
        checked.topology, rebuilt, rows, chosen, c, kind, found)
    return DecisionBoundary.certified(
        network, "decision_boundary", value, "proved",
        "subdivision of a complex of cones, homology of its bounded faces",
        time.perf_counter() - start, found)


def boundary_distance(network: Network, point: Any, output: Any = 0, level: Any = 0,
                      norm: str = "l2", box: Any = None, polytope: Any = None) -> BoundaryDistance:
    """
    The distance of a point to a decision boundary, exactly.

    INPUT:

    - ``point`` -- rational numbers
    - ``output``, ``level`` -- of the boundary, as for :func:`decision_boundary`
    - ``norm`` -- ``"l1"``, ``"linf"``, or ``"l2"``, of which the square is the value
    - ``box``, ``polytope`` -- where the boundary is looked for; by default in all of R^d

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_data
        >>> line = network_from_data({"input_shape": [2], "layers": [
        ...     {"kind": "dense", "weights": [[1, 2]], "bias": [-3]}]})
        >>> [boundary_distance(line, [0, 0], norm=norm) for norm in ("l1", "l2", "linf")]
        [3/2 (proved), 9/5 (proved), 1 (proved)]
    """
    start = time.perf_counter()
    if norm not in NORMS:
        raise InputError(f"The norm {norm!r:.40} is none of {', '.join(NORMS)}.")
    chosen, c = _chosen(network, output, level)
    center = [decimal(x) for x in numbers(point, "coordinate")]
    if len(center) != network.inputs:
        raise InputError(f"The point has {len(center)} coordinates; the network takes "
                         f"{network.inputs}.")
    inequalities = domain(network.inputs, box, polytope)
    rebuilt = Rebuilt(network.describe())
    layers = checked.bend(rebuilt, chosen, c)
    if norm != "l2":
        from neuroalg_sage.certificates.reading import numbers as read

        layers += checked.norm_layers(rebuilt, norm, read(center, "point"))
    found = evidence(_subdivided(network, layers, inequalities))
    rows = [[str(x) for x in row] for row in inequalities]
    distance, nearest = verified(checked.distance_to, rebuilt, rows, chosen, c, norm, center, found)
    value = {"domain": rows, "output": chosen, "level": c, "norm": norm, "point": center,
             "distance": None if distance is None else str(distance)}
    return BoundaryDistance.certified(
        network, "boundary_distance", value, "proved",
        "subdivision of a complex of cones, the least distance in each face",
        time.perf_counter() - start, found, nearest=tuple(
            Fraction(int(x.p), int(x.q)) for x in nearest))

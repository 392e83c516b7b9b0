"""
Whether M is all of V, is not but has interior points, or is thin; whether it is dense, and closed.

M is the image of real parameters, without its limits, and open, dense and closed are meant in the
Euclidean topology of V.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.real.blocks import is_zero_only_where_a_block_is
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section, Surroundings
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.real import witnesses
from neuroalg_sage.invariants.real.paths import monomial_limits
from neuroalg_sage.invariants.real.power_networks import PowerNetwork, power_network
from neuroalg_sage.invariants.real.sections import (
    encoded_section,
    homogeneous_blocks,
    proper,
    rational_section,
    section,
)
from neuroalg_sage.invariants.real.witnesses import Witness
from neuroalg_sage.models.layers import Activation, Convolution
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

if TYPE_CHECKING:
    from neuroalg_sage.invariants.real.formula import Formula
    from neuroalg_sage.markup.elements import Markup

# So small a model has the fibers over simple functions tried, each for so many seconds.
MOST_PARAMETERS, MOST_COORDINATES, MOST_FUNCTIONS = 8, 8, 6
SECONDS = 10.0
# Of a path in so large a space the limit is not written down.
LARGEST_SPACE = 2000

Evidence = Mapping[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class RealAnswer(Invariant):
    """
    What is said of M as a set of real points; None as value where that is not decided.

    - ``reason`` -- why, in words
    - ``witness`` -- a function that is not in M, as polynomials in the inputs, one for each output
    """

    reason: str = ""
    witness: tuple[str, ...] = field(default=())

    def sentence(self) -> str:
        return "not decided" if self.data is None else super().sentence()

    def lines(self, spec: str = "SPEC") -> list[str]:
        function = ", ".join(self.witness)
        return [f"  {function} is not in M: {self.reason}" if self.witness else
                f"  {self.reason}"] if self.reason else []


@dataclass(frozen=True, eq=False, repr=False)
class Trichotomy(RealAnswer):
    """``"all"``, ``"thick"`` or ``"thin"``; None if that is not decided."""

    WORDS = {"all": "all of V", "thick": "thick: not all of V, but with interior points",
             "thin": "thin: without interior points"}

    def sentence(self) -> str:
        return self.WORDS.get(self.data, super().sentence())

    def section(self, around: Surroundings) -> Section | None:
        from neuroalg_sage.invariants.real.on_pages import over_the_reals

        return over_the_reals(self, around)

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        if self.data is not None:
            yield self.said(f"Over the real numbers M is {self.sentence()}.")


@dataclass(frozen=True, eq=False, repr=False)
class Density(RealAnswer):
    """Whether M is dense in V."""


@dataclass(frozen=True, eq=False, repr=False)
class Closedness(RealAnswer):
    """Whether M is closed in V; a witness is a limit of functions in M."""


class RealShape:
    """
    What is known of the M of a model over the real numbers, each found when it is asked for.

    INPUT:

    - ``model`` -- the model
    - ``dimension`` -- where to find the dimension
    - ``parametrization`` -- where to find φ, expanded
    - ``ideal`` -- where to find the ideal, if the dimension is not proved
    - ``computation`` -- session and limits
    """

    def __init__(self, model: Model, dimension: Callable[[], Invariant],
                 parametrization: Callable[[], Parametrization],
                 ideal: Callable[[], Invariant], computation: Computation) -> None:
        self.model, self.dimension, self.parametrization = model, dimension, parametrization
        self.ideal, self.computation = ideal, computation

    @cached_property
    def network(self) -> PowerNetwork | None:
        """The model as a network of powers, if it is one."""
        return power_network(self.model)

    @cached_property
    def filters(self) -> list[int] | None:
        """The degrees of the factors, if M is all products of such polynomials."""
        return witnesses.filter_degrees(self.model)

    @cached_property
    def description(self) -> tuple[Formula, Evidence] | None:
        """M as sums of squares with fixed factors, by a formula and evidence; None if it is not."""
        from neuroalg_sage.invariants.real.semialgebraic_description import MOST_COORDINATES as MOST
        from neuroalg_sage.invariants.real.theorems import by_theorem

        if self.model.ambient_dimension > MOST or (found := by_theorem(self.model)) is None:
            return None
        formula, _, proof = found
        if proof["argument"] != "fixed squares":
            return None
        return formula, {"formula": formula.plain_value(), "description": proof}

    # -- thin ----------------------------------------------------------------------------------

    def thin(self) -> tuple[Evidence, str, list[str]] | None:
        """Why M is thin, and whom to trust, if that is proved."""
        n, count = self.model.ambient_dimension, self.model.parameter_count
        if count < n:
            return {"argument": "parameters"}, f"{count} parameters for {n} coordinates", []
        if self.all_by_layers is not None:
            return None
        found = self.dimension()
        if found.status == "bounds":
            return None
        if found.status == "proved" and found.data < n:
            assert found.certificate is not None
            return ({"argument": "dimension", "dimension": found.data,
                     "proof": found.certificate["evidence"]},
                    f"the dimension is {found.data}, that of V is {n}", found.trust)
        if found.data < n:
            equation = next(iter(self.ideal().data))
            return ({"argument": "equation", "equation": encode_polynomial(equation)},
                    "an equation vanishes on M", [])
        return None

    # -- all -----------------------------------------------------------------------------------

    @cached_property
    def all(self) -> tuple[Evidence, str] | None:
        """Why M is V, if that is proved."""
        if self.all_by_layers is not None:
            return self.all_by_layers
        if self.model.parameter_count >= self.model.ambient_dimension and (
                found := section(self.parametrization())) is not None:
            return encoded_section(found), "φ has a section, given by polynomials"
        if self.description is not None and () in self.description[0].pieces:
            return ({"argument": "description", **self.description[1]},
                    "the description of M has no conditions")
        return None

    @cached_property
    def all_by_layers(self) -> tuple[Evidence, str] | None:
        """Why M is V, if a lemma on such layers says so."""
        network = self.network
        if network is not None and len(network.powers) == 1 and network.widths[-1] == 1:
            (inputs, units, _), (d,) = network.widths, network.powers
            if inputs == 2 and units >= d:
                return ({"argument": "binary forms"},
                        f"each binary form of degree {d} is a sum of {d} powers of real forms")
            if d == 2 and units >= inputs:
                return ({"argument": "quadratic forms"},
                        "each quadratic form is diagonal in suitable coordinates")
        if (network is not None and len(network.powers) == 2 and network.powers[1] == 2
                and network.widths[0] == 2 and network.widths[3] == 1
                and network.widths[1] > network.powers[0] and network.widths[2] >= 2):
            return ({"argument": "two squares"}, "each real binary form of even degree is a sum "
                    "or difference of two squares")
        if self.filters is not None and sum(d % 2 for d in self.filters) <= 1:
            return ({"argument": "filters"},
                    "each real polynomial has real factors of the degrees of the filters")
        return None

    # -- not all ---------------------------------------------------------------------------------

    @cached_property
    def open_witness(self) -> Witness | None:
        """A function that has functions outside of M only near it."""
        if self.network is not None:
            return witnesses.open_witness(self.network)
        if self.filters is not None:
            return witnesses.few_real_roots(self.model, self.filters)
        return witnesses.violating(self.parametrization()) or self._outside_description()

    def _outside_description(self) -> Witness | None:
        """A function that violates the description of M, as all near it do, if one is found."""
        return None if self.description is None else witnesses.violating_description(
            self.model, *self.description)

    @cached_property
    def limit_witness(self) -> Witness | None:
        """A limit of functions in M that is not in M, if a lemma gives one."""
        if self.network is None or self.model.ambient_dimension > LARGEST_SPACE:
            return None
        return witnesses.limit_witness(self.network)

    @cached_property
    def limit_by_fiber(self) -> Witness | None:
        """
        A limit along a monomial curve whose fiber has no real points, if the model is small, or its
        part with one input and one output is.
        """
        if self.network is not None:
            return None
        if (part := witnesses.smallest_part(self.model)) is not None and (
                found := self.of(part).limit_by_fiber) is not None:
            return witnesses.of_larger(self.model, found)
        if not self._is_small() or self.all is not None:
            return None
        phi = self.parametrization()
        for function, path in monomial_limits(phi, MOST_FUNCTIONS):
            if (proof := self._no_real_points(function)) is not None:
                return witnesses.by_fiber(phi, function, proof, path)
        return None

    @cached_property
    def fiber_witness(self) -> Witness | None:
        """A simple function whose fiber has no real points, if the model is small."""
        if not self._is_small():
            return None
        phi = self.parametrization()
        for function in witnesses.simple_functions(phi, MOST_FUNCTIONS):
            if (proof := self._no_real_points(function)) is not None:
                return witnesses.by_fiber(phi, function, proof)
        return None

    def _is_small(self) -> bool:
        return (self.model.parameter_count <= MOST_PARAMETERS
                and self.model.ambient_dimension <= MOST_COORDINATES)

    def _no_real_points(self, function: list[Fraction]) -> Evidence | None:
        """A proof that the fiber over a function has no real points, None if none is found."""
        from neuroalg_sage.invariants.fibers.special_fiber import special_fiber

        self.computation.versions()  # starts Macaulay2, which is not of these seconds
        with suppress(LimitReached, EngineError), self.computation.share(SECONDS):
            found = special_fiber(self.parametrization(), None, self.computation,
                                  function).over_real
            if found.data is False and found.certificate is not None:
                evidence = found.certificate["evidence"]
                if evidence["argument"] == "unit":
                    return {"step": "unit", "cofactors": evidence["cofactors"]}
                return dict(evidence["proof"]) if "proof" in evidence else None
        return None

    # -- dense, closed -----------------------------------------------------------------------------

    def dense(self) -> tuple[Evidence, str] | None:
        """Why M is dense although it is not V, if that is proved."""
        network = self.network
        if (network is not None and network.powers == (2, 2) and network.widths[0] == 2
                and min(network.widths[1:3]) >= 2 and network.widths[3] == 1):
            return ({"argument": "pairs of roots"},
                    "M contains all quartics without multiple roots: pairs of roots make "
                    "them quadratic forms in two squares")
        if network is None and self.filters is None and self._is_small():
            self.computation.versions()
            with suppress(LimitReached, EngineError), self.computation.share(SECONDS):
                found = rational_section(self.parametrization(), self.computation)
                if found is not None:
                    return found, "φ has a rational section"
        return None

    def closed(self) -> tuple[Evidence, str] | None:
        """Why M is closed, if that is proved."""
        network = self.network
        if network is not None:
            if set(network.powers) <= {1} or network.powers == (2,) and network.widths[-1] == 1:
                return {"argument": "bounded rank"}, "M is given by a bound for the rank"
            head = network.head()
            if head is not None:
                found = self.of(head.model).closed()
                return None if found is None else (
                    {"argument": "head", "layers": len(head.model.layers), "then": found[0]},
                    f"all outputs are multiples of one power; {found[1]}")
        if _is_of_filters(self.model):
            return ({"argument": "zero filters"},
                    "φ is homogeneous in each filter, and zero only where a filter is zero")
        if self.all is not None:
            return self.all
        if network is not None:  # all that is known of these is said
            return None
        if (evidence := proper(self.parametrization())) is not None:
            return evidence, "parameters of bounded functions are bounded"
        if (blocks := homogeneous_blocks(self.parametrization())) is not None:
            evidence = {"argument": "zero blocks", "blocks": blocks}
            with suppress(CertificateError):
                is_zero_only_where_a_block_is(rebuilt(self.model), evidence)
                return evidence, ("φ is homogeneous in blocks of parameters, and zero only where "
                                  "one of them is zero")
        if self.description is not None and self.description[0].is_closed:
            return ({"argument": "closed description", **self.description[1]},
                    "M is described by equations and weak inequalities")
        return None

    def of(self, model: Model) -> RealShape:
        """The same of another model, of which nothing is asked but the expanded φ."""
        from neuroalg_sage.models.parametrization import parametrization

        return RealShape(model, self.dimension, lambda: parametrization(model), self.ideal,
                         self.computation)

    # -- answers -----------------------------------------------------------------------------------

    def trichotomy(self) -> Trichotomy:
        """See :meth:`~neuroalg_sage.neuromanifold.NeuroManifold.trichotomy`."""
        start = time.perf_counter()

        def answer(value: str, evidence: Evidence, reason: str, trust: list[str],
                   witness: tuple[str, ...] = ()) -> Trichotomy:
            return Trichotomy.certified(
                self.model, "trichotomy", value, "proved", reason, time.perf_counter() - start,
                evidence, trust, reason=reason, witness=witness)

        try:
            if (thin := self.thin()) is not None:
                return answer("thin", *thin)
            if self.all is not None:
                return answer("all", *self.all, [])
            found = self.open_witness or self.limit_witness or self.fiber_witness
        except LimitReached as error:
            return _open(Trichotomy, "trichotomy", str(error), start)
        if found is None:
            return _open(Trichotomy, "trichotomy", "M has interior points; neither a proof that it "
                         "is all of V nor a function outside of it was found", start)
        return answer("thick", {"trial": self._trial()} | found.encoded(), found.reason, [],
                      found.written())

    def _trial(self) -> Evidence:
        """A point at which φ is a submersion."""
        certificate = self.dimension().certificate
        assert certificate is not None
        trial: Evidence = certificate["evidence"]["trials"][0]
        return trial

    def density(self) -> Density:
        """See :meth:`~neuroalg_sage.neuromanifold.NeuroManifold.is_dense`."""
        start = time.perf_counter()

        def answer(value: bool, evidence: Evidence, reason: str, trust: list[str],
                   witness: tuple[str, ...] = ()) -> Density:
            return Density.certified(
                self.model, "is_dense", value, "proved", reason, time.perf_counter() - start,
                evidence, trust, reason=reason, witness=witness)

        try:
            if (thin := self.thin()) is not None:
                return answer(False, *thin)
            if self.all is not None:
                return answer(True, *self.all, [])
            found = self.open_witness
            if found is None and (proof := self.dense()) is not None:
                return answer(True, *proof, [])
        except LimitReached as error:
            return _open(Density, "is_dense", str(error), start)
        if found is None:
            return _open(Density, "is_dense", "M has interior points; neither a proof that it is "
                         "dense nor an open set outside of it was found", start)
        return answer(False, found.encoded(), f"{found.reason}, nor are those near it", [],
                      found.written())

    def closedness(self) -> Closedness:
        """See :meth:`~neuroalg_sage.neuromanifold.NeuroManifold.is_closed`."""
        start = time.perf_counter()

        def answer(value: bool, evidence: Evidence, reason: str,
                   witness: tuple[str, ...] = ()) -> Closedness:
            return Closedness.certified(
                self.model, "is_closed", value, "proved", reason, time.perf_counter() - start,
                evidence, [], reason=reason, witness=witness)

        if (found := self.limit_witness) is not None:
            return answer(False, found.encoded_path(), f"it is a limit of functions in M, and "
                          f"{found.reason}", found.written())
        try:
            if (proof := self.closed()) is not None:
                return answer(True, *proof)
            found = self.limit_by_fiber
        except LimitReached as error:
            return _open(Closedness, "is_closed", str(error), start)
        if found is not None:
            return answer(False, found.encoded_path(), f"it is a limit of functions in M, and "
                          f"{found.reason}", found.written())
        return _open(Closedness, "is_closed", "neither a proof that M is closed nor a limit "
                     "outside of M was found", start)


def _is_of_filters(model: Model) -> bool:
    """Whether all layers are filters with one channel, and monomials as activations."""
    return all(isinstance(layer, Activation) and not any(layer.coefficients[:-1])
               or isinstance(layer, Convolution) and layer.describe()["channels"] == [1, 1]
               for layer in model.layers)


def _open(kind: Any, name: str, why: str, start: float) -> Any:
    return kind(name, None, "not decided", why, None, time.perf_counter() - start,
                reason=why)

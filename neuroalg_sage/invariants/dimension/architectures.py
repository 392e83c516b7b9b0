"""
Architectures: from which power on no activation is defective, and which widths are just enough.

Both are asked of a perceptron whose activations are a power x^r, and are about all networks with
its widths, or with its inputs, outputs, layers and power.  Why finitely many networks decide it
stands in :mod:`neuroalg_sage.certificates.dimension.architectures`, with the proofs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, inf
from typing import Any

from neuroalg_sage.certificates.dimension.architectures import (
    Widths,
    ambient,
    blocks,
    by_rescalings,
    corners,
    narrow,
    saturated,
)
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import clipped
from neuroalg_sage.invariants.answers.trust import RANDOM
from neuroalg_sage.invariants.dimension.compositions import (
    UpperBounds,
    widths_and_powers,
)
from neuroalg_sage.invariants.dimension.dimension import dimension, rank_trial
from neuroalg_sage.models.families import MLP
from neuroalg_sage.models.layers import MAXIMAL_WIDTH, Activation, Dense
from neuroalg_sage.models.model import Model

MOST_PARAMETERS = 20_000  # of a network whose rank is taken on the way
MOST_DEGREE = 1000


def architecture(model: Model) -> tuple[Widths, int]:
    """
    The widths and the power of a perceptron without biases, with 1 for a linear one.

    Raises InputError for any other model.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> architecture(parse_spec("mlp:2,3,1:x^4"))
        ((2, 3, 1), 4)
    """
    found = widths_and_powers(model)
    if found is not None and len({*found[1]}) < 2:
        return (*found[0],), (*found[1], 1)[0]
    dense = [layer for layer in model.layers if isinstance(layer, Dense) and not layer.bias]
    if len(dense) == len(model.layers):
        return (dense[0].inputs, *(layer.outputs for layer in dense)), 1
    raise InputError(f"The question is about perceptrons whose activations are one power of x, and "
                     f"which have no biases, such as mlp:2,3,1:x^2; {model} is none.")


def _network(widths: Sequence[int], r: int) -> Model:
    """The perceptron with these widths and x^r, layer by layer as a certificate has it."""
    if max(widths) > MAXIMAL_WIDTH:
        raise LimitReached("Whether widths suffice is decided by wider networks, here with "
                           f"{max(widths):,} units in a layer, over the limit of "
                           f"{MAXIMAL_WIDTH:,}; ask for fewer inputs, layers or a lower power.")
    layers = MLP(widths, f"x^{r}").layers
    if r == 1:
        one = Activation((Fraction(0), Fraction(1)))
        layers = tuple(layer for dense in layers for layer in (one, dense))[1:]
    return Model(layers, (widths[0],))


@dataclass
class _Search:
    """Dimensions of perceptrons, within the limits of a computation."""

    computation: Computation
    seed: int | None

    def __post_init__(self) -> None:
        self.generator = random.Random(self.seed) if self.seed is not None else (
            random.SystemRandom())
        self.check = self.computation.clock()
        self.bounds = UpperBounds(self.trial)  # which keeps what is found of parts

    def trial(self, model: Model, most: int) -> tuple[dict[str, Any], int]:
        """A trial, and the rank, which is generic if it is less than ``most``, but for chance."""
        self.check()
        found, rank, _ = rank_trial(model, self.generator, lambda prime, point: most,
                                    modular.LARGEST_FAST_PRIME)
        return found, rank

    def below(self, model: Model, value: int) -> dict[str, Any] | tuple[dict[str, Any], int]:
        """
        Why the dimension is less than ``value``; or a trial with that rank, or a larger one.

        OUTPUT: evidence with ``upper`` and ``trial``, or with the ``dimension``, its ``proof`` and
        an ``error_bound``; or a pair of a trial and its rank
        """
        units = model.parameter_count - sum(
            layer.outputs for layer in model.layers[:-1] if isinstance(layer, Dense))
        if units < value:
            return {"upper": {"kind": "rescalings"}, "trial": None}
        if model.parameter_count > MOST_PARAMETERS:
            raise LimitReached(f"A network with {model.parameter_count} parameters must be "
                               "decided; take smaller widths, fewer layers or a smaller power.")
        trial, rank = self.trial(model, value)
        if rank == value:
            return trial, rank
        bound, place = self.bounds.of(model, dict(trial), rank)
        if bound.value < value:
            return {"upper": bound.evidence, "trust": list(bound.trust),
                    "trial": {key: place[key] for key in ("prime", "point")}}
        self.check()
        found = dimension(model, self.seed, self.computation.progress, self.computation.memory_gb)
        assert found.certificate is not None
        evidence = found.certificate["evidence"]
        if found.data >= value:  # the trial was special
            return evidence["trials"][0], found.data
        if found.status == "proved":
            return {"upper": evidence["upper"], "trial": evidence["trials"][0],
                    "trust": found.trust}
        return {"dimension": found.data, "proof": evidence, "error_bound": found.error_bound}


class ActivationThreshold(Invariant):
    """From which power on no activation is defective."""

    def sentence(self) -> str:
        if self.data == "none":
            return "none: all powers from some one on are defective"
        return f"{self.data}: no power x^r with r >= {self.data} is defective"


def activation_threshold(model: Model, computation: Computation, seed: int | None = None
                         ) -> ActivationThreshold:
    """
    The least v such that for all r >= v the networks with the same widths and x^r have the
    expected dimension: min(n, N - H) with H the number of hidden units, for r >= 2.

    That there is one where no hidden layer has one unit is a theorem of [FRWY2024]_, with a
    bound that is quadratic in the widths.  Here the bound is the least R for which all blocks of
    one hidden layer have the expected dimension, as the localization of [UBDC2025]_ allows; lesser
    powers are decided one after the other, down to one that is defective.  Of linear
    networks, r = 1, the bounded rank is what is expected; counted by rescalings as in
    [FRWY2024]_ that of the widths 3, 2, 3 is defective.

    INPUT:

    - ``model`` -- a perceptron without biases; its power does not matter
    - ``computation`` -- the limits

    OUTPUT: :class:`ActivationThreshold`, an integer, or ``"none"`` where all powers from some one
    on are defective; status ``proved``, or ``monte_carlo`` where the last defective one is

    Raises InputError for any other model, and LimitReached, with what is known then.

    REFERENCES: [FRWY2024]_, [UBDC2025]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> activation_threshold(parse_spec("mlp:3,2,1:x^2"), Computation(), seed=1).data
        3
    """
    start = time.perf_counter()
    widths, _ = architecture(model)

    def answer(value: int | str, why: str, evidence: dict[str, Any], trust: Sequence[str] = (),
               error: float | None = None) -> ActivationThreshold:
        return ActivationThreshold.certified(
            model, "activation_threshold", value, "proved" if error is None else "monte_carlo", why,
            time.perf_counter() - start, evidence, list(trust), error_bound=error)

    if widths[0] == 1 or len(widths) == 2:
        return answer(1, "networks that fill", {})
    if narrow(widths) is not None:
        return answer("none", "a hidden layer of one unit", {})
    search = _Search(computation, seed)
    first, trials = 2, list[dict[str, Any]]()
    while len(trials) < len(widths) - 2:
        trials = []
        for block in blocks(widths):
            most = by_rescalings(block)
            trial, rank = search.trial(_network(block, first), most) if (
                ambient(block, first) >= most) else ({}, -1)
            if rank < most:
                first += 1
                break
            trials.append(trial)
    below: list[list[Any]] = []
    for r in range(first - 1, 1, -1):
        computation.progress(f"activation threshold: x^{r}")
        try:
            found = search.below(_network(widths, r), min(ambient(widths, r),
                                                         by_rescalings(widths)))
        except LimitReached as error:
            raise LimitReached(f"{error} No power x^r with r >= {r + 1} is defective, which is "
                               "proved.") from None
        if isinstance(found, tuple):
            below.append([r, found[0]])
            continue
        trust = found.pop("trust", [])
        bound = found.pop("error_bound", None)
        return answer(r + 1, "blocks of one hidden layer, and single powers",
                      {"from": first, "blocks": trials, "below": [*below, [r, found]]},
                      trust if bound is None else [RANDOM], bound)
    return answer(1, "blocks of one hidden layer, and single powers",
                  {"from": first, "blocks": trials, "below": below})


class MinimalFillingWidths(Invariant):
    """All minimal hidden widths of networks that fill."""

    def sentence(self) -> str:
        number = len(self.data)
        return f"{number} minimal filling network{'s' * (number != 1)}"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return clipped(["  " + (", ".join(map(str, hidden)) or "no hidden layer")
                        for hidden in self.data])


def minimal_filling_widths(model: Model, computation: Computation, seed: int | None = None
                           ) -> MinimalFillingWidths:
    """
    All hidden widths h, for the inputs, outputs, number of layers and power of the model, such that
    the network fills its ambient space and no network fills that is narrower in one layer and
    nowhere wider: the minimal filling architectures of [KTB2019]_ and [DR2026]_.

    To fill is monotone, so the widths that are not enough are those below finitely many maximal
    ones, of which some entries may be infinite: where a layer is as wide as there are forms of its
    degree.  The search keeps the minimal filling widths that it has found, decides the
    maximal widths that are not at least one of these, and narrows one that fills as far as
    possible.  It ends when all these maximal widths do not fill, which is the proof that there are
    no others.

    INPUT:

    - ``model`` -- a perceptron without biases; its hidden widths do not matter
    - ``computation`` -- the limits

    OUTPUT: :class:`MinimalFillingWidths`, a list of lists; status ``proved``, or ``monte_carlo``
    where it is only likely that some network does not fill

    Raises InputError for any other model, and LimitReached, with what is found by then.

    REFERENCES: [KTB2019]_, [DR2026]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:2,1,1,1:x^2")
        >>> minimal_filling_widths(model, Computation(), seed=1)
        [[2, 2]] (proved)
    """
    start = time.perf_counter()
    widths, r = architecture(model)
    inputs, outputs, length = widths[0], widths[-1], len(widths) - 2
    n = ambient(widths, r)
    search = _Search(computation, seed)
    filling: dict[Widths, dict[str, Any]] = {}
    narrower: dict[Widths, dict[str, Any]] = {}

    def fills(h: Widths) -> bool:
        """Whether a network fills, by what is known, or decided now."""
        if any(_at_most(g, h) for g in filling):
            return True
        if any(_at_most(h, _unbounded(inputs, r, g)) for g in narrower):
            return False
        found = search.below(_network((inputs, *h, outputs), r), n)
        if isinstance(found, tuple):
            filling[h] = found[0]
            return True
        narrower[h] = found
        return False

    def minimal() -> list[Widths]:
        return sorted(h for h in filling if not any(g != h and _at_most(g, h) for g in filling))

    try:
        done = False
        while not done:
            done = True
            known = minimal()
            computation.progress(f"minimal filling widths: {len(known)} found")
            for corner in sorted(corners(known, length), key=lambda c: (c.count(inf), c)):
                h = _finite(inputs, r, corner)
                if fills(h):
                    _narrow(h, fills)
                    done = False
                    break
    except LimitReached as error:
        found = "; ".join(",".join(map(str, h)) for h in minimal()[:20])
        raise LimitReached(f"{error} Filling hidden widths found by then: {found or 'none'}."
                           ) from None
    least = minimal()
    # Of the networks that do not fill, those that are needed.
    below = {h: _unbounded(inputs, r, h) for h in narrower}
    used = {min((h for h in below if _at_most(corner, below[h])), key=lambda h: (
        "upper" not in narrower[h], h)) for corner in corners(least, length)}
    entries, trust, chance = [], list[str](), 0.0
    for h in sorted(used):
        data = dict(narrower[h])
        trust += data.pop("trust", [])
        if "error_bound" in data:
            trust.append(RANDOM)
            chance += data["error_bound"]
        entries.append({"widths": [*h], **data})
    return MinimalFillingWidths.certified(
        model, "minimal_filling_widths", [[*h] for h in least],
        "monte_carlo" if chance else "proved", "the maximal widths that do not fill",
        time.perf_counter() - start, {"filling": [filling[h] for h in least], "not": entries},
        [*dict.fromkeys(trust)], error_bound=min(1.0, chance) if chance else None)


def _at_most(small: Sequence[float], large: Sequence[float]) -> bool:
    return all(a <= b for a, b in zip(small, large))


def _unbounded(inputs: int, r: int, h: Widths) -> tuple[float, ...]:
    """Widths with ∞ for those of saturated layers."""
    return tuple(inf if s else w for w, s in zip(h, saturated(inputs, r, h)))


def _finite(inputs: int, r: int, widths: Sequence[float]) -> Widths:
    """The least widths that make as many functions as these, by the degrees of the states."""
    found: list[int] = []
    for i, w in enumerate(widths):
        before = found[-1] if found else inputs
        enough = min(comb(before + r - 1, r), comb(inputs + r ** (i + 1) - 1, inputs - 1))
        found.append(int(min(w, enough)))
    return tuple(found)


def _narrow(h: Widths, fills: Any) -> None:
    """Narrow a filling network layer by layer, each by bisection, as far as possible."""
    widths = list(h)
    for i in sorted(range(len(h)), key=lambda i: -widths[i]):
        low, high = 0, widths[i]  # no network with low units fills
        while high - low > 1:
            middle = (low + high) // 2
            if fills((*widths[:i], middle, *widths[i + 1 :])):
                high = middle
            else:
                low = middle
        widths[i] = high

"""
Questions about many models at once: thresholds of activations, filling networks, defects.

Each is answered by a :class:`~neuroalg_sage.survey.Survey`.  It takes the same options, so
that it can be resumed from a directory, use several processes or a cluster, and say how
far it is; each model has a line of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.presentation import aligned
from neuroalg_sage.models.sage_input import takes_numbers_of_sage
from neuroalg_sage.survey import MAXIMAL_MODELS, Line, Survey, about_mlps, mlps

LARGEST_ACTIVATION = 6
WIDEST = 5


def _result(line: Line, name: str) -> dict[str, Any] | None:
    """What a line says of an invariant; None if it was not found."""
    return line["results"].get(name)


def _spec(widths: Sequence[int], degree: int) -> str:
    """The canonical spec of the network with the activation x^degree."""
    from neuroalg_sage.models.families import MLP

    if len(widths) == 2 or degree == 1:
        return MLP(widths).spec or ""
    return MLP(widths, f"x^{degree}").spec or ""


# -- activation thresholds -----------------------------------------------------------------


@dataclass(frozen=True)
class Computed:
    """
    The dimension for one activation x^r.

    - ``degree`` -- the number r
    - ``dimension``, ``expected`` -- the dimension and the expected one, None if not found
    - ``status`` -- that of the defect: ``proved``, ``monte_carlo``, or ``not computed``
    - ``error_bound`` -- for ``monte_carlo``
    """

    degree: int
    dimension: int | None
    expected: int | None
    status: str
    error_bound: float | None = None

    @property
    def is_defective(self) -> bool | None:
        """Whether the dimension is not the expected one; None if it was not found."""
        if self.dimension is None or self.expected is None:
            return None
        return self.dimension != self.expected


class Answer:
    """What is known of architectures, all of it if nothing is ``not_computed``."""

    question: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]  # of a table
    not_computed: Any

    @property
    def rows(self) -> Sequence[Any]:
        """What has a row in a table, with the columns as attributes."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        """A sentence below the table; empty if there is nothing to say."""
        left = ["x".join(map(str, one)) if isinstance(one, tuple) else str(one)
                for one in self.not_computed]
        return f"Not computed: {', '.join(left)}." if left else ""

    def table(self) -> str:
        """
        The answer as a table in text.

        EXAMPLES::

            >>> print(defective(2, 3, ["x^2"], jobs=1).table())
            spec           dimension  expected  defect  status
            mlp:3,2,1:x^2  5          6         1       proved
        """
        cells = [[getattr(row, column) for column in self.columns] for row in self.rows]
        lines = aligned([[*self.columns], *([_cell(value) for value in row] for row in cells)])
        return "\n".join([*lines, *(["", self.summary] if self.summary else [])])

    @property
    def is_complete(self) -> bool:
        """Whether every dimension was found, or follows from others."""
        return not self.not_computed

    def page(self) -> dict[str, Any]:
        """The answer as JSON data."""
        return {"question": self.question} | asdict(self)  # type: ignore[call-overload]


def _cell(value: Any) -> str:
    """A value in a table."""
    if value is None:
        return "not found"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class ActivationThreshold(Answer):
    """
    What is known of the activation threshold of an architecture.

    - ``widths`` -- the architecture
    - ``value`` -- the least r such that x^s is not defective for all computed s >= r; None
      if there is none
    - ``threshold`` -- the least r such that x^s is not defective for all s >= r, computed or not;
      ``"none"`` if there is none, None if it was not found
    - ``threshold_status`` -- that of the threshold: ``proved``, ``monte_carlo`` or ``not computed``
    - ``computed`` -- what was computed for each r
    - ``proved_range`` -- the first and the last r of the longest range in which all
      dimensions are proved, the last one of several; None if there is none
    - ``remark`` -- a sentence on what is only computed
    """

    widths: tuple[int, ...]
    value: int | None
    threshold: int | str | None
    threshold_status: str
    computed: tuple[Computed, ...]
    proved_range: tuple[int, int] | None
    remark: str

    question = "threshold"
    columns = "degree", "dimension", "expected", "status"

    def __repr__(self) -> str:
        return f"{self.value} ({self.remark})"

    @property
    def rows(self) -> Sequence[Computed]:
        return self.computed

    @property
    def summary(self) -> str:
        return f"Threshold: {_cell(self.threshold)} ({self.remark})."

    @property
    def not_computed(self) -> list[int]:
        """The r whose dimension was not found."""
        return [entry.degree for entry in self.computed if entry.is_defective is None]


@takes_numbers_of_sage
def activation_threshold(widths: Sequence[int], largest: int = LARGEST_ACTIVATION,
                         **options: Any) -> ActivationThreshold:
    """
    From which r on the activations x^r give the expected dimension, as far as computed.

    The expected dimension is the invariant of this name: min(n, N - s), with s the
    dimension of the generic orbits of the affine-linear symmetries.  For r >= 2 these are the
    rescalings of the hidden units, which act with finite stabilizers, so that it is the
    number of [FRWY2024]_: the smaller of n and the sum of d_i (d_(i+1)) less the number of hidden
    units.  For r = 1, the linear network counts as the matrix of bounded rank that it makes, and
    is never defective, while it may be so if only rescalings are counted: the widths 3, 2, 3
    have dimension 8, and would be expected to have 9.

    Every number is computed, from 1 to ``largest``.  What holds for all powers is the threshold,
    found besides by
    :func:`~neuroalg_sage.invariants.dimension.architectures.activation_threshold`.

    INPUT:

    - ``widths`` -- at least two positive integers: inputs, hidden units, outputs
    - ``largest`` -- the largest r
    - ``options`` -- see :class:`~neuroalg_sage.survey.Survey`

    OUTPUT: :class:`ActivationThreshold`

    Raises :class:`~neuroalg_sage.errors.InputError` for other widths.

    REFERENCES:

    - [FRWY2024]_

    EXAMPLES:

    Quadrics of rank at most two have a smaller dimension than the parameters let expect;
    sums of two cubes in three variables do not::

        >>> threshold = activation_threshold([3, 2, 1], largest=4, jobs=1)
        >>> threshold.value, threshold.threshold, threshold.threshold_status
        (3, 3, 'proved')
        >>> [(c.degree, c.dimension, c.expected) for c in threshold.computed]
        [(1, 3, 3), (2, 5, 6), (3, 6, 6), (4, 6, 6)]
    """
    if largest < 1:
        raise InputError(f"The largest degree of an activation is at least 1, not {largest}.")
    specs = {degree: _spec(widths, degree) for degree in range(1, largest + 1)}
    about = {"question": "threshold", "widths": list(widths), "largest": largest}
    with Survey(about, ("dimension", "expected_dimension", "defect"), **options) as survey:
        lines = survey.run(specs.values())
    computed = []
    for degree, spec in specs.items():
        found = [_result(lines[spec], name) for name in ("dimension", "expected_dimension",
                                                         "defect")]
        if None in found:
            computed.append(Computed(degree, None, None, "not computed"))
            continue
        dimension, expected, defect = (result or {} for result in found)
        computed.append(Computed(degree, dimension["value"], expected["value"], defect["status"],
                                 defect.get("error_bound")))
    value = None
    for entry in reversed(computed):
        if entry.is_defective is not False:
            break
        value = entry.degree
    threshold, status = _threshold_of_all(widths, options)
    proved = _longest_run([entry.degree for entry in computed if entry.status == "proved"])
    return ActivationThreshold(tuple(widths), value, threshold, status, tuple(computed), proved,
                               _remark(value, computed, largest, threshold, status))


def _threshold_of_all(widths: Sequence[int], options: Mapping[str, Any]
                      ) -> tuple[int | str | None, str]:
    """The threshold of all powers, and its status, within the limits for one model."""
    from neuroalg_sage.neuromanifold import NeuroManifold

    try:
        found = NeuroManifold(_spec(widths, 2), seed=options.get("seed"),
                              timeout=options.get("timeout"), memory_gb=options.get("memory_gb")
                              ).activation_threshold()
    except LimitReached:
        return None, "not computed"
    return found.data, found.status


def _longest_run(numbers: Sequence[int]) -> tuple[int, int] | None:
    """
    The ends of the longest range of consecutive numbers, the last one of several.

    EXAMPLES::

        >>> _longest_run([1, 2, 4, 5, 9])
        (4, 5)
    """
    best: tuple[int, int] | None = None
    for start in numbers:
        end = start
        while end + 1 in numbers:
            end += 1
        if best is None or end - start >= best[1] - best[0]:
            best = start, end
    return best


def _remark(value: int | None, computed: Sequence[Computed], largest: int,
            threshold: int | str | None, status: str) -> str:
    chance = [f"x^{c.degree}" for c in computed if c.status == "monte_carlo"]
    missing = [f"x^{c.degree}" for c in computed if c.status == "not computed"]
    said = (f"x^{largest}, the last one computed, is "
            + ("not known" if computed[-1].is_defective is None else "defective")
            if value is None else
            f"computed up to x^{largest} only")
    if threshold is None:
        said += "; of larger powers nothing is shown"
    elif threshold == "none":
        said += f"; all powers from some one on are defective, {status}"
    else:
        said += f"; no power from x^{threshold} on is defective, {status}"
    if chance:
        said += f"; with a small probability of error for {', '.join(chance)}"
    if missing:
        said += f"; not found for {', '.join(missing)}"
    return said


# -- filling networks ----------------------------------------------------------------------


@dataclass(frozen=True)
class FillingNetwork:
    """
    A filling network none of whose hidden layers can be narrower.

    - ``hidden`` -- the hidden widths
    - ``spec`` -- the spec of the network
    - ``dimension`` -- its dimension, that of the ambient space
    - ``status`` -- of the claim that it is filling and that no network with one unit less
      is: ``proved``, ``monte_carlo``, or ``not computed`` if a limit stopped one of these
    - ``error_bound`` -- for ``monte_carlo``
    """

    hidden: tuple[int, ...]
    spec: str
    dimension: int
    status: str
    error_bound: float | None = None


@dataclass(frozen=True)
class MinimalFilling(Answer):
    """
    The minimal filling networks within bounds.

    - ``networks`` -- all of them, in the order of their hidden widths
    - ``not_computed`` -- hidden widths of networks for which a limit was reached, and which
      follow from no other; there may be further minimal ones only if there are such
    - ``computed`` -- the number of networks whose dimension was computed
    """

    depth: int
    inputs: int
    outputs: int
    degree: int
    widest: int
    networks: tuple[FillingNetwork, ...]
    not_computed: tuple[tuple[int, ...], ...]
    computed: int

    question = "filling"
    columns = "hidden", "dimension", "status"

    @property
    def rows(self) -> Sequence[FillingNetwork]:
        return self.networks


def _below(small: Sequence[int], large: Sequence[int]) -> bool:
    return all(a <= b for a, b in zip(small, large))


@takes_numbers_of_sage
def minimal_filling(depth: int, inputs: int, outputs: int, degree: int, widest: int = WIDEST,
                    **options: Any) -> MinimalFilling:
    """
    The minimal hidden widths, within bounds, for which networks with activation x^degree fill.

    That there are no others, of any width, shows
    :func:`~neuroalg_sage.invariants.dimension.architectures.minimal_filling_widths`.  Minimal
    means that no other filling network has at most as many units in every
    hidden layer.  Not every network is computed, since to be filling is monotone:

    Let h <= h' be hidden widths, for the same inputs, outputs, number of layers and
    activation.  The ambient space V is the same for both, since it depends on the numbers
    of inputs and outputs and on the degree of the network only.  A network with the
    widths h is one with the widths h' in which all weights into and out of the
    further units are zero: as x^degree vanishes at 0, these units do nothing.  So
    the neuromanifold of h lies in that of h', and if its closure is V, so is that of h'.
    Hence h is minimal if and only if it is filling and no h - e_i with a width less
    by one in one layer is.

    INPUT:

    - ``depth`` -- the number of dense layers
    - ``inputs``, ``outputs`` -- their numbers
    - ``degree`` -- the degree of the activation, which is a power of x
    - ``widest`` -- the largest width of a hidden layer that is tried
    - ``options`` -- see :class:`~neuroalg_sage.survey.Survey`

    OUTPUT: :class:`MinimalFilling`

    Raises :class:`~neuroalg_sage.errors.InputError` for numbers that are not positive.

    EXAMPLES:

    Every binary quadratic form is a combination of two squares, and no single square is
    enough::

        >>> found = minimal_filling(2, 2, 1, 2, widest=3, jobs=1)
        >>> [(network.hidden, network.status) for network in found.networks]
        [((2,), 'proved')]
    """
    for number, role in ((depth, "number of layers"), (inputs, "number of inputs"),
                         (outputs, "number of outputs"), (degree, "degree of the activation"),
                         (widest, "largest width")):
        if number < 1:
            raise InputError(f"The {role} is at least 1, not {number}.")
    _spec([inputs, *[1] * min(depth - 1, 1000), outputs], degree)  # raises if it is too deep
    if widest ** (depth - 1) > MAXIMAL_MODELS:
        raise InputError(f"There are over {MAXIMAL_MODELS} networks to decide; take fewer layers, "
                         "or a smaller largest width.")
    every = list(itertools.product(range(1, widest + 1), repeat=depth - 1))

    def spec(hidden: tuple[int, ...]) -> str:
        return _spec((inputs, *hidden, outputs), degree)

    about = {"question": "filling", "depth": depth, "inputs": inputs, "outputs": outputs,
             "degree": degree, "widest": widest}
    found: dict[tuple[int, ...], dict[str, Any] | None] = {}
    undecided = every
    with Survey(about, ("dimension", "is_filling"), **options) as survey:
        while undecided:
            # By bisection of the last width, for all others at once.
            rows = [list(row) for _, row in itertools.groupby(undecided, lambda h: h[:-1])]
            tried = [row[len(row) // 2] for row in rows]
            lines = survey.run(spec(hidden) for hidden in tried)
            for hidden in tried:
                found[hidden] = _result(lines[spec(hidden)], "is_filling")
            undecided = [h for h in undecided if h not in found and not any(
                result is not None and (_below(t, h) if result["value"] else _below(h, t))
                for t in tried if (result := found[t]) is not None)]
        lines = survey.lines
    filling = [h for h, result in found.items() if result is not None and result["value"]]
    minimal = sorted(h for h in filling
                     if not any(other != h and _below(other, h) for other in filling))
    return MinimalFilling(
        depth, inputs, outputs, degree, widest,
        tuple(_filling_network(h, spec(h), lines[spec(h)], found) for h in minimal),
        tuple(sorted(h for h, result in found.items() if result is None and not any(
            other is not None and (_below(t, h) if other["value"] else _below(h, t))
            for t, other in found.items()))), len(found))


def _filling_network(hidden: tuple[int, ...], spec: str, line: Line,
                     found: dict[tuple[int, ...], dict[str, Any] | None]) -> FillingNetwork:
    """A minimal filling network, with the status of its minimality."""
    own = found[hidden]
    assert own is not None
    statuses, bound = [own["status"]], own.get("error_bound") or 0.0
    for place, width in enumerate(hidden):
        if width == 1:
            continue
        narrower = (*hidden[:place], width - 1, *hidden[place + 1:])
        # What is above it and not filling shows that it is not, the surest of these best.
        reasons = [result for h, result in found.items()
                   if result is not None and not result["value"] and _below(narrower, h)]
        if not reasons:
            statuses.append("not computed")
        elif not any(reason["status"] == "proved" for reason in reasons):
            statuses.append("monte_carlo")
            bound += min(reason.get("error_bound") or 0.0 for reason in reasons)
    status = next((s for s in ("not computed", "monte_carlo") if s in statuses), "proved")
    dimension = line["results"]["dimension"]["value"]
    return FillingNetwork(hidden, spec, dimension, status,
                          bound if status == "monte_carlo" else None)


# -- defective networks --------------------------------------------------------------------


@dataclass(frozen=True)
class DefectiveNetwork:
    """
    A network whose dimension is not the expected one.

    - ``spec`` -- the spec of the network
    - ``dimension``, ``expected``, ``defect`` -- the numbers
    - ``status`` -- that of the defect
    - ``error_bound`` -- for ``monte_carlo``
    """

    spec: str
    dimension: int
    expected: int
    defect: int
    status: str
    error_bound: float | None = None


@dataclass(frozen=True)
class DefectiveNetworks(Answer):
    """
    The defective networks within bounds.

    - ``networks`` -- all of them, from cheap to expensive
    - ``not_computed`` -- the specs of networks for which a limit was reached
    - ``computed`` -- the number of networks that were computed
    """

    layers: int
    width: int
    activations: tuple[str, ...]
    networks: tuple[DefectiveNetwork, ...]
    not_computed: tuple[str, ...]
    computed: int

    question = "defective"
    columns = "spec", "dimension", "expected", "defect", "status"

    @property
    def rows(self) -> Sequence[DefectiveNetwork]:
        return self.networks


@takes_numbers_of_sage
def defective(layers: int, width: int, activations: Sequence[str], **options: Any
              ) -> DefectiveNetworks:
    """
    The defective fully connected networks of bounded depth and width.

    It reads the directory of a survey of these networks, if there is one with the default
    invariants, and completes it.

    INPUT:

    - ``layers``, ``width``, ``activations`` -- see :func:`~neuroalg_sage.survey.mlps`
    - ``options`` -- see :class:`~neuroalg_sage.survey.Survey`

    OUTPUT: :class:`DefectiveNetworks`

    EXAMPLES:

    A sum of two squares of linear forms is a quadric of rank two, and with fewer units than
    inputs the units are determined only up to the orthogonal group::

        >>> found = defective(2, 3, ["x^2"], jobs=1)
        >>> [(network.spec, network.defect) for network in found.networks]
        [('mlp:3,2,1:x^2', 1)]
    """
    specs = mlps(layers, width, activations)
    with Survey(about_mlps(layers, width, activations), **options) as survey:
        lines = survey.run(specs)
    networks, missing = [], []
    for spec, line in lines.items():
        defect = _result(line, "defect")
        if defect is None:
            missing.append(spec)
        elif defect["value"]:
            networks.append(DefectiveNetwork(
                spec, line["results"]["dimension"]["value"],
                line["results"]["expected_dimension"]["value"], defect["value"],
                defect["status"], defect.get("error_bound")))
    return DefectiveNetworks(layers, width, tuple(activations), tuple(networks), tuple(missing),
                             len(lines) - len(missing))

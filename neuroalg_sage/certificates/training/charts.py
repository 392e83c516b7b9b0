"""
Charts of strata of a neuromanifold, and cells of charts.

M is a union of strata: the functions of the model itself, and of its smaller versions.  A chart
is a polynomial map from an affine space to V onto an open part of a stratum, with variables t
first and then variables b in which it is linear.  A cell of a chart is where some of the t
vanish.  Over the real numbers the cells of all charts cover M.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.reading import polynomial_ring, polynomials, require
from neuroalg_sage.certificates.work import bound_substitution

MOST_CHARTS = 200
MOST_VARIABLES = 40
MOST_PERMUTED = 6


@dataclass
class Chart:
    """
    - ``name`` -- what is said of it
    - ``stratum`` -- number of its stratum; 0 is dense in M
    - ``ring`` -- its variables
    - ``nonlinear`` -- the number of variables t
    - ``coordinates`` -- the map to V
    - ``zero`` -- those t that vanish on its cell
    - ``positive`` -- polynomials in the variables; where one vanishes, at a real point, the
      function is one of another stratum, and critical there if it is here
    - ``constant`` -- whether the chart is a point
    - ``parameters`` -- of the model for the point of a chart, where they are polynomials
    - ``pivots`` -- for each hidden layer of units the places of what is 1 in their weights
    """

    name: str
    stratum: int
    ring: fmpq_mpoly_ctx
    nonlinear: int
    coordinates: list[fmpq_mpoly]
    zero: tuple[int, ...] = ()
    positive: list[fmpq_mpoly] = field(default_factory=list)
    constant: bool = False
    parameters: list[fmpq_mpoly] = field(default_factory=list)
    pivots: list[list[int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of variables; the ring of a constant chart has an unused one."""
        return 0 if self.constant else int(self.ring.nvars())

    @property
    def free(self) -> list[int]:
        """The variables of the cell."""
        return [i for i in range(self.size) if i not in self.zero]


@dataclass
class Cover:
    """
    - ``kind`` -- ``linear network``, ``quadratic forms`` or ``units``
    - ``charts`` -- the charts with their cells
    - ``is_whole`` -- whether M is V, which then is the first chart
    - ``is_closed`` -- whether M is known to be closed over R
    - ``is_compact`` -- whether t ranges over all points of one real projective space, in cells
    - ``is_spanning`` -- whether functions of one unit span V, and one more unit may be added to
      those of a lower stratum
    """

    kind: str
    charts: list[Chart]
    is_whole: bool
    is_closed: bool
    is_compact: bool = False
    is_spanning: bool = False

    def equations(self, data: Any, n: int) -> list[fmpq_mpoly]:
        """Polynomials on V, verified to vanish on the chart that is dense in M, hence on M."""
        found, dense = polynomials(data, polynomial_ring(n)), self.charts[0]
        bound_substitution(found, dense.coordinates, dense.ring)
        require(not any(g.compose(*dense.coordinates, ctx=dense.ring) for g in found),
                "An equation does not vanish on M.")
        return found


def permuted(chart: Chart, point: list[Any]) -> list[list[Any]]:
    """
    A point of a chart with its units permuted, in all ways that keep it in the cell.

    A function of the stratum of the chart occurs so often in the cell as there are ways.
    """
    if all(len(set(pivots)) == len(pivots) for pivots in chart.pivots):
        return [point]
    require(len(chart.pivots) == 1, "Permuted units of several layers are not counted.")
    (pivots,), count = chart.pivots, len(chart.pivots[0])
    require(count <= MOST_PERMUTED, f"Over {MOST_PERMUTED} units are not permuted.")
    width = chart.nonlinear // count
    # The places of the weights into each unit, and of those that read it.
    units = [[*range(i * width, (i + 1) * width), *range(chart.nonlinear + i, chart.size, count)]
             for i in range(count)]
    back = sorted(range(chart.size), key=list(itertools.chain(*units)).__getitem__)
    return [[moved[i] for i in back] for order in itertools.permutations(range(count))
            if [pivots[i] for i in order] == pivots
            for moved in [[point[v] for i in order for v in units[i]]]]

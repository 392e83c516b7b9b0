"""
Multiplicities of hypersurfaces.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.reading import integer, require
from neuroalg_sage.certificates.work import Work

MOST_DERIVATIVES = 20_000


def check_multiplicity(f: fmpq_mpoly, claimed: Any, groebner: GroebnerBasis) -> None:
    """
    Verify the multiplicity of the hypersurface f = 0 at the generic point of a component: the
    least order of a derivative that does not vanish there.
    """
    order = integer(claimed, 1, f.total_degree(), "multiplicity")
    derivatives = [f]
    work = Work(MOST_DERIVATIVES)
    for k in range(order + 1):
        vanish = all(map(groebner.contains, derivatives))
        require(vanish == (k < order), "The multiplicity along a component is not as claimed.")
        work.spend(len(derivatives) * f.context().nvars())
        derivatives = list({str(d): d for g in derivatives
                            for d in map(g.derivative, range(f.context().nvars())) if d}.values())

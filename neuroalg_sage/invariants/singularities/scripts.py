"""
Standalone Macaulay2 scripts for the singular locus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.invariants.equations.scripts import script_with_ideal

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold


def singular_locus_script(manifold: NeuroManifold) -> str:
    """The script for the components of the singular locus."""
    return script_with_ideal(manifold, "singular_locus", "components", "singularComponents I")

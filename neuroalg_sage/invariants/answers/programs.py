"""
The programs at work, and their versions.
"""

from __future__ import annotations

import flint

from neuroalg_sage import __version__


def engines(**versions: str) -> dict[str, str]:
    """The versions of the programs at work, for a certificate."""
    return versions | {"neuroalg-sage": __version__, "python-flint": flint.__version__}

"""Facts and models that several tests share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

# Tests compute; what an earlier run has kept is not what they are about.
os.environ["NEUROALG_CACHE"] = "none"

# Published values, each with its source; copied so that the tests stand alone.
PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())


def published(invariant: str) -> list:
    """Parameters for a test: (model, value) of one invariant, where the model is a spec."""
    return [pytest.param(fact["model"], fact["value"], id=fact["model"])
            for fact in PUBLISHED if fact["invariant"] == invariant and ":" in fact["model"]]


def macaulay2_command() -> str:
    """The Macaulay2 that the tests run by itself, without Sage."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.features.macaulay2 import Macaulay2

    return Macaulay2().absolute_filename()

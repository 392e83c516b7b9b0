"""
Floor 6: surveys, the same invariants of many models, over all cores or a cluster.
"""

from neuroalg_sage.survey.answers import DEFAULT_INVARIANTS, Line, Settings, answer
from neuroalg_sage.survey.families import (
    MAXIMAL_MODELS,
    about_mlps,
    about_specs,
    mlps,
    read_specs,
)
from neuroalg_sage.survey.survey import Survey

__all__ = ["DEFAULT_INVARIANTS", "MAXIMAL_MODELS", "Line", "Settings", "Survey", "about_mlps",
           "about_specs", "answer", "mlps", "read_specs"]

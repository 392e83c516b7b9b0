"""
The ways in which NeuroAlg says no.

Every message is one sentence that says what was wrong and what would be
right; the shell prints it without a traceback and leaves with ``exit_code``.
"""

from __future__ import annotations


class NeuroAlgError(Exception):
    """Base of all errors that NeuroAlg raises on purpose."""

    exit_code = 1


class InputError(NeuroAlgError, ValueError):
    """The request itself is wrong: a bad spec, model file, option or certificate."""

    exit_code = 2


class LimitReached(NeuroAlgError):
    """A limit on time, memory or size stopped a computation that was otherwise sound."""

    exit_code = 3
    raised = 0  # in this process: an answer found meanwhile might be better without the limit

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        LimitReached.raised += 1


class EngineError(NeuroAlgError, RuntimeError):
    """A computer-algebra engine is missing, died, or reported an error."""

    exit_code = 1
    raised = 0  # in this process

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        EngineError.raised += 1

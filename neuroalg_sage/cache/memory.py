"""
What a neuromanifold has found, in its process and on the disk, and when that may be used again.

An answer is kept when it is finished.  One that might have been better without the limits of
time and memory, since one of these was reached on the way to it or to an answer that it uses,
is final for these limits and for smaller ones: it is kept with them, and larger limits have
it computed again.  What failed is not kept; only that it failed, for what can do without it.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cache.codec import NotStorable, decode, encode
from neuroalg_sage.cache.key import SCHEMA, engines, program
from neuroalg_sage.cache.store import Store
from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.model import Model

if TYPE_CHECKING:
    from types import FrameType

CHECKING_SECONDS = 0.3  # of the processor, for the certificates of one neuromanifold

Question = tuple[str, tuple[tuple[str, Any], ...]]


class Memory:
    """
    The answers of one neuromanifold.

    INPUT:

    - ``model`` -- the model
    - ``options`` -- plain data on which every answer depends
    - ``computation`` -- whose limits and Macaulay2 are at work
    - ``store`` -- where answers outlive the process; None for nowhere
    - ``require_suitable`` -- raises InputError for the name of a question that makes no sense of
      the model
    """

    def __init__(self, model: Model, options: Mapping[str, Any], computation: Computation,
                 store: Store | None = None,
                 require_suitable: Callable[[Model, str], None] = lambda model, name: None
                 ) -> None:
        self._model, self._options, self._computation = model, dict(options), computation
        self._store = store
        self._require_suitable = require_suitable
        self._found: dict[Question, Any] = {}
        self._limited: set[Question] = set()  # what might be better with larger limits
        self._uses_of_limited = 0
        self._checking_left = CHECKING_SECONDS

    def without_engines(self, computation: Computation) -> Memory:
        """What was found, but for what engines hold, as it is copied to another process."""
        other = Memory(self._model, self._options, computation, None, self._require_suitable)
        other._found = {question: answer for question, answer in self._found.items()
                        if isinstance(answer, Invariant)}
        other._limited = self._limited & set(other._found)
        return other

    # -- in this process -----------------------------------------------------------------

    def recall(self, name: str, find: Callable[[], Any], stored: bool = False,
               **arguments: Any) -> Any:
        """
        An answer, found only if it is not known.

        INPUT:

        - ``name`` -- of the question
        - ``find`` -- finds the answer
        - ``stored`` -- whether it is kept on the disk
        - ``arguments`` -- of the question, hashable
        """
        self._require_suitable(self._model, name)
        question = (name, tuple(sorted(arguments.items())))
        if not self._knows(question, stored):
            with self.finding() as found, _within_the_checker(name):
                answer = find()
            self._keep(question, answer, found, stored)
        return self._found[question]

    def known(self, name: str, stored: bool = False) -> Any:
        """An answer to a question without arguments, None if it is not known."""
        return self._found[name, ()] if self._knows((name, ()), stored) else None

    def keep(self, name: str, answer: Any, how: Finding, stored: bool = False) -> None:
        """Keep an answer that was found by the way, in place of a known one."""
        self._keep((name, ()), answer, how, stored)

    def keep_failure(self, name: str, what: Any) -> None:
        """
        Keep that nothing was found within these limits, for questions that have another way; None
        if there were no limits.  It says itself in how much time, which may be a share.
        """
        if what is not None:
            self._found[name, ()] = what
            self._limited.add((name, ()))
            self._save((name, ()), what, [None, self._computation.memory_gb])

    def forget(self, names: Iterable[str]) -> None:
        """Forget the answers that a better one makes obsolete."""
        for name in names:
            self._found.pop((name, ()), None)
            self._limited.discard((name, ()))
            if self._store is not None:
                self._store.remove(self._key((name, ())))

    @contextmanager
    def finding(self) -> Iterator[Finding]:
        """Watch whether a limit is reached, or a limited answer used, by what is done inside."""
        before = self._noticed()
        failures = EngineError.raised
        found = Finding()
        yield found
        found.is_limited = self._noticed() > before
        found.has_failures = EngineError.raised > failures

    def _noticed(self) -> int:
        return LimitReached.raised + self._uses_of_limited

    def _knows(self, question: Question, stored: bool) -> bool:
        if question not in self._found and stored:
            self._load(question)
        self._uses_of_limited += question in self._limited
        return question in self._found

    def _keep(self, question: Question, answer: Any, how: Finding, stored: bool) -> None:
        same = question in self._found and self._found[question] is answer
        self._found[question] = answer
        (self._limited.add if how.is_limited else self._limited.discard)(question)
        # Where an engine failed, another attempt may find more.
        if stored and not same and not how.has_failures:
            self._save(question, answer, self._limits_now() if how.is_limited else None)

    # -- on the disk ---------------------------------------------------------------------

    def _limits_now(self) -> list[float | None]:
        computation = self._computation
        seconds = [s for s in (computation.timeout, computation.budget) if s is not None]
        return [min(seconds, default=None), computation.memory_gb]

    def _key(self, question: Question) -> dict[str, Any]:
        name, arguments = question
        return {"schema": SCHEMA, "program": program(),
                "engines": engines(self._computation.command),
                "model": self._model.describe(), "invariant": name,
                "options": self._options, "arguments": {k: encode(x) for k, x in arguments}}

    def _save(self, question: Question, answer: Any, limits: list[float | None] | None) -> None:
        if self._store is None:
            return
        try:
            content = {"limits": limits, "name": str(self._model), "answer": encode(answer)}
            self._store.save(self._key(question), content)
        except (NotStorable, TypeError, ValueError, RecursionError):
            return  # this answer has no plain form

    def _load(self, question: Question) -> None:
        if self._store is None:
            return
        try:
            key = self._key(question)
        except NotStorable:
            return  # nor is an answer under these arguments
        content = self._store.load(key)
        if content is None:
            return
        try:
            limits = content["limits"]
            if limits is not None and any(
                    mine > its if mine is not None and its is not None else its is not None
                    for mine, its in zip(self._limits_now(), limits, strict=True)):
                return
            answer = decode(content["answer"])
            for invariant in _invariants(answer):
                self._check(invariant)
        except Exception:  # whatever constructors make of data that nobody wrote
            self._store.discard(key)
            return
        self._found[question] = answer
        if limits is not None:
            self._limited.add(question)
        if not question[0].startswith("_"):
            self._computation.progress(f"{question[0]}: from the cache")

    def _check(self, invariant: Invariant) -> None:
        """
        Raise ValueError unless an answer is what its certificate proves, so far as it is cheap.
        """
        certificate = invariant.certificate
        if certificate is None:
            return
        claim = certificate["claim"]
        # Some certificates are of a part of what is answered only, which has another name.
        whole = claim["invariant"] == invariant.name
        if certificate["model"] != self._model.describe() or whole and (
                certificate["status"] != invariant.status
                or certificate.get("error_bound") != invariant.error_bound
                or not _agree(_claimed(invariant.data), claim["value"])):
            raise ValueError("the certificate is of another answer")
        if self._checking_left <= 0 or threading.current_thread() is not threading.main_thread():
            return
        from neuroalg_sage.certificates.checker import verify

        start = time.process_time()
        try:
            with _processor_seconds(self._checking_left):
                verify(certificate)
        except _TooLong:
            pass
        except CertificateError as error:
            raise ValueError(str(error)) from None
        self._checking_left -= time.process_time() - start


@contextmanager
def _within_the_checker(name: str) -> Iterator[None]:
    """What the checker refuses while an answer is found is a limit on its size."""
    try:
        yield
    except CertificateError as error:
        raise LimitReached(
            f"A proof of {name} is out of reach: {str(error).rstrip('.')}.") from None


class Finding:
    """Whether a limit was reached on the way to an answer, and whether an engine failed."""

    is_limited = False
    has_failures = False


def _invariants(answer: Any) -> Iterator[Invariant]:
    """All invariants in an answer."""
    if isinstance(answer, Invariant):
        yield answer
    else:
        for part in answer if isinstance(answer, tuple) else getattr(answer, "answers", ()):
            yield from _invariants(part)


def _agree(data: Any, claim: Any) -> bool:
    """Whether data may be what is claimed, which can be said where both are of one type."""
    return type(data) is not type(claim) or data == claim


def _claimed(data: Any) -> Any:
    """What a certificate claims of plain data and of polynomials; of others None."""
    if isinstance(data, (bool, int, str)):
        return data
    if isinstance(data, list) and data:  # of what it is empty is not to be seen
        parts = [_claimed(x) for x in data]
        return None if None in parts else parts
    if isinstance(data, dict) and all(isinstance(e, tuple) for e in data):
        return encode_polynomial(data)
    return None


class _TooLong(BaseException):
    """The seconds are over; no handler of errors is to take it for one."""


@contextmanager
def _processor_seconds(seconds: float) -> Iterator[None]:
    """Raise _TooLong after these seconds of the processor, in the main thread."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)

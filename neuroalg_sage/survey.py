"""
Surveys: the same invariants of many models, resumable.

A survey may live in a directory of two files.  ``survey.json`` says what the survey is of;
``results.jsonl`` holds one line for each model::

    {"spec": "linear:1,1", "results": {"dimension": {"value": 1, "status": "proved",
     "trust": [], "method": "...", "seconds": 0.004}, ...}, "seconds": 0.009}

A model that could not be answered has ``errors``, a sentence for each invariant, and
``exit_code``, that of the worst of them.  Lines are appended whole and reach the disk
before they count as done, in the order in which models are finished.  So a survey that was
stopped, however, goes on where it was: what has a line is not computed again.

Models are answered by worker processes, which live on between models: what a worker imports
is imported once.  A worker that dies takes with it the one model that it was at.  On a
cluster, each Dask worker keeps such a process for each of its threads.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import logging
import os
import queue
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import EngineError, InputError, LimitReached, NeuroAlgError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.invariant import Invariant
    from neuroalg_sage.models.model import Model

SCHEMA = 1
DEFAULT_INVARIANTS = ("dimension", "expected_dimension", "defect", "is_filling")
# These follow from ranks alone; a neuromanifold would start Macaulay2 to prove more of them.
FROM_RANKS = frozenset(("ambient_dimension", *DEFAULT_INVARIANTS))

MAXIMAL_MODELS = 1_000_000
MAXIMAL_FILE_BYTES = 200_000_000

GRACE = 1.7  # within which an engine that reaches its limit gives up by itself
DEADLY_GRACE = 5.0  # after which a worker that does not heed its limit is ended
IDLE_SECONDS = 60.0  # after which a worker without work leaves
SCHEDULER_SECONDS = 5.0  # within which a scheduler must answer
LOST_SECONDS = 10.0  # within which a lost connection may come back
PROGRESS_SECONDS = 5.0
RECENT = 12  # reports of progress from which the rate is taken

Line = dict[str, Any]


def silent(message: str) -> None:
    """Report no progress."""


def ignored(line: Line) -> None:
    """Do nothing with a result."""


@dataclass(frozen=True)
class Settings:
    """
    What is computed for each model, and within which limits.

    - ``invariants`` -- names of invariants
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``certificates`` -- whether the lines hold certificates, which are large
    - ``timeout`` -- seconds for one model
    - ``memory_gb`` -- gigabytes for one worker
    """

    invariants: tuple[str, ...] = DEFAULT_INVARIANTS
    seed: int | None = None
    certificates: bool = False
    timeout: float | None = None
    memory_gb: float | None = None


def check_invariants(names: Iterable[str]) -> tuple[str, ...]:
    """
    Names of invariants, each once.

    Raises InputError for an unknown name.

    EXAMPLES::

        >>> check_invariants(["defect", "dimension", "defect"])
        ('defect', 'dimension')
    """
    from neuroalg_sage.neuromanifold import INVARIANTS, NeuroManifold

    checked = tuple(dict.fromkeys(names))
    for name in checked:
        if name not in INVARIANTS:
            NeuroManifold("linear:1,1").compute(name)  # raises with the nearest right name
    if not checked:
        raise InputError("A survey needs at least one invariant, such as dimension.")
    return checked


# -- models ------------------------------------------------------------------------------


def mlps(layers: int, width: int, activations: Sequence[str]) -> list[str]:
    """
    The fully connected networks of bounded depth and width, from cheap to expensive.

    INPUT:

    - ``layers`` -- the largest number of dense layers, at most 200
    - ``width`` -- the largest number of inputs, hidden units of a layer, and outputs
    - ``activations`` -- polynomials in ``x``; a network of one dense layer has none, and
      occurs once

    OUTPUT: list of spec strings, all different

    Raises InputError if there is no such network, or if there are too many.

    EXAMPLES::

        >>> mlps(2, 1, ["x^2", "x^3"])
        ['linear:1,1', 'mlp:1,1,1:x^2', 'mlp:1,1,1:x^3']
        >>> len(mlps(4, 5, ["x^2", "x^3", "x^4"]))
        11650
    """
    from neuroalg_sage.models.families import MAXIMAL_LAYERS, MLP

    if layers > MAXIMAL_LAYERS:
        raise InputError(f"A network has at most {MAXIMAL_LAYERS} layers, not {layers}.")
    for number, role in ((layers, "layers"), (width, "units of a layer")):
        if number < 1:
            raise InputError(f"The largest number of {role} is at least 1, not {number}.")
    if not activations:
        raise InputError("A survey of networks needs activations, such as x^2,x^3.")
    suffixes = []
    for activation in activations:
        # The canonical way to write it is that of any network with it.
        family, _, rest = (MLP([1, 1, 1], activation).spec or "").partition(":")
        suffixes.append((family, rest.removeprefix("1,1,1")))
    suffixes = list(dict.fromkeys(suffixes))
    count = 0
    for depth in range(1, layers + 1):
        count += width ** (depth + 1) * (len(suffixes) if depth > 1 else 1)
        if count > MAXIMAL_MODELS:
            raise InputError(f"These are over {MAXIMAL_MODELS} networks, the most of one survey; "
                             "take fewer layers, a smaller width or fewer activations.")
    found = []
    for depth in range(1, layers + 1):
        for widths in itertools.product(range(1, width + 1), repeat=depth + 1):
            cost = sum(a * b for a, b in zip(widths, widths[1:]))
            for place, (family, suffix) in enumerate(suffixes if depth > 1 else [("linear", "")]):
                found.append((cost, place, widths, f"{family}:{','.join(map(str, widths))}"
                                                   f"{suffix}"))
    return [spec for *_, spec in sorted(found)]


def about_mlps(layers: int, width: int, activations: Sequence[str]) -> dict[str, Any]:
    """What a survey of fully connected networks is of."""
    return {"family": "mlps", "layers": layers, "width": width, "activations": list(activations)}


def about_specs(specs: Sequence[str]) -> dict[str, Any]:
    """What a survey of certain models is of."""
    text = "\n".join(sorted(specs))
    return {"family": "specs", "models": len(specs),
            "digest": hashlib.sha256(text.encode()).hexdigest()}


def read_specs(name: str | Path) -> list[str]:
    """
    The models that a file names, from cheap to expensive.

    INPUT:

    - ``name`` -- name of a file with one spec string on a line; empty lines, and lines
      that begin with ``#``, are skipped

    OUTPUT: list of spec strings in their canonical form, all different

    Raises InputError, which names the line, for a spec that names no model.
    """
    from neuroalg_sage.models.families import parse_spec

    path = Path(name)
    try:
        if path.stat().st_size > MAXIMAL_FILE_BYTES:
            raise InputError(f"The file {str(name)[:200]!r} is over {MAXIMAL_FILE_BYTES} bytes, "
                             "the most allowed.")
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError(f"The file of specs {str(name)[:200]!r} cannot be read: {reason}."
                         ) from None
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                model = parse_spec(line)
            except InputError as error:
                raise InputError(f"Line {number} of {str(name)[:200]!r}: {error}") from None
            found[model.spec or line.strip()] = model.parameter_count
    if not found:
        raise InputError(f"The file {str(name)[:200]!r} names no model; write one spec on a line, "
                         "such as mlp:2,2,3:x^2.")
    return sorted(found, key=lambda spec: (found[spec], spec))


# -- one model ---------------------------------------------------------------------------


class _FromRanks:
    """The invariants of a model that follow from ranks, each computed once."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self.model, self.settings = model, settings

    @cached_property
    def ambient_dimension(self) -> Invariant:
        from neuroalg_sage.invariants import dimension as dimensions

        return dimensions.ambient_dimension(self.model)

    @cached_property
    def dimension(self) -> Invariant:
        from neuroalg_sage.invariants import dimension as dimensions

        return dimensions.dimension(self.model, self.settings.seed,
                                    memory_gb=self.settings.memory_gb)

    @cached_property
    def expected_dimension(self) -> Invariant:
        from neuroalg_sage.invariants import dimension as dimensions

        return dimensions.expected_dimension(self.model, self.dimension)

    @cached_property
    def defect(self) -> Invariant:
        from neuroalg_sage.invariants import dimension as dimensions

        return dimensions.defect(self.model, self.dimension, self.expected_dimension)

    @cached_property
    def is_filling(self) -> Invariant:
        from neuroalg_sage.invariants import dimension as dimensions

        return dimensions.is_filling(self.model, self.dimension)

    def compute(self, invariant: str) -> Invariant:
        """Return an invariant by its name."""
        return getattr(self, invariant)


def _asked(model: Model, settings: Settings) -> Callable[[str], Invariant]:
    """Who answers for a model."""
    if FROM_RANKS.issuperset(settings.invariants):
        return _FromRanks(model, settings).compute
    from neuroalg_sage.neuromanifold import NeuroManifold

    manifold = NeuroManifold(model, memory_gb=settings.memory_gb, seed=settings.seed)
    if settings.timeout is not None:
        manifold.computation.deadline = time.monotonic() + settings.timeout
    return manifold.compute


def _written(invariant: Invariant, n: int, certificates: bool) -> dict[str, Any]:
    from neuroalg_sage.report import plain_value

    page = {"value": plain_value(invariant, n), "status": invariant.status,
            "trust": invariant.trust, "method": invariant.method,
            "seconds": round(invariant.seconds, 4)}
    if invariant.error_bound is not None:
        page["error_bound"] = invariant.error_bound
    return page | ({"certificate": invariant.certificate} if certificates else {})


def _sentence(error: Exception) -> tuple[str, int]:
    """An error as one sentence, and its exit code."""
    if isinstance(error, NeuroAlgError):
        return " ".join(str(error).split()), error.exit_code
    if isinstance(error, MemoryError):
        return "There is not enough memory; raise --memory.", LimitReached.exit_code
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", EngineError.exit_code


def failed(spec: str, settings: Settings, message: str, exit_code: int, seconds: float) -> Line:
    """The line of a model of which nothing was found."""
    return {"spec": spec, "results": {}, "errors": dict.fromkeys(settings.invariants, message),
            "exit_code": exit_code, "seconds": round(seconds, 4)}


def answer(spec: str, settings: Settings) -> Line:
    """
    The line of one model, computed in this process.

    Whatever goes wrong is in the line; the limit on time is kept by engines only.

    EXAMPLES::

        >>> line = answer("linear:3,2,3", Settings(("dimension", "is_filling")))
        >>> {name: result["value"] for name, result in line["results"].items()}
        {'dimension': 8, 'is_filling': False}
    """
    from neuroalg_sage.models.families import parse_spec

    start = time.perf_counter()
    found: dict[str, Invariant] = {}
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    codes: list[int] = []
    names = list(settings.invariants)
    try:
        model = parse_spec(spec)
        compute = _asked(model, settings)
        while names:
            try:
                found[names[0]] = compute(names[0])
            except NeuroAlgError as error:
                if (isinstance(error, LimitReached) and settings.timeout is not None
                        and time.perf_counter() - start >= settings.timeout):
                    raise  # the time of the model is up, not that of the invariant
                errors[names[0]], code = _sentence(error)
                codes.append(code)
            names.pop(0)
        for name in found:  # a later answer may have proved an earlier one
            results[name] = _written(compute(name), model.ambient_dimension,
                                     settings.certificates)
    except Exception as error:  # a survey of thousands does not end for one of them
        message, code = _sentence(error)
        codes.append(code)
        for name, invariant in found.items():
            if name not in results:
                results[name] = _written(invariant, model.ambient_dimension,
                                         settings.certificates)
        errors |= dict.fromkeys((name for name in names if name not in results), message)
    line: Line = {"spec": spec, "results": results}
    if errors:
        line |= {"errors": errors, "exit_code": 1 if 1 in codes else max(codes)}
    return line | {"seconds": round(time.perf_counter() - start, 4)}


# -- worker processes ----------------------------------------------------------------------


def _leave_with(parent: int) -> None:
    """End this process when its parent has ended, however that came about."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _stop(settings: Settings) -> Callable[[int, Any], None]:
    def stop(number: int, frame: Any) -> None:
        raise LimitReached(f"The limit of {settings.timeout:g} s was reached; raise it with "
                           "--timeout.")

    return stop


def serve() -> None:
    """
    What a worker process does: answer the models that come on standard input.

    The first line is the settings, each further line a spec; all are JSON, and so are
    the lines of answers on standard output.
    """
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()

    def reply(page: Any) -> None:
        replies.write(json.dumps(page).encode() + b"\n")
        replies.flush()

    settings = Settings(**json.loads(sys.stdin.buffer.readline()))
    import neuroalg_sage.neuromanifold
    import neuroalg_sage.report  # noqa: F401

    if settings.timeout is not None:
        with suppress(ImportError):  # Sage takes the signal when imported: let it do so before
            import cysignals.signals  # noqa: F401
        signal.signal(signal.SIGALRM, _stop(settings))
    reply("ready")
    if settings.memory_gb is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = int(settings.memory_gb * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA,
                           (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    # An engine has the first word on its limit, so that it ends cleanly.
    grace = 0.0 if FROM_RANKS.issuperset(settings.invariants) else GRACE
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        request = sys.stdin.buffer.readline()
        if not request:
            return
        spec = json.loads(request)
        start = time.perf_counter()
        try:
            if settings.timeout is not None:
                # Repeated, since a library may swallow an exception in a callback.
                signal.setitimer(signal.ITIMER_REAL, settings.timeout + grace, 1.0)
            line = answer(spec, settings)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except LimitReached as error:  # the signal came just after the last answer
            signal.setitimer(signal.ITIMER_REAL, 0)
            line = failed(spec, settings, str(error), 3, time.perf_counter() - start)
        try:
            reply(line)
        except BrokenPipeError:
            os._exit(1)


SERVE = "from neuroalg_sage.survey import serve; serve()"


class _Died(Exception):
    """A worker process ended while it was at a model."""


class _Worker:
    """A worker process, started when first asked, and again after it ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._killed = False

    def _start(self) -> subprocess.Popen[bytes]:
        # One core each: several threads of linear algebra would only compete.
        threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                                          "MKL_NUM_THREADS")}
        # It imports what this process would, wherever that comes from.  It has a session of
        # its own, so that Ctrl-C is for this process to handle.
        process = subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {SERVE}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env=os.environ | threads, start_new_session=True)
        self._process, self._buffer = process, b""
        if self._killed:  # meanwhile, by another thread
            raise self._death(process)
        self._send(process, asdict(self.settings))
        if self._receive(process, None) != "ready":
            raise _Died("a worker process did not start")
        return process

    def _send(self, process: subprocess.Popen[bytes], page: Any) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(page).encode() + b"\n")
        except BrokenPipeError:
            raise self._death(process) from None

    def _receive(self, process: subprocess.Popen[bytes], seconds: float | None) -> Any:
        """The next answer; None if there is none within so many seconds."""
        assert process.stdout is not None
        deadline = None if seconds is None else time.monotonic() + seconds
        # What is read is appended to a list, since an answer may come in many parts.
        parts = [self._buffer]
        while b"\n" not in parts[-1]:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([process.stdout], [], [], left)[0]:
                return None
            part = process.stdout.read(1 << 20)
            if not part:
                raise self._death(process)
            parts.append(part)
        first, _, self._buffer = b"".join(parts).partition(b"\n")
        return json.loads(first)

    def _death(self, process: subprocess.Popen[bytes]) -> _Died:
        """End what is left of a process; what there is to say of it."""
        if self._killed:
            process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(3)
        self.end()
        code = process.returncode
        return _Died(f"the worker process was ended by signal {-code}" if code < 0
                     else f"the worker process left with code {code}")

    def ask(self, spec: str) -> Line:
        """
        The line of a model.

        Raises _Died if the process ends before it has answered.
        """
        process = self._process
        if process is None or process.poll() is not None:  # it left for lack of work
            self.end()
            process = self._start()
        start = time.perf_counter()
        self._send(process, spec)
        timeout = self.settings.timeout
        line = self._receive(process, None if timeout is None else timeout + DEADLY_GRACE)
        if line is None:
            self.end()
            return failed(spec, self.settings, f"The limit of {timeout:g} s was reached; raise it "
                          "with --timeout.", LimitReached.exit_code, time.perf_counter() - start)
        return line

    def end(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def kill(self) -> None:
        """End the process, for good, from another thread than that which asks it."""
        self._killed = True
        process = self._process
        if process is not None:
            process.kill()

    def dismiss(self) -> None:
        """Let the process leave by itself, so that its engines end cleanly."""
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(3)
        self.end()


def _ask_twice(worker: _Worker, spec: str, stopped: Callable[[], bool] = lambda: False) -> Line:
    """The line of a model, for which a second worker is tried if the first one dies."""
    start = time.perf_counter()
    try:
        return worker.ask(spec)
    except _Died:
        if stopped():
            raise
    try:
        return worker.ask(spec)
    except _Died as death:
        return failed(spec, worker.settings, f"Twice {death}; perhaps the model needs more memory.",
                      EngineError.exit_code, time.perf_counter() - start)


class _Processes:
    """Worker processes on this machine."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self.workers = [_Worker(settings) for _ in range(jobs)]

    def lines(self, specs: Sequence[str]) -> Iterator[list[Line]]:
        """The lines of models, as they come."""
        waiting = iter(specs)
        lock = threading.Lock()
        answers: queue.SimpleQueue[Line | BaseException] = queue.SimpleQueue()
        stop = threading.Event()

        def work(worker: _Worker) -> None:
            try:
                while not stop.is_set():
                    with lock:
                        spec = next(waiting, None)
                    if spec is None:
                        return
                    answers.put(_ask_twice(worker, spec, stop.is_set))
            except BaseException as error:
                answers.put(error)

        threads = [threading.Thread(target=work, args=(worker,), daemon=True)
                   for worker in self.workers[: len(specs)]]
        missing = len(specs)
        try:
            for thread in threads:
                thread.start()
            while missing:
                come: list[Line] = []
                for page in _arrived(answers):
                    if isinstance(page, BaseException):
                        raise page
                    come.append(page)
                missing -= len(come)
                yield come
        finally:
            stop.set()
            if missing:
                for worker in self.workers:
                    worker.kill()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()

    def close(self) -> None:
        """Let the workers go."""
        for worker in self.workers:
            worker.dismiss()


def _arrived(answers: queue.SimpleQueue[Any], seconds: float = 1.0) -> list[Any]:
    """All that is in a queue, after waiting for the first for at most so many seconds."""
    come: list[Any] = []
    try:
        come.append(answers.get(timeout=seconds))
        while True:
            come.append(answers.get_nowait())
    except queue.Empty:
        return come


# -- on a cluster --------------------------------------------------------------------------

_of_this_thread = threading.local()


def answer_on_cluster(spec: str, settings: dict[str, Any]) -> Line:
    """The line of a model, by a worker process that belongs to this thread of a Dask worker."""
    wanted = Settings(**(settings | {"invariants": tuple(settings["invariants"])}))
    worker: _Worker | None = getattr(_of_this_thread, "worker", None)
    if worker is None or worker.settings != wanted:
        if worker is not None:
            worker.dismiss()
        worker = _of_this_thread.worker = _Worker(wanted)
    return _ask_twice(worker, spec)


def _check_reachable(address: str) -> None:
    """Raise InputError unless something listens at an address such as tcp://host:port."""
    match = re.fullmatch(r"(?:tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):([0-9]{1,5})/?", address)
    if match is None:
        raise InputError(f"The address {address[:200]!r} of the scheduler is not of the form "
                         "tcp://host:port.")
    try:
        socket.create_connection((match[1].strip("[]"), int(match[2])), SCHEDULER_SECONDS).close()
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or _brief(error)
        raise InputError(f"There is no scheduler at {address[:200]!r} ({reason}); start one with "
                         "the command dask scheduler.") from None


class _Cluster:
    """A Dask cluster: one task for each model, each with a key of its own."""

    def __init__(self, settings: Settings, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise InputError("A scheduler needs the package distributed; install it with "
                             "pip install 'neuroalg-sage[cluster]'.") from None
        self.settings, self.address = settings, address
        self._token = uuid.uuid4().hex[:12]
        _check_reachable(address)
        self._levels = _silence()
        try:
            self.client: Any = self._connect(distributed.Client)
            threads = sum(self.client.nthreads().values())
        except BaseException:
            self._speak()
            raise
        # Enough that no worker waits, few enough that many models are not lost with a worker.
        self.under_way = max(64, 8 * threads)

    def _connect(self, client_class: Any) -> Any:
        """A client, made in a thread: what is no scheduler may accept and never answer."""
        client = client_class.__new__(client_class)
        outcome: list[Exception] = []

        def connect() -> None:
            try:
                client.__init__(self.address, timeout=SCHEDULER_SECONDS, set_as_default=False)
            except Exception as error:
                outcome.append(error)

        thread = threading.Thread(target=connect, daemon=True)
        thread.start()
        thread.join(1.5 * SCHEDULER_SECONDS)
        if thread.is_alive() or outcome:
            client.status = "closed"  # else its end waits for the scheduler
            reason = _brief(outcome[0]) if outcome else "no answer"
            raise InputError(f"What is at {self.address[:200]!r} does not answer as a Dask "
                             f"scheduler ({reason}).")
        return client

    def lines(self, specs: Sequence[str]) -> Iterator[list[Line]]:
        """The lines of models, as they come."""
        waiting = iter(specs)
        finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        answers: queue.SimpleQueue[tuple[Any, Any]] = queue.SimpleQueue()
        futures: dict[str, tuple[str, int, Any]] = {}
        settings = asdict(self.settings)

        def submit(spec: str, attempt: int) -> None:
            key = f"neuroalg-{self._token}-{spec}" + (f"-{attempt}" if attempt > 1 else "")
            future = self.client.submit(answer_on_cluster, spec, settings, key=key, pure=False)
            futures[key] = (spec, attempt, future)
            future.add_done_callback(finished.put)

        gatherer = threading.Thread(target=_gather, args=(self.client, finished, answers),
                                    daemon=True)
        gatherer.start()
        missing, lost = len(specs), None
        try:
            while missing:
                for spec in itertools.islice(waiting, self.under_way - len(futures)):
                    submit(spec, 1)
                come: list[Line] = []
                for key, page in _arrived(answers):
                    if key not in futures:
                        continue
                    spec, attempt, _ = futures.pop(key)
                    if not isinstance(page, Exception):
                        come.append(page)
                    elif type(page).__name__ != "KilledWorker":
                        if self.client.status == "running" and not _is_loss(page):
                            raise EngineError(f"The cluster could not answer for {spec}: "
                                              f"{_brief(page)}.")
                        raise self._connection_lost()
                    elif attempt == 1:
                        submit(spec, 2)
                    else:
                        come.append(failed(spec, self.settings, "Every Dask worker that was at "
                                           "this model died.", EngineError.exit_code, 0.0))
                missing -= len(come)
                if self.client.status == "running":
                    lost = None
                else:
                    lost = lost or time.monotonic()
                yield come
                if lost is not None and time.monotonic() - lost > LOST_SECONDS:
                    raise self._connection_lost()
        finally:
            finished.put(None)
            if futures and self.client.status == "running":
                with suppress(Exception):
                    self.client.cancel([future for *_, future in futures.values()], force=True)

    def _connection_lost(self) -> EngineError:
        return EngineError(f"The connection to the scheduler at {self.address[:200]!r} was lost; "
                           "with --directory, the same command goes on from here.")

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        with suppress(Exception):
            self.client.close(timeout=2)
        self._speak()

    def _speak(self) -> None:
        """Let the loggers speak as before."""
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def _silence() -> dict[str, int]:
    """
    Silence the loggers of Dask, whose news come as exceptions too; their levels before.

    Each of them has a level and a handler of its own.
    """
    levels = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)
              if name.split(".")[0] in ("distributed", "tornado", "asyncio")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return levels


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:160].rstrip(".;: ")


def _is_loss(error: BaseException) -> bool:
    """Whether an error means that the scheduler is gone, not that a model is at fault."""
    return isinstance(error, OSError) or type(error).__name__ in (
        "CancelledError", "FutureCancelledError", "FuturesCancelledError", "CommClosedError")


def _gather(client: Any, finished: queue.SimpleQueue[Any],
            answers: queue.SimpleQueue[tuple[Any, Any]]) -> None:
    """
    Fetch the results of futures, many at once, until None comes.

    In a thread of its own, since fetching from a scheduler that is gone does not return.
    """
    while True:
        come = _arrived(finished)
        ended = None in come
        come = [future for future in come if future is not None]
        good = [future for future in come if future.status == "finished"]
        try:
            pages = client.gather(good) if good else []
        except Exception:  # a worker with results has died meanwhile: ask for each
            pages, come, good = [], come, []
        answers_of = dict(zip((future.key for future in good), pages))
        for future in come:
            if future.key not in answers_of:
                try:
                    answers_of[future.key] = future.result(timeout=LOST_SECONDS)
                except Exception as error:
                    answers_of[future.key] = error
                except BaseException as error:  # a cancelled future
                    answers_of[future.key] = OSError(str(error))
            answers.put((future.key, answers_of[future.key]))
        if ended:
            return


# -- the record ----------------------------------------------------------------------------


def _version() -> str:
    try:
        return version("neuroalg-sage")
    except PackageNotFoundError:
        return "not installed"


class _Record:
    """
    The two files of a survey, held by one process at a time.

    INPUT:

    - ``directory`` -- the name of a directory, which is made if there is none
    - ``page`` -- what the survey is of, as it stands in ``survey.json``

    Raises InputError, and changes nothing, if the directory holds anything else.
    """

    def __init__(self, directory: str | Path, page: dict[str, Any]) -> None:
        self.directory = Path(directory)
        self.lines: dict[str, Line] = {}
        self._shown = repr(str(directory)[:200])
        description = self.directory / "survey.json"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._refuse_strangers()
            self._file = os.open(self.directory / "results.jsonl",
                                 os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except (OSError, ValueError) as error:
            if isinstance(error, NeuroAlgError):
                raise
            raise InputError(f"The directory {self._shown} cannot be used: "
                             f"{getattr(error, 'strerror', None) or error}.") from None
        try:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"Another survey is at work in {self._shown}; wait for its end, "
                                 "or name another directory.") from None
            if description.exists():
                self._compare(description, page)
                self._read()
            else:
                self._describe(description, page)
        except BaseException:
            os.close(self._file)
            raise

    def _refuse_strangers(self) -> None:
        """Raise InputError if the directory holds something else than a survey."""
        names = {path.name for path in self.directory.iterdir()}
        ours = {"survey.json", "survey.json.new", "results.jsonl"}
        results = self.directory / "results.jsonl"
        begun = not results.exists() or results.stat().st_size == 0
        if "survey.json" not in names and (names - ours or not begun):
            raise InputError(f"The directory {self._shown} holds other things than a survey; name "
                             "a new or an empty one.")

    def _describe(self, description: Path, page: dict[str, Any]) -> None:
        """Write what the survey is of, whole or not at all."""
        new = description.with_name("survey.json.new")
        try:
            with open(new, "w") as file:
                json.dump(page, file, indent=1)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, description)
            folder = os.open(self.directory, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._full(error) from None

    def _compare(self, description: Path, page: dict[str, Any]) -> None:
        """Raise InputError unless the directory's survey is this one."""
        try:
            found = json.loads(description.read_text())
            if not isinstance(found, dict) or "schema" not in found:
                raise ValueError
        except (OSError, ValueError, RecursionError):
            raise InputError(f"The file survey.json in {self._shown} is not that of a survey; name "
                             "another directory.") from None
        for key, expected in page.items():
            if found.get(key) != expected:
                raise InputError(
                    f"The survey in {self._shown} has {key} {_short(found.get(key))}, not "
                    f"{_short(expected)}; name another directory.")

    def _read(self) -> None:
        """Read the lines; cut off the last one if it was not written to its end."""
        content = (self.directory / "results.jsonl").read_bytes()
        lines = content.split(b"\n")
        torn = len(lines.pop())
        kept = len(content) - torn
        for number, text in enumerate(lines, 1):
            try:
                line = json.loads(text)
                spec, _ = line["spec"], line["results"]
            except (ValueError, TypeError, KeyError, RecursionError):
                if number < len(lines):
                    raise InputError(f"Line {number} of results.jsonl in {self._shown} is no "
                                     "result; name another directory.") from None
                kept -= len(text) + 1
                continue
            self.lines.setdefault(spec, without_certificates(line))
        if kept < len(content):
            os.ftruncate(self._file, kept)
            os.fsync(self._file)

    def append(self, lines: Sequence[Line]) -> None:
        """
        Append lines; they are on the disk when this returns.

        Raises LimitReached if they cannot be written; then none of them is.
        """
        text = memoryview(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        before = os.fstat(self._file).st_size
        try:
            while text:
                text = text[os.write(self._file, text):]
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, before)
            raise self._full(error) from None
        for line in lines:
            self.lines[line["spec"]] = without_certificates(line)

    def _full(self, error: OSError) -> LimitReached:
        return LimitReached(f"The survey in {self._shown} cannot be written ({error.strerror}); "
                            f"its {len(self.lines)} results are kept: make room, and give the "
                            "same command again.")

    def close(self) -> None:
        """Give the directory free."""
        os.close(self._file)


def without_certificates(line: Line) -> Line:
    """A line without its certificates, which are large."""
    return line | {"results": {
        name: {key: value for key, value in result.items() if key != "certificate"}
        for name, result in line["results"].items()}}


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:197] + "..."


# -- the survey ----------------------------------------------------------------------------


@dataclass
class _Pace:
    """How fast the models of a survey are answered."""

    total: int
    done: int
    say: Callable[[str], None]
    _points: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RECENT))

    def __post_init__(self) -> None:
        self._points.append((time.monotonic(), self.done))

    def report(self, more: int) -> None:
        """Count models; say so, not too often."""
        self.done += more
        now = time.monotonic()
        if now - self._points[-1][0] < PROGRESS_SECONDS and self.done < self.total:
            return
        then, before = self._points[0]
        self._points.append((now, self.done))
        rate = (self.done - before) / max(now - then, 1e-3)
        left = "" if self.done == self.total else "; " + (
            f"about {_duration((self.total - self.done) / rate)} left" if rate
            else "no answer yet")
        self.say(f"{self.done} of {self.total} models, {rate:.1f} per second{left}")


def _duration(seconds: float) -> str:
    """
    A time in words.

    EXAMPLES::

        >>> _duration(59), _duration(200), _duration(8000)
        ('59 s', '3 min 20 s', '2 h 13 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Survey:
    """
    The same invariants of many models.

    INPUT:

    - ``about`` -- dictionary that says what the survey is of: a family or a question, with
      its bounds
    - ``invariants`` -- names of invariants; by default the dimension, the expected one, the
      defect, and whether the model is filling, all from ranks without Macaulay2
    - ``directory`` -- where results are kept, and from where a survey is resumed
    - ``jobs`` -- number of worker processes; by default one for each core
    - ``scheduler`` -- address of a Dask scheduler, whose workers are used instead
    - ``seed``, ``certificates``, ``timeout``, ``memory_gb`` -- see :class:`Settings`
    - ``progress`` -- called with lines of text
    - ``each`` -- called with each new line, after it has been kept

    Raises :class:`~neuroalg_sage.errors.InputError` if the directory holds another survey
    or one that is at work, or if there is no such scheduler.

    EXAMPLES::

        >>> with Survey({"family": "example"}, jobs=1) as survey:
        ...     lines = survey.run(["linear:3,2,3", "mlp:2,2,2:x^2"])
        >>> {spec: line["results"]["dimension"]["value"] for spec, line in lines.items()}
        {'linear:3,2,3': 8, 'mlp:2,2,2:x^2': 6}
    """

    def __init__(self, about: dict[str, Any], invariants: Sequence[str] = DEFAULT_INVARIANTS, *,
                 directory: str | Path | None = None, jobs: int | None = None,
                 scheduler: str | None = None, seed: int | None = None,
                 certificates: bool = False, timeout: float | None = None,
                 memory_gb: float | None = None, progress: Callable[[str], None] = silent,
                 each: Callable[[Line], None] = ignored) -> None:
        self.settings = Settings(check_invariants(invariants), seed, certificates, timeout,
                                 memory_gb)
        if jobs is not None and jobs < 1:
            raise InputError(f"The number of jobs is at least 1, not {jobs}.")
        for limit, role in ((timeout, "seconds"), (memory_gb, "gigabytes")):
            if limit is not None and not limit > 0:
                raise InputError(f"A limit is a positive number of {role}, not {limit}.")
        self.lines: dict[str, Line] = {}
        self._progress, self._each = progress, each
        self._record: _Record | None = None
        self._workers: _Processes | _Cluster | None = None
        page = json.loads(json.dumps({
            "schema": SCHEMA, "version": _version(), "about": about,
            "invariants": self.settings.invariants, "seed": seed, "certificates": certificates}))
        if directory is not None:
            self._record = _Record(directory, page)
            self.lines = self._record.lines
        try:
            self._workers = (
                _Cluster(self.settings, scheduler) if scheduler is not None
                else _Processes(self.settings, jobs or len(os.sched_getaffinity(0))))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Survey:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def run(self, specs: Iterable[str]) -> dict[str, Line]:
        """
        Answer for models that have no line yet.

        INPUT:

        - ``specs`` -- spec strings, in the order in which they shall be begun

        OUTPUT: the lines of these models, in this order, without certificates

        Raises LimitReached if the results cannot be written, and EngineError if the
        connection to a scheduler is lost; what was done is kept.
        """
        assert self._workers is not None
        wanted = list(dict.fromkeys(specs))
        waiting = [spec for spec in wanted if spec not in self.lines]
        if waiting:
            pace = _Pace(len(wanted), len(wanted) - len(waiting), self._progress)
            come = self._workers.lines(waiting)
            try:
                for lines in come:
                    self._keep(lines)
                    pace.report(len(lines))
            finally:
                come.close()  # type: ignore[attr-defined]
        return {spec: self.lines[spec] for spec in wanted}

    def _keep(self, lines: Sequence[Line]) -> None:
        if not lines:
            return
        if self._record is not None:
            self._record.append(lines)
        else:
            self.lines |= {line["spec"]: without_certificates(line) for line in lines}
        for line in lines:
            self._each(line)

    @property
    def exit_code(self) -> int:
        """0 if all was answered, 3 if limits were reached, 1 if anything else went wrong."""
        codes = {line["exit_code"] for line in self.lines.values() if "errors" in line}
        return 0 if not codes else 3 if codes == {LimitReached.exit_code} else 1

    def close(self) -> None:
        """End the workers, and give the directory free."""
        workers, self._workers = self._workers, None
        record, self._record = self._record, None
        try:
            if workers is not None:
                workers.close()
        finally:
            if record is not None:
                record.close()

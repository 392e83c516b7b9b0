"""
Worker processes, which answer for one model after the other and may die of it.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from neuroalg_sage import processes
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.limits import GIGABYTE, whole
from neuroalg_sage.survey.answers import Line, Settings, Source, answer, failed, sentence

# Of these in seconds after the limit: what runs in Python is interrupted, then the worker ended.
GRACE = 0.25
DEADLY_GRACE = 0.75
SECONDS_BETWEEN_LOOKS = 0.05  # at the memory that a worker holds
IDLE_SECONDS = 60.0  # after which a worker without work leaves


def _leave_with(parent: int) -> None:
    """End this process when its parent has ended, however that came about."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _stop(settings: Settings) -> Callable[[int, Any], None]:
    def stop(number: int, frame: Any) -> None:
        raise LimitReached(f"The limit of {settings.timeout:g} s for a model was reached, or a "
                           "question's share of it; raise it with --timeout.")

    return stop


def serve() -> None:
    """
    What a worker process does: answer the models that come on standard input.

    The first line is the settings, each further line a spec or the description of a model; all are
    JSON, and so are the lines of answers on standard output.
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

    def interrupt_after(seconds: float) -> None:
        # Repeated, since a library may swallow an exception in a callback.
        signal.setitimer(signal.ITIMER_REAL, seconds + grace or GRACE, GRACE)

    # An engine has the first word on its limit, so that it ends cleanly.
    grace = 0.0 if settings.is_from_ranks else GRACE
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        request = sys.stdin.buffer.readline()
        if not request:
            return
        spec = json.loads(request)
        start = time.perf_counter()
        whole.begin(settings.timeout, settings.memory_gb)
        if whole.memory is not None:  # of what is reserved more is not used
            processes.limit_growth(os.getpid(), whole.room(None))
        try:
            if settings.timeout is not None:
                interrupt_after(settings.timeout)
            line = answer(spec, settings, interrupt_after)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except (LimitReached, MemoryError) as error:  # as if the signal came after the last answer
            signal.setitimer(signal.ITIMER_REAL, 0)
            line = failed(spec, settings, *sentence(error), time.perf_counter() - start)
        try:
            reply(line)
        except BrokenPipeError:
            os._exit(1)


SERVE = "from neuroalg_sage.survey.workers import serve; serve()"


class _Died(Exception):
    """A worker process ended while it was at a model."""


class _TooMuch(Exception):
    """A worker process and its engines hold more memory than they may."""


class Worker:
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
        """
        The next answer; None if there is none within so many seconds.

        Raises _TooMuch if the memory is full.
        """
        assert process.stdout is not None
        memory = self.settings.memory_gb
        deadline = None if seconds is None else time.monotonic() + seconds
        # What is read is appended to a list, since an answer may come in many parts.
        parts = [self._buffer]
        while b"\n" not in parts[-1]:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            pause = left if memory is None else min(
                SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS if left is None else left)
            if not select.select([process.stdout], [], [], pause)[0]:
                if deadline is not None and time.monotonic() >= deadline:
                    return None
                if memory is not None and processes.resident(
                        [process.pid, *processes.descendants(process.pid)]) > memory * GIGABYTE:
                    raise _TooMuch
                continue
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

    def ask(self, spec: Source) -> Line:
        """
        The line of a model.

        Raises _Died if the process ends before it has answered.
        """
        start = time.perf_counter()
        timeout = self.settings.timeout
        try:
            process = self._process
            if process is None or process.poll() is not None:  # it left for lack of work
                self.end()
                process = self._start()
            start = time.perf_counter()
            self._send(process, spec)
            line = self._receive(process, None if timeout is None else timeout + DEADLY_GRACE)
            if line is not None:
                return line
            reason = f"The limit of {timeout:g} s was reached; raise it with --timeout."
        except _TooMuch:
            reason = (f"More than the limit of {self.settings.memory_gb:g} GB of memory was "
                      "needed; allow more with --memory.")
        self.end()
        return failed(spec, self.settings, reason, LimitReached.exit_code,
                      time.perf_counter() - start)

    def end(self) -> None:
        """End the process and its engines at once."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                processes.kill([process.pid, *processes.descendants(process.pid)])
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def kill(self) -> None:
        """End the process, for good, from another thread than that which asks it."""
        self._killed = True
        process = self._process
        if process is not None and process.poll() is None:
            processes.kill([process.pid, *processes.descendants(process.pid)])

    def dismiss(self) -> None:
        """Let the process leave by itself, so that its engines end cleanly."""
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(3)
        self.end()


def ask_twice(worker: Worker, spec: Source, stopped: Callable[[], bool] = lambda: False) -> Line:
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


class Processes:
    """Worker processes on this machine."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self.workers = [Worker(settings) for _ in range(jobs)]

    def lines(self, specs: Sequence[Source]) -> Iterator[list[Line]]:
        """The lines of models, as they come."""
        waiting = iter(specs)
        lock = threading.Lock()
        answers: queue.SimpleQueue[Line | BaseException] = queue.SimpleQueue()
        stop = threading.Event()

        def work(worker: Worker) -> None:
            try:
                while not stop.is_set():
                    with lock:
                        spec = next(waiting, None)
                    if spec is None:
                        return
                    answers.put(ask_twice(worker, spec, stop.is_set))
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
                for page in arrived(answers):
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


def arrived(answers: queue.SimpleQueue[Any], seconds: float = 1.0) -> list[Any]:
    """All that is in a queue, after waiting for the first for at most so many seconds."""
    come: list[Any] = []
    try:
        come.append(answers.get(timeout=seconds))
        while True:
            come.append(answers.get_nowait())
    except queue.Empty:
        return come

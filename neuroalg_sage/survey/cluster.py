"""
The models of a survey on a Dask cluster: one task for each, with a key of its own.
"""

from __future__ import annotations

import itertools
import logging
import queue
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from neuroalg_sage.errors import EngineError, InputError
from neuroalg_sage.survey.answers import Line, Settings, failed
from neuroalg_sage.survey.workers import Worker, arrived, ask_twice

SCHEDULER_SECONDS = 5.0  # within which a scheduler must answer
LOST_SECONDS = 10.0  # within which a lost connection may come back


_of_this_thread = threading.local()


def answer_on_cluster(spec: str, settings: dict[str, Any]) -> Line:
    """The line of a model, by a worker process that belongs to this thread of a Dask worker."""
    wanted = Settings(**(settings | {"invariants": tuple(settings["invariants"])}))
    worker: Worker | None = getattr(_of_this_thread, "worker", None)
    if worker is None or worker.settings != wanted:
        if worker is not None:
            worker.dismiss()
        worker = _of_this_thread.worker = Worker(wanted)
    return ask_twice(worker, spec)


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


class Cluster:
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
                for key, page in arrived(answers):
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
        come = arrived(finished)
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

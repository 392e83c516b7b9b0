"""
The process that a person starts, and the one that works for it.

A command works in a child process.  Its parent watches over it: that all that the child has
started ends by the deadline, that it holds no more memory than it may, and that nothing of it is
left behind.  Only another process can promise that, since a library's computation may not listen
to anybody.  The parent also prints the page of the command, so that what was answered is printed
however the command ends.

The parent imports next to nothing, so that it costs a thousandth of a second.
"""

from __future__ import annotations

import io
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

# Of these in seconds after the deadline: what runs in Python is interrupted, then all is ended.
SOFT_GRACE = 0.25
HARD_GRACE = 0.75
SECONDS_TO_END = 1.0  # after an interrupt, within which engines may be closed
SECONDS_BETWEEN_LOOKS = 0.02  # at the memory that is held
HARD_MEMORY = 1.06  # how much of the limit may be held while the computation is being stopped

INTERRUPTED = 130
LIMIT_REACHED = 3
FAILED = 1
ERASE = "\r\x1b[K"
TO_STOP = signal.SIGUSR1  # tells the child that its memory is full


def end_quietly(number: int, frame: Any) -> NoReturn:
    """End as after an error, so that no engine is left running."""
    sys.exit(128 + number)


class Commentary(io.FileIO):
    """Standard error, as bytes: what cannot be written there is lost, and nothing else is."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or len(data)
        except OSError:
            return len(data)


class Page:
    """
    What a command prints at its end, and which files it writes then.

    It is stated anew whenever more is known, and printed when the command ends, however that
    comes about.

    - ``text`` -- what is printed
    - ``files`` -- the content of files by their names
    - ``stage`` -- what is being done
    - ``attempt`` -- how, just now; nothing when a stage begins
    """

    def __init__(self, send: Callable[[Any], None] | None = None) -> None:
        self.text, self.files, self.stage, self.attempt = "", dict[str, str](), "", ""
        self._send = send

    def state(self, text: str | None = None, files: Mapping[str, str] | None = None,
              stage: str | None = None, attempt: str | None = None) -> None:
        """Replace what is stated."""
        if stage is not None:
            attempt = attempt or ""
        change: dict[str, Any] = {"text": text, "files": None if files is None else dict(files),
                                  "stage": stage, "attempt": attempt}
        change = {name: value for name, value in change.items() if value is not None}
        if self._send is None:
            vars(self).update(change)
        else:
            self._send({"page": change})

    def publish(self) -> None:
        """
        Print the text and write the files, once.

        Raises InputError if a file cannot be written.
        """
        text, files = self.text, self.files
        self.text, self.files = "", {}
        if text:
            print(text, flush=True)
        if files:
            from neuroalg_sage.files import write_whole

            for name, content in files.items():
                write_whole(name, content)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let no limit and no interrupt come between, where half would be worse than nothing."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {
        signal.SIGALRM, signal.SIGTERM, signal.SIGINT, TO_STOP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Child:
    """What the child knows of its parent: where to tell it of limits and of its page."""

    def __init__(self, pipe: int | None = None, begun: float | None = None) -> None:
        self._pipe, self.begun = pipe, time.monotonic() if begun is None else begun

    @property
    def is_supervised(self) -> bool:
        """Whether there is a parent that watches."""
        return self._pipe is not None

    def page(self) -> Page:
        """The page of a command: the parent's, if there is one."""
        return Page(self._tell if self.is_supervised else None)

    def _tell(self, message: Any) -> None:
        import json

        assert self._pipe is not None
        data = json.dumps(message).encode()
        left = memoryview(len(data).to_bytes(8, "big") + data)
        with uninterrupted():
            while left:
                left = left[os.write(self._pipe, left):]

    def announce(self, seconds: float | None, memory: int | None) -> None:
        """Tell the parent of the limits."""
        if self.is_supervised:
            self._tell({"limits": [seconds, memory]})


child = Child()


class Supervisor:
    """
    The parent of a command.

    INPUT:

    - ``pid`` -- the child
    - ``pipe`` -- what the child tells
    - ``begun`` -- when the command began
    """

    def __init__(self, pid: int, pipe: int, begun: float) -> None:
        self.pid, self.begun = pid, begun
        self.page = Page()
        self._pipe, self._heard = pipe, b""
        self._seconds: float | None = None
        self._memory: int | None = None
        self._deadline: float | None = None  # when everything is ended
        self._most = 0  # that was held
        self._signal = 0  # by which this process was told to end
        self._why = ""  # everything was ended, if it was
        self._stopped = 0.0  # when the child was last told that its memory is full

    def listen(self) -> None:
        """Hear what the child has told by now."""
        while True:
            try:
                heard = os.read(self._pipe, 1 << 20)
            except BlockingIOError:
                return
            if not heard:
                return
            self._heard += heard
            while len(self._heard) >= 8:
                end = 8 + int.from_bytes(self._heard[:8], "big")
                if len(self._heard) < end:
                    break
                import json

                message, self._heard = json.loads(self._heard[8:end]), self._heard[end:]
                if "limits" in message:
                    self._seconds, self._memory = message["limits"]
                    if self._seconds is not None:
                        self._deadline = self.begun + self._seconds + HARD_GRACE
                else:
                    self.page.state(**message["page"])

    def told_to_end(self, number: int) -> None:
        """Pass a signal on to the child, whose time is short from now on."""
        if self._signal:  # a second time: at once
            self.end("")
            return
        self._signal = number
        self._deadline = time.monotonic() + SECONDS_TO_END
        try:
            os.kill(self.pid, signal.SIGTERM)
        except OSError:
            pass

    def rest(self) -> None:
        """Stop, as Ctrl-Z asks, with all that the child has started, until told to go on."""
        from neuroalg_sage import processes

        processes.tell([self.pid], signal.SIGSTOP)  # it starts no others meanwhile
        others = [self.pid, *processes.descendants(os.getpid())]
        processes.tell(others, signal.SIGSTOP)
        # The system's own way, since it stops nobody whom no shell could tell to go on.
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        processes.tell(others, signal.SIGCONT)

    def end(self, why: str) -> None:
        """End the child and all that it has started."""
        self._why = self._why or why
        from neuroalg_sage import processes

        processes.kill([self.pid, *processes.descendants(os.getpid())])

    def look(self) -> None:
        """End what is beyond a limit."""
        now = time.monotonic()
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            self.end("" if self._signal else
                     f"The limit of {self._seconds or 0:g} s was reached{self._stage()}; raise it "
                     "with --timeout.")
        if self._memory is not None:
            from neuroalg_sage import processes

            own = os.getpid()
            held = processes.resident([own, *processes.descendants(own)])
            self._most = max(self._most, held)
            if held > HARD_MEMORY * self._memory:
                self.end(self._too_much())
            elif held > self._memory and now > self._stopped + HARD_GRACE:
                self._stopped = now
                os.kill(self.pid, TO_STOP)

    def pause(self) -> float | None:
        """How long nothing need be looked at."""
        left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)
        if self._memory is None:
            return left
        return min(SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS if left is None else left)

    def _stage(self) -> str:
        attempt = f" ({self.page.attempt})" if self.page.attempt else ""
        return f" at {self.page.stage}{attempt}" if self.page.stage else ""

    def _too_much(self) -> str:
        return (f"More than the limit of {(self._memory or 0) / 10**9:g} GB of memory was needed"
                f"{self._stage()}; allow more with --memory.")

    def verdict(self, status: int) -> tuple[str, int]:
        """What is said at the end, and the exit code, where the child has ended with a status."""
        code = os.waitstatus_to_exitcode(status)
        if self._signal:
            said = "interrupted" if self._signal == signal.SIGINT else (
                f"ended by {signal.Signals(self._signal).name}")
            return f"{said}.", 128 + self._signal
        if self._why:
            return self._why, LIMIT_REACHED
        if code >= 0:
            return "", code
        if self._memory is not None and 2 * self._most > self._memory:
            return self._too_much(), LIMIT_REACHED
        if code == -signal.SIGKILL:
            return (f"The command was killed{self._stage()}, perhaps since the machine has no more "
                    "memory; set a limit with --memory.", LIMIT_REACHED)
        return (f"The command was ended by {signal.Signals(-code).name}{self._stage()}; another "
                "--method may do.", FAILED)


def start_of_this_process() -> float:
    """When this process began, by ``time.monotonic``; where the system does not say that, now."""
    now = time.monotonic()
    try:
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            ticks = int(file.read().rsplit(")", 1)[1].split()[19])
        return now - max(time.clock_gettime(time.CLOCK_BOOTTIME)
                         - ticks / os.sysconf("SC_CLK_TCK"), 0.0)
    except (OSError, ValueError, LookupError, AttributeError):
        return now


def supervise(work: Callable[[], int], begun: float | None = None) -> int:
    """
    Do some work in a child process, and see to its end.

    INPUT:

    - ``work`` -- returns the exit code; what it prints goes where it would without this
    - ``begun`` -- when the time for it began; by default now

    OUTPUT: the exit code of the command
    """
    begun = time.monotonic() if begun is None else begun
    _open_streams()
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    told, tell = os.pipe()
    _adopt_orphans()  # before there can be any; the child does not inherit that
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _work(work, tell, begun, signals)
    os.close(tell)
    noted, note = os.pipe()
    for pipe in (told, noted, note):
        os.set_blocking(pipe, False)
    for number in signals:
        signal.signal(number, lambda number, frame: None)  # it is noted, and read below
    signal.set_wakeup_fd(note)
    supervisor = Supervisor(pid, told, begun)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    status: int | None = None
    while status is None:
        select.select([told, noted], [], [], supervisor.pause())
        supervisor.listen()
        for noticed in _read(noted):
            if noticed == signal.SIGTSTP:
                supervisor.rest()
            elif noticed != signal.SIGCHLD:
                supervisor.told_to_end(noticed)
        supervisor.look()
        status = _reap(pid)
    supervisor.listen()
    _end_what_is_left()
    signal.set_wakeup_fd(-1)
    _let_the_page_be_printed()
    message, code = supervisor.verdict(status)
    return conclude(supervisor.page, message, code)


def _let_the_page_be_printed() -> None:
    """Heed signals again, but in a second only: who presses Ctrl-C twice wants the answers, too."""
    last = time.monotonic() + SECONDS_TO_END

    def heed(number: int, frame: Any) -> None:
        if time.monotonic() > last:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, heed)
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)


def conclude(page: Page, message: str, code: int) -> int:
    """Publish a page, then say something; the exit code."""
    from neuroalg_sage.errors import NeuroAlgError

    if message and sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(ERASE)
    try:
        page.publish()
    except NeuroAlgError as error:
        print(f"neuroalg: {error}", file=sys.stderr)
        code = code or error.exit_code
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        print(f"neuroalg: {not_printed(error)}", file=sys.stderr)
        code = code or LIMIT_REACHED
    if message:
        print(f"neuroalg: {message}", file=sys.stderr)
    return code


def not_printed(error: OSError) -> str:
    """What is said where output meets an error."""
    return f"the result cannot be printed: {error.strerror or error}."


def discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Let closed streams be of a file that is always empty, and let no comment be an error."""
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(file)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(Commentary(2, "w", closefd=False)),
                                  errors="backslashreplace", line_buffering=True)


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 1000)
    except BlockingIOError:
        return b""


def _reap(pid: int) -> int | None:
    """Forget the children that have ended; the status of this one, None if it has not ended."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if ended == pid:
            return status
        if not ended:
            return None


def _end_what_is_left() -> None:
    """End the processes that the child has left behind, and wait for their end."""
    last = time.monotonic() + SECONDS_TO_END
    try:
        while time.monotonic() < last:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                from neuroalg_sage import processes

                processes.kill(processes.descendants(os.getpid()))
                time.sleep(0.002)
    except ChildProcessError:
        pass


def _adopt_orphans() -> None:
    """Be the parent of all descendants whose parents end, where the system knows of that."""
    if sys.platform == "linux":
        import ctypes

        PR_SET_CHILD_SUBREAPER = 36
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_with_parent() -> None:
    """Be told to end when the parent ends, however that comes about."""
    if sys.platform == "linux":
        import ctypes

        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _work(work: Callable[[], int], tell: int, begun: float, signals: set[signal.Signals]
          ) -> NoReturn:
    """What the child does; it never returns, but ends the process."""
    code = FAILED
    try:
        # A group of its own, so that Ctrl-C comes from the parent only, and once.
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, end_quietly)
        _end_with_parent()
        # Matrices are small here, and threads of NumPy's would only wait for one another.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        child._pipe, child.begun = tell, begun
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        code = work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else FAILED
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends already, and closes its engines
        import atexit

        for step in (atexit._run_exitfuncs, sys.stdout.flush, sys.stderr.flush):
            try:
                step()
            except BrokenPipeError:
                pass
            except OSError as error:
                code = code or LIMIT_REACHED
                print(f"neuroalg: {not_printed(error)}", file=sys.stderr, flush=True)
            except BaseException:
                code = code or FAILED
        os._exit(code)

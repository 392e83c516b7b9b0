"""
The directory of a survey: what it is of, and a line for each model that is done.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError, LimitReached, NeuroAlgError
from neuroalg_sage.survey.answers import Line, without_certificates


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:197] + "..."


def _is_line(data: Any) -> bool:
    """Whether data is what a survey writes of one model, so far as it is read again."""
    if not (isinstance(data, dict) and isinstance(data.get("spec"), str)
            and isinstance(data.get("results"), dict)):
        return False
    return (all(isinstance(result, dict) and {"value", "status"} <= result.keys()
                for result in data["results"].values())
            and ("errors" not in data or isinstance(data["errors"], dict)
                 and isinstance(data.get("exit_code"), int)))


class Record:
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
        for path in (results, self.directory / "survey.json"):
            if path.exists() and not path.is_file():
                raise InputError(f"In {self._shown} {path.name} is no file of a survey; name "
                                 "another directory.")
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
                if not _is_line(line):
                    raise ValueError
            except (ValueError, RecursionError):
                if number < len(lines):
                    raise InputError(f"Line {number} of results.jsonl in {self._shown} is no "
                                     "result; name another directory.") from None
                kept -= len(text) + 1
                continue
            self.lines.setdefault(line["spec"], without_certificates(line))
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

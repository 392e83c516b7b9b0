"""
A folder of entries: whole files, each with the digest of its content.

The name of a file is the digest of its key, so that an entry is found without an index, and
processes that write the same one replace it by its like.  A file is written under another name
and renamed, so that none is ever seen in part; what a killed process leaves is a file that no
key names, until it is pruned.  There are no locks that could be left behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError

FOLDER_VARIABLE = "NEUROALG_CACHE"
OFF = "none"  # as the value of the variable
LARGEST_ENTRY = 200_000_000  # bytes
DIGITS = 64
LEFT_BEHIND = 3600.0  # seconds after which an unfinished file is nobody's

_ENTRY = re.compile(r"[0-9a-f]{64}\.entry")
_UNFINISHED = re.compile(r"[0-9a-f]{64}\.entry\.[0-9a-f]+\.part")


def canonical(data: Any) -> bytes:
    """
    The JSON of plain data, the same for equal data.

    EXAMPLES::

        >>> canonical({"b": 1, "a": ["x"]})
        b'{"a":["x"],"b":1}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def default_folder() -> Path | None:
    """
    The folder of the cache: ``NEUROALG_CACHE``, else ``neuroalg`` in the user's folder for caches.

    OUTPUT: a path, which need not exist; None if ``NEUROALG_CACHE`` is ``none``, or if the user
    has no home
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return None if named == OFF else Path(named).absolute()
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(caches):  # others are to be ignored, by the specification of these folders
        return Path(caches) / "neuroalg"
    try:
        return Path.home() / ".cache" / "neuroalg"
    except RuntimeError:
        return None


@dataclass(frozen=True)
class Entry:
    """
    A file of the cache.

    - ``path`` -- its path
    - ``size`` -- in bytes
    - ``used`` -- when it was last written or read, in seconds since the epoch
    - ``key`` -- its key; None if the file is damaged
    """

    path: Path
    size: int
    used: float
    key: Mapping[str, Any] | None


def say_on_standard_error(sentence: str) -> None:
    """How a store says that it is of no help."""
    print(f"neuroalg: {sentence}", file=sys.stderr, flush=True)


class Store:
    """
    The entries in a folder.

    INPUT:

    - ``folder`` -- its path; it is made when the first entry is written
    - ``warn`` -- called with a sentence if an entry is damaged, or if the folder cannot be used;
      nothing is raised, since a cache is not needed

    EXAMPLES::

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     store = Store(folder)
        ...     store.save({"question": 6}, [7, "x"])
        ...     store.load({"question": 6}), store.load({"question": 7})
        ([7, 'x'], None)
    """

    def __init__(self, folder: str | Path,
                 warn: Callable[[str], None] = say_on_standard_error) -> None:
        self.folder = Path(folder)
        self.warn = warn
        self._writes = True

    def _path(self, key: Mapping[str, Any]) -> Path:
        name = hashlib.sha256(canonical(key)).hexdigest()
        return self.folder / name[:2] / f"{name}.entry"

    def load(self, key: Mapping[str, Any]) -> Any:
        """
        The content of the entry of a key; None if there is none, or if it is damaged.

        A damaged entry is removed.
        """
        path = self._path(key)
        try:
            # What is no file is as damaged as a file can be, and a pipe is not to be waited for.
            data = path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b""
        except FileNotFoundError:
            return None
        except OSError as error:
            self._give_up("read", error)
            return None
        found = _opened(data)
        if found is None or canonical(found[0]) != canonical(key):
            self.discard(key)
            return None
        with suppress(OSError):
            os.utime(path)
        return found[1]

    def discard(self, key: Mapping[str, Any]) -> None:
        """Remove an entry that is not what it should be, and say so."""
        self.warn(f"An entry of the cache in {self._shown} is damaged ({key.get('invariant')}); "
                  "it is computed again.")
        self.remove(key)

    def remove(self, key: Mapping[str, Any]) -> None:
        """Remove an entry, if it is there."""
        with suppress(OSError):
            _remove(self._path(key))

    def save(self, key: Mapping[str, Any], content: Any) -> None:
        """Write an entry, whole or not at all."""
        if not self._writes:
            return
        body = canonical(key) + b"\n" + canonical(content)
        if len(body) > LARGEST_ENTRY:
            return
        path = self._path(key)
        from secrets import token_hex  # what reads, or keeps nothing, needs it not

        new = path.with_name(f"{path.name}.{token_hex(8)}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with open(new, "xb") as file:
                    file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
                os.replace(new, path)
            except BaseException:
                with suppress(OSError):
                    new.unlink(missing_ok=True)
                raise
        except OSError as error:
            self._give_up("written", error)

    def _give_up(self, what: str, error: OSError) -> None:
        """Say once that the folder cannot be used."""
        if self._writes:
            self.warn(f"The cache in {self._shown} cannot be {what} ({error.strerror}); "
                      "computing goes on without it.")
        self._writes = False

    @property
    def _shown(self) -> str:
        return str(self.folder)[:200]

    # -- all entries ---------------------------------------------------------------------

    def _files(self, pattern: re.Pattern[str]) -> Iterator[tuple[Path, os.stat_result]]:
        """The files of the cache itself, whatever else the folder holds."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if pattern.fullmatch(path.name) and path.name.startswith(path.parent.name):
                with suppress(FileNotFoundError):  # another process has removed it
                    yield path, path.lstat()

    def entries(self) -> list[Entry]:
        """
        All entries.

        Raises InputError if the folder cannot be read.
        """
        try:
            return [Entry(path, status.st_size, status.st_mtime,
                          _key(path) if stat.S_ISREG(status.st_mode) else None)
                    for path, status in self._files(_ENTRY)]
        except OSError as error:
            raise InputError(f"The cache in {self._shown} cannot be read: {error.strerror}."
                             ) from None

    def prune(self, older_than: float | None = None, max_size: int | None = None,
              keep: Callable[[Mapping[str, Any]], bool] = lambda key: True,
              all_unfinished: bool = False) -> tuple[int, int]:
        """
        Remove entries that are damaged, unwanted, long unused, or too many.

        INPUT:

        - ``older_than`` -- seconds: what was not used since is removed
        - ``max_size`` -- bytes that may remain: what was not used longest is removed
        - ``keep`` -- whether an entry with this key is wanted
        - ``all_unfinished`` -- whether files that another process may still be writing go too

        OUTPUT: how many entries were removed, and their size in bytes

        Raises InputError if one cannot be removed.
        """
        now = time.time()
        entries = sorted(self.entries(), key=lambda entry: entry.used)
        total = sum(entry.size for entry in entries)
        count = removed = 0
        try:
            for path, status in list(self._files(_UNFINISHED)):
                if all_unfinished or now - status.st_mtime > LEFT_BEHIND:
                    _remove(path)
            for entry in entries:
                if (entry.key is None or not keep(entry.key)
                        or older_than is not None and now - entry.used > older_than
                        or max_size is not None and total - removed > max_size):
                    _remove(entry.path)
                    count, removed = count + 1, removed + entry.size
        except OSError as error:
            raise InputError(f"The cache in {self._shown} cannot be pruned: {error.strerror}."
                             ) from None
        return count, removed


def _opened(data: bytes) -> tuple[Any, Any] | None:
    """Key and content of an entry; None if a bit of it is not as it was written."""
    digest, line, body = data[:DIGITS], data[DIGITS:DIGITS + 1], data[DIGITS + 1:]
    if line != b"\n" or hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    key, _, content = body.partition(b"\n")
    try:
        return json.loads(key), json.loads(content)
    except (ValueError, RecursionError):
        return None


def _remove(path: Path) -> None:
    """Remove what has the name of an entry, whatever it is."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()


def _key(path: Path) -> Any:
    try:
        found = _opened(path.read_bytes())
    except FileNotFoundError:
        return None
    return found[0] if found is not None and isinstance(found[0], dict) else None


def open_store(place: Store | str | Path | bool | None) -> Store | None:
    """
    The store that is meant: one, its folder, or ``True`` for that of the user.

    EXAMPLES::

        >>> open_store(False) is None
        True
    """
    if isinstance(place, Store):
        return place
    folder = default_folder() if place is True else place or None
    return None if folder is None else Store(folder)

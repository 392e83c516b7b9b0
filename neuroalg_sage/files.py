"""
Files that a person names: what is read has a limit, what is written is whole or not there.
"""

from __future__ import annotations

import os
from pathlib import Path

from neuroalg_sage.errors import InputError


def read_bytes(name: str | Path, role: str, most: int) -> bytes:
    """
    The content of a file, at most so many bytes.

    A pipe to which nobody writes is empty: who opens it like a file waits until somebody does.

    Raises :class:`InputError`, which calls the file by its role, such as ``"model file"``.
    """
    try:
        with open(os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            os.set_blocking(file.fileno(), True)
            # What is too large is known before it is read; of a pipe, only then.
            content = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else None
    except OSError as error:
        raise InputError(f"The {role} {str(name)[:200]!r} cannot be read: "
                         f"{error.strerror or 'not a file'}.") from None
    except ValueError:
        raise InputError(f"{str(name)[:200]!r} is not a file name.") from None
    if content is None or len(content) > most:
        raise InputError(f"The {role} {str(name)[:200]!r} is larger than {most} bytes, the most "
                         "allowed.")
    return content


def read_text(name: str | Path, role: str, most: int) -> str:
    """The content of a file as text; raises :class:`InputError` also for what is no text."""
    try:
        return read_bytes(name, role, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The {role} {str(name)[:200]!r} is not text in UTF-8.") from None


def check_writable(name: str | Path | None) -> None:
    """
    Raise :class:`InputError` unless a file of this name, if any, may be written.

    EXAMPLES::

        >>> check_writable("no such folder/page.html")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The result cannot be written to 'no such
        folder/page.html'; name a file in a folder that exists and may be written.
    """
    if name is None:
        return
    try:
        path = Path(name).resolve()
        may = (path.parent.is_dir() and os.access(path.parent, os.W_OK)
               and (path.is_file() or not path.exists()))
    except (OSError, ValueError, RuntimeError):
        may = False
    if not may:
        raise InputError(f"The result cannot be written to {str(name)[:200]!r}; name a file in a "
                         "folder that exists and may be written.")


def write_whole(name: str | Path, text: str | bytes) -> None:
    """Write text, or bytes, to a file, which has all of it or keeps what it had."""
    path = Path(name).resolve()
    if path.exists() and not path.is_file():
        # A device or a pipe would be replaced by a file of its name.
        raise InputError(f"The result was not written to {str(name)[:200]!r}: it is not an "
                         "ordinary file.")
    from tempfile import NamedTemporaryFile  # most commands write no files

    try:
        with NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            try:
                file.write(text.encode() if isinstance(text, str) else text)
                file.close()
                os.chmod(file.name, 0o666 & ~_mask())  # as of any new file, not for us alone
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise InputError(f"The result was not written to {str(name)[:200]!r}: "
                         f"{error.strerror}.") from None


def _mask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

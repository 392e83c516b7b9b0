"""A browser without a window, for tests of pages; Debian calls the package ``chromium``."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SECONDS = 120
CONSOLE = re.compile(r":CONSOLE.*?\] (.*)")


def command() -> str:
    """The browser on the path; else the test is skipped."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no chromium on the path; Debian's package chromium brings it")
    return found


def run(page: Path, folder: Path, *options: str) -> tuple[str, list[str]]:
    """Open a page; what is printed, and the lines of the console."""
    done = subprocess.run(
        [command(), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         "--v=0", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}", *options,
         page.resolve().as_uri()], capture_output=True, text=True, timeout=SECONDS, check=True)
    return done.stdout, CONSOLE.findall(done.stderr)

"""
``python -m neuroalg_sage.certificates FILE...``: check certificates.

Needs python-flint and the standard library only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from neuroalg_sage.certificates.checker import MAXIMAL_BYTES, parse, verify
from neuroalg_sage.certificates.reading import CertificateError, MalformedCertificate


def verify_files(names: Sequence[str]) -> int:
    """
    Check the certificates in files; print a line for each.

    INPUT:

    - ``names`` -- files, each with one certificate or a list of them

    OUTPUT: 0 if all hold, 2 if a file is no certificate, else 1
    """
    worst = 0
    for name in names:
        try:
            for certificate in _read(name):
                print(f"{name}: {verify(certificate)}", flush=True)
        except MalformedCertificate as error:
            print(f"{name}: not a certificate: {error}", file=sys.stderr)
            worst = 2
        except CertificateError as error:
            print(f"{name}: rejected: {error}", file=sys.stderr)
            worst = max(worst, 1)
    return worst


def _read(name: str) -> list:
    try:
        # A pipe to which nobody writes is empty, and not waited for.
        with open(os.open(name, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            os.set_blocking(file.fileno(), True)
            content = file.read(MAXIMAL_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MalformedCertificate(
            f"the file cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    data = parse(content)
    if isinstance(data, list) and not data:
        raise MalformedCertificate("The list of certificates is empty.")
    return data if isinstance(data, list) else [data]


if __name__ == "__main__":
    sys.exit(verify_files(sys.argv[1:]) if sys.argv[1:] else
             "usage: python -m neuroalg_sage.certificates FILE...")

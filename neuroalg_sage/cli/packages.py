"""
``neuroalg install-m2``: the package for Macaulay2.
"""

from __future__ import annotations

import argparse

from neuroalg_sage.cli.options import Commands, progress


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("install-m2", _install)
    sub.add_argument("--prefix", metavar="DIR", help="install in DIR/share/Macaulay2 instead of "
                     "your own folder of Macaulay2")
    sub.add_argument("--macaulay2", metavar="COMMAND", help="the Macaulay2 to use")
    sub.add_argument("--no-help", action="store_true", help="without its documentation, which "
                     "takes a minute to make")
    sub.add_argument("--kernel", action="store_true", help="register the kernel for notebooks, "
                     "too, with this Macaulay2")
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _install(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.engines.macaulay2_install import PACKAGE, install_package

    found = install_package(arguments.macaulay2, arguments.prefix, not arguments.no_help,
                            progress(arguments))
    print(f"The package {PACKAGE} {found.version} {'was already' if found.was_there else 'is now'} "
          f"in {found.folder}.")
    print(f"Load it in Macaulay2 with: {'; '.join(found.loading)}")
    if found.has_help:
        print(f'Read about it with: viewHelp "{PACKAGE}"')
    if arguments.kernel:
        from neuroalg_sage.engines.macaulay2_kernel import NAME, install_kernel

        place = install_kernel(arguments.macaulay2, arguments.prefix)
        print(f"Notebooks of Macaulay2 have the kernel {NAME}, in {place}.")
    return 0

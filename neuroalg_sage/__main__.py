"""``python -m neuroalg_sage`` is the ``neuroalg`` command."""

from neuroalg_sage.cli import entry_point

if __name__ == "__main__":
    entry_point()

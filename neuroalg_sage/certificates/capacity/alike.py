"""
Many entries that are all the same, of which one is stored.

A model with a million parameters is evaluated where all of them have one value, as for its degree
(``Model.fold``): such a list has no million places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Alike(Sequence[Any]):
    """So many entries that are all the same."""

    def __init__(self, entry: Any, length: int) -> None:
        self.entry, self.places = entry, range(length)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: Any) -> Any:
        place = self.places[i]  # or IndexError
        return Alike(self.entry, len(place)) if isinstance(i, slice) else self.entry

    def count(self, value: Any) -> int:
        """How often a value occurs."""
        return len(self) if value == self.entry else 0

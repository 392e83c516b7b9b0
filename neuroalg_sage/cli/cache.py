"""
``neuroalg cache``: what is kept of earlier answers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from neuroalg_sage.cli.options import Commands, positive
from neuroalg_sage.errors import InputError

SECONDS_OF_A_DAY = 86400.0
MEGABYTE = 10**6


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("cache", _cache)
    what = sub.add_mutually_exclusive_group()
    what.add_argument("--prune", action="store_true", help="remove damaged entries, those of other "
                      "versions, and what the next two options say")
    what.add_argument("--clear", action="store_true", help="remove all entries")
    sub.add_argument("--older-than", type=positive, metavar="DAYS",
                     help="with --prune: entries not used for so long")
    sub.add_argument("--max-size", type=positive, metavar="MB",
                     help="with --prune: the longest unused, until the rest is so small")
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def _cache(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.cache.store import FOLDER_VARIABLE, OFF, Store, default_folder

    if not arguments.prune and (arguments.older_than or arguments.max_size):
        raise InputError("The options --older-than and --max-size go with --prune.")
    folder = default_folder()
    if folder is None:
        raise InputError(f"There is no cache: {FOLDER_VARIABLE} is {OFF}, or there is no home; set "
                         f"{FOLDER_VARIABLE} to a folder.")
    store = Store(folder)
    if arguments.prune or arguments.clear:
        days, size = arguments.older_than, arguments.max_size
        count, removed = store.prune(
            None if days is None else days * SECONDS_OF_A_DAY,
            None if size is None else int(size * MEGABYTE),
            (lambda key: False) if arguments.clear else _is_current,
            all_unfinished=arguments.clear)
        print(json.dumps({"schema": 1, "folder": str(folder), "removed": count,
                          "bytes": removed}) if arguments.json else
              f"{_entries(count)} removed, {_size(removed)}.")
        return 0
    page = _page(store)
    if arguments.json:
        print(json.dumps({"schema": 1, "folder": str(folder)} | page))
        return 0
    print(f"{folder}: {_entries(page['entries'])}, {_size(page['bytes'])}")
    for name, found in page["models"].items():
        print(f"  {name}: {_entries(found['entries'])}, {_size(found['bytes'])}: "
              f"{', '.join(found['invariants'])}")
    if page["others"]:
        print(f"  {page['others']} damaged or of other versions; neuroalg cache --prune "
              "removes them")
    return 0


def _is_current(key: Mapping[str, Any]) -> bool:
    """Whether an entry may be used by this version with these engines."""
    from neuroalg_sage.cache.key import SCHEMA, engines, program

    own = key.get("engines")
    return (key.get("schema") == SCHEMA and key.get("program") == program()
            and isinstance(own, dict) and engines().items() <= own.items())


def _page(store: Any) -> dict[str, Any]:
    """The entries, for each model in its own right."""
    models: dict[str, dict[str, Any]] = {}
    entries = store.entries()
    others = 0
    for entry in entries:
        if entry.key is None or not _is_current(entry.key):
            others += 1
            continue
        description = entry.key.get("model", {})
        name = description.get("name") or description.get("spec") or "layers " + ", ".join(
            str(layer.get("kind")) for layer in description.get("layers", []))
        found = models.setdefault(name, {"entries": 0, "bytes": 0, "invariants": []})
        found["entries"] += 1
        found["bytes"] += entry.size
        question = NAMES.get(entry.key["invariant"], entry.key["invariant"])
        if question not in found["invariants"]:
            found["invariants"].append(question)
    for found in models.values():
        found["invariants"].sort()
    return {"entries": len(entries), "bytes": sum(entry.size for entry in entries),
            "others": others, "models": dict(sorted(models.items()))}


# Two answers that are found together, or in one way only.
NAMES = {"_hilbert": "degree and hilbert_polynomial", "_by_formula": "degree by a formula",
         "_degree_without_ideal": "degree"}


def _entries(count: int) -> str:
    return f"{count} entr{'y' if count == 1 else 'ies'}"


def _size(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE / 10 else f"{count} bytes"

"""
What is answered, and what is proved: 63 small models of all families, each question in a process.

The models are those of ``small_models.py``, and the other systems those of ``peers.py``.  All are
asked within the same limits of time and memory.  Seconds are those of whole processes with their
start; the peers' begin when φ is expanded.

    python benchmarks/coverage.py                                 all of it: hours
    python benchmarks/coverage.py --limit 40 --families mlp,cnn
    python benchmarks/coverage.py --against ../other/.venv/bin/neuroalg
    python benchmarks/coverage.py --peers macaulay2,msolve        or all
    python benchmarks/coverage.py --json FILE      keeps the results, and goes on from them: of
                                                   ours those of the same sources

It needs ``pip install 'neuroalg-sage[benchmarks]'``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from peers import PEERS
from small_models import FAMILIES, chosen
from watching import run

from neuroalg_sage.cache.key import program

MEMORY_GB = 8.0
GRACE = 5.0  # seconds after the limit, in which a program may end by itself
SECONDS_TO_PREPARE = 60.0  # for what a peer is given
SLOWER = 2.0  # seconds more than the fastest peer, which are worth a line
FASTER = 20.0  # times than the other build
OURS, OTHER = "ours", "other build"

QUESTIONS: dict[str, list[str]] = {
    "dimension": ["dimension"], "ideal": ["ideal"], "degree": ["degree"],
    "singular locus": ["singular_locus"], "identifiable": ["is_identifiable"],
    "ED unit": ["ed_degree", "--metric", "unit"],
    "ED generic": ["ed_degree", "--metric", "generic"], "laws": ["number_of_conservation_laws"]}
NUMBERS = ("dimension", "degree", "ED unit", "ED generic")  # whose values are compared

Result = dict[str, Any]
Ask = Callable[[str, str, float], Result]

# Who is asked ---------------------------------------------------------------------------


def verdict(question: str, result: dict[str, Any]) -> str:
    """``trusting nothing``, ``proved``, or the weaker status; the singular locus is answered if
    it is said that there are no others, and a number if it is not only bounded."""
    status, trust = result["status"], result["trust"]
    if status == "bounds":
        return "incomplete"
    if question == "singular locus":
        others = result.get("no_others", "")
        if not others.startswith("proved"):
            return "incomplete"
        trust = [*trust, *([others] if "trusting" in others else [])]
    return status if status != "proved" else "proved" if trust else "trusting nothing"


def digest_of(question: str, value: Any) -> Any:
    """What of a value is kept: a number, and of equations how many, and their largest degree."""
    if question == "ideal":
        terms = re.split(r"[-+]", " + ".join(value))
        return {"generators": len(value), "largest": max(
            sum(int(power or 1) for power in re.findall(r"z_\d+(?:\^(\d+))?", term))
            for term in terms)}
    return len(value) if isinstance(value, list) else value


def asked(program: Sequence[str], spec: str, question: str, limit: float) -> Result:
    """One of our builds."""
    found = run([*program, "compute", spec, *QUESTIONS[question], "--json", "--no-cache", "--quiet",
                 "--timeout", f"{limit:g}", "--memory", f"{MEMORY_GB:g}"], limit + GRACE,
                1.2 * MEMORY_GB)
    record: Result = {"seconds": round(found.seconds, 2), "peak": round(found.peak, 2)}
    try:
        (result,) = json.loads(found.printed)["results"].values()
        return record | {"verdict": verdict(question, result),
                         "value": digest_of(question, result["value"])}
    except (ValueError, KeyError):
        why = (found.errors.strip().splitlines() or ["it was ended at a limit"])[-1]
        return record | {"why": why[:300]}


def by_peer(peer: str, spec: str, question: str, limit: float, told: int | None) -> Result:
    """Another system; what it is told costs it nothing, nor does what it is given."""
    found = run([sys.executable, str(Path(__file__).with_name("peers.py")), peer, question, spec,
                 *([] if told is None else ["--told", str(told)])], limit + GRACE, MEMORY_GB,
                "begun", SECONDS_TO_PREPARE)
    record: Result = {"seconds": round(found.seconds, 2), "peak": round(found.peak, 2)}
    try:
        answer = json.loads(found.printed)
    except ValueError:
        return record | {"why": f"over {MEMORY_GB:g} GB" if found.peak > MEMORY_GB else
                         f"over {limit:g} s" if found.code is None else "it failed"}
    record["seconds"] = round(answer["seconds"], 2)
    if "why" in answer or answer["seconds"] > limit:
        return record | {"why": answer.get("why", f"over {limit:g} s")}
    return record | {"verdict": "answered", "value": answer["value"]}


class Memory:
    """Results that a file keeps, a line for each; a torn last line is left out."""

    def __init__(self, name: str | None) -> None:
        self.path = Path(name) if name else None
        self.known: dict[str, Any] = {}
        if self.path and self.path.exists():
            *lines, torn = self.path.read_text().split("\n")
            if torn:
                self.path.write_text("".join(f"{line}\n" for line in lines))
            for entry in map(json.loads, lines):
                self.known[json.dumps(entry["key"])] = entry["result"]

    def get(self, key: list[Any], find: Callable[[], Any]) -> Any:
        text = json.dumps(key)
        if text not in self.known:
            self.known[text] = find()
            if self.path:
                with self.path.open("a") as file:
                    print(json.dumps({"key": key, "result": self.known[text]}), file=file,
                          flush=True)
        return self.known[text]


# The table ------------------------------------------------------------------------------

Row = tuple[str, str]  # a model and a question
Table = dict[Row, dict[str, Result]]  # results by who was asked


def is_answered(result: Result) -> bool:
    return result.get("verdict") not in (None, "incomplete")


def shares(results: Sequence[Result]) -> str:
    """How many are answered, proved, and proved with nothing to trust, in percent."""
    verdicts = [r["verdict"] for r in results if is_answered(r)]
    return "  ".join(f"{100 * count / len(results):5.1f}" for count in (
        len(verdicts), sum(v in ("proved", "trusting nothing") for v in verdicts),
        verdicts.count("trusting nothing")))


def of_one(table: Table, name: str) -> Iterator[str]:
    """The shares of one who was asked, by questions."""
    columns: dict[str, list[Result]] = {}
    for (_, question), results in table.items():
        if name in results:
            columns.setdefault(question, []).append(results[name])
    is_peer = name in PEERS
    yield f"{name}: percent answered{'' if is_peer else ', proved, proved trusting nothing'}"
    whole = [r for results in columns.values() for r in results]
    for question, results in [*columns.items(), ("all", whole)]:
        if results:
            yield (f"  {question:<16}{shares(results)[:5] if is_peer else shares(results)}   of "
                   f"{len(results)}")


def peers_of(results: dict[str, Result]) -> dict[str, Result]:
    return {name: result for name, result in results.items() if name in PEERS}


def best_peers(table: Table) -> Iterator[str]:
    """For each question what at least one peer answers, and which is mostly the fastest."""
    yield "the best peer: percent that any answers, ours on these rows; how often each is fastest"
    for question in QUESTIONS:
        rows = [results for (_, q), results in table.items() if q == question
                and peers_of(results) and OURS in results]
        if not rows:
            continue
        fastest = [best for results in rows if (best := fastest_peer(results))]
        ours = sum(is_answered(results[OURS]) for results in rows)
        often = ", ".join(f"{name} {fastest.count(name)}" for name in sorted(
            set(fastest), key=lambda name: -fastest.count(name)))
        yield (f"  {question:<16}{100 * len(fastest) / len(rows):5.1f}  "
               f"{100 * ours / len(rows):5.1f}   {often}")


def fastest_peer(results: dict[str, Result]) -> str | None:
    return min((name for name, result in peers_of(results).items() if is_answered(result)),
               key=lambda name: results[name]["seconds"], default=None)


def slower_rows(table: Table) -> Iterator[str]:
    """Rows on which both answer, and the fastest peer is faster."""
    yield f"more than {SLOWER:g} s slower than the fastest peer, where both answer:"
    for (spec, question), results in table.items():
        best = fastest_peer(results)
        if best and is_answered(results.get(OURS, {})):
            ours, its = results[OURS]["seconds"], results[best]["seconds"]
            if ours > its + SLOWER:
                yield f"  {spec:<34} {question:<15} {ours:.2f} s; {best} {its:.2f} s"


def faster_rows(table: Table) -> Iterator[str]:
    """Rows that we answer much faster than the other build, or than it gives up."""
    found = []
    for (spec, question), results in table.items():
        if OTHER in results and is_answered(results[OURS]):
            ours, its = results[OURS]["seconds"], results[OTHER]["seconds"]
            if its >= FASTER * ours:
                bound = "" if is_answered(results[OTHER]) else ", unanswered"
                found.append(f"  {spec:<34} {question:<15} {ours:.2f} s, {its:.2f} s{bound}")
    yield f"at least {FASTER:g} times faster than the other build: {len(found)} rows"
    yield from found


def extremes(table: Table, limit: float) -> Iterator[str]:
    """What of ours held most memory, and what ended latest."""
    ours = [(row, results[OURS]) for row, results in table.items() if OURS in results]
    (spec, question), most = max(ours, key=lambda pair: pair[1]["peak"])
    yield f"largest memory: {most['peak']:.2f} GB, {spec} {question}; allowed {MEMORY_GB:g} GB"
    (spec, question), latest = max(ours, key=lambda pair: pair[1]["seconds"])
    over = latest["seconds"] - limit
    yield (f"largest overrun of the limit: {over:.2f} s, {spec} {question}" if over > 0 else
           f"no overrun of the limit: at most {latest['seconds']:.2f} s, {spec} {question}")


def disagreement(question: str, results: dict[str, Result]) -> str:
    """Who has another number than we, as a line; empty if nobody."""
    mine = results.get(OURS, {})
    if question not in NUMBERS or not is_answered(mine):
        return ""
    others = [f"{name} {result['value']}" for name, result in results.items()
              if is_answered(result) and result["value"] != mine["value"]]
    return "" if not others else (f"DISAGREEMENT: ours {mine['value']} ({mine['verdict']}), "
                                  + ", ".join(others))


def told(results: dict[str, Result]) -> int | None:
    """The largest degree of minimal generators that somebody has found."""
    return min((result["value"]["largest"] for result in results.values() if is_answered(result)
                and isinstance(result["value"], dict) and result["value"].get("largest")),
               default=None)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    names: Callable[[str], list[str]] = lambda text: text.split(",")  # noqa: E731
    parser.add_argument("--families", type=names, default=list(FAMILIES))
    parser.add_argument("--questions", type=names, default=list(QUESTIONS))
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each question")
    parser.add_argument("--against", metavar="COMMAND", help="the neuroalg of another build")
    parser.add_argument("--peers", type=names, default=[], help="all, or of " + ", ".join(PEERS))
    parser.add_argument("--json", metavar="FILE", help="keep the results, and go on from them")
    options = parser.parse_args()
    if options.peers == ["all"]:
        options.peers = list(PEERS)
    for name, known in (("families", FAMILIES), ("questions", QUESTIONS), ("peers", PEERS)):
        if unknown := set(getattr(options, name)) - known.keys():
            parser.error(f"--{name} are of {', '.join(known)}, not {', '.join(sorted(unknown))}")
    # An end from outside must not leave those who are asked alone.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    builds: dict[str, tuple[Ask, str]] = {OURS: (
        partial(asked, [sys.executable, "-m", "neuroalg_sage"]), program())}
    if options.against:
        builds[OTHER] = partial(asked, shlex.split(options.against)), options.against
    kept, table = Memory(options.json), Table()
    everything_agrees = True
    for family in options.families:
        specs = kept.get(["models", family, program()], partial(chosen, family))
        for spec, question in itertools.product(specs, options.questions):
            row, results = (Path(spec).name, question), dict[str, Result]()

            def note(name: str, key: list[Any], find: Callable[[], Result],
                     row: Row = row, results: dict[str, Result] = results) -> None:
                result = kept.get([name, *row, f"{options.limit:g}", *key], find)
                results[name] = result
                said = result.get("verdict") or result["why"]
                print(f"{row[0]:<34} {row[1]:<15} {name:<13} {result['seconds']:7.2f} s "
                      f"{result['peak']:5.2f} GB  {said}", flush=True)

            for name, (ask, build) in builds.items():
                note(name, [build], partial(ask, spec, question, options.limit))
            for name in options.peers:
                if question in PEERS[name]:
                    bound = told(results)
                    note(name, [bound], partial(by_peer, name, spec, question, options.limit,
                                                bound))
            table[row] = results
            if said := disagreement(question, results):
                everything_agrees = False
                print(f"*** {row[0]} {question}: {said} ***", flush=True)
    parts = [of_one(table, name) for name in [*builds, *options.peers]]
    if options.peers:
        parts += [best_peers(table), slower_rows(table)]
    if options.against:
        parts.append(faster_rows(table))
    for part in [*parts, extremes(table, options.limit)]:
        print()
        print("\n".join(part))
    lines = [f"*** {spec} {question}: {said} ***" for (spec, question), results in table.items()
             if (said := disagreement(question, results))]
    print("\n" + "\n".join(lines or ["All numbers that others found are ours."]))
    return 0 if everything_agrees else 1


if __name__ == "__main__":
    sys.exit(main())

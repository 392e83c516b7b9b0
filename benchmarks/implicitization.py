"""
Ideals of neurovarieties: ours against the implicitization of others, in the same run.

Ours is ``NeuroManifold(spec).ideal()`` in a fresh process, from its start.  The others are given
the expanded parametrization, and a process of their own:

- ``kernel``: Macaulay2's ``trim ker phi``, over the rational numbers;
- ``msolve``: the elimination order of msolve on the ideal of the graph, modulo a prime of 31 bits;
- ``multigraded``: ``componentsOfKernel`` of the package MultigradedImplicitization, up to the
  largest degree of the minimal generators; by default it works modulo 32003;
- ``numerical``: ``numericalHilbertFunction`` of the package NumericalImplicitization, in the
  degrees of the minimal generators; it counts all equations of a degree, in floating point.

The last two are told the degrees that the first to finish has found.

What they find is compared afterwards: the numbers of minimal generators in each degree, or of all
equations in it.  This is not timed.

    python benchmarks/implicitization.py                        all of it: hours
    python benchmarks/implicitization.py --limit 20 mlp:3,2,2:x^2 --peers kernel,msolve
    python benchmarks/implicitization.py --json FILE            keeps results, and goes on from
                                                                those, ours for the same sources

It needs ``pip install 'neuroalg-sage[benchmarks]'``.
"""

from __future__ import annotations

import argparse
import json
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from peers import PRIME, Programs, elimination, graph
from watching import SECONDS_BETWEEN_LOOKS, Watched

from neuroalg_sage import NeuroAlgError, NeuroManifold, load_model
from neuroalg_sage.cache.key import program
from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.invariants.equations.generators import coordinate_ring

MODELS = ["mlp:3,3,3:x^2", "mlp:2,2,3:x^3", "mlp:3,2,2:x^2", "mlp:3,2,3:x^2", "mlp:4,2,2:x^2",
          "mlp:2,2,2,2:x^2", "mlp:3,2,3,2:x^2", "cnn:3,2:x^2", "cnn:2,2,2:x^2", "cnn:3s2,2s2,2:x",
          "linear:5,3,5", "attention:d=2,a=1,out=2,t=2"]
SECONDS_TO_PREPARE = 120.0

Counts = dict[str, int]  # from degrees, which are the keys of JSON objects, to numbers

# What one contestant does, in a process of its own --------------------------------------


def say(event: str, **facts: Any) -> None:
    """One line for the process that watches this one."""
    print(json.dumps({"event": event, **facts}), flush=True)


def minimal_generators(generators: PolynomialMatrix) -> Script:
    """A script that counts minimal generators by degree, and all forms in these degrees."""
    return Script(
        "a comparison", {"V": generators.ring, "I": generators},
        "degs = apply(select(flatten entries mingens I, f -> f != 0), f -> first degree f);\n"
        "count = d -> binomial(numgens V - 1 + d, d) - hilbertFunction(d, V / ideal leadTerm"
        " gens gb(I, DegreeLimit => d));",
        {"minimal": "apply(pairs tally degs, toList)",
         "forms": "if isHomogeneous I then apply(unique degs, d -> {d, count d}) else {}"},
        packages=("NeuroAlgebra",))


def compare(generators: PolynomialMatrix) -> None:
    with Macaulay2() as session:
        found = session.run(minimal_generators(generators))
    say("compared", **{name: {str(d): count for d, count in pairs}
                       for name, pairs in found.items()})


def ours(spec: str) -> None:
    found = NeuroManifold(spec, seed=1).ideal()
    degrees = Counter(max(map(sum, g)) for g in found.data)
    say("answer", generators=dict(sorted(degrees.items())), status=found.status,
        trust=found.trust, method=found.method)
    n = load_model(spec).ambient_dimension
    compare(PolynomialMatrix(coordinate_ring(n), 1, len(found.data), tuple(found.data), "ideal"))


def by_macaulay2(spec: str, body: str, results: dict[str, str], *packages: str
                 ) -> dict[str, Counts]:
    """Run a script in a Macaulay2 of its own; the results are lists of pairs of integers."""
    found = Programs(lambda: say("begun")).macaulay2(f"implicitization of {spec}", graph(spec),
                                                     body, results, *packages)
    return {name: {d: int(count) for d, count in re.findall(r"\((\d+), *(\d+)\)", line)}
            for name, line in found.items()}


def kernel(spec: str, degrees: list[int]) -> None:
    say("answer", **by_macaulay2(
        spec, "I = trim ker phi;",
        {"generators": "pairs tally apply(select(I_*, f -> f != 0), f -> first degree f)"}))


def multigraded(spec: str, degrees: list[int]) -> None:
    body = (f"found = componentsOfKernel({max(degrees)}, phi, Verbose => false);\n"
            'if found === null then error "the grading does not refine the degree";\n'
            "G = flatten values new HashTable from found;")
    say("answer", **by_macaulay2(
        spec, body, {"generators": "pairs tally apply(G, f -> first degree sub(f, V))"},
        "MultigradedImplicitization"))


def numerical(spec: str, degrees: list[int]) -> None:
    body = ("S = CC[gens W];\nF = (map(S, W, gens S)) matrix phi;\n"
            f"found = apply({{{', '.join(map(str, degrees))}}}, d -> (d, (numericalHilbertFunction("
            "F, ideal 0_S, d, Verbose => false)).hilbertFunctionValue));")
    say("answer", **by_macaulay2(spec, body, {"forms": "found"}, "NumericalImplicitization"))


def msolve(spec: str, degrees: list[int]) -> None:
    basis = elimination(Programs(lambda: say("begun")), spec)
    say("answer")
    n = load_model(spec).ambient_dimension
    compare(PolynomialMatrix(PolynomialRingData(coordinate_ring(n).variables, PRIME), 1,
                             len(basis), tuple(basis), "ideal"))


PEERS: dict[str, Callable[[str, list[int]], None]] = {
    "kernel": kernel, "msolve": msolve, "multigraded": multigraded, "numerical": numerical}
OURS = "ours"
ASK_IN_DEGREES = ("multigraded", "numerical")


def contestant(name: str, spec: str, degrees: list[int]) -> None:
    """Do what the one of this name does; say how it ended."""
    try:
        if name == OURS:
            ours(spec)
        else:
            PEERS[name](spec, degrees)
    except Exception as error:  # whatever it is, it is the result, and the run goes on
        first, *_ = str(error).splitlines() or [type(error).__name__]
        say("failed", why=first[:200])


# The watch over it ----------------------------------------------------------------------


class Contestant(Watched):
    """A contestant's process, and the lines that it says."""

    def __init__(self, name: str, spec: str, degrees: list[int]) -> None:
        super().__init__([sys.executable, __file__, "--contestant", name, "--degrees",
                          ",".join(map(str, degrees)), spec], stderr=subprocess.DEVNULL)
        self.lines: queue.Queue[tuple[float, str]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), line))
        self.lines.put((time.monotonic(), '{"event": "ended"}'))

    def run(self, begun: bool, limit: float, memory_gb: float) -> dict[str, Any]:
        """
        Wait for the answer, then for what it is compared by.

        OUTPUT: ``seconds`` and ``answer`` if there is one, else ``why`` there is none; ``peak``
        is the memory in GB
        """
        found: dict[str, Any] = {"peak": 0.0}
        start = time.monotonic()
        deadline = start + (limit if begun else SECONDS_TO_PREPARE)
        while True:
            held = self.memory() / 1e9
            if "answer" not in found:
                found["peak"] = max(found["peak"], held)
            if held > memory_gb or time.monotonic() > deadline:
                if "answer" not in found:
                    over = f"{memory_gb:g} GB" if held > memory_gb else f"{limit:g} s"
                    found["why"] = f"over {over}"
                return found
            try:
                now, line = self.lines.get(timeout=SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                continue
            facts = json.loads(line)
            event = facts.pop("event")
            if event == "begun":
                start, deadline = now, now + limit
            elif event == "answer":
                found |= {"seconds": now - start, "answer": facts}
                deadline = now + limit
            elif event == "compared":
                found["answer"] |= facts
            elif event == "failed":
                found.setdefault("why", facts["why"])
            else:
                if "answer" not in found:
                    found.setdefault("why", "it died")
                return found


def contest(name: str, spec: str, degrees: list[int], limit: float, memory_gb: float
            ) -> dict[str, Any]:
    watched = Contestant(name, spec, degrees)
    try:
        return watched.run(name == OURS, limit, memory_gb)
    finally:
        watched.end()


# Results --------------------------------------------------------------------------------


def generators(result: dict[str, Any]) -> Counts | None:
    """The numbers of minimal generators by degree, as far as they are known."""
    answer = result.get("answer", {})
    return answer.get("minimal", answer.get("generators"))


def agree(ours: dict[str, Any], other: dict[str, Any]) -> bool | None:
    """Whether two results agree, as far as both can be compared."""
    mine, theirs = ours.get("answer", {}), other.get("answer", {})
    if "forms" in theirs and "minimal" not in theirs:
        common = mine.get("forms", {}).keys() & theirs["forms"].keys()
        return all(mine["forms"][d] == theirs["forms"][d] for d in common) if common else None
    first, second = generators(ours), generators(other)
    if first is None or second is None:
        return None
    # Generators of ours that are perhaps not minimal prove no difference.
    return first == second or (False if "minimal" in mine else None)


def in_words(counts: Counts | None) -> str:
    """The numbers of polynomials by degree, such as ``9 of degree 4``."""
    if counts is None:
        return ""
    return ", ".join(f"{count} of degree {d}" for d, count in sorted(
        counts.items(), key=lambda pair: int(pair[0]))) or "none"


def cell(result: dict[str, Any] | None) -> str:
    if result is None:
        return "not asked"
    return f"{result['seconds']:.2f} s" if "seconds" in result else (
        result["why"] if result["why"].startswith("over") else "failed")


def line(spec: str, name: str, result: dict[str, Any], ours: dict[str, Any] | None) -> str:
    """One result as a line of the progress."""
    answer = result.get("answer", {})
    parts = [cell(result), f"{result['peak']:.2f} GB"]
    if "why" in result and not result["why"].startswith("over"):
        parts.append(result["why"])
    if "status" in answer:
        trust = f", trusting {', '.join(answer['trust'])}" if answer["trust"] else ""
        parts.append(f"{answer['status']}{trust}")
    if "generators" in answer:
        parts.append(in_words(answer["generators"]))
    if answer.get("minimal", answer.get("generators")) != answer.get("generators"):
        parts.append(f"minimal: {in_words(answer['minimal'])}")
    if "forms" in answer and "minimal" not in answer:
        parts.append(f"all equations: {in_words(answer['forms'])}")
    if ours is not None and (same := agree(ours, result)) is not None:
        parts.append("as ours" if same else "NOT AS OURS")
    return f"{spec:<28} {name:<12} " + "; ".join(parts)


def row(spec: str, results: dict[str, dict[str, Any]], peers: list[str], limit: float
        ) -> list[str]:
    """One model in the table."""
    mine = results[OURS]
    asked = [results[name] for name in peers if name in results]
    best = min((r["seconds"] for r in asked if "seconds" in r), default=None)
    seconds = mine.get("seconds")
    if not asked or best is None and seconds is None:
        ratio = ""
    elif best is None:
        ratio = f"> {limit / seconds:.2g}"
    else:
        ratio = f"{best / seconds:.2g}" if seconds is not None else f"< {best / limit:.2g}"
    same = {name: agree(mine, results[name]) for name in peers if name in results}
    verdict = ", ".join(name for name, found in same.items() if found is False)
    answered = sum("answer" in result for result in asked)
    known = [found for found in same.values() if found is not None]
    status = mine.get("answer", {}).get("status", "")
    trust = mine.get("answer", {}).get("trust", [])
    return [spec, cell(mine), f"{mine['peak']:.2f} GB", status + " *" * bool(trust),
            *(cell(results.get(name)) for name in peers), ratio,
            f"not {verdict}" if verdict else f"{len(known)} of {answered}",
            in_words(generators(mine))]


LEGEND = f"""\
Seconds are those of whole processes; the others do not expand phi.  * the proof trusts an engine or
a theorem.  best/ours: the fastest of the others against ours.  agree: how many of those that
answered are known to find what we find.  msolve computes modulo {PRIME}, multigraded modulo 32003,
numerical in floating point; the last two are told the degrees of the generators."""


def table(rows: list[list[str]]) -> Iterator[str]:
    """Lines in which the columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for cells in rows:
        yield "  ".join(f"{text:<{width}}" for text, width in zip(cells, widths)).rstrip()


class Memory:
    """Results that a file keeps, line by line; a torn last line is left out."""

    def __init__(self, path: str | None) -> None:
        self.path = Path(path) if path else None
        self.known: dict[str, dict[str, Any]] = {}
        self.digest = program()
        if self.path and self.path.exists():
            *lines, torn = self.path.read_text().split("\n")
            if torn:
                self.path.write_text("".join(f"{text}\n" for text in lines))
            for entry in map(json.loads, lines):
                self.known[json.dumps(entry["question"])] = entry["result"]

    def contest(self, name: str, *details: Any) -> dict[str, Any]:
        """The result of :func:`contest`, which is asked for it only if it is not known."""
        question = [name, *details, self.digest if name == OURS else ""]
        key = json.dumps(question)
        if key not in self.known:
            self.known[key] = contest(name, *details)
            if self.path:
                with self.path.open("a") as file:
                    print(json.dumps({"question": question, "result": self.known[key]}), file=file,
                          flush=True)
        return self.known[key]


def run(models: list[str], peers: list[str], limit: float, memory_gb: float, kept: Memory) -> bool:
    """Print the results as they come, then the table; whether all agree."""
    rows = [["model", OURS, "memory", "status", *peers, "best/ours", "agree", "generators"]]
    everything_agrees = True
    for spec in models:
        results: dict[str, dict[str, Any]] = {}
        degrees: list[int] = []
        for name in [OURS, *peers]:
            asked = degrees if name in ASK_IN_DEGREES else []
            if name in ASK_IN_DEGREES and not degrees:
                continue
            results[name] = kept.contest(name, spec, asked, limit, memory_gb)
            other = name != OURS
            print(line(spec, name, results[name], results[OURS] if other else None), flush=True)
            degrees = degrees or sorted(map(int, generators(results[name]) or {}))
            everything_agrees &= not other or agree(results[OURS], results[name]) is not False
        rows.append(row(spec, results, peers, limit))
    print("\n" + "\n".join(table(rows)))
    print(f"\n{LEGEND}")
    return everything_agrees


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("models", nargs="*", default=MODELS, help="specs; else all of the table")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=list(PEERS),
                        help="of " + ",".join(PEERS))
    parser.add_argument("--limit", type=float, default=300, help="seconds for each contestant")
    parser.add_argument("--memory", type=float, default=8, help="gigabytes for each contestant")
    parser.add_argument("--json", metavar="FILE", help="keep the results, and go on from them")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--degrees", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        degrees = [int(d) for d in arguments.degrees.split(",") if d]
        contestant(arguments.contestant, arguments.models[0], degrees)
        return 0
    for name in arguments.peers:
        if name not in PEERS:
            parser.error(f"{name!r} is none of the peers, which are {', '.join(PEERS)}")
    for spec in arguments.models:
        try:
            load_model(spec)
        except NeuroAlgError as error:
            parser.error(str(error))
    # An end from outside must not leave the contestants alone.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    return 0 if run(arguments.models, arguments.peers, arguments.limit, arguments.memory,
                    Memory(arguments.json)) else 1


if __name__ == "__main__":
    sys.exit(main())

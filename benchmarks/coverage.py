"""
What is answered, and what is proved: small models of all families, each question in a process.

The models are chosen by a rule, not by what works.  Each family below lists its models up to a
size; of those with at least 6 and at most 30 parameters, at most 60 coordinates, and not more
parameters, up to the scalings of hidden units that are counted, than coordinates, sorted by the
number of parameters, four are taken at equal distances.  Own expressions are random polynomials
from a seed.

    python benchmarks/coverage.py                                 all of it: hours
    python benchmarks/coverage.py --limit 40 --families mlp,cnn
    python benchmarks/coverage.py --against ../other/.venv/bin/neuroalg
    python benchmarks/coverage.py --json FILE      keeps the results, and goes on from them

``--against`` asks another build the same questions in the same run; ``--peer macaulay2`` asks
Macaulay2 for the ideal by ``ker``, and for the singular locus by ``decompose singularLocus``.

It needs ``pip install 'neuroalg-sage[benchmarks]'``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from watching import run

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.engines.macaulay2 import Script, find_command
from neuroalg_sage.invariants.equations.ideal import ring_map
from neuroalg_sage.models.parametrization import parametrization

FEWEST, MOST = 6, 30  # parameters
MOST_COORDINATES = 60
OF_A_FAMILY = 4
MEMORY_GB = 8.0
GRACE = 5.0  # seconds after the limit, in which a program may end by itself
SEED = 1

# The models -----------------------------------------------------------------------------


def chains(depths: Sequence[int], widest: int, form: str) -> Iterator[str]:
    for depth in depths:
        for widths in itertools.product(range(1, widest + 1), repeat=depth + 1):
            yield form.format(",".join(map(str, widths)))


def filters(form: str, sizes: Sequence[str], depths: Sequence[int]) -> Iterator[str]:
    for depth in depths:
        for chosen in itertools.product(sizes, repeat=depth):
            yield form.format(",".join(chosen))


def numbers(form: str, *ranges: Sequence[Any]) -> Iterator[str]:
    yield from (form.format(*values) for values in itertools.product(*ranges))


FAMILIES: dict[str, Callable[[], Iterator[str]]] = {
    "squares": lambda: chains([2], 4, "mlp:{}:x^2"),
    "cubes": lambda: chains([2], 4, "mlp:{}:x^3"),
    "deep": lambda: chains([3, 4, 5], 3, "mlp:{}:x^2"),
    "bias": lambda: chains([2], 3, "mlp:{}:x^2:bias"),
    "mixed": lambda: chains([2], 3, "mlp:{}:x^3+x"),
    "linear": lambda: chains([2, 3], 4, "linear:{}"),
    "cnn": lambda: filters("cnn:{}:x^2", ["2", "3", "4"], [2, 3]),
    "strides": lambda: filters("cnn:{}:x^2", ["2s2", "3s2", "2s3"], [2, 3]),
    "images": lambda: filters("cnn:{}:x^2", ["2x2", "2x1", "1x2"], [2]),
    "channels": lambda: numbers("cnn:{}c{},{}:x^2", (1, 2, 3), (2, 3), (1, 2, 3)),
    "attention": lambda: numbers("attention:d={},a={},out={},t={}", (1, 2, 3), (1, 2), (1, 2),
                                 (1, 2)),
    "heads": lambda: numbers("attention:d={},a=1,out={},t={},heads=2", (1, 2, 3), (1, 2), (1, 2)),
    "layers": lambda: numbers("attention:d={},a=1,out={},t={},layers=2", (1, 2), (1, 2), (1, 2)),
    "residual": lambda: numbers("resnet:width={},hidden={},blocks={}:x^2", (1, 2, 3), (1, 2),
                                (1, 2)),
    "gated": lambda: chains_of_gates(),
    "groups": lambda: numbers("gcnn:group={},layers={}:x^2", ("Z2", "Z3", "Z4", "Z2xZ2", "S3"),
                              (2, 3)),
    "expressions": lambda: expressions(),
}


def chains_of_gates() -> Iterator[str]:
    for widths in itertools.product((1, 2, 3), repeat=3):
        yield f"glu:widths={'x'.join(map(str, widths))}:x^2"


def expressions() -> Iterator[str]:
    """Files of random polynomials in parameters and two inputs."""
    folder = Path(tempfile.gettempdir()) / "neuroalg-coverage"
    folder.mkdir(exist_ok=True)
    generator = random.Random(SEED)
    for number in range(24):
        count = 6 + number // 4
        names = [f"a{k}" for k in range(count)]

        outputs = [" + ".join(
            "{}*({}*x + {}*y)**2*({}*x + {}*y)".format(*generator.choices(names, k=5))
            for _ in range(2)) for _ in range(1 + number % 2)]
        used = [name for name in names if any(name in text for text in outputs)]
        file = folder / f"expression{number}.json"
        file.write_text(json.dumps({"parameters": used, "inputs": ["x", "y"],
                                    "outputs": outputs}))
        yield str(file)


def chosen(family: str) -> list[str]:
    """The models of a family, by the rule."""
    found = []
    for spec in FAMILIES[family]():
        model = load_model(spec)
        if not FEWEST <= model.parameter_count <= MOST \
                or model.ambient_dimension > MOST_COORDINATES:
            continue
        expected = NeuroManifold(model).expected_dimension().value
        if expected < model.ambient_dimension:
            found.append((model.parameter_count, model.ambient_dimension, spec))
    found.sort()
    if len(found) <= OF_A_FAMILY:
        return [spec for *_, spec in found]
    step = (len(found) - 1) / (OF_A_FAMILY - 1)
    return [found[round(k * step)][2] for k in range(OF_A_FAMILY)]


# The questions --------------------------------------------------------------------------

QUESTIONS: dict[str, list[str]] = {
    "dimension": ["dimension"], "ideal": ["ideal"], "degree": ["degree"],
    "singular locus": ["singular_locus"], "identifiable": ["is_identifiable"],
    "ED unit": ["ed_degree", "--metric", "unit"],
    "ED generic": ["ed_degree", "--metric", "generic"], "laws": ["conservation_laws"]}


def verdict(question: str, result: dict[str, Any]) -> str:
    """``trusting nothing``, ``proved``, or the weaker status; the singular locus is answered if
    it is said that there are no others."""
    status, trust = result["status"], result["trust"]
    if question == "singular locus":
        others = result.get("no_others", "")
        if not others.startswith("proved"):
            return "incomplete"
        trust = [*trust, *([others] if "trusting" in others else [])]
    return status if status != "proved" else "proved" if trust else "trusting nothing"


def asked(program: Sequence[str], spec: str, question: str, limit: float) -> dict[str, Any]:
    found = run([*program, "compute", spec, *QUESTIONS[question], "--json", "--no-cache", "--quiet",
                 "--timeout", f"{limit:g}", "--memory", f"{MEMORY_GB:g}"], limit + GRACE,
                1.2 * MEMORY_GB)
    record: dict[str, Any] = {"seconds": round(found.seconds, 2), "peak": round(found.peak, 2)}
    try:
        (result,) = json.loads(found.printed)["results"].values()
        return record | {"verdict": verdict(question, result)}
    except (ValueError, KeyError):
        why = (found.errors.strip().splitlines() or ["it was ended at a limit"])[-1]
        return record | {"why": why[:300]}


PEER: dict[str, str] = {"ideal": "#(trim ker phi)_*", "degree": "degree ker phi",
                        "singular locus": "#decompose ideal singularLocus ker phi"}


def by_macaulay2(spec: str, question: str, limit: float) -> dict[str, Any]:
    script = Script(f"coverage of {spec}", ring_map(parametrization(load_model(spec)), {}), "",
                    {"answer": PEER[question]}, ())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.m2"
        file.write_text(script.standalone())
        found = run([*shlex.split(find_command()), "--silent", "--stop", "--no-readline", str(file),
                     "-e", "exit 0"], limit, MEMORY_GB)
    record: dict[str, Any] = {"seconds": round(found.seconds, 2), "peak": round(found.peak, 2)}
    return record | ({"verdict": "answered"} if "answer = " in found.printed
                     else {"why": f"over {limit:g} s" if found.code is None else "it failed"})


Ask = Callable[[str, str, float], dict[str, Any]]

# The table ------------------------------------------------------------------------------


class Memory:
    """Results that a file keeps, a line for each."""

    def __init__(self, name: str | None) -> None:
        self.path = Path(name) if name else None
        self.known: dict[str, dict[str, Any]] = {}
        if self.path and self.path.exists():
            for line in self.path.read_text().splitlines():
                entry = json.loads(line)
                self.known[json.dumps(entry["key"])] = entry["result"]

    def get(self, key: list[str], ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        text = json.dumps(key)
        if text not in self.known:
            self.known[text] = ask()
            if self.path:
                with self.path.open("a") as file:
                    print(json.dumps({"key": key, "result": self.known[text]}), file=file)
        return self.known[text]


def shares(results: Sequence[dict[str, Any]]) -> str:
    """How many are answered, proved, and proved with nothing to trust, in percent."""
    verdicts = [r.get("verdict") for r in results]
    answered = [v for v in verdicts if v not in (None, "incomplete")]
    return "  ".join(f"{100 * count / len(verdicts):5.1f}" for count in (
        len(answered), sum(v in ("proved", "trusting nothing") for v in answered),
        answered.count("trusting nothing")))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--families", type=lambda text: text.split(","), default=list(FAMILIES))
    parser.add_argument("--questions", type=lambda text: text.split(","), default=list(QUESTIONS))
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each question")
    parser.add_argument("--against", metavar="COMMAND", help="the neuroalg of another build")
    parser.add_argument("--peer", choices=("macaulay2",), help="asked as well")
    parser.add_argument("--json", metavar="FILE", help="keep the results, and go on from them")
    options = parser.parse_args()
    for name, known in (("families", FAMILIES), ("questions", QUESTIONS)):
        if unknown := set(getattr(options, name)) - known.keys():
            parser.error(f"--{name} are of {', '.join(known)}, not {', '.join(sorted(unknown))}")
    ask: dict[str, Ask] = {"ours": partial(asked, [sys.executable, "-m", "neuroalg_sage"])}
    if options.against:
        ask["other build"] = partial(asked, shlex.split(options.against))
    if options.peer:
        ask[options.peer] = by_macaulay2
    kept = Memory(options.json)
    columns: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for spec in itertools.chain.from_iterable(map(chosen, options.families)):
        for question, (name, how) in itertools.product(options.questions, ask.items()):
            if how is by_macaulay2 and question not in PEER:
                continue
            result = kept.get([name, Path(spec).name, question, f"{options.limit:g}"],
                              partial(how, spec, question, options.limit))
            columns.setdefault(name, {}).setdefault(question, []).append(result)
            print(f"{Path(spec).name:<34} {question:<15} {name:<12} {result['seconds']:7.2f} s "
                  f"{result['peak']:5.2f} GB  {result.get('verdict') or result['why']}", flush=True)
    for name, column in columns.items():
        print(f"\n{name}: percent answered, proved, proved trusting nothing")
        for question, results in column.items():
            print(f"  {question:<16}{shares(results)}   of {len(results)}")
        print(f"  {'all':<16}{shares([r for results in column.values() for r in results])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

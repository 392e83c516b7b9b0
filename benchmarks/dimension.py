"""
Dimensions: the whole against the rank alone, and against the ranks of others.

The baselines are the rank of the symbolic Jacobian at a random point modulo a prime, and
``numericalImageDim``, both in Macaulay2.  They begin as we do, with the model: they multiply
its matrices over a polynomial ring, and collect coefficients.  What the rest takes, once
the parametrization is expanded, stands in parentheses.

    python benchmarks/dimension.py            a dense rank of 6,600 parameters
    python benchmarks/dimension.py --full     also one of 19,000 (minutes, 10 GB), and baselines
                                              with 300 seconds instead of 30
    python benchmarks/dimension.py --against ../other/.venv/bin/python
                                              only small models, beside another build

Where networks are direct sums times are those of the processor, in a process of its own where
memory is compared with that of a dense rank; the exponent says how time grows with the parameters
from the first size of a table to the last.  Small models take milliseconds, which other work on the
machine changes by half: beside times stand the calls of Python's functions, which repeat exactly.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from neuroalg_sage import NeuroAlgError, parse_spec
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.models.model import Model

LARGE = ["mlp:20,40,40,10:x^2", "mlp:16,32,32,16:x^3", "cnn:5x5c16,3x3c16,3x3:x^2:out=4",
         "attention:d=24,a=12,out=24,t=3,layers=2"]
DENSE = ["mlp:20,60,60,30:x^2", "mlp:30,100,100,60:x^2"]
# From 10^4 to 10^6 parameters.
TABLES = [["mlp:22,73,73,44:x^2", "mlp:39,129,129,77:x^2", "mlp:69,229,229,138:x^2",
           "mlp:122,408,408,245:x^2", "mlp:218,725,725,435:x^2"],
          ["cnn:3x3c16,3x3c32,3x3c16:x^2:in=16", "cnn:3x3c30,3x3c56,3x3c28:x^2:in=28",
           "cnn:3x3c50,3x3c100,3x3c50:x^2:in=50", "cnn:3x3c90,3x3c180,3x3c90:x^2:in=90",
           "cnn:3x3c160,3x3c320,3x3c160:x^2:in=160"],
          ["attention:d=64,a=16,out=64,t=3,heads=2", "attention:d=96,a=24,out=96,t=3,heads=2",
           "attention:d=192,a=48,out=192,t=3,heads=2", "attention:d=320,a=80,out=320,t=3,heads=2",
           "attention:d=512,a=128,out=512,t=3,heads=2"]]
# In blocks, with 10^4 parameters and 10^5.
TABLES += [["resnet:width=60,hidden=40,blocks=2:x^2", "resnet:width=200,hidden=120,blocks=2:x^2"],
           ["glu:widths=40x60x60x40", "glu:widths=110x150x150x110"],
           ["moe:inputs=40,outputs=30,experts=4,hidden=40:x^2",
            "moe:inputs=120,outputs=90,experts=4,hidden=110:x^2"],
           ["attention:d=40,a=10,out=40,t=2,layers=3,skip=1",
            "attention:d=110,a=20,out=110,t=2,layers=6,skip=1"],
           ["transformer:d=30,a=10,hidden=60,t=2,layers=2:x^2"],
           ["mlp:80,120,1:x^3", "mlp:300,330,1:x^3"], ["cnn:3x3c24,3x3c40:x^2:in=3"]]
MILLION = ["mlp:200,1000,700,100:x^2", "mlp:100,1000,1000:x^3", "mlp:200,1000,800:x^2+x:bias"]
# Widths and exponent of the activation.
AGAINST_OTHERS = [((8, 20, 8), 2), ((10, 30, 10), 2), ((20, 30, 20), 2), ((5, 60, 3), 3),
                  ((8, 30, 8), 3), ((8, 30, 8), 4), ((5, 13, 13, 6), 2), ((8, 12, 12, 8), 2),
                  ((20, 20, 10), 2)]
SECONDS = 30, 300
SMALL = ["mlp:2,2,1:x^2", "mlp:2,3,2:x^2", "mlp:3,3,3:x^3", "mlp:4,6,3:x^2", "mlp:5,5,3,1:x^2",
         "mlp:4,5,3:x^2", "mlp:8,10,8:x^2", "mlp:10,20,20,5:x^2", "mlp:3,4,4,4,2:x^2",
         "mlp:4,6,3:x^2:bias", "mlp:10,15,10:x^2:bias", "mlp:6,10,5:x^3+x", "linear:5,3,5",
         "linear:10,6,4,10", "cnn:3,3:x^2", "cnn:3x3c4,3x3c4,2x2:x^2", "cnn:3x3c8,3x3c8,2x2:x^2",
         "attention:d=3,a=2,out=3,t=2", "attention:d=10,a=4,out=10,t=2,heads=2",
         "attention:d=4,a=2,out=4,t=2,layers=2", "resnet:width=3,hidden=4,blocks=2:x^2",
         "glu:widths=4x6x3:x^2", "gcnn:group=Z4,layers=3:x^2",
         "transformer:d=2,a=1,hidden=2,t=2,layers=1:x^2"]
ALTERNATIONS = 3
# Prints for each model the least milliseconds, the calls, and the answer.
OF_A_BUILD = """
import cProfile, json, pstats, sys, time
from neuroalg_sage import parse_spec
from neuroalg_sage.invariants.dimension.dimension import dimension
for spec in sys.argv[1:]:
    dimension(parse_spec(spec), seed=1)
    seconds, begun = [], time.process_time()
    while len(seconds) < 3 or time.process_time() < begun + 0.3:
        model, start = parse_spec(spec), time.process_time()
        found = dimension(model, seed=1)
        seconds.append(time.process_time() - start)
    profile = cProfile.Profile()
    model = parse_spec(spec)
    profile.runcall(dimension, model, seed=1)
    print(json.dumps([1000 * min(seconds), pstats.Stats(profile).total_calls, repr(found)]))
"""

EXPAND = """
t0 = cpuTime();
A = {K}[w_0..w_({N} - 1), x_0..x_({d} - 1)];
state = transpose matrix {{take(gens A, -{d})}};
place = 0;
scan(#widths - 1, i -> (
        W := matrix pack(widths#i, take(gens A, {{place, place + widths#i * widths#(i+1) - 1}}));
        place = place + widths#i * widths#(i+1);
        state = W * state;
        if i < #widths - 2 then state = matrix apply(entries state, r -> {{r#0^{k}}})));
B = {K}[w_0..w_({N} - 1)];
forget = map(B, A, gens B | toList({d} : 0_B));
phi = forget last coefficients(matrix {{flatten apply(flatten entries state, f ->
            flatten entries last coefficients(f, Variables => take(gens A, -{d})))}},
    Variables => {{}}, Monomials => {{1_A}});
t1 = cpuTime();
"""
SYMBOLIC = """
J = jacobian phi;
point = map(ZZ/32003, B, apply(numgens B, i -> random(ZZ/32003)));
r = rank point J;
t2 = cpuTime();
"""
PACKAGE = """
t0 = cpuTime();
r = dim neuroManifold mlp(widths, x -> x^{k});
t2 = t1 = cpuTime();
"""
NUMERICAL = """
S = CC[gens B];
F = (map(S, B, gens S)) phi;
r = numericalImageDim(F, ideal 0_S);
t2 = cpuTime();
"""


@contextmanager
def rank_timer() -> Iterator[list[float]]:
    """The seconds that ranks take while this is open."""
    spent = [0.0]
    original = modular.rank

    def timed(*arguments):
        start = time.perf_counter()
        try:
            return original(*arguments)
        finally:
            spent[0] += time.perf_counter() - start

    modular.rank = timed
    try:
        yield spent
    finally:
        modular.rank = original


def ours(spec: str) -> tuple[Model, float, float, str]:
    """Seconds for everything and for the ranks, and the answer."""
    start = time.perf_counter()
    with rank_timer() as spent:
        model = parse_spec(spec)
        found = dimension(model, seed=1)
        return model, time.perf_counter() - start, spent[0], repr(found)


def in_a_process(spec: str, at_direct_sums: bool) -> tuple[float, float]:
    """The seconds of the processor, and the gigabytes, of a process that finds a dimension."""
    process = subprocess.Popen([sys.executable, "-c", f"""
from neuroalg_sage import parse_spec
from neuroalg_sage.invariants.dimension.dimension import dimension
model = parse_spec({spec!r})
# What is asked in the name of another model goes to the dense rank.
dimension(model, seed=1, asked={"None" if at_direct_sums else "model"})
"""])
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def by_macaulay2(session: Macaulay2, widths: tuple[int, ...], k: int, field: str, body: str,
                 packages: tuple[str, ...], seconds: float) -> tuple[float, float, int]:
    """Seconds from the model and from φ, and the answer; LimitReached if it takes too long."""
    count = sum(a * b for a, b in zip(widths, widths[1:]))
    expand = EXPAND.format(K=field, N=count, d=widths[0], k=k)
    given = f"widths = {{{', '.join(map(str, widths))}}};"
    script = Script("a baseline", {}, given + (body.format(k=k) if body is PACKAGE else
                                               expand + body),
                    {"rank": "r", "whole": "t2 - t0", "rest": "t2 - t1"}, packages=packages)
    found = session.run(script, timeout=seconds)
    return float(found["whole"]), float(found["rest"]), int(found["rank"])


def beside(other: str) -> None:
    """Small models, by this build and by another one, in turns."""
    found: dict[str, list[list[list]]] = {sys.executable: [], other: []}
    for _ in range(ALTERNATIONS):
        for python, lists in found.items():
            command = [python, "-P", "-c", OF_A_BUILD, *SMALL]
            printed = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
            lists.append([json.loads(line) for line in printed.splitlines()])
    print("small models: milliseconds, and calls, of this build and of the other")
    for spec, here, there in zip(SMALL, zip(*found[sys.executable]), zip(*found[other])):
        (ours, calls), (theirs, of_other) = ((min(r[0] for r in rows), rows[0][1])
                                             for rows in (here, there))
        differs = "" if here[0][2] == there[0][2] else f"; {here[0][2]}, not {there[0][2]}"
        print(f"  {spec:<46} {ours:8.2f} ms {theirs:8.2f} ms: {ours / theirs:4.2f}; "
              f"{calls:>7} {of_other:>7}: {calls / of_other:4.2f}{differs}", flush=True)


def main(full: bool) -> None:
    import sage.all__sagemath_modules  # noqa: F401

    modular.rank(np.eye(100, dtype=int), 65537)  # LinBox is loaded when it is first used
    print("the whole against the rank alone")
    for spec in LARGE:
        model, seconds, rank, answer = ours(spec)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"  {spec:<42} {model.parameter_count:>6} parameters: {answer:<34} {seconds:7.2f} s, "
              f"{seconds / rank:4.2f} of the rank; up to {memory:.1f} GB", flush=True)
    print("at direct sums, or in blocks, and the checker")
    for specs in [*TABLES, *([spec] for spec in MILLION)]:
        before = None
        for spec in specs:
            start = time.process_time()
            try:
                found = dimension(model := parse_spec(spec), seed=1)
            except NeuroAlgError as error:
                print(f"  {spec:<42} {error}", flush=True)
                continue
            seconds = time.process_time() - start
            start = time.process_time()
            verify(found.certificate)
            checked = time.process_time() - start
            last = model.parameter_count, seconds
            before = before or last
            print(f"  {spec:<42} {model.parameter_count:>7} parameters: {found!r:<20} "
                  f"{seconds:7.2f} s, checker {checked:7.2f} s", flush=True)
        if before is not None and last != before:
            exponent = math.log(last[1] / before[1]) / math.log(last[0] / before[0])
            print(f"    exponent {exponent:.2f}", flush=True)
    print("at direct sums, and with one dense rank, in processes of their own")
    for spec in DENSE[: 1 + full]:
        (fast, small), (slow, large) = in_a_process(spec, True), in_a_process(spec, False)
        print(f"  {spec:<42} {fast:7.2f} s, {small:.2f} GB; dense {slow:7.2f} s, {large:.2f} GB: "
              f"{slow / fast:.0f} times faster, {large / small:.0f} times less memory", flush=True)
    print("against Macaulay2, from the model (from the expanded parametrization)")
    session = Macaulay2()
    for widths, k in AGAINST_OTHERS:
        spec = f"mlp:{','.join(map(str, widths))}:x^{k}"
        model, seconds, _, answer = ours(spec)
        print(f"  {spec:<42} {model.parameter_count:>6} parameters: {answer:<34} {seconds:7.3f} s",
              flush=True)
        for name, field, body, packages in (
                ("NeuroAlgebra's dim", "ZZ/32003", PACKAGE, ("NeuroAlgebra",)),
                ("symbolic rank over ZZ/32003", "ZZ/32003", SYMBOLIC, ()),
                ("numericalImageDim", "QQ", NUMERICAL, ("NumericalImplicitization",))):
            try:
                whole, rest, value = by_macaulay2(session, widths, k, field, body,
                                                 packages, SECONDS[full])
                print(f"    {name:<28} {value:>6}  {whole:8.2f} s, {whole / seconds:8.0f} times "
                      f"({rest:.2f} s, {rest / seconds:.0f} times)", flush=True)
            except NeuroAlgError as error:
                print(f"    {name:<28} not finished: {error}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--full", action="store_true", help="minutes, and 10 GB")
    parser.add_argument("--against", metavar="PYTHON", help="that of another build")
    options = parser.parse_args()
    if options.against:
        beside(options.against)
    else:
        main(options.full)

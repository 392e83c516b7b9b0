"""
What other systems answer about a parametrization, each asked as its documentation says.

    python benchmarks/peers.py macaulay2 degree mlp:2,1,2:x^2      one answer, as a line of JSON

A process prints what it found, or why nothing, and the seconds of the program itself: to load the
model and to expand φ is a gift.  The peers are of Macaulay2's and msolve's wheels:

- ``macaulay2``: ``ker`` for the ideal and its degree, and ``decompose`` of its ``singularLocus``;
  all over the rational numbers;
- ``multigraded``: ``componentsOfKernel`` of MultigradedImplicitization, which finds minimal
  generators symbolically, up to a degree that it has to be told (``--told``): the largest of those
  that another has found;
- ``numerical``: ``numericalImageDim`` and ``pseudoWitnessSet`` of NumericalImplicitization, in
  floating point.  A degree for which the trace test failed is a lower bound, and no answer;
- ``determinantal``: ``determinantalUnitEDDegree`` and ``determinantalGenericEDDegree`` of
  EuclideanDistanceDegree, symbolic, on the equations of ``ker phi`` modulo 32003.  Of the package's
  other methods ``leftKernel`` and ``numeric`` need Bertini, which no wheel has, and
  ``parameterized`` counts parameters: for generically n parameters to a function n times the ED
  degree;
- ``msolve``: for the ideal its elimination order on the graph, modulo a prime of 31 bits; for ED
  degrees the critical parameters on a slice that φ maps to M with finite fibers, at random data
  modulo a prime, where a random minor of Dφ is not zero, divided by the number of parameters of a
  random function, counted likewise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from neuroalg_sage import NeuroManifold, load_model
from neuroalg_sage.engines.macaulay2 import Script, find_command
from neuroalg_sage.invariants.equations.ideal import finite_restriction, ring_map
from neuroalg_sage.models.expressions import write_polynomial
from neuroalg_sage.models.parametrization import parametrization

PRIME = 1073741827
SMALL_PRIME = 32003  # by which EuclideanDistanceDegree bounds its random integers
SEED = 1


class Failed(Exception):
    """Why there is no answer."""


def graph(spec: str) -> dict[str, Any]:
    """The rings V and W, and phi, as data of a script."""
    return ring_map(parametrization(load_model(spec)), {})


def program_folder(name: str) -> Path:
    """Where an external program lies."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.features.gfan import GfanExecutable
    from sage.features.msolve import msolve

    features = {"gfan": GfanExecutable, "msolve": msolve}
    return Path(features[name]().absolute_filename()).parent


class Programs:
    """Runs programs, and adds up their seconds."""

    def __init__(self, begun: Callable[[], None] = lambda: None) -> None:
        self.seconds, self.begun = 0.0, begun

    def run(self, command: Sequence[str | Path], **options: Any
            ) -> subprocess.CompletedProcess[str]:
        self.begun()
        start = time.monotonic()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, **options)
        self.seconds += time.monotonic() - start
        return done

    def macaulay2(self, title: str, data: dict[str, Any], body: str, results: dict[str, str],
                  *packages: str) -> dict[str, str]:
        """The results of a script, as Macaulay2 prints them."""
        script = Script(title, data, body, results, packages)
        path = os.environ.get("PATH", "")
        if "MultigradedImplicitization" in packages:
            path = f"{program_folder('gfan')}:{path}"  # Macaulay2 looks beside itself, then there
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "script.m2"
            file.write_text(script.standalone())
            done = self.run([*shlex.split(find_command()), "--silent", "--stop", "--no-readline",
                             file, "-e", "exit 0"], env=os.environ | {"PATH": path})
        errors = re.findall(r"error: *(.+)", done.stderr)
        if done.returncode or errors:
            raise Failed(errors[0] if errors else f"Macaulay2 ended with {done.returncode}")
        return {name: text for name, text in re.findall(r"^(\w+) = (.*)$", done.stdout,
                                                        re.MULTILINE) if name in results}

    def msolve(self, system: str, *options: str) -> str:
        """What msolve writes about a system."""
        program = program_folder("msolve") / "msolve"
        with tempfile.TemporaryDirectory() as folder:
            file, result = Path(folder) / "system", Path(folder) / "result"
            file.write_text(system)
            done = self.run([program, *options, "-f", file, "-o", result])
            if done.returncode or not result.exists():
                raise Failed(f"msolve ended with {done.returncode}")
            return result.read_text()


# Each question of each peer -------------------------------------------------------------


def kernel(programs: Programs, spec: str, body: str, answer: str) -> int:
    return int(programs.macaulay2(spec, graph(spec), body, {"answer": answer})["answer"])


def kernel_generators(programs: Programs, spec: str, told: int | None) -> dict[str, int]:
    """The number of minimal generators, and their largest degree."""
    body = "I = trim ker phi;\nG = select(I_*, f -> f != 0);"
    found = programs.macaulay2(spec, graph(spec), body, {
        "generators": "#G", "largest": "max({0} | apply(G, f -> first degree f))"})
    return {name: int(text) for name, text in found.items()}


def kernel_degree(programs: Programs, spec: str, told: int | None) -> int:
    return kernel(programs, spec, "", "degree ker phi")


def kernel_singular_locus(programs: Programs, spec: str, told: int | None) -> int:
    """The number of components over Q."""
    return kernel(programs, spec, "S = ideal singularLocus ker phi;",
                  "if S == 1 then 0 else #decompose S")


def multigraded(programs: Programs, spec: str, told: int | None) -> dict[str, int]:
    if told is None:
        raise Failed("nobody knows up to which degree")
    body = (f"found = componentsOfKernel({told}, phi, Verbose => false);\n"
            'if found === null then error "the grading does not refine the degree";\n'
            "G = flatten values new HashTable from found;")
    found = programs.macaulay2(spec, graph(spec), body, {"generators": "#G"},
                               "MultigradedImplicitization")
    return {"generators": int(found["generators"]), "largest": told}


IN_FLOATING_POINT = "S = CC[gens W];\nF = (map(S, W, gens S)) matrix phi;\n"


def numerical_dimension(programs: Programs, spec: str, told: int | None) -> int:
    found = programs.macaulay2(spec, graph(spec), IN_FLOATING_POINT,
                               {"answer": "numericalImageDim(F, ideal 0_S)"},
                               "NumericalImplicitization")
    return int(found["answer"])


def numerical_degree(programs: Programs, spec: str, told: int | None) -> int:
    body = IN_FLOATING_POINT + "P = pseudoWitnessSet(F, ideal 0_S, Verbose => false);"
    found = programs.macaulay2(spec, graph(spec), body, {
        "answer": "P.degree", "complete": "P.isCompletePseudoWitnessSet"},
        "NumericalImplicitization")
    if found["complete"] != "true":
        raise Failed(f"the trace test failed; at least {found['answer']}")
    return int(found["answer"])


def determinantal(metric: str, programs: Programs, spec: str, told: int | None) -> int:
    body = (f"p = {SMALL_PRIME};\nA = ZZ/p[gens V];\nB = ZZ/p[gens W];\n"
            "I = ker map(B, A, sub(matrix phi, B));\n"
            'if I == 0 then error "there are no equations";')
    found = programs.macaulay2(spec, graph(spec), body, {
        "answer": f"determinantal{metric}EDDegree flatten entries gens I"},
        "EuclideanDistanceDegree")
    return int(found["answer"])


def terms_in_msolve(polynomial: Any, variables: list[str]) -> str:
    """A polynomial, dictionary from exponents to residues, in msolve's format."""
    return write_polynomial(polynomial, variables).replace(" ", "")


def graph_in_msolve(spec: str) -> tuple[str, int, int]:
    """The ideal of the graph modulo the prime, the number of parameters, and of coordinates."""
    data = graph(spec)
    images = data["phi"].images.entries
    eliminated, n = len(data["W"].variables), len(images)
    variables = [f"w{i}" for i in range(eliminated)] + [f"z{i}" for i in range(n)]

    def equation(j: int) -> str:
        zeros = (0,) * n
        difference = {(*e, *zeros): Fraction(-residue(c) % PRIME) for e, c in images[j].items()}
        difference[(0,) * eliminated + zeros[:j] + (1,) + zeros[j + 1:]] = Fraction(1)
        return terms_in_msolve(difference, variables)

    equations = ",\n".join(map(equation, range(n)))
    return f"{','.join(variables)}\n{PRIME}\n{equations}\n", eliminated, n


def residue(number: Any) -> int:
    """A rational number modulo the prime."""
    return int(number.numerator) * pow(int(number.denominator), -1, PRIME) % PRIME


def read_basis(text: str, n: int) -> Iterator[dict[tuple[int, ...], int]]:
    """The polynomials in z0, ..., z(n-1) alone of a basis that msolve has written."""
    for polynomial in re.sub(r"#.*|\s|[][:]", "", text).split(","):
        if not polynomial or "w" in polynomial:
            continue
        terms = {}
        for term in polynomial.split("+"):
            coefficient, *powers = term.split("*")
            exponents = [0] * n
            for name, _, power in (p.partition("^") for p in powers):
                exponents[int(name[1:])] = int(power or 1)
            terms[tuple(exponents)] = int(coefficient)
        yield terms


def elimination(programs: Programs, spec: str) -> list[dict[tuple[int, ...], int]]:
    """A Gröbner basis of the ideal modulo the prime."""
    system, eliminated, n = graph_in_msolve(spec)
    return list(read_basis(programs.msolve(system, "-e", str(eliminated), "-g", "2"), n))


def eliminated_ideal(programs: Programs, spec: str, told: int | None) -> dict[str, int]:
    basis = elimination(programs, spec)
    return {"elements of a basis": len(basis)}


def critical_points(metric: str, programs: Programs, spec: str, told: int | None) -> int:
    from flint import Ordering, nmod_mat, nmod_mpoly_ctx

    generator = random.Random(SEED)
    model = load_model(spec)
    d = int(NeuroManifold(model).dimension().value)
    phi = parametrization(model)
    restriction = finite_restriction(model, d, generator)
    names = [f"w{i}" for i in range(model.parameter_count - len(restriction))]
    if len(names) != d:
        raise Failed("no slice of the fibers sets parameters to 0 and 1")
    ring = nmod_mpoly_ctx.get([*names, "t"], PRIME, Ordering.degrevlex)
    images = [ring.from_dict({(*e, 0): residue(c) for e, c in f.items()})
              for f in phi.restrict(restriction)]
    jacobian = [[f.derivative(i) for i in range(d)] for f in images]
    weights = [generator.randrange(1, PRIME) if metric == "Generic" else 1 for _ in images]
    point = [generator.randrange(1, PRIME) for _ in names]

    def combination(rows: Any, row: list[int]) -> Any:
        total = ring.from_dict({})
        for f, c in zip(rows, row):
            total += c * f
        return total

    matrix = [[combination([r[i] for r in jacobian], row) for i in range(d)]
              for row in ([generator.randrange(PRIME) for _ in images] for _ in range(d))]
    saturation = ring.gens()[-1] * determinant(matrix, ring) - 1
    target = [generator.randrange(PRIME) for _ in images]
    critical = [combination([r[i] * (f - u) for r, f, u in zip(jacobian, images, target)], weights)
                for i in range(d)]
    values = [int(f(*point, 0)) for f in images]
    assert nmod_mat(d, len(images), [int(r[i](*point, 0)) for i in range(d) for r in jacobian],
                    PRIME).rank() == d
    fiber = [f - v for f, v in zip(images, values)]

    def count(equations: list[Any]) -> int:
        system = ",\n".join(str(f).replace(" ", "") for f in [*equations, saturation] if f)
        text = programs.msolve(f"{','.join([*names, 't'])}\n{PRIME}\n{system}\n", "-P", "0")
        kind, *rest = json.loads(re.sub(r"\s|:|#.*", "", text).replace("'", '"'))
        if kind == -1:
            return 0
        if kind == 1:
            raise Failed("infinitely many critical points")
        return int(rest[0][2])

    parameters, of_one = count(critical), count(fiber)
    if not of_one or parameters % of_one:
        raise Failed(f"{parameters} critical parameters, and {of_one} of a random function")
    return parameters // of_one


def determinant(matrix: list[list[Any]], ring: Any) -> Any:
    """By expansion along the rows, with the minors kept."""
    minors = {(): ring.from_dict({(0,) * ring.nvars(): 1})}
    for row in matrix:
        following: dict[tuple[int, ...], Any] = {}
        for columns, minor in minors.items():
            for j, entry in enumerate(row):
                if j not in columns:
                    key = tuple(sorted((*columns, j)))
                    sign = (-1) ** sum(k > j for k in columns)
                    following[key] = following.get(key, ring.from_dict({})) + sign * entry * minor
        minors = following
    return minors[tuple(range(len(matrix)))]


Ask = Callable[[Programs, str, "int | None"], Any]


def in_metric(ask: Callable[..., int], metric: str) -> Ask:
    return lambda programs, spec, told: ask(metric, programs, spec, told)


PEERS: dict[str, dict[str, Ask]] = {
    "macaulay2": {"ideal": kernel_generators, "degree": kernel_degree,
                  "singular locus": kernel_singular_locus},
    "multigraded": {"ideal": multigraded},
    "numerical": {"dimension": numerical_dimension, "degree": numerical_degree},
    "determinantal": {"ED unit": in_metric(determinantal, "Unit"),
                      "ED generic": in_metric(determinantal, "Generic")},
    "msolve": {"ideal": eliminated_ideal, "ED unit": in_metric(critical_points, "Unit"),
               "ED generic": in_metric(critical_points, "Generic")},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("question")
    parser.add_argument("spec")
    parser.add_argument("--told", type=int, help="the largest degree of minimal generators")
    options = parser.parse_args()
    programs = Programs(lambda: print("begun", file=sys.stderr, flush=True))
    try:
        found = {"value": PEERS[options.peer][options.question](programs, options.spec,
                                                               options.told)}
    except Failed as error:
        found = {"why": str(error)[:200]}
    print(json.dumps(found | {"seconds": programs.seconds}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

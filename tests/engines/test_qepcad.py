"""QEPCAD: what it says of formulas with known answers, its limits, and what is not believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from itertools import product

import pytest

from neuroalg_sage import processes
from neuroalg_sage.engines import qepcad
from neuroalg_sage.engines.qepcad import Pieces, eliminate
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.models.expressions import parse_polynomial, value

COMPARE = {"=": lambda x: x == 0, "!=": lambda x: x != 0, ">=": lambda x: x >= 0,
           ">": lambda x: x > 0}


def conjunction(text: str, names: str) -> list[tuple[dict[tuple[int, ...], Fraction], str]]:
    """Conditions such as ``a - b^2 = 0, a > 0``."""
    found = []
    for condition in text.split(","):
        f, relation, zero = condition.rsplit(maxsplit=2)
        assert zero == "0"
        found.append((parse_polynomial(f, names.split()), relation))
    return found


def holds(pieces: Pieces, point: tuple[int, ...]) -> bool:
    return any(all(COMPARE[relation](value(f, [Fraction(x) for x in point]))
                   for f, relation in piece) for piece in pieces)


def points(dimension: int, most: int = 3) -> list[tuple[int, ...]]:
    return list(product(range(-most, most + 1), repeat=dimension))


@pytest.mark.parametrize("text, names, bound, expected", [
    # The discriminant of the quadratic, where it is one.
    ("a*x^2 + b*x + c = 0", "a b c x", 1,
     lambda a, b, c: b*b >= 4*a*c if a else b != 0 or c == 0),
    # Products of two linear factors.
    ("z0 - a*c = 0, z1 - a*d - b*c = 0, z2 - b*d = 0", "z0 z1 z2 a b c d", 4,
     lambda p, q, r: q*q >= 4*p*r),
    # Squares of linear forms, a cone with two signs.
    ("z0 - c*a^2 = 0, z1 - 2*c*a*b = 0, z2 - c*b^2 = 0", "z0 z1 z2 a b c", 3,
     lambda p, q, r: q*q == 4*p*r),
    # Two cubes with a given sum and a given product of their roots.
    ("u^3 + v^3 - r = 0, u*v - q = 0", "q r u v", 2, lambda q, r: r*r >= 4*q**3),
    # Strict conditions and exceptions.
    ("x^2 - a = 0, x != 0", "a x", 1, lambda a: a > 0),
    ("1/2*a - x^2 > 0, x - 1 >= 0", "a x", 1, lambda a: a > 2),
    ("a*x - 1 = 0", "a x", 1, lambda a: a != 0),
])
def test_what_there_is(text, names, bound, expected) -> None:
    free = len(names.split()) - bound
    found = eliminate([conjunction(text, names)], free, bound)
    for point in points(free):
        assert holds(found, point) == expected(*point), point


def test_disjunctions_and_all_quantifiers() -> None:
    either = [conjunction("a - x^2 = 0", "a x"), conjunction("a + 2 = 0", "a x")]
    found = eliminate(either, 1, 1)
    assert [holds(found, (a,)) for a in range(-3, 3)] == [False, True, False, True, True, True]
    always = eliminate([conjunction("x^2 + a*x + b >= 0", "a b x")], 2, 1, quantifier="A")
    assert all(holds(always, (a, b)) == (a*a <= 4*b) for a, b in points(2))


def test_what_needs_no_cells() -> None:
    assert eliminate([], 2, 1) == ()
    assert eliminate([[]], 2, 1) == ((),)
    assert eliminate([conjunction("x^2 + y^2 - 1 = 0", "x y")], 0, 2) == ((),)
    assert eliminate([conjunction("x^2 + y^2 + 1 = 0", "x y")], 0, 2) == ()


def test_many_terms_and_long_coefficients() -> None:
    large = 10**60 + 7
    long = " + ".join(f"{large + i}*a^{i}*x^2" for i in range(60))
    found = eliminate([conjunction(f"{long} - {large + 1} = 0", "a x")], 1, 1)
    assert holds(found, (0,)) and holds(found, (1,)) and not holds(found, (-2,))


@pytest.mark.parametrize("text, names, bound", [
    ("a*x^2 + b*x + c = 0", "a b c x", 1),
    ("u^2 - a = 0, u - b > 0", "a b u", 1),
])
def test_a_second_opinion(text, names, bound) -> None:
    """semialg, which shares no code with QEPCAD, finds the same set."""
    sympy = pytest.importorskip("sympy")
    quantifiers = pytest.importorskip("semialg")
    solve = pytest.importorskip("semialg.solve")
    symbols = {name: sympy.Symbol(name, real=True) for name in names.split()}
    free = len(symbols) - bound
    relations = {"=": sympy.Eq, ">": sympy.Gt, ">=": sympy.Ge, "!=": sympy.Ne}
    claims = []
    for condition in text.split(","):
        f, relation, _ = condition.rsplit(maxsplit=2)
        claims.append(relations[relation](sympy.sympify(f.replace("^", "**"), symbols), 0))
    statement = quantifiers.Exists(list(symbols.values())[free:][0], sympy.And(*claims))
    other = solve.reduce_complete_expr(statement)
    found = eliminate([conjunction(text, names)], free, bound)
    for point in points(free, 2):
        there = other
        for name, x in zip(symbols, point):  # a division by zero in a condition decides nothing
            there = there.subs(symbols[name], x)
        assert there in (sympy.true, sympy.false) and bool(there) == holds(found, point), point


CUBIC = ("z0 - a^3 - c^3 = 0, z1 - 3*a^2*b - 3*c^2*d = 0, z2 - 3*a*b^2 - 3*c*d^2 = 0, "
         "z3 - b^3 - d^3 = 0", "z0 z1 z2 z3 a b c d")
SUMS = "p - a - b - c = 0, q - a*b - a*c - b*c = 0, r - a*b*c = 0", "p q r a b c"


def test_limits() -> None:
    with pytest.raises(LimitReached, match="did not end within 1 s"):
        eliminate([conjunction(*CUBIC)], 4, 4, timeout=1.0)
    with pytest.raises(LimitReached, match="more than 30000 cells.*NEUROALG_QEPCAD_CELLS"):
        eliminate([conjunction(*SUMS)], 3, 3, cells=30000)
    with pytest.raises(LimitReached, match="0.05 GB of memory"):
        eliminate([conjunction(*SUMS)], 3, 3, memory_gb=0.05)


def test_the_number_of_cells_may_be_set(monkeypatch) -> None:
    monkeypatch.setenv("NEUROALG_QEPCAD_CELLS", "25000")
    with pytest.raises(LimitReached, match="more than 25000 cells"):
        eliminate([conjunction(*SUMS)], 3, 3)


@pytest.mark.parametrize("script, sentence", [
    ("kill -9 $$", "ended by signal 9"),
    ("exit 5", "ended with 5"),
    ("echo nothing", "does not vouch"),
    ("echo 'Reason for the failure: Prime list exhausted.'; exit 2", "Prime list exhausted"),
    ("echo 'An equivalent quantifier-free formula: _root_1 x0 > 0 ===== The End'",
     "cannot be read"),
    ("echo 'An equivalent quantifier-free formula: [ x0 > 0 ===== The End'", "cannot be read"),
    ("echo 'WARNING! An equivalent quantifier-free formula: TRUE ===== The End'",
     "does not vouch"),
])
def test_what_is_no_answer(script, sentence, tmp_path, monkeypatch) -> None:
    fake = tmp_path / "bin" / "qepcad"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(qepcad, "find_command", lambda: str(fake))
    with pytest.raises(EngineError, match=sentence):
        eliminate([conjunction("x^2 - a = 0", "a x")], 1, 1)


def test_a_missing_program_is_named(monkeypatch) -> None:
    monkeypatch.setattr(qepcad, "find_command", lambda: None)
    with pytest.raises(EngineError, match="pip install passagemath-qepcad==10.8.11"):
        eliminate([conjunction("x^2 - a = 0", "a x")], 1, 1)


def test_after_a_warning_another_projection_is_asked(tmp_path, monkeypatch) -> None:
    """The answer to the first question, which QEPCAD itself doubts, is not the one that counts."""
    fake = tmp_path / "bin" / "qepcad"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nif grep -q 'proj-operator (h)'; then found='x0 >= 0'; else\n"
                    "echo 'WARNING! The McCallum projection may not be valid.'; found=TRUE; fi\n"
                    "echo \"An equivalent quantifier-free formula: $found ===== The End\"\n")
    fake.chmod(0o755)
    monkeypatch.setattr(qepcad, "find_command", lambda: str(fake))
    found = eliminate([conjunction("x^2 - a = 0", "a x")], 1, 1)
    assert found == ((({(1,): 1}, ">="),),)


@pytest.mark.skipif(sys.platform != "linux", reason="the system knows of no death of parents")
def test_it_ends_when_its_python_is_killed() -> None:
    program = (
        "from tests_qepcad import conjunction, CUBIC\n"
        "from neuroalg_sage.engines.qepcad import eliminate\n"
        "eliminate([conjunction(*CUBIC)], 4, 4)\n").replace("tests_qepcad", "engines.test_qepcad")
    path = os.pathsep.join(entry or "." for entry in sys.path)
    with subprocess.Popen([sys.executable, "-c", program],
                          env=os.environ | {"PYTHONPATH": path}) as python:
        engines: list[int] = []
        while not engines:
            assert python.poll() is None
            time.sleep(0.05)
            engines = [pid for pid in processes.descendants(python.pid)
                       if processes.reserved(pid) > 10**8]
        python.send_signal(signal.SIGKILL)
    last = time.monotonic() + 30
    while any(os.path.exists(f"/proc/{pid}") for pid in engines):
        assert time.monotonic() < last
        time.sleep(0.02)

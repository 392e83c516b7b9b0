"""
The errors of approximations as curves, with the proved bounds as lines: of an activation, or of
each layer of a network; as a figure of matplotlib, or as a page of HTML.

Each value on a curve is a ball, with the precision of the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from flint import arb, arb_poly, fmpq

from neuroalg_sage.certificates.approximation.activations import Activation
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.attention import RelativeError
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import Approximation
from neuroalg_sage.invariants.approximation.attention import AttentionApproximation
from neuroalg_sage.invariants.approximation.networks import LayerwiseApproximation
from neuroalg_sage.invariants.approximation.pieces import PiecewiseApproximation
from neuroalg_sage.markup.canvas import Canvas
from neuroalg_sage.markup.elements import Markup, element, join, trusted
from neuroalg_sage.pictures.figure import BLUE, GREEN, STYLE, VERMILION, drawing

SAMPLES = 720  # of each curve
WIDTH, HEIGHT = 640.0, 180.0  # of a panel of a page, in pixels
BEST = "of the best one at least"
ROOM = 1.15  # above the bound, as a share of it
COLORS = f"""
body {{ font: 14px sans-serif; margin: 2em auto; max-width: 52em; color: #222; background: #fff; }}
path {{ fill: none; stroke: #999; }} path.curve {{ stroke: {BLUE}; stroke-width: 1.5; }}
path.bound {{ stroke: {VERMILION}; stroke-dasharray: 6 3; }}
path.least {{ stroke: {GREEN}; stroke-dasharray: 2 3; }}
circle {{ fill: #fff; stroke: {BLUE}; }} text {{ font-size: 12px; text-anchor: middle; }}
text.bound {{ fill: {VERMILION}; }} text.least {{ fill: {GREEN}; }} svg {{ max-width: 100%; }}
"""


@dataclass(frozen=True)
class ErrorCurve:
    """
    An error on an interval.

    - ``title`` -- what is approximated there, and by what
    - ``name`` -- of the error
    - ``points`` -- of the curve
    - ``extrema`` -- those of them with the largest error between changes of sign
    - ``bound`` -- which the absolute value does not exceed, as text and as a number
    - ``least`` -- below which that of no polynomial of the degree is, likewise; or None
    """

    title: str
    name: str
    points: tuple[tuple[float, float], ...]
    extrema: tuple[tuple[float, float], ...]
    bound: tuple[str, float]
    least: tuple[str, float] | None = None


def curves(found: Invariant) -> list[ErrorCurve]:
    """
    The curves of an answer.

    INPUT:

    - ``found`` -- an approximation of an activation, which may have pieces, of a network, or of
      attention

    Raises :class:`~neuroalg_sage.errors.InputError` for other answers, and for composites.

    EXAMPLES::

        >>> from neuroalg_sage import ActivationFunction
        >>> (curve,) = curves(ActivationFunction("abs").approximation(degree=2))
        >>> curve.title, curve.bound, curve.extrema
        ('abs by degree 2 on [-1, 1]', ('0.125', 0.125), ((-1.0, -0.125), (-0.5, 0.125),
        (0.0, -0.125), (0.5, 0.125), (1.0, -0.125)))
    """
    layers = found.data["layers"] if isinstance(
        found, (LayerwiseApproximation, AttentionApproximation)) else None
    if not isinstance(found, (Approximation, PiecewiseApproximation)) and (
            layers is None or any("coefficients" not in layer for layer in layers)):
        raise InputError("Pictures of errors are of polynomials or quotients near an activation, "
                         "or in the layers of a network; composites have none.")
    assert found.certificate is not None
    model, evidence = found.certificate["model"], found.evidence
    if isinstance(found, Approximation):
        return [_of_a_function(model["activation"], found.data, evidence)]
    if isinstance(found, PiecewiseApproximation):
        return [_of_a_function(model["activation"], *piece)
                for piece in zip(found.data["pieces"], evidence["pieces"])]
    with working_with(evidence["precision"]):
        return list(_of_layers(found, model))


def _of_a_function(name: str, data: dict[str, Any], evidence: dict[str, Any]) -> ErrorCurve:
    """The error of a polynomial, or of a quotient of two, near an activation."""
    with working_with(evidence["precision"]):
        return _curve(f"{name} by {_kind(data)}", "error", _difference(name, data),
                      data["interval"], data["error"][1], evidence["points"],
                      None if data["least"] == "0" else data["least"])


def _of_layers(found: Invariant, model: dict[str, Any]) -> Iterator[ErrorCurve]:
    names = model["activation"]
    for k, layer in enumerate(found.data["layers"]):
        if isinstance(found, AttentionApproximation):
            quotient = RelativeError([_fmpq(c) for c in layer["coefficients"]])
            yield _curve(f"layer {k + 1}: exp by {_kind(layer)}", "relative error",
                         _less_one(quotient), [f"-{layer['bound']}", layer["bound"]],
                         layer["error"])
        else:
            name = names[k] if isinstance(names, list) else names
            yield _curve(f"layer {k + 1}: {name} by {_kind(layer)}", "error",
                         _difference(name, layer), layer["interval"], layer["error"])


def _kind(data: dict[str, Any]) -> str:
    """What the degrees of a polynomial, or of a quotient, are."""
    above, below = (max((k for k, c in enumerate(p) if c != "0"), default=0)
                    for p in (data["coefficients"], data.get("denominator", ["1"])))
    return f"degrees {above} and {below}" if below else f"degree {above}"


def _difference(name: str, data: dict[str, Any]) -> Callable[[fmpq], arb]:
    """The error of a polynomial, or of a quotient of two."""
    f = Activation({"activation": name})
    above, below = (arb_poly([_fmpq(c) for c in p])
                    for p in (data["coefficients"], data.get("denominator", ["1"])))
    return lambda x: f.value(x) - above(arb(x)) / below(arb(x))


def _less_one(quotient: RelativeError) -> Callable[[fmpq], arb]:
    return lambda x: quotient.value(x) - 1


def _curve(title: str, name: str, error: Callable[[fmpq], arb], interval: Sequence[str],
           bound: str, points: Sequence[str] = (), least: str | None = None) -> ErrorCurve:
    low, high = map(Fraction, interval)
    places = {low + (high - low) * Fraction(k, SAMPLES) for k in range(SAMPLES + 1)}
    shown = [(x, float(error(_fmpq(x)).mid())) for x in sorted(places | {*map(Fraction, points)})]
    extrema = [max(group, key=lambda point: abs(point[1]))
               for _, group in groupby(shown, key=lambda point: point[1] > 0)]
    return ErrorCurve(
        f"{title} on [{interval[0]}, {interval[1]}]", name,
        tuple((float(x), y) for x, y in shown), tuple((float(x), y) for x, y in extrema if y),
        (bound, float(Fraction(bound))), None if least is None else (least, float(Fraction(least))))


def figure(found: Invariant) -> Any:
    """
    The curves, one below the other, as a figure of matplotlib.

    Raises InputError if matplotlib is missing.
    """
    matplotlib, Figure = drawing()
    shown = curves(found)
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=(6.2, 2.7 * len(shown)), layout="constrained")
        for axes, curve in zip(made.subplots(len(shown), 1, squeeze=False).flat, shown):
            axes.plot(*zip(*curve.points), color=BLUE, linewidth=1.2)
            axes.plot(*zip(*curve.extrema), "o", color="white", markeredgecolor=BLUE, markersize=4,
                      linestyle="none") if curve.extrema else None
            for line, color, style, words in (
                    (curve.bound, VERMILION, "--", "at most"),
                    (curve.least, GREEN, ":", BEST)):
                if line is not None:
                    for sign in (1, -1):
                        axes.axhline(sign * line[1], color=color, linestyle=style, linewidth=1,
                                     label=f"{words} {line[0]}" if sign > 0 else None)
            axes.set_title(curve.title, fontsize=10)
            axes.set_ylabel(curve.name)
            axes.margins(x=0.02)
            axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=2,
                        frameon=False)
    return made


def page(found: Invariant) -> str:
    """
    The curves as one page of HTML that fetches nothing.

    EXAMPLES::

        >>> from neuroalg_sage import ActivationFunction
        >>> text = page(ActivationFunction("tanh").approximation(degree=3))
        >>> "http:" in text.replace("http://www.w3.org/2000/svg", ""), text.count("<svg")
        (False, 1)
    """
    title = "Errors of an approximation"
    body = join(element("h1", title), element("p", f"{found.sentence()}. ({found.status})"),
                *[join(element("h2", curve.title), _panel(curve)) for curve in curves(found)])
    return "<!DOCTYPE html>\n" + element("html", element(
        "head", element("meta", charset="utf-8"), element("title", title),
        element("style", trusted(COLORS))), element("body", body), lang="en")


def _panel(curve: ErrorCurve) -> Markup:
    """A curve with its lines, drawn."""
    canvas = Canvas()
    (left, _), (right, _) = curve.points[0], curve.points[-1]
    most = ROOM * max(curve.bound[1], *(abs(y) for _, y in curve.points)) or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        return WIDTH * (x - left) / (right - left), -HEIGHT / 2 * y / most

    canvas.line(at(left, 0), at(right, 0))
    for line, kind, words in ((curve.bound, "bound", "at most"),
                              (curve.least, "least", BEST)):
        if line is not None:
            for sign in (1, -1):
                canvas.line(at(left, sign * line[1]), at(right, sign * line[1]), kind=kind)
            canvas.label(WIDTH * (0.25 if kind == "bound" else 0.75), HEIGHT / 2 + 12,
                         f"{words} {line[0]}", kind)
    canvas.line(*(at(x, y) for x, y in curve.points), kind="curve")
    for x, y in curve.extrema:
        canvas.circle(*at(x, y), 3, "extremum")
    for x in (left, right):
        canvas.label(at(x, 0)[0], HEIGHT / 2 + 30, f"{x:g}")
    return canvas.svg(f"The {curve.name}: {curve.title}, at most {curve.bound[0]}")


def save(found: Invariant, name: str) -> None:
    """Write the page to a file."""
    try:
        Path(name).write_text(page(found), encoding="utf-8")
    except OSError as error:
        raise InputError(f"The picture was not written to {name[:200]!r}: "
                         f"{error.strerror}.") from None


def _fmpq(c: str | Fraction) -> fmpq:
    found = Fraction(c)
    return fmpq(found.numerator, found.denominator)

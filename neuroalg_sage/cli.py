"""
The shell: ``neuroalg report | compute | ideal | equations | fiber | critical | voronoi |
invariant | discriminant | plot | script | train | survey | verify``.

Nothing heavy is imported before it is needed, so that help and errors are instant.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from neuroalg_sage.errors import InputError, LimitReached, NeuroAlgError
from neuroalg_sage.formats import FORMATS, write_ideal
from neuroalg_sage.invariants.methods import (
    FOR_CRITICAL_POINTS,
    FOR_THE_DEGREE,
    FOR_THE_IDEAL,
)

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold
    from neuroalg_sage.report import Answers

INTERRUPTED = 130
REPORT_BUDGET = 120.0
GRACE = 1.7  # within which an engine that reaches its limit gives up or is ended

_EPILOGUE = """\
A SPEC names a model: mlp:2,2,3:x^2  mlp:2,2,3:x^2+x:bias  linear:3,2,3
cnn:3s2,2:x^2  attention:d=2,a=1,out=2,t=3,layers=1  relu:2,3,1  relu:2,3,1:cell=110,011
or the path of a JSON model file.

Exit codes: 0 all answered; 1 an engine failed, or a certificate does not hold;
2 wrong input; 3 a limit was reached (what was answered is printed).
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(message[:1].upper() + message[1:].rstrip(".")[:300]
                         + f"; see {self.prog} --help.")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a positive number")
    return value


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = _Parser(prog="neuroalg", description="Exact, certified invariants of neuromanifolds.",
                  epilog=_EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, run: Callable[[argparse.Namespace], int]
                ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help, epilog=_EPILOGUE,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(run=run)
        return sub

    def about_a_model(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("spec", metavar="SPEC", help="spec string or JSON model file")
        sub.add_argument("--timeout", type=_positive, metavar="S", help="seconds for everything")
        sub.add_argument("--memory", type=_positive, metavar="GB", help="memory of an engine")
        sub.add_argument("--method", default="auto", metavar="NAME",
                         help=f"method for the ideal: {', '.join(FOR_THE_IDEAL)}; or for the "
                         f"degree without the ideal: {', '.join(FOR_THE_DEGREE)}; or for "
                         f"critical points: {', '.join(FOR_CRITICAL_POINTS)}")
        sub.add_argument("--degree", type=int, default=3, metavar="D",
                         help="largest degree of equations and conservation laws")
        sub.add_argument("--seed", type=int, help="seed of the random choices")
        sub.add_argument("--macaulay2", metavar="COMMAND", help="the Macaulay2 to use")
        sub.add_argument("--quiet", action="store_true", help="no progress on standard error")

    def about_a_metric(sub: argparse.ArgumentParser, default: str = "generic") -> None:
        sub.add_argument("--metric", default=default, metavar="NAME", dest="ed_metric",
                         help="metric of distances: generic, unit, bombieri, data; else "
                         f"{default}")
        sub.add_argument("--gram", metavar="FILE", help="JSON file with the symmetric matrix of "
                         "the quadratic form, for the metric data")

    def about_a_flow(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--flow", metavar="FLOW", help="the flow of conservation laws, options "
                         "joined by ':': momentum=FRICTION, weight-decay=RATE, metric=1,2,1,... (a "
                         "diagonal; rows by ';'), mirror=w (the inverse metric, for each parameter "
                         "w; or a list); by default gradient flow")

    sub = command("report", "Print everything affordable about a model.", _report)
    about_a_model(sub)
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--latex", action="store_true", help="print a LaTeX document")

    sub = command("compute", "Compute invariants of a model.", _compute)
    about_a_model(sub)
    about_a_metric(sub)
    about_a_flow(sub)
    sub.add_argument("invariants", nargs="+", metavar="INVARIANT")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--certificate", metavar="FILE", help="write the certificates to a file")
    sub.add_argument("--diagram", metavar="FILE", help="draw the Hasse diagram of the subnetworks "
                     "to a file, *.svg, *.png or *.pdf")

    sub = command("ideal", "Print the ideal of the neurovariety.", _ideal)
    about_a_model(sub)
    sub.add_argument("--format", choices=FORMATS, default="text",
                     help="the language of the result; mrdi is for Macaulay2's package MRDI")

    sub = command("equations", "Find equations degree by degree, in weight spaces.", _equations)
    about_a_model(sub)
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--certificate", metavar="FILE",
                     help="write a certificate that these are all equations of these degrees")
    sub.add_argument("--keep", metavar="FILE",
                     help="keep each degree in a file, from which the same command goes on")

    def about_a_function(sub: argparse.ArgumentParser, parameters: bool, metric: bool) -> None:
        sub.add_argument("--function", metavar="POLYNOMIALS", help="in the inputs x_0, x_1, ..., "
                         "one for each output, joined by ';'; write --function=-x_0 for a sign")
        sub.add_argument("--coordinates", metavar="NUMBERS", help="instead, the coordinates of "
                         "the function, joined by commas")
        if parameters:
            sub.add_argument("--parameters", metavar="NUMBERS", help="instead, parameters of it")
        if metric:
            sub.add_argument("--metric", default="unit", metavar="NAME", help="unit, bombieri, or "
                             "positive weights of the coordinates, joined by commas")

    def question(name: str, help: str) -> argparse.ArgumentParser:
        sub = command(name, help, _question)
        about_a_model(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object")
        sub.add_argument("--certificate", metavar="FILE", help="write the certificates to a file")
        sub.add_argument("--script", action="store_true",
                         help="print the standalone Macaulay2 script instead")
        return sub

    about_a_function(question("fiber", "Find the fiber of a function, and whether it is in M."),
                     True, False)
    about_a_function(question("critical", "Find the critical points of the distance to a "
                              "function, in the space of parameters."), False, True)
    about_a_function(question("voronoi", "Find the dimension of the Voronoi cell of a function."),
                     True, True)
    sub = question("invariant", "Find the parameters of functions invariant under a "
                   "transformation of the inputs.")
    sub.add_argument("--matrix", required=True, metavar="ROWS", help="rows joined by ';', entries "
                     "by ',': numbers, or polynomials in t; write --matrix=-1,0;0,-1 for a sign")
    sub.add_argument("--denominator", default="1", metavar="D", help="divides all entries")
    sub.add_argument("--infinitesimal", action="store_true", help="the matrix stands for the "
                     "one-parameter group that it generates")

    sub = question("discriminant", "Find the data at which critical points of the distance come "
                   "together.")
    about_a_metric(sub, "unit")
    sub.add_argument("--line", metavar="POINTS", help="two points of V joined by ';': how many "
                     "critical points are real on the line through them, and where this changes")

    sub = command("plot", "Draw a neuromanifold of dimension at most 2.", _plot)
    about_a_model(sub)
    about_a_metric(sub, "unit")
    sub.add_argument("--slice", metavar="COORDINATES", help="coordinates to project on, such as "
                     "z_0,z_2, or values that fix some, such as z_1=1/2")
    sub.add_argument("--target", metavar="NUMBERS", help="coordinates of a function, joined by "
                     "commas, shown with the critical points of the distance")
    sub.add_argument("--data", metavar="FILE", help="instead, a data set: CSV or Parquet")
    sub.add_argument("--radius", type=_positive, metavar="R", help="of the box that is shown")
    sub.add_argument("--output", metavar="FILE", default="neuromanifold.svg",
                     help="its name ends in .svg, .png, .pdf, or .html for a page that turns")

    sub = command("script", "Print the standalone Macaulay2 script of a computation.", _script)
    about_a_model(sub)
    about_a_metric(sub)
    about_a_flow(sub)
    sub.add_argument("invariant", metavar="INVARIANT")

    sub = command("train", "Find all critical points of the squared error on data, with proof.",
                  _train)
    sub.add_argument("spec", metavar="SPEC", help="spec string or JSON model file")
    sub.add_argument("--data", metavar="FILE", required=True, help="CSV or Parquet: in each row "
                     "the inputs, then the outputs")
    sub.add_argument("--timeout", type=_positive, metavar="S", help="seconds for everything")
    sub.add_argument("--memory", type=_positive, metavar="GB", help="memory of an engine")
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--certificate", metavar="FILE", help="write the certificate to a file")

    sub = command("drift", "Integrate a flow numerically, and watch its conservation laws.",
                  _drift)
    about_a_model(sub)
    about_a_flow(sub)
    sub.add_argument("--start", type=_floats, metavar="W,...", help="parameters, else random")
    sub.add_argument("--target", type=_floats, metavar="Z,...",
                     help="coordinates of the function to learn, else of random parameters")
    sub.add_argument("--momenta", type=_floats, metavar="V,...", help="of a heavy ball, else "
                     "random")
    sub.add_argument("--time", type=_positive, default=1.0, metavar="T", help="for how long")
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = command("balanced", "Find parameters of a function with given values of the laws of "
                  "gradient flow, or prove that there are none.", _balanced)
    about_a_model(sub)
    sub.add_argument("--function", required=True, type=_words, metavar="Z,...",
                     help="its coordinates, rational numbers")
    sub.add_argument("--values", type=_words, metavar="C,...",
                     help="of the laws, rational numbers; else zeros, for balanced parameters")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument("--certificate", metavar="FILE", help="write the certificate to a file")

    _add_survey(command("survey", "Compute invariants of many models, resumably.", _survey))

    sub = command("verify", "Check certificates, without Sage and without Macaulay2.", _verify)
    sub.add_argument("files", nargs="+", metavar="FILE")
    return top


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a positive whole number")
    return int(text)


def _wholes(text: str) -> list[int]:
    return [_whole(part.strip()) for part in text.split(",")]


def _words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _floats(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a list of numbers such as "
                                         "1,0.5,-2") from None


def _add_survey(survey: argparse.ArgumentParser) -> None:
    """The families and questions that a survey may be of, and their options."""
    kinds = survey.add_subparsers(dest="kind", required=True, metavar="KIND")

    def kind(name: str, help: str, invariants: bool = False) -> argparse.ArgumentParser:
        sub = kinds.add_parser(name, help=help, description=help)
        sub.add_argument("--directory", metavar="DIR", help="where the results are kept, and from "
                         "where the same command goes on; else they are printed")
        sub.add_argument("--jobs", type=_whole, metavar="N", help="worker processes; else one "
                         "for each core")
        sub.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, tcp://host:port")
        sub.add_argument("--timeout", type=_positive, metavar="S", help="seconds for one model")
        sub.add_argument("--memory", type=_positive, metavar="GB", help="memory of one worker")
        if invariants:
            sub.add_argument("--invariants", type=_words, metavar="NAMES", help="names, joined by "
                             "commas; else dimension,expected_dimension,defect,is_filling")
        sub.add_argument("--certificates", action="store_true", help="keep the certificates too")
        sub.add_argument("--seed", type=int, help="seed of the random choices")
        sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
        return sub

    def networks(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--layers", type=_whole, required=True, help="at most so many layers")
        sub.add_argument("--width", type=_whole, required=True, help="at most so many units each")
        sub.add_argument("--activations", type=_words, required=True, metavar="x^2,x^3,...")

    networks(kind("mlps", "All fully connected networks within bounds.", True))
    sub = kind("specs", "The models that a file names, one spec on a line.", True)
    sub.add_argument("file", metavar="FILE")
    sub = kind("threshold", "From which r on the activations x^r give the expected dimension.")
    sub.add_argument("widths", type=_wholes, metavar="WIDTHS", help="such as 2,2,2")
    sub.add_argument("--largest", type=_whole, default=6, metavar="R", help="the largest r")
    sub = kind("filling", "The minimal hidden widths of filling networks.")
    sub.add_argument("--depth", type=_whole, required=True, help="number of dense layers")
    sub.add_argument("--inputs", type=_whole, required=True)
    sub.add_argument("--outputs", type=_whole, required=True)
    sub.add_argument("--degree", type=_whole, required=True, help="of the activation, a power of x")
    sub.add_argument("--widest", type=_whole, default=5, help="the largest width of a hidden layer")
    networks(kind("defective", "The networks within bounds that lack the expected dimension."))


class _Version(argparse.Action):
    """Print the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"neuroalg {version('neuroalg-sage')}")
        except PackageNotFoundError:
            print("neuroalg (not installed)")
        parser.exit()


def _progress(arguments: argparse.Namespace) -> Callable[[str], None]:
    start = time.monotonic()

    def say(message: str) -> None:
        if not arguments.quiet:
            first, *_ = message.splitlines() or [""]
            print(f"[{time.monotonic() - start:6.1f} s] {first}", file=sys.stderr, flush=True)

    return say


def _manifold(arguments: argparse.Namespace) -> NeuroManifold:
    from neuroalg_sage.neuromanifold import NeuroManifold

    gram = getattr(arguments, "gram", None)
    if gram is not None:
        from neuroalg_sage.models.sources import read_json

        gram = read_json(gram, "quadratic form")
    manifold = NeuroManifold(
        arguments.spec, memory_gb=arguments.memory, method=arguments.method, seed=arguments.seed,
        degree=arguments.degree, macaulay2=arguments.macaulay2, gram=gram,
        metric=getattr(arguments, "ed_metric", "generic"), flow=getattr(arguments, "flow", None),
        progress=_progress(arguments))
    manifold.check_flow()
    if arguments.timeout is not None:
        manifold.computation.deadline = time.monotonic() + arguments.timeout
    return manifold


@contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    """
    Stop what runs in Python itself a little after the engines' own limit.

    An engine's call has the first word, so that its message and its clean end come first.
    """

    def stop(number: int, frame: Any) -> None:
        raise LimitReached(f"The limit of {seconds:g} s was reached; raise it with --timeout.")

    if seconds is None:
        yield
        return
    try:  # Sage's import takes the signal for itself: let it do so before, not after
        import cysignals.signals  # noqa: F401
    except ImportError:
        pass
    before = signal.signal(signal.SIGALRM, stop)
    # Repeated, since a library may swallow an exception in a callback.
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _say_failures(answers: Answers) -> None:
    for name, error in answers.failed.items():
        print(f"neuroalg: {name}: {error}", file=sys.stderr)


def _report(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.report import as_json, as_latex, as_text, report

    manifold = _manifold(arguments)
    budget = arguments.timeout or REPORT_BUDGET
    with _limited(budget):
        answers = report(manifold, budget, _progress(arguments))
        page = (json.dumps(as_json(answers)) if arguments.json
                else as_latex(answers) if arguments.latex else as_text(answers))
    print(page)
    return answers.exit_code


def _compute(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.report import as_json, ask, sentence, written

    manifold = _manifold(arguments)
    unknown = [name for name in arguments.invariants if name not in _known()]
    if unknown:
        manifold.compute(unknown[0])  # raises with the nearest right name
    if arguments.certificate is not None:
        _check_writable(arguments.certificate)
    if arguments.diagram is not None:
        from neuroalg_sage.invariants.hasse import check_picture

        if "subnetworks" not in arguments.invariants:
            raise InputError("The option --diagram draws the subnetworks; ask for the invariant "
                             "subnetworks.")
        check_picture(arguments.diagram)
        _check_writable(arguments.diagram)
    with _limited(arguments.timeout):
        answers = ask(manifold, arguments.invariants, _progress(arguments))
    if arguments.diagram is not None and "subnetworks" in answers.found:
        answers.found["subnetworks"].value.hasse_diagram(arguments.diagram)
    n = manifold.model.ambient_dimension
    if arguments.json:
        print(json.dumps(as_json(answers)))
    else:
        for name, invariant in answers.found.items():
            print(f"{name} = {sentence(invariant, n)}  [{invariant.qualified_status()}]")
            if name in ("ideal", "equations"):
                for line in written(invariant.data, n):
                    print(f"  {line}")
            elif name in ("descriptions", "subnetworks"):
                for item in invariant.data:
                    print(f"  {item}")
            elif name.endswith("conservation_laws"):
                if arguments.flow is not None and not name.startswith("quadratic"):
                    print(f"  of the {manifold.flow_in_words()}")
                for law in invariant.data if isinstance(invariant.data, list) and (
                        invariant.status != "bounds") else []:
                    print(f"  {law!r}")
    _say_failures(answers)
    if arguments.certificate is not None:
        certificates = [x.certificate for x in answers.found.values() if x.certificate]
        if certificates:
            _write(arguments.certificate,
                   certificates[0] if len(certificates) == 1 else certificates)
    return answers.exit_code


def _known() -> tuple[str, ...]:
    from neuroalg_sage.neuromanifold import INVARIANTS

    return INVARIANTS


def _check_writable(name: str) -> None:
    folder = Path(name).resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or Path(name).is_dir():
        raise InputError(f"The result cannot be written to {name[:200]!r}; name a file in a "
                         "folder that exists and may be written.")


def _write(name: str, data: Any) -> None:
    """Write JSON to a file, whole or not at all."""
    path = Path(name).resolve()
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            try:
                json.dump(data, file)
                file.write("\n")
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise InputError(f"The result was not written to {name[:200]!r}: "
                         f"{error.strerror}.") from None


def _ideal(arguments: argparse.Namespace) -> int:
    manifold = _manifold(arguments)
    with _limited(arguments.timeout):
        found = manifold.ideal()
        text = write_ideal(found.data, manifold.model.ambient_dimension, arguments.format)
    print(text)
    print(f"neuroalg: ideal {found.qualified_status()}; {found.method}.", file=sys.stderr)
    return 0


def _equations(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.characters import character, written
    from neuroalg_sage.invariants.equations_by_degree import generators
    from neuroalg_sage.invariants.equivariant_ideal import what_they_generate
    from neuroalg_sage.report import written as as_text

    manifold = _manifold(arguments)
    if arguments.certificate is not None:
        _check_writable(arguments.certificate)
    if arguments.keep is not None:
        _check_writable(arguments.keep)
    n = manifold.model.ambient_dimension
    done, failure = 0, None
    pages: list[dict[str, Any]] = []
    with _limited(arguments.timeout):
        search = manifold.equation_search()
        if arguments.keep is not None and Path(arguments.keep).exists():
            from neuroalg_sage.models.sources import read_json

            search.restore(read_json(arguments.keep, "file of equations"))
        try:
            for degree in range(len(search.degrees) + 1, arguments.degree + 1):
                search.up_to(degree)
                if arguments.keep is not None:
                    _write(arguments.keep, search.state())
            search.up_to(arguments.degree)
        except LimitReached as error:
            failure = error
        done = len(search.degrees)
        for found in search.degrees:
            page = {"degree": found.degree, "generators": found.generator_count,
                    "equations": found.dimension, "hilbert_function": found.hilbert_function}
            with suppress(InputError):
                page["character"] = written(character(search, found))
            pages.append(page)
        texts = as_text(generators(search, done), n) if done else []
        verdict = what_they_generate(search, manifold.dimension())
    if arguments.json:
        print(json.dumps({"schema": 1, "model": manifold.model.describe(), "degrees": pages,
                          "generators": texts, "verdict": verdict}))
    else:
        for page in pages:
            shown = f", {page['character']}" if page.get("character", "0") != "0" else ""
            print(f"degree {page['degree']}: {page['generators']} generators{shown}; "
                  f"{page['equations']} equations, Hilbert function {page['hilbert_function']}")
        for text in texts:
            print(f"  {text}")
        print(verdict)
    if arguments.certificate is not None and done:
        _write(arguments.certificate, manifold.hilbert_function(done).certificate)
    if failure is not None:
        print(f"neuroalg: {failure}", file=sys.stderr)
        return failure.exit_code
    return 0


def _question(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.functions import QUESTIONS, script

    manifold = _manifold(arguments)
    if arguments.script:
        with _limited(arguments.timeout):
            print(script(manifold, arguments), end="")
        return 0
    if arguments.certificate is not None:
        _check_writable(arguments.certificate)
    with _limited(arguments.timeout):
        answer = QUESTIONS[arguments.command](manifold, arguments)
    print(json.dumps({"schema": 1, "model": manifold.model.describe(), arguments.command:
                      answer.page}) if arguments.json else answer.text)
    certificates = [x.certificate for x in answer.invariants if x.certificate]
    if arguments.certificate is not None and certificates:
        _write(arguments.certificate,
               certificates[0] if len(certificates) == 1 else certificates)
    return answer.exit_code


def _script(arguments: argparse.Namespace) -> int:
    manifold = _manifold(arguments)
    with _limited(arguments.timeout):
        text = manifold.script(arguments.invariant)
    print(text, end="" if text.endswith("\n") else "\n")
    return 0


def _plot(arguments: argparse.Namespace) -> int:
    kind = Path(arguments.output).suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf", "html"):
        raise InputError(f"A picture is a file .svg, .png, .pdf or .html, not "
                         f"{arguments.output[:200]!r}.")
    if kind != "html":
        from importlib.util import find_spec

        if find_spec("matplotlib") is None:
            raise InputError("Pictures need matplotlib; pip install 'neuroalg-sage[plot]' brings "
                             "it.")
    _check_writable(arguments.output)
    from neuroalg_sage.pictures import figure, page
    from neuroalg_sage.pictures.scene import scene

    manifold = _manifold(arguments)
    target = None if arguments.target is None else arguments.target.split(",")
    with _limited(arguments.timeout):
        made = scene(manifold, arguments.slice, [c.strip() for c in target] if target else None,
                     arguments.data, None, arguments.radius)
        (page if kind == "html" else figure).save(made, arguments.output)
    for note in made.notes:
        print(f"neuroalg: {note}", file=sys.stderr)
    for point in made.critical:
        print(f"{point.kind}: ({', '.join(f'{c:.6g}' for c in point.place)}), squared distance "
              f"{point.loss:.6g}")
    print(f"written to {arguments.output}")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.computation import Computation
    from neuroalg_sage.invariants.training import ERM
    from neuroalg_sage.training_page import as_json, as_text

    if arguments.certificate is not None:
        _check_writable(arguments.certificate)
    computation = Computation(timeout=arguments.timeout, memory_gb=arguments.memory,
                              progress=_progress(arguments))
    with _limited(arguments.timeout):
        problem = ERM(arguments.spec, arguments.data)
        if arguments.timeout is not None:
            computation.deadline = time.monotonic() + arguments.timeout
        found = problem.critical_points(computation, arguments.seed)
    print(json.dumps(as_json(problem, found)) if arguments.json else as_text(problem, found))
    if arguments.certificate is not None:
        _write(arguments.certificate, found.certificate)
    return 0 if found.value["complete"] else LimitReached.exit_code


def _drift(arguments: argparse.Namespace) -> int:
    manifold = _manifold(arguments)
    with _limited(arguments.timeout):
        laws = manifold.conservation_laws().data
        found = manifold.drift(arguments.start, arguments.target, arguments.time,
                               momenta=arguments.momenta)
    if arguments.json:
        print(json.dumps({
            "schema": 1, "model": manifold.model.describe(), "flow": repr(manifold.flow),
            "laws": [{"law": str(law), "name": law.name, "start": value, "drift": change}
                     for law, (value, change) in zip(laws, found.laws)],
            "largest_drift": found.largest, "moved": found.moved, "loss": list(found.loss),
            "status": "numerical"}))
        return 0
    print(f"drift = {found}  [numerical]")
    for law, (value, change) in zip(laws, found.laws):
        print(f"  {value:+.6f}, changed by {change:.1e}: {law!r}")
    return 0


def _balanced(arguments: argparse.Namespace) -> int:
    manifold = _manifold(arguments)
    if arguments.certificate is not None:
        _check_writable(arguments.certificate)
    with _limited(arguments.timeout):
        found = manifold.balanced_initialization(arguments.function, arguments.values)
    if arguments.json:
        point = found.data.point
        print(json.dumps({
            "schema": 1, "model": manifold.model.describe(), "verdict": found.data.verdict,
            "point": None if point is None else point.tolist(), "form": found.data.form,
            "status": found.status, "trust": found.trust, "certificate": found.certificate}))
    else:
        print(f"balanced_initialization = {found.data}  [{found.qualified_status()}]")
    if arguments.certificate is not None and found.certificate:
        _write(arguments.certificate, found.certificate)
    return 0


def _survey(arguments: argparse.Namespace) -> int:
    from neuroalg_sage import questions
    from neuroalg_sage.survey import (
        DEFAULT_INVARIANTS,
        Survey,
        about_mlps,
        about_specs,
        mlps,
        read_specs,
    )

    def print_line(page: dict[str, Any]) -> None:
        try:
            print(json.dumps(page), flush=True)
        except BrokenPipeError:
            raise
        except OSError as error:
            _discard_output()
            raise LimitReached(f"The results cannot be printed: {error.strerror}.") from None

    options: dict[str, Any] = {
        "directory": arguments.directory, "jobs": arguments.jobs,
        "scheduler": arguments.scheduler, "timeout": arguments.timeout,
        "memory_gb": arguments.memory, "certificates": arguments.certificates,
        "seed": arguments.seed, "progress": _progress(arguments),
        "each": print_line if arguments.directory is None else lambda line: None}
    if arguments.kind in ("mlps", "specs"):
        if arguments.kind == "mlps":
            network = arguments.layers, arguments.width, arguments.activations
            specs, about = mlps(*network), about_mlps(*network)
        else:
            specs = read_specs(arguments.file)
            about = about_specs(specs)
        names = arguments.invariants
        with Survey(about, DEFAULT_INVARIANTS if names is None else names, **options) as survey:
            survey.run(specs)
            return survey.exit_code
    answer: questions.Answer
    if arguments.kind == "threshold":
        answer = questions.activation_threshold(arguments.widths, arguments.largest, **options)
    elif arguments.kind == "filling":
        answer = questions.minimal_filling(arguments.depth, arguments.inputs, arguments.outputs,
                                           arguments.degree, arguments.widest, **options)
    else:
        answer = questions.defective(arguments.layers, arguments.width, arguments.activations,
                                     **options)
    print_line(answer.page())
    return 0 if answer.is_complete else LimitReached.exit_code


def _verify(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.certificates.__main__ import verify_files

    return verify_files(arguments.files)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line; return the exit code.

    INPUT:

    - ``arguments`` -- the words after ``neuroalg``; by default the process's own

    OUTPUT: 0, 1, 2, 3, or 130 after an interrupt

    EXAMPLES::

        >>> main(["compute", "--quiet", "mlp:2,2,3:x^2", "ambient_dimension"])
        ambient_dimension = 9  [proved]
        0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        parsed = parser().parse_args(arguments)
        return parsed.run(parsed)
    except NeuroAlgError as error:
        print(f"neuroalg: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("neuroalg: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except MemoryError:
        print("neuroalg: there is not enough memory; try a smaller model.", file=sys.stderr)
        return LimitReached.exit_code
    except BrokenPipeError:
        _discard_output()
        return 0


def _discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def entry_point() -> NoReturn:
    """The ``neuroalg`` command."""
    sys.exit(main())

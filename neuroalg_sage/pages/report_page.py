"""
The report of a model as one page of HTML.

The page is complete in itself: styles, formulas (MathML), drawings (SVG), pictures and files to
download are in it, and its content security policy forbids the browser to fetch anything.
"""

from __future__ import annotations

import hashlib
import platform
import shlex
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import LimitReached, NeuroAlgError
from neuroalg_sage.files import check_writable, write_whole
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.invariants.capacity.covering_number import CoveringNumber
from neuroalg_sage.markup.badges import LEGEND, legend, names
from neuroalg_sage.markup.elements import (
    Markup,
    as_file,
    data_url,
    download,
    element,
    file_name,
    join,
    size_in_words,
    trusted,
)
from neuroalg_sage.models.layers import PolynomialLayer
from neuroalg_sage.models.model import Model
from neuroalg_sage.neuromanifold import NeuroManifold
from neuroalg_sage.pages import answers_section, capacity_section, model_section
from neuroalg_sage.questions import (
    asked_for_pages,
    computed,
    question,
    shown_on_pages,
    stood_in,
    title,
)
from neuroalg_sage.report import Answers, ask

BUDGET = 120.0


@dataclass
class Material:
    """
    What is on a page.

    - ``answers`` -- the answers
    - ``spec`` -- what names the model in a shell
    - ``picture`` -- of the neuromanifold, as SVG; else why there is none
    - ``notes`` -- what the picture shows
    - ``moment`` -- when all was computed
    - ``coverings`` -- covering numbers
    """

    answers: Answers
    spec: str
    picture: bytes | str
    notes: tuple[str, ...]
    moment: datetime
    coverings: tuple[CoveringNumber, ...] = ()

    @property
    def claims(self) -> list[tuple[str, str, Invariant]]:
        """All that is claimed: in words, as part of a name of a file, and the answer."""
        return [*((title(name), name.replace("_", "-"), found)
                  for name, found in self.answers.found.items()),
                *((f"{title(found.name)}, radius {found.radius}", f"covering-number.{k}", found)
                  for k, found in enumerate(self.coverings))]


def gather(manifold: NeuroManifold, budget: float | None = BUDGET,
           progress: Callable[[str], None] = lambda message: None,
           begin: Callable[[str], None] = lambda name: None,
           each: Callable[[Material], None] = lambda material: None) -> Material:
    """
    Compute what a page shows, as far as it takes ``budget`` seconds.

    INPUT:

    - ``manifold`` -- a neuromanifold
    - ``budget`` -- seconds for all of it; None for no limit
    - ``progress`` -- called with one line for each invariant
    - ``begin`` -- called with the name of each before it is computed
    - ``each`` -- called with what there is for a page whenever there is more

    OUTPUT: :class:`Material`
    """
    def material(answers: Answers, picture: bytes | str = "The command ended before the picture.",
                 notes: tuple[str, ...] = ()) -> Material:
        return Material(answers, _in_a_shell(manifold.model), picture, notes,
                        datetime.now(UTC), coverings)

    coverings: tuple[CoveringNumber, ...] = ()

    if budget is not None:
        manifold.computation.deadline = time.monotonic() + budget
    answers = ask(manifold, asked_for_pages(), progress, begin,
                  lambda found, _: each(material(found)), is_report=True)
    others = [known.instead for name in answers.failed if (known := question(name)).instead]
    if others:
        # Of a model too large for all laws, say, there are still those of its symmetries.
        found = ask(manifold, others, progress)
        answers.found |= found.found
        answers.failed |= found.failed
    each(material(answers))
    begin("covering numbers")
    coverings = capacity_section.covering_numbers(manifold)
    begin("the picture")
    return material(answers, *_picture(manifold, answers))


def _in_a_shell(model: Model) -> str:
    """What names a model in a shell: its spec, or the file that its page offers."""
    return model.spec or f"{file_name(model.name or 'model')}.json"


def _picture(manifold: NeuroManifold, answers: Answers) -> tuple[bytes | str, tuple[str, ...]]:
    """The picture of M, or why there is none."""
    found = answers.found.get("dimension")
    n = manifold.model.ambient_dimension
    if found is None or found.status == "bounds" or found.data not in (1, 2) or n < 2:
        return ("Pictures are of neuromanifolds of dimension 1 or 2 in a space of dimension 2 or "
                "more."), ()
    try:
        from neuroalg_sage.pictures.figure import rendered
        from neuroalg_sage.pictures.scene import scene

        if manifold.computation.is_over():
            raise LimitReached("The limit of time was reached before the picture.")
        made = scene(manifold, None if n <= 3 else "z_0,z_1,z_2")
        seen = ["Blue: M over the real numbers, sampled in floating point."]
        if made.discriminant or made.discriminant_polygons:
            seen.append("Vermilion: the ED discriminant of the unit metric, where critical points "
                        "of the distance come together.")
        if any(len(cell) for _, cell in made.singular):
            seen.append("Gray: the Voronoi cells of singular points.")
        if n > 3:
            seen.append(f"V, of dimension {n}, is projected to the first three coordinates.")
        return rendered(made, "svg"), (*seen, *made.notes)
    except NeuroAlgError as error:
        return str(error), ()


# -- sections ----------------------------------------------------------------------------


def _certificates(material: Material, stem: str) -> Markup:
    """The certificates to download, and how to verify them."""
    lines = []
    for claim, name, found in material.claims:
        if found.certificate is None:
            continue
        link = download(f"{stem}.{name}.json", found.certificate)
        lines.append(element(
            "tr", element("th", claim, scope="row"),
            element("td", link, data_certificate=found.name),
            element("td", names(found.certificate["trust"]) or "nothing else"),
            element("td", size_in_words(len(as_file(found.certificate))), class_="right")))
    without = [claim for claim, _, found in material.claims if found.certificate is None]
    heads = ("claim", "certificate", "trusts")
    return join(
        element("p", "Each certificate is a file of JSON data: the model, the claim and the "
                "evidence. The checker rebuilds the model, verifies the evidence, and rejects a "
                "certificate that was changed. It needs python-flint and Python's standard "
                "library, neither SageMath nor Macaulay2."),
        element("div", element(
            "table", element("thead", element("tr", *(element("th", h, scope="col")
                                                      for h in heads),
                                              element("th", "size", class_="right",
                                                      scope="col"))),
            element("tbody", *lines), class_="cards"), class_="scroll", tabindex=0, role="region",
            aria_label="Table of the certificates"),
        element("p", f"Without a certificate: {', '.join(without)}.", class_="soft")
        if without else None,
        _shell("pip install neuroalg-sage", f"neuroalg verify {stem}.*.json"))


def _shell(*commands: str) -> Markup:
    return element("pre", element("code", "\n".join(commands)), tabindex=0)


def _again(material: Material, stem: str) -> Markup:
    """How to compute all of it again, and what else may be asked."""
    spec = shlex.quote(material.spec)
    others = [name for name in computed() if name not in shown_on_pages()]
    manifold = material.answers.manifold
    options = f" --seed {manifold.seed}" if manifold.seed is not None else ""
    file = download(_in_a_shell(replace(manifold.model, spec=None)), manifold.model.describe())
    return join(
        element("p", "The model as a file, which any command takes in place of a spec: ", file,
                "."),
        _shell(f"neuroalg report {spec}{options} --html {stem}.html",
               f"neuroalg script {spec} ideal      # a standalone script for Macaulay2",
               f"neuroalg compute {spec} ed_degree"),
        element("p", "Computed on request only: ",
                *((", " if k else "", element("code", name)) for k, name in enumerate(others)),
                "."))


def _versions(material: Material) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, _, invariant in material.claims:
        if invariant.certificate is not None:
            found |= {str(k): str(v) for k, v in invariant.certificate["engines"].items()}
    return dict(sorted(found.items())) | {"Python": platform.python_version()}


def _cite(material: Material) -> Markup:
    version = _versions(material).get("neuroalg-sage", "")
    entry = "\n".join((
        "@software{neuroalg,", "  author  = {{NeuroAlg developers}},",
        "  title   = {{NeuroAlg}: exact, certified invariants of neuromanifolds},",
        f"  version = {{{version}}},", f"  year    = {{{material.moment.year}}},",
        f"  note    = {{Report on {material.spec}}}", "}"))
    trusted_names = sorted({t for _, _, found in material.claims for t in found.trust
                            if t.startswith("theorem: ")})
    theorems = element("p", f"Cite too the theorems that the proofs trust: {names(trusted_names)}."
                       ) if trusted_names else None
    versions = ", ".join(f"{k} {v}" for k, v in _versions(material).items())
    return join(_shell(entry), theorems, element("p", f"Programs at work: {versions}."))


def _picture_section(material: Material) -> Markup:
    assert isinstance(material.picture, bytes)
    caption = " ".join(material.notes)
    return element(
        "figure", element("img", src=data_url(material.picture, "image/svg+xml"),
                          alt="Picture of the neuromanifold of "
                          f"{_name(material.answers.manifold.model)}. {caption}"),
        element("figcaption", caption))


def _surroundings(material: Material) -> Surroundings:
    return Surroundings(material.answers.manifold.model, material.answers.found,
                        file_name(material.spec.removesuffix(".json")))


def sections(material: Material) -> list[tuple[str, str, Markup]]:
    """
    The sections of the page: where they are found, their headings and what is in them.

    What has no answer has no section; the table of the invariants says why.
    """
    answers, around = material.answers, _surroundings(material)
    manifold, stem = answers.manifold, around.stem
    found = [section for answer in answers.found.values()
             if (section := answer.section(around)) is not None]
    geometry = [(section.anchor, section.heading, section.content)
                for section in sorted(found, key=lambda section: section.place)]
    if material.coverings:
        geometry.append(("covering", "Covering numbers", capacity_section.content(
            material.coverings)))
    if isinstance(material.picture, bytes):
        geometry.append(("picture", "Picture", _picture_section(material)))
    return [
        ("model", "The model", join(
            model_section.figure(manifold.model), model_section.function(manifold.model),
            model_section.symmetries(manifold))),
        ("parametrization", "Parametrization", model_section.parametrization(manifold)),
        ("invariants", "Invariants", join(
            answers_section.table(answers, (*shown_on_pages(), *stood_in())),
            element("h3", "What the statuses mean", id=LEGEND), legend())),
        *geometry,
        ("certificates", "Certificates", _certificates(material, stem)),
        ("again", "Compute it again", _again(material, stem)),
        ("cite", "How to cite", _cite(material))]


# -- the page ----------------------------------------------------------------------------


def page(material: Material) -> str:
    """
    The page as text; the same for the same material.

    EXAMPLES::

        >>> text = page(gather(NeuroManifold("linear:1,1")))
        >>> text.startswith("<!DOCTYPE html>"), "<h1>" in text, "<img" in text
        (True, True, False)
    """
    model = material.answers.manifold.model
    found = sections(material)
    contents = element("nav", element("ul", *(
        element("li", element("a", heading, href=f"#{place}"))
        for place, heading in (("meaning", "What it means"),
                               *((place, heading) for place, heading, _ in found)))),
        aria_label="Contents")
    moment = element("time", material.moment.strftime("%Y-%m-%d %H:%M UTC"),
                     datetime=material.moment.strftime("%Y-%m-%dT%H:%MZ"))
    return complete(
        f"Neuromanifold of {_name(model)}",
        element("header", element("h1", "Neuromanifold of ", element(
                    "code", model.spec) if model.spec and not model.name else _name(model)),
                element("p", "Exact invariants, each with its proof status. NeuroAlg, ", moment,
                        class_="under"), contents),
        element("main", answers_section.figures(material.answers),
                answers_section.summary(_surroundings(material)),
                *(element("section", element("h2", heading, id=place), content)
                  for place, heading, content in found), id="content"))


def complete(title: str, *content: Markup, scripts: tuple[str, ...] = ("page",)) -> str:
    """
    A page with this content, and these scripts of ours, that is complete in itself.

    EXAMPLES::

        >>> complete("A page", element("main", id="content")).count("A page")
        1
    """
    folder = Path(__file__).parent
    style, *texts = ((folder / file).read_text(encoding="utf-8")
                     for file in ("page.css", *(f"{script}.js" for script in scripts)))
    script = "\n".join(texts)
    body = element(
        "body", element("a", "Skip to the content", href="#content", class_="skip"), *content,
        element("footer", element("p", "Made by NeuroAlg, free software under the GNU General "
                                  "Public License, version 3 or later. This page is complete in "
                                  "itself; nothing is fetched.")),
        element("script", trusted(script)))
    head = element(
        "head", element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="generator", content="NeuroAlg"),
        element("title", title), element("style", trusted(style)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _name(model: Model) -> str:
    given = len(model.layers) == 1 and isinstance(model.layers[0], PolynomialLayer)
    return "a model given by polynomials" if given and str(model) not in (
        model.name, model.spec) else str(model)


def _policy(script: str) -> str:
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
            f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")


def save(material: Material, name: str | Path) -> None:
    """Write the page to a file, whole or not at all."""
    write_whole(name, page(material))


def html_report(model: Any, name: str | Path, budget: float | None = BUDGET, **options: Any
                ) -> Material:
    """
    Write the report of a model as a page of HTML.

    INPUT:

    - ``model`` -- a neuromanifold, or what one is made of: a model, a spec, a JSON file
    - ``name`` -- of the file to write
    - ``budget`` -- seconds for all computations; None for no limit
    - ``options`` -- of :class:`~neuroalg_sage.neuromanifold.NeuroManifold`

    OUTPUT: :class:`Material`, what is on the page

    Raises :class:`~neuroalg_sage.errors.InputError` for no model, or if the file cannot be
    written, before anything is computed.

    EXAMPLES::

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     made = html_report("linear:1,1", Path(folder) / "page.html")
        ...     (Path(folder) / "page.html").stat().st_size > 10_000
        True
        >>> made.answers.found["dimension"]
        1 (proved)
    """
    check_writable(name)
    manifold = model if isinstance(model, NeuroManifold) else NeuroManifold(model, **options)
    material = gather(manifold, budget)
    save(material, name)
    return material

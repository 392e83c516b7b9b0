"""
The manual: Markdown pages, and the reference of all modules from their docstrings.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from functools import partial
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from latex2mathml.converter import convert
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import nested_parse_with_titles
from sphinx.writers.html5 import HTML5Translator

from neuroalg_sage import bibliography, questions
from neuroalg_sage.certificates import believed, checker

sys.path.insert(0, str(Path(__file__).parent))
import house  # noqa: E402

_package = metadata("neuroalg-sage")
project = "NeuroAlg"
author = _package["Author"]
copyright = f"{author}, under the GNU General Public License, version 3 or later"
version = release = _package["Version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
templates_path = ["_templates"]
exclude_patterns = ["_templates"]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"NeuroAlg {release}"
html_show_sourcelink = False
language = "en"
# A name such as Model in a signature may be that of two classes; it is then no link.
suppress_warnings = ["ref.python"]

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
add_module_names = False
toc_object_entries_show_parents = "hide"

# Sage's headings in docstrings.
HEADINGS = re.compile(r"^(\s*)(INPUT|OUTPUT|EXAMPLES|REFERENCES|ALGORITHM)(::?)(.*)$")


def write_as_rst(app: Sphinx, what: str, name: str, thing: Any, options: Any,
                 lines: list[str]) -> None:
    """Sage's headings in bold, in paragraphs of their own; bars are those of absolute values."""
    shown: list[str] = []
    literal: int | None = None  # the indentation of what a literal block belongs to
    for line in lines:
        indentation = len(line) - len(line.lstrip())
        if line.strip() and literal is not None and indentation <= literal:
            literal = None
        if literal is None:
            found = HEADINGS.match(line)
            if found is not None:
                indent, word, colons, rest = found.groups()
                rest = rest.strip()
                shown += ["", f"{indent}**{word.capitalize()}**{rest and f' {rest}'}", ""]
                shown += [f"{indent}::", ""] * (colons == "::")
            else:
                shown.append(line.replace("|", r"\|") if ">>>" not in line else line)
            if line.endswith("::"):
                literal = indentation
        else:
            shown.append(line)
    lines[:] = shown


class Cite(SphinxRole):
    """``{cite}`KEY``` in Markdown: a link to an entry of the bibliography."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found: list[nodes.Node] = []
        for key in self.text.split(","):
            key = key.strip()
            link = pending_xref("", nodes.inline("", f"[{key}]"), refdomain="citation",
                                reftype="ref", reftarget=key, refdoc=self.env.docname,
                                refwarn=True, support_smartquotes=False)
            link.source, link.line = self.get_source_info()
            self.env.get_domain("citation").note_citation_reference(link)
            found += [nodes.Text(" "), link] if found else [link]
        return found, []


class Papers(SphinxDirective):
    """The bibliography, from the file from which results are cited."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        text: list[str] = []
        for paper in sorted(bibliography.papers().values(), key=lambda p: p.name):
            said = paper.text()
            if paper.arxiv:
                said = said.replace(f"arXiv:{paper.arxiv}", f"`arXiv:{paper.arxiv} "
                                    f"<https://arxiv.org/abs/{paper.arxiv}>`__")
            if paper.theorem:
                said += f".  Certificates may trust: {paper.theorem}"
            # An initial at the beginning is no number of a list.
            text += [f".. [{paper.key}] \\{said}.", ""]
        container = nodes.Element()
        self.state.nested_parse(StringList(text, "references.toml"), self.content_offset, container)
        return list(container.children)


class Believed(SphinxDirective):
    """For each claim the files of the checker that must be believed, in reading order."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        read: dict[str, None] = dict.fromkeys(believed.SAME)
        text = [
            "The same for all claims", "-----------------------", "",
            "What reads a certificate, finds its check, and compares whom it trusts: "
            f"{self.files(believed.SAME)}.  Together {believed.size(believed.SAME)} lines, which "
            "are not counted again below.", ""]
        for wing in checker.WINGS:
            title = (wing.__doc__ or "").rstrip(".")
            text += [title, "-" * len(title), ""]
            claims: dict[tuple[believed.Way, ...], list[str]] = {}
            for claim in wing.CLAIMS:
                claims.setdefault(tuple(believed.ways(claim)), []).append(f"``{claim.name}``")
            for (first, *others), names in claims.items():
                title = ", ".join(names)
                text += [title, "^" * len(title), "", f"{self.files(first.files)}: "
                         f"**{first.lines} lines**.", ""]
                read |= dict.fromkeys(first.files)
                for way in others:
                    known = believed.in_reading_order([*first.files, *way.chosen[:-1]])
                    further = [module for module in way.files if module not in known]
                    through = " and ".join(map(self.link, way.chosen))
                    again = ", and one argument more" * (way.chosen[-1] in believed.AGAIN)
                    more = (f", {believed.size(further)} lines more" if len(further) == 1
                            else f": {self.files(further)}")
                    text += [f"- with {through}{more}{again}; in all **{way.lines} lines**", ""]
                    read |= dict.fromkeys(way.files)
        read |= dict.fromkeys(believed.REFUSALS)
        text += ["The files", "---------", ""]
        for module in (*believed.SAME, *(m for m in read if m not in believed.SAME)):
            refuses = "  It only refuses certificates, so no proof rests on it." * (
                module in believed.REFUSALS)
            text += [f"- {self.link(module)}, {believed.lines_of_code(module)} lines: "
                     f"{believed.summary(module)}{refuses}", ""]
        container = nodes.Element()
        container.document = self.state.document
        nested_parse_with_titles(self.state, StringList(text, "believed.py"), container)
        return list(container.children)

    def link(self, module: str) -> str:
        return f":mod:`{module} <neuroalg_sage.certificates.{module}>`"

    def files(self, modules: Iterable[str]) -> str:
        return ", ".join(f"{self.link(module)} " + (
            "(only refuses)" if module in believed.REFUSALS
            else str(believed.lines_of_code(module))) for module in modules)


class CommandHelp(SphinxDirective):
    """What every command prints when asked for help, in a section of its own."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        from neuroalg_sage.cli.commands import parser

        (commands,) = (action for action in parser(complete=True)._actions
                       if isinstance(action, argparse._SubParsersAction))
        sections: list[nodes.Node] = []
        for name, command in commands.choices.items():
            command.epilog = None
            command.formatter_class = partial(argparse.HelpFormatter, width=96)
            section = nodes.section(ids=[f"neuroalg-{name}"])
            section += nodes.title("", name)
            section += nodes.literal_block("", command.format_help(), language="text")
            self.state.document.note_explicit_target(section)
            sections.append(section)
        return sections


class AllQuestions(SphinxDirective):
    """What one may ask of a neuromanifold, from where it is declared."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        text = [".. list-table::", "   :header-rows: 1", "", "   * - question",
                "     - what is answered", "     - asked by"]
        for question in questions.own().values():
            summary = re.sub(r"([|*\\])", r"\\\1", question.summary)
            asked = question.command or ("compute" if question.is_computed else "")
            place = f"{question.of.replace(':', '.')}.{question.name}"
            text += [f"   * - :meth:`~{place}`",
                     f"     - {summary}",
                     f"     - ``neuroalg {asked}``" if asked else "     - Python only"]
        container = nodes.Element()
        self.state.nested_parse(StringList(text, "questions"), self.content_offset, container)
        return list(container.children)


class Excerpt(LiteralInclude):
    """A piece of the source, named from its root, with the options of ``literalinclude``."""

    def run(self) -> list[nodes.Node]:
        place = house.PACKAGE.parent / self.arguments[0]
        self.arguments = ["/" + os.path.relpath(place, self.env.srcdir)]
        self.options.setdefault("language", "python")
        return super().run()


class House(SphinxDirective):
    """The rooms and wings of the source, by its imports."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", house.page(), format="html")]


class Wings(SphinxDirective):
    """What each wing answers, and where."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        container = nodes.container(classes=["wings"])
        self.state.nested_parse(StringList(house.wings_table().splitlines(), "house.py"),
                                self.content_offset, container)
        return [container]


class ProductFigure(SphinxDirective):
    """A picture of the neuromanifold of a spec, drawn by the product when the manual is built."""

    required_arguments = 1
    option_spec = {"target": directives.unchanged, "slice": directives.unchanged}
    has_content = True

    def run(self) -> list[nodes.Node]:
        from neuroalg_sage import NeuroManifold
        from neuroalg_sage.pictures import figure
        from neuroalg_sage.pictures.scene import scene

        (spec,) = self.arguments
        name = re.sub(r"\W+", "-", f"{spec}-{self.options.get('target', '')}").strip("-") + ".svg"
        folder = Path(self.env.srcdir) / "generated"
        folder.mkdir(exist_ok=True)
        target = [c.strip() for c in self.options.get("target", "").split(",") if c.strip()]
        figure.save(scene(NeuroManifold(spec), self.options.get("slice"), target=target or None),
                    str(folder / name))
        drawn = nodes.figure()
        drawn += nodes.image(uri=f"/generated/{name}", alt=f"The neuromanifold of {spec}")
        caption = nodes.Element()
        caption.document = self.state.document
        self.state.nested_parse(self.content, self.content_offset, caption)
        drawn += nodes.caption("", "", *caption[0].children)
        return [drawn]


def write_formula(writer: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """A formula in MathML, so that a page fetches nothing and needs no script."""
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    try:
        writer.body.append(convert(node.astext(), display=display))
    except Exception as error:  # the library has no common class of errors
        raise ExtensionError(f"The formula {node.astext()!r} is not understood: "
                             f"{error!r}") from error
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (write_formula, None), (write_formula, None))
    app.add_role("cite", Cite())
    app.add_directive("all-questions", AllQuestions)
    app.add_directive("believed", Believed)
    app.add_directive("command-help", CommandHelp)
    app.add_directive("excerpt", Excerpt)
    app.add_directive("house", House)
    app.add_directive("papers", Papers)
    app.add_directive("wings", Wings)
    app.add_directive("product-figure", ProductFigure)
    app.connect("autodoc-process-docstring", write_as_rst)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

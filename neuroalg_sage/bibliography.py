"""
The papers and programs that results rest on, from ``references.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("references.toml")
MOST_AUTHORS_IN_A_NAME = 4
# What BibTeX calls an entry, by the field that says where it appeared.
KINDS = {"journal": "article", "booktitle": "inproceedings", "publisher": "book"}


@dataclass(frozen=True)
class Reference:
    """
    A paper or a program.

    - ``key`` -- by which docstrings name it
    - ``authors``, ``title``, ``year`` -- the year is None for a program
    - ``place`` -- journal with volume, proceedings, or publisher; ``place_kind`` says which
    - ``arxiv``, ``doi``, ``url`` -- where to find it
    - ``theorem`` -- what a certificate may trust of it
    - ``invariants`` -- those that are defined or studied there
    - ``methods`` -- parts of what results say of how they were found
    """

    key: str
    authors: tuple[str, ...]
    title: str
    year: int | None = None
    place: str = ""
    place_kind: str = ""
    arxiv: str = ""
    doi: str = ""
    url: str = ""
    theorem: str = ""
    invariants: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """
        Authors and year, as certificates name a theorem.

        EXAMPLES::

            >>> papers()["CH1994"].name, papers()["DHOST2016"].name
            ('Conca, Herzog (1994)', 'Draisma et al. (2016)')
        """
        names = [_family_name(author) for author in self.authors]
        shown = (f"{names[0]} et al." if len(names) > MOST_AUTHORS_IN_A_NAME
                 else ", ".join(names))
        return f"{shown} ({self.year})" if self.year else shown

    def text(self) -> str:
        """
        The reference as a paper's list of references has it.

        EXAMPLES::

            >>> print(papers()["CK2019"].text())
            J. Chen, J. Kileel, Numerical implicitization, J. Softw. Algebra Geom. 9, 2019
        """
        parts = [", ".join(self.authors), self.title, self.place, str(self.year or ""),
                 self.arxiv and f"arXiv:{self.arxiv}", self.doi and f"doi:{self.doi}", self.url]
        return ", ".join(part for part in parts if part)

    def bibtex(self, version: str = "") -> str:
        """
        The reference as an entry of BibTeX, of a program with the version that was used.

        EXAMPLES::

            >>> print(papers()["Kan1999"].bibtex())
            @article{Kan1999,
              author = {V. Kanev},
              title = {{Chordal varieties of Veronese varieties and catalecticant matrices}},
              journal = {J. Math. Sci. 94},
              year = {1999}
            }
        """
        kind = KINDS.get(self.place_kind, "misc")
        institution = len(self.authors) == 1 and _is_institution(self.authors[0])
        author = f"{{{self.authors[0]}}}" if institution else " and ".join(self.authors)
        fields = {"author": author, "title": f"{{{self.title}}}", self.place_kind: self.place,
                  "year": str(self.year or ""), "doi": self.doi,
                  "note": version and f"Version {version}",
                  "howpublished": self.url and rf"\url{{{self.url}}}"}
        if self.arxiv:
            fields |= {"eprint": self.arxiv, "archiveprefix": "arXiv"}
        return bibtex_entry(kind, self.key, fields)


def bibtex_entry(kind: str, key: str, fields: dict[str, str]) -> str:
    """An entry of BibTeX, of the fields that are not empty."""
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def _is_institution(author: str) -> bool:
    return "." not in author


def _family_name(author: str) -> str:
    words = author.split()
    return " ".join(word for word in words if not word.endswith("."))


@cache
def _tables() -> tuple[dict[str, Reference], dict[str, Reference]]:
    tables = tomllib.loads(SOURCE.read_text(encoding="utf-8"))

    def reference(key: str, entry: dict) -> Reference:
        entry = {name: tuple(value) if isinstance(value, list) else value
                 for name, value in entry.items()}
        for kind in KINDS:
            if kind in entry:
                entry |= {"place": entry.pop(kind), "place_kind": kind}
        return Reference(key, **entry)

    papers, programs = ({key: reference(key, entry) for key, entry in tables[kind].items()}
                        for kind in ("papers", "programs"))
    return papers, programs


def papers() -> dict[str, Reference]:
    """The papers by their keys."""
    return _tables()[0]


def programs() -> dict[str, Reference]:
    """The programs by the names that certificates use."""
    return _tables()[1]


def of_theorem(trusted: str) -> Reference | None:
    """
    The paper of a theorem that a certificate trusts; None if what it trusts is no theorem, or one
    that only another package knows.

    EXAMPLES::

        >>> of_theorem("theorem: Raicu (2012)").key, of_theorem("macaulay2")
        ('Rai2012', None)
    """
    return next((paper for paper in papers().values()
                 if paper.theorem and trusted == f"theorem: {paper.name}"), None)


def of_result(invariant: str, method: str) -> list[Reference]:
    """
    The papers on an invariant, and on the method that found it.

    EXAMPLES::

        >>> [paper.key for paper in of_result("polar_degrees", "the conormal variety")]
        ['DHOST2016', 'Pie1978']
    """
    return [paper for paper in papers().values() if invariant in paper.invariants
            or any(part in method for part in paper.methods)]

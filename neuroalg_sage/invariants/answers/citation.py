r"""
How to cite a computed value.

A citation says what was computed, by what, with which proof, and on which papers and programs it
rests, so that a reader can find the certificate by its digest and compute the value again.  The
papers are those of the theorems that the certificate trusts, and those on the invariant and on the
method; all of them stand in ``references.toml`` (:mod:`neuroalg_sage.bibliography`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neuroalg_sage import bibliography
from neuroalg_sage.bibliography import Reference, bibtex_entry
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.latex import escaped

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.models.model import Model

LONGEST_VALUE = 200
LONGEST_CLAIM = 60


@dataclass(frozen=True)
class Citation:
    """
    What a paper needs in order to cite a value.

    - ``model``, ``invariant``, ``value`` -- in words
    - ``status`` -- with whom it trusts
    - ``method`` -- how it was found
    - ``theorems`` -- that the proof trusts
    - ``papers`` -- on the invariant and on the method
    - ``programs`` -- with their versions
    - ``digest`` -- of the certificate; empty if there is none
    - ``certified`` -- what the certificate states, where that is more than the value
    - ``condition`` -- what the value depends on besides the model, such as the metric
    - ``about`` -- of what it is, before the name of the model

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> citation = NeuroManifold("linear:9,7,8,9").degree().citation()
        >>> citation.theorems[0].name
        'Conca, Herzog (1994)'
        >>> print(citation)
        The degree of the neuromanifold of linear:9,7,8,9: 540 (proved, trusting theorem: Conca,
        Herzog (1994)). ...
    """

    model: str
    invariant: str
    value: str
    status: str
    method: str
    theorems: tuple[Reference, ...]
    papers: tuple[Reference, ...]
    programs: tuple[tuple[Reference, str], ...]
    digest: str = ""
    certified: str = ""
    condition: str = ""
    about: str = "the neuromanifold of "

    @property
    def references(self) -> list[Reference]:
        """The theorems' papers, the others, and the programs."""
        return list(dict.fromkeys([*self.theorems, *self.papers,
                                   *(program for program, _ in self.programs)]))

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """The citation as sentences, and the list of references."""
        return "\n".join([self._sentences(), *(f"[{reference.key}] {reference.text()}"
                                               for reference in self.references)])

    def _subject(self, model: str) -> str:
        words = _words(self.invariant)
        text = (f"Whether {model} {words}" if words.startswith("is ")
                else f"The {words} of {self.about}{model}")
        return text + (self.condition and f", {self.condition}")

    def _sentences(self) -> str:
        used = [f"{_short(program)} {version}" for program, version in self.programs]
        parts = [f"{self._subject(self.model)}: {self.value} ({self.status}).",
                 f"Method: {self.method}."]
        parts += [f"Theorem of {paper.name}: {paper.theorem} [{paper.key}]."
                  for paper in self.theorems]
        others = [paper.key for paper in self.papers if paper not in self.theorems]
        if others:
            parts.append(f"See {', '.join(f'[{key}]' for key in others)}.")
        parts.append(f"Computed with {', '.join(used)}.")
        if self.digest:
            parts.append(f"Certificate{self.certified and f' of {self.certified}'}: SHA-256 "
                         f"{self.digest}.")
        return " ".join(parts)

    def bibtex(self) -> str:
        """The value as an entry of BibTeX, and all that it cites as entries after it."""
        return "\n\n".join([self.entry(), *self.cited_entries()])

    def cited_entries(self) -> list[str]:
        """What the value's own entry cites, as entries of BibTeX."""
        versions = dict(self.programs)
        return [reference.bibtex(versions.get(reference, "")) for reference in self.references]

    def entry(self) -> str:
        r"""
        The value alone as an entry of BibTeX.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:2,2,3:x^2").ambient_dimension().citation().entry())
            @misc{neuroalg:...,
              author = {{NeuroAlg developers}},
              title = {{The ambient dimension of the neuromanifold of \texttt{mlp:2,2,3:x\^{}2}}},
              howpublished = {Computed with NeuroAlg ...},
              note = {Value: 9 (proved). ...}
            }
        """
        (own, version), *others = self.programs
        cited = [r.key for r in self.references]
        notes = [f"Value: {escaped(self.value)} ({escaped(self.status)})",
                 f"Method: {escaped(self.method)}"]
        if others:
            notes.append("Programs: " + ", ".join(
                f"{_short(program)} {escaped(v)}" for program, v in others))
        if self.digest:
            of = self.certified and f" of {escaped(self.certified)}"
            notes.append(rf"Certificate{of}: SHA-256 \texttt{{{self.digest}}}")
        notes.append(rf"It rests on \cite{{{','.join(cited)}}}")
        title = self._subject(rf"\texttt{{{_balanced(escaped(self.model))}}}")
        return bibtex_entry("misc", self.key, {
            "author": f"{{{own.authors[0]}}}", "title": f"{{{title}}}",
            "howpublished": f"Computed with {_short(own)} {escaped(version)}",
            "note": ". ".join(notes) + "."})

    @property
    def key(self) -> str:
        """The key of the value's own entry: the same for the same result."""
        text = self.digest or hashlib.sha256(repr(
            (self.model, self.invariant, self.value, self.method)).encode()).hexdigest()
        return f"neuroalg:{text[:16]}"

    def describe(self) -> dict[str, Any]:
        """The citation as plain JSON data."""
        return {"text": self.text(), "bibtex": self.bibtex(),
                "references": [reference.key for reference in self.references],
                "programs": {_short(program): version for program, version in self.programs}}


def cite(found: Invariant, model: Model | None = None) -> Citation:
    """
    How to cite an invariant.

    INPUT:

    - ``found`` -- the invariant
    - ``model`` -- the model, where there is no certificate that holds it

    OUTPUT: :class:`Citation`

    Raises InputError if there is neither a model nor a certificate.

    The versions of programs are those of the certificate.  An engine that the method names and
    the certificate does not mention is asked now.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> found = NeuroManifold("mlp:2,2,2:x^3").ed_degree("unit")
        >>> [reference.key for reference in cite(found).references]
        ['DHOST2016', 'neuroalg-sage', 'msolve', 'python-flint']
        >>> cite(found).certified, cite(found).condition
        ('ed_degree_at_least = ["unit", 23]', 'metric unit')
    """
    from neuroalg_sage.invariants.answers.programs import engines

    certificate = found.certificate
    if certificate is None and model is None:
        raise InputError(f"The {_words(found.name)} has no certificate that says of which model it "
                         "is; state the model.")
    value = found.sentence()
    if len(value) > LONGEST_VALUE:
        value = value[: LONGEST_VALUE - 4] + " ..."
    versions = engines() | (certificate["engines"] if certificate else {})
    for name in bibliography.programs():
        if name not in versions and name in found.method.lower():
            versions[name] = _version_of(name)
    known = bibliography.programs()
    theorems = [bibliography.of_theorem(trusted) for trusted in found.trust]
    return Citation(
        _name_of(model, certificate), found.name, value, found.qualified_status(), found.method,
        tuple(paper for paper in theorems if paper),
        tuple(bibliography.of_result(found.name, found.method)),
        tuple((known[name], versions[name])
              for name in sorted(versions, key=lambda name: (name != "neuroalg-sage", name))),
        certificate["digest"] if certificate else "", _claim(found), found.condition(),
        found.about)


def _claim(found: Invariant) -> str:
    """The certificate's claim, if it says more than the value in few words."""
    if found.certificate is None:
        return ""
    claim = found.certificate["claim"]
    text = f"{claim['invariant']} = {json.dumps(claim['value'])}"
    same = claim["invariant"] == found.name and claim["value"] == found.data
    return "" if same or len(text) > LONGEST_CLAIM else text


def _version_of(name: str) -> str:
    if name in ("msolve", "qepcad"):
        from neuroalg_sage.engines import msolve, qepcad

        return {"msolve": msolve, "qepcad": qepcad}[name].version()
    from neuroalg_sage.engines.macaulay2 import default_session

    return default_session().version


def _name_of(model: Model | None, certificate: dict[str, Any] | None) -> str:
    if certificate is None:
        return str(model)
    described = certificate["model"]
    if named := described.get("name") or described.get("spec"):
        return str(named)
    from neuroalg_sage.certificates.checker import known_claim

    name: str = known_claim(certificate["claim"]["invariant"]).rebuilt(described).name
    return name


def _balanced(latex: str) -> str:
    """LaTeX without single braces, which BibTeX counts although they are escaped."""
    return latex.replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")


def _words(name: str) -> str:
    words = name.split("_")
    return " ".join(word.upper() if word in ("ed", "ml") else word for word in words)


def _short(program: Reference) -> str:
    """The name by which a program is known, the first word of its title."""
    return program.title.replace(":", ",").split(",")[0]

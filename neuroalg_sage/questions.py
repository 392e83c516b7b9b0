"""
All questions that one may ask of a neuromanifold: ours, and those from outside.

Each wing declares its own (:class:`~neuroalg_sage.invariants.answers.question.Question`).  Another
distribution declares one by an entry point of the group ``neuroalg_sage.questions`` whose value is
a question.  Those are looked up only where a name is not one of ours, or where all are listed.
"""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import EngineError, InputError
from neuroalg_sage.invariants import WINGS
from neuroalg_sage.invariants.answers.question import Question

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "neuroalg_sage.questions"
# Of a neuromanifold, on which an answer may depend.
OPTIONS = ("degree", "metric", "flow", "polyhedral_norm")
# The first wing is what all others rest on, and asks nothing itself.
HOMES = (*(f"invariants.{wing}" for wing in WINGS[1:]), "pictures")


@cache
def own() -> dict[str, Question]:
    """
    The questions of the wings, by name.

    EXAMPLES::

        >>> own()["degree"].summary
        'The degree of the neurovariety'
    """
    return {question.name: question for room in HOMES for question in
            import_module(f"neuroalg_sage.{room}").QUESTIONS}


def outside() -> dict[str, Question]:
    """The questions that other packages declare; what cannot be read is left out."""
    return from_outside()[0]


@cache
def from_outside() -> tuple[dict[str, Question], dict[str, str]]:
    """The questions that other packages declare, and by name what is wrong with the others."""
    from neuroalg_sage.declarations import declarations, name_of  # long to import

    points = declarations(GROUP)
    names = [point.name for point in points]
    found, wrong = {}, {}
    for point in points:
        name, package = point.name, name_of(point.dist, point.module)
        try:
            if name in own():
                raise ValueError(f"The package {package} declares a question {name}, which is the "
                                 "name of one of ours; rename or remove it.")
            if names.count(name) > 1:
                raise ValueError(f"The package {package} declares a question {name}, and so does "
                                 "another one; remove one of them.")
            found[name] = _loaded(point, package)
        except ValueError as error:
            wrong[name] = str(error)
    return found, wrong


def _loaded(point: EntryPoint, package: str) -> Question:
    """The question that is declared; raises ValueError with a sentence if there is none."""
    try:
        question = point.load()
    except (Exception, SystemExit) as error:  # whatever another package does when it is imported
        raise ValueError(f"The question {point.name} of the package {package} cannot be read: "
                         f"{type(error).__name__}: {' '.join(str(error).split())[:200]}; mend or "
                         "remove that package.") from None
    if not isinstance(question, Question) or not question.find:
        raise ValueError(f"The package {package} declares {point.name}, which is not a Question "
                         "that says what finds its answer; mend or remove that package.")
    if question.name != point.name or not point.name.isidentifier() or point.name[0] == "_":
        raise ValueError(f"The package {package} declares {point.name}, which is not the name of "
                         "its question; mend or remove that package.")
    wrong = [f.name for f in fields(Question) if not _is_right(f, getattr(question, f.name))]
    if wrong:
        raise ValueError(f"The package {package} declares the question {point.name}, of which "
                         f"{' and '.join(wrong)} cannot be right; mend or remove that package.")
    return question


def _is_right(part: Field[Any], value: Any) -> bool:
    """Whether a part of a declaration is of the type that it should have."""
    if part.name == "reported":
        return value is None or type(value) is int
    if part.name == "options":
        return isinstance(value, tuple) and set(value) <= {*OPTIONS}
    kind = str if part.default is MISSING else type(part.default)
    return isinstance(value, kind) and (kind is not tuple or all(
        isinstance(entry, str) for entry in value))


def declared() -> dict[str, Question]:
    """
    All questions, by name: ours, wing by wing, then those from outside.

    Of a declaration that cannot be read it is said, once, that it cannot.
    """
    found, wrong = from_outside()
    if wrong:
        from neuroalg_sage.declarations import warn

        for sentence in wrong.values():
            warn(sentence)
    return own() | found


def question(name: str) -> Question:
    """The question of a name that is known to be one."""
    return own().get(name) or outside()[name]


def known(name: str) -> Question | None:
    """
    The question of a name, None if there is none.

    Raises EngineError if a package declares one that cannot be read.
    """
    name = str(name)
    found = own().get(name) or outside().get(name)
    if found is None and name in from_outside()[1]:
        raise EngineError(from_outside()[1][name])
    return found


def computable(name: str) -> Question:
    """
    The question of a name, which one asks by its name alone.

    Raises InputError with the nearest name if there is none.

    EXAMPLES::

        >>> computable("degree").needs
        ('dimension', 'ideal')
        >>> computable("degre")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no invariant 'degre'; did you mean degree ?
        >>> computable("fiber")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The question fiber takes a function; ask it by neuroalg
        fiber, or in Python by the method fiber.
    """
    found = known(name)
    if found is None:
        import difflib  # names are right, as a rule

        name, names = str(name), computed()
        nearest = difflib.get_close_matches(name[:50], names, 1)
        hint = f"did you mean {nearest[0]} ?" if nearest else (
            "the invariants are " + ", ".join(names) + ".")
        raise InputError(f"There is no invariant {name[:60]!r}; {hint}")
    if not found.is_computed:
        raise InputError(f"The question {found.name} {found.takes and f'takes {found.takes}; '}"
                         + (f"ask it by neuroalg {found.command}, or in Python by the method "
                            f"{found.name}." if found.command else
                            f"ask it in Python by the method {found.name}."))
    return found


def require_suitable(model: Any, name: str) -> None:
    """
    Raise InputError if a question makes no sense of a model, since this is the cone over rational
    functions, or is none.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import load_model
        >>> require_suitable(load_model("mlp:1,1,1:1/x"), "dimension")
        >>> require_suitable(load_model("mlp:1,1,1:1/x"), "ed_degree")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The question ed_degree is about polynomial models; of
        rational functions, which are points of a projective space, one may ask ambient_dimension,
        dimension, expected_dimension, ...
    """
    if is_suitable(model, name):
        return
    if model.cone is None:
        raise InputError(f"The question {name} is about rational functions, as those of "
                         f"mlp:1,2,1:1/x:bias; {model} is polynomial.")
    raise InputError(
        f"The question {name} is about polynomial models; of rational functions, which are "
        "points of a projective space, one may ask "
        f"{', '.join(q.name for q in own().values() if q.of_cones)}.")


def is_suitable(model: Any, name: str) -> bool:
    """Whether a question, if it is one, makes sense of a model."""
    question = own().get(name) or (outside().get(name) if model.cone else None)
    return question is None or (question.of_cones if model.cone else question.of_polynomials)


def scripted(name: str, has_arguments: bool = False) -> Question:
    """
    The question of a name, for which there is a standalone script for Macaulay2.

    Raises InputError if there is none, or if its arguments are not there.
    """
    found = known(name)
    if found is None or not found.script or not (found.is_computed or has_arguments):
        raise InputError(f"There is no Macaulay2 script for {str(name)[:60]!r}; there is one for "
                         f"{', '.join(scripts())}.")
    return found


def scripts() -> tuple[str, ...]:
    """What one asks by its name alone, and has a standalone script."""
    return tuple(name for name in computed() if question(name).script)


def reported() -> tuple[str, ...]:
    """
    What a report says, as far as time allows, in its order.

    EXAMPLES::

        >>> reported()[:3]
        ('ambient_dimension', 'dimension', 'expected_dimension')
    """
    return tuple(q.name for q in _by_place() if not q.is_extra)


def shown_on_pages() -> tuple[str, ...]:
    """What a report of HTML shows: what any report does, and what only it does."""
    return (*reported(), *(q.name for q in _by_place() if q.is_extra))


def asked_for_pages() -> tuple[str, ...]:
    """The same in the order in which it is asked: what may take long comes last."""
    return tuple(q.name for q in _by_place())


def figures() -> dict[str, str]:
    """What is asked for most, and its heading among the figures at the top of a page."""
    return {q.name: q.figure for q in _by_place() if q.figure}


def stood_in() -> tuple[str, ...]:
    """What is asked instead of what such a report did not find."""
    return tuple(dict.fromkeys(q.instead for q in _by_place() if q.instead))


def _by_place() -> list[Question]:
    placed = [(q.reported, q) for q in declared().values() if q.reported is not None]
    return [q for _, q in sorted(placed, key=lambda pair: pair[0])]


def computed() -> tuple[str, ...]:
    """What one asks by its name alone; what is reported comes first."""
    first = reported()
    return (*first, *(q.name for q in declared().values()
                      if q.is_computed and q.name not in first))


def drawn() -> tuple[str, ...]:
    """What has a diagram."""
    return tuple(q.name for q in own().values() if q.is_drawn)


def before_all() -> tuple[str, ...]:
    """
    What is asked first where there is a limit: it needs no ideal, and the others rest on it.

    EXAMPLES::

        >>> before_all()
        ('ambient_dimension', 'dimension', 'expected_dimension', 'defect', 'is_filling')
    """
    return tuple(q.name for q in own().values() if q.is_cheap)


def resting_on(name: str) -> set[str]:
    """
    The questions whose answers use that of another, by the way of others too.

    EXAMPLES::

        >>> sorted(resting_on("singular_locus"))
        ['critical_locus']
    """
    found: set[str] = set()
    new = {name}
    while new:
        new = {q.name for q in declared().values() if new & set(q.needs)} - found
        found |= new
    return found


def title(name: str) -> str:
    """
    A question as a page names it.

    EXAMPLES::

        >>> title("is_filling"), title("ed_degree"), title("singular_locus")
        ('filling', 'ED degree', 'singular locus')
    """
    found = known(name)
    return name.replace("_", " ") if found is None else found.title_in_words


def meaning(name: str) -> str:
    """What a question is about, in one sentence without its period."""
    found = known(name)
    return "" if found is None else found.summary


@cache
def origin(question: Question) -> tuple[str, ...]:
    """
    The module that answers a question from outside, and the digest of all sources of its package:
    later sources may have other answers.
    """
    module = import_module(question.find.partition(":")[0])
    package = import_module(module.__name__.partition(".")[0])
    sources = sorted(source for folder in getattr(package, "__path__", ())
                     for source in Path(folder).rglob("*.py"))
    if not sources and getattr(package, "__file__", None):
        sources = [Path(str(package.__file__))]
    found = hashlib.sha256()
    for source in sources:
        found.update(hashlib.sha256(source.read_bytes()).digest())
    return module.__name__, found.hexdigest()

"""
What all questions share: the model, the options, the memory of answers, and asking by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial, wraps
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from neuroalg_sage import questions
from neuroalg_sage.cache.memory import Memory
from neuroalg_sage.cache.store import Store, canonical, open_store
from neuroalg_sage.errors import EngineError, InputError, NeuroAlgError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import check_method
from neuroalg_sage.invariants.answers.question import Question, named
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.distance.polyhedral_norms import PolyhedralNorm, polyhedral_norm
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm, quadratic_form
from neuroalg_sage.models.latex import Typeset, words
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.sources import load_model

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.citation import Citation
    from neuroalg_sage.invariants.dynamics.flows import Flow
    from neuroalg_sage.invariants.dynamics.law_search import LawSearch

DEFAULT_DEGREE = 3
Method = TypeVar("Method", bound=Callable[..., Any])


def cached(method: Method) -> Method:
    """Remember what a method of a neuromanifold returned."""

    @wraps(method)
    def remembered(self: Core) -> Any:
        return self._memory.recall(method.__name__, lambda: method(self))

    return cast(Method, remembered)


def kept(method: Method) -> Method:
    """Remember what a method of a neuromanifold returned, also on the disk if it has a cache."""

    @wraps(method)
    def remembered(self: Core) -> Any:
        return self._memory.recall(method.__name__, lambda: method(self), stored=True)

    return cast(Method, remembered)


class Core(Typeset):
    """A model, what is asked of its neuromanifold, within which limits, and what was found."""

    def __init__(self, model: Any, *,
                 timeout: float | None = None, memory_gb: float | None = None,
                 method: str = "auto", seed: int | None = None, macaulay2: str | None = None,
                 degree: int = DEFAULT_DEGREE, metric: str = "generic", gram: Any = None,
                 flow: Flow | str | None = None, norm: Any = "l1",
                 progress: Callable[[str], None] = dimensions.log,
                 cache: Store | str | Path | bool | None = None) -> None:
        self.model = load_model(model)
        check_method(method)
        self.method = method
        # Integers of Sage are no seeds, and not written to certificates.
        self.seed = None if seed is None else whole("seed", seed)
        self.largest_degree = degree_bound(degree)
        self._metric = metric, gram
        if metric != "generic" or gram is not None:
            _ = self.form  # which says what is wrong
        self._flow, self._norm = flow, norm
        if norm != "l1":
            _ = self.polyhedral_norm
        self.computation = Computation(macaulay2, _positive("timeout", timeout),
                                       memory_gb=_positive("memory", memory_gb),
                                       progress=progress)
        self._searches: dict[Flow, LawSearch] = {}
        self._no_ideal: tuple[float, str] | None = None  # in so many seconds, and why
        self._memory = Memory(self.model, {"method": method, "seed": self.seed},
                              self.computation, open_store(cache), questions.require_suitable)

    def __getstate__(self) -> dict[str, Any]:
        """What was asked, and the answers; engines and searches start anew."""
        limits = self.computation.command, self.computation.timeout, self.computation.memory_gb
        computation = Computation(limits[0], limits[1], memory_gb=limits[2],
                                  progress=dimensions.log)
        return vars(self) | {"computation": computation, "_searches": {},
                             "_memory": self._memory.without_engines(computation)}

    def __repr__(self) -> str:
        return (f"Neuromanifold of {self.model} in a space of dimension "
                f"{self.model.ambient_dimension}")

    def __getattr__(self, name: str) -> Any:
        """A question that is declared outside of this package, as a method."""
        question = None if name.startswith("_") else questions.outside().get(name)
        if question is None:
            wrong = None if name.startswith("_") else questions.from_outside()[1].get(name)
            raise AttributeError(
                wrong or f"{type(self).__name__!r} object has no attribute {name!r}")
        return partial(self._ask_outside, question)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *questions.outside()]

    def _ask_outside(self, question: Question, **arguments: Any) -> Any:
        def find() -> Invariant:
            with _of_another_package(question):
                answer = named(question.find)(self, **arguments)
            if not isinstance(answer, Invariant):
                raise EngineError(f"The question {question.name}, which another package declares, "
                                  f"is answered by a {type(answer).__name__}, not by an Invariant; "
                                  "mend that package.")
            return answer

        with _of_another_package(question):
            origin = questions.origin(question)
        try:
            hash(tuple(arguments.values()))
        except TypeError:  # nothing can be remembered under what may change
            return find()
        return self._memory.recall(question.name, find, stored=True, **arguments,
                                   **self._options_of(question), declared_in=origin)

    @cached_property
    def form(self) -> QuadraticForm:
        """The quadratic form of the metric; that of a large model takes time."""
        return quadratic_form(self.model, *self._metric)

    @cached_property
    def polyhedral_norm(self) -> PolyhedralNorm:
        """The polyhedral norm of Wasserstein degrees."""
        return polyhedral_norm(self.model, self._norm)

    def _options_of(self, question: Question) -> dict[str, Any]:
        """
        The options of this neuromanifold on which the answer to a question depends, or one of
        those that it uses.
        """
        names = dict(zip(questions.OPTIONS, ("largest_degree", "form", "_flow", "polyhedral_norm")))
        used = (questions.known(name) for name in question.needs)
        return {option: getattr(self, names[option]) for option in question.options} | {
            option: value for other in used if other is not None
            for option, value in self._options_of(other).items()}

    @cached
    def parametrization(self) -> Parametrization:
        """
        The parametrization φ, expanded.

        Raises LimitReached if it is too large to write down.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("linear:2,1,1").parametrization().written()
            ['w_0*w_2', 'w_1*w_2']
        """
        return parametrization(self.model)

    def coordinates(self) -> list[str]:
        """
        What each coordinate of the ambient space is.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,1:x^2").coordinates()[1]
            'z_1 = coefficient of x_0*x_1 in output 0'
        """
        phi = self.parametrization()
        return [phi.describe(i) for i in range(len(phi.polynomials))]

    def compute(self, invariant: str) -> Invariant:
        """
        Return an invariant by its name.

        Raises InputError for an unknown name, and for one that is asked of a function or of data.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").compute("degree")
            4 (proved)
            >>> NeuroManifold("mlp:2,1,2:x^2").compute("degre")
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.InputError: There is no invariant 'degre'; did you mean degree ?
        """
        question = questions.computable(invariant)
        # Of those from outside, whatever else has such a name.
        return self._ask_outside(question) if question.find else getattr(self, question.name)()

    def citation(self, invariant: str) -> Citation:
        """
        How to cite an invariant, given by its name.

        OUTPUT: :class:`~neuroalg_sage.invariants.answers.citation.Citation`

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> print(NeuroManifold("mlp:2,2,3:x^2").citation("dimension"))
            The dimension of the neuromanifold of mlp:2,2,3:x^2: 8 (proved). ...
        """
        return self.compute(invariant).citation(self.model)

    def script(self, invariant: str, *arguments: Any, **options: Any) -> str:
        """
        The Macaulay2 script of a computation, for use without Python.

        INPUT:

        - ``invariant`` -- ``"dimension"``, ``"ideal"``, ``"equations"``, ``"degree"``,
          ``"hilbert_polynomial"``, ``"singular_locus"``, ``"conservation_laws"``,
          ``"ed_degree"``, ``"ml_degree"``, ``"polar_degrees"`` or ``"ed_discriminant"``; or with
          the arguments of its method a question that takes some, such as ``"fiber"``

        OUTPUT: string, the content of a ``.m2`` file

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").script("degree").splitlines()[0]
            '-- degree of the neurovariety of mlp:2,1,2:x^2'
            >>> NeuroManifold("mlp:1,1,1:x^2").script("fiber", "x_0^2").splitlines()[0]
            '-- a fiber of the parametrization of mlp:1,1,1:x^2'
        """
        scripted = questions.scripted(invariant, bool(arguments or options))
        questions.require_suitable(self.model, scripted.name)
        return named(scripted.script)(self, *arguments, **options)

    def certificate(self, invariant: str) -> dict[str, Any] | None:
        """
        The certificate of an invariant, plain JSON data.

        EXAMPLES::

            >>> from neuroalg_sage import NeuroManifold
            >>> NeuroManifold("mlp:2,1,2:x^2").certificate("dimension")["claim"]
            {'invariant': 'dimension', 'value': 3}
        """
        return self.compute(invariant).certificate

    def _latex_(self) -> str:
        return (rf"\mathcal{{M}}({words(str(self.model), 'texttt')}) \subset "
                rf"\mathbb{{R}}^{{{self.model.ambient_dimension}}}")


@contextmanager
def _of_another_package(question: Question) -> Iterator[None]:
    """Whatever goes wrong there is one sentence of ours."""
    try:
        yield
    except NeuroAlgError:
        raise
    except (Exception, SystemExit) as error:
        raise EngineError(f"The question {question.name} was not answered by {question.find}, of "
                          f"another package: {type(error).__name__}: "
                          f"{' '.join(str(error).split())[:200]}.") from error


def whole(what: str, value: Any) -> int:
    """The whole number that is meant."""
    try:
        return index(value)
    except TypeError:
        raise InputError(f"The {what} is a whole number, not {value!r:.40}.") from None


def written(data: Any) -> str:
    """Plain data as an argument by which an answer is remembered."""
    return canonical(data).decode()


def degree_bound(value: Any) -> int:
    """The bound for degrees that is meant."""
    return whole("bound for degrees", value)


def _positive(what: str, value: Any) -> float | None:
    """The positive number that is meant, None if there is no limit."""
    if value is None:
        return None
    try:
        found = float(exact(value))
    except (ValueError, OverflowError):
        found = -1.0
    if found <= 0:
        raise InputError(f"The {what} is a positive number, or None for no limit, not "
                         f"{value!r:.40}.")
    return found

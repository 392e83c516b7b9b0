"""
An answer with its proof status and its certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.invariants.answers.presentation import Presentation
from neuroalg_sage.invariants.answers.programs import engines
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.citation import Citation


class Described(Protocol):
    """What an answer is about, a model as a rule."""

    def describe(self) -> dict[str, Any]: ...


@storable()
@dataclass(frozen=True, eq=False)
class Invariant(Presentation):
    """
    The value of an invariant, how it was found, and what proves it.

    - ``name`` -- the invariant
    - ``data`` -- the value as plain data
    - ``status`` -- ``proved``, ``monte_carlo``, ``numerical`` or ``bounds``
    - ``method`` -- how it was found
    - ``certificate`` -- plain JSON data that the checker verifies, or None
    - ``seconds`` -- the time that it took

    Where :attr:`value` is not ``data`` itself, as a Sage ideal is not its generators, or where
    an answer is shown in a way of its own, there is a subclass: :class:`Presentation` has what it
    may replace.

    An invariant compares and computes like its value.  As text and in LaTeX it has its status,
    which only a format for the value, such as ``:d``, leaves out.  Attributes that it does not
    have are those of the value.

    EXAMPLES::

        >>> d = Invariant("dimension", 8, "proved", "rank of the Jacobian")
        >>> d == 8, d + 1, f"{d}", f"{d:d}", d
        (True, 9, '8 (proved)', '8', 8 (proved))
    """

    name: str
    data: Any
    status: str
    method: str
    certificate: dict[str, Any] | None = field(default=None, repr=False)
    seconds: float = 0.0
    error_bound: float | None = None

    @classmethod
    def certified(cls, model: Described, name: str, data: Any, status: str, method: str,
                  seconds: float, evidence: Mapping[str, Any], trust: list[str] | None = None,
                  claim: Any = None, error_bound: float | None = None,
                  versions: Mapping[str, str] | None = None, **further: Any) -> Self:
        """
        An invariant with its certificate.

        INPUT:

        - ``claim`` -- the value as the certificate states it, where it differs from ``data``
        - ``further`` -- what this class of answers has besides
        """
        proof = certificate(model.describe(), name, data if claim is None else claim, status,
                            trust or [], evidence, engines(**(versions or {})), error_bound)
        return cls(name, data, status, method, proof, seconds, error_bound, **further)

    @cached_property
    def value(self) -> Any:
        """The value: a number, a Sage object, or a table."""
        return self.data

    @property
    def trust(self) -> list[str]:
        """What must be believed besides the checker."""
        return [] if self.certificate is None else list(self.certificate["trust"])

    @property
    def evidence(self) -> dict[str, Any]:
        """The evidence of the certificate, which may be about a model with the same functions."""
        assert self.certificate is not None
        found: dict[str, Any] = self.certificate["evidence"]
        return found["evidence"] if {"same_functions", "same_coordinates"} & {*found} else found

    def qualified_status(self) -> str:
        """The status with whom it trusts, or how likely it errs."""
        if self.status == "monte_carlo" and self.error_bound is not None:
            # That trials are random is what the status says.
            return f"monte_carlo, error below {self.error_bound:.1e}"
        return self.status + (f", trusting {', '.join(self.trust)}" if self.trust else "")

    def citation(self, model: Model | None = None) -> Citation:
        """
        How to cite this value: text, BibTeX, and the papers that it rests on.

        INPUT:

        - ``model`` -- the model, where there is no certificate that holds it

        See :func:`~neuroalg_sage.invariants.answers.citation.cite`.
        """
        from neuroalg_sage.invariants.answers.citation import cite

        return cite(self, model)

    def __repr__(self) -> str:
        text = str(self.value)
        return f"{text}{chr(10) if chr(10) in text else ' '}({self.qualified_status()})"

    def __format__(self, specification: str) -> str:
        return format(self.value, specification) if specification else str(self)

    def __getattr__(self, attribute: str) -> Any:
        # Displays of the value would hide the status.
        if attribute.startswith(("__", "_repr_", "_ipython_", "_rich_repr_")) or (
                attribute == "value"):
            raise AttributeError(attribute)
        return getattr(self.value, attribute)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.value)})

    def sage(self) -> Any:
        """
        The value as an object of Sage: integers and fractions become Sage's.

        Where a function of Sage asks for an ideal, as in ``J.intersection(I)``, it wants this.

        EXAMPLES::

            >>> import sage.all__sagemath_modules
            >>> Invariant("dimension", 8, "proved", "rank of the Jacobian").sage().factor()
            2^3
        """
        return _in_sage(self.value)

    def _sage_(self) -> Any:
        return self.sage()

    def _macaulay2_(self, interface: Any) -> Any:
        return interface(self.sage())

    def _singular_(self, interface: Any) -> Any:
        return interface(self.sage())

    def _integer_(self, ring: Any) -> Any:
        return ring(self.value)

    def _rational_(self) -> Any:
        from sage.rings.rational_field import QQ

        return QQ(self.sage())

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Invariant) else other))

    def __hash__(self) -> int:
        return hash(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __index__(self) -> int:
        return self.value.__index__()

    def __iter__(self) -> Any:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, key: Any) -> Any:
        return self.value[key]

    def __lt__(self, other: Any) -> bool:
        return self.value < _plain(other)

    def __le__(self, other: Any) -> bool:
        return self.value <= _plain(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > _plain(other)

    def __ge__(self, other: Any) -> bool:
        return self.value >= _plain(other)

    def __add__(self, other: Any) -> Any:
        return self.value + _plain(other)

    def __radd__(self, other: Any) -> Any:
        return other + self.value

    def __sub__(self, other: Any) -> Any:
        return self.value - _plain(other)

    def __rsub__(self, other: Any) -> Any:
        return other - self.value

    def __mul__(self, other: Any) -> Any:
        return self.value * _plain(other)

    def __rmul__(self, other: Any) -> Any:
        return other * self.value

    def __truediv__(self, other: Any) -> Any:
        return self.value / _plain(other)

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.value

    def __pow__(self, other: Any) -> Any:
        return self.value ** _plain(other)

    def __neg__(self) -> Any:
        return -self.value

    def __float__(self) -> float:
        return float(self.value)

    def __contains__(self, other: Any) -> bool:
        return _plain(other) in self.value

    def __call__(self, *arguments: Any) -> Any:
        """The value at a place, of a Hilbert polynomial, say."""
        return self.value(*arguments)


def _in_sage(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_in_sage, value)) if type(value) in (list, tuple) else value
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Fraction)):
        from sage.rings.integer import Integer

        return (Integer(value) if isinstance(value, int)
                else Integer(value.numerator) / Integer(value.denominator))
    return value


def _plain(other: Any) -> Any:
    return other.value if isinstance(other, Invariant) else other


certified = Invariant.certified

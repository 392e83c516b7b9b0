"""
Kinds of claims, and the checks that verify them.

Each wing declares its claims in its table ``CLAIMS``, which names their checks without importing
them, so that of a certificate only those files are loaded that its claim needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from neuroalg_sage.certificates.reading import Checked, require

STATUSES = ("proved", "monte_carlo", "bounds")
CONE, CONES = "cone over rational functions", ".rational_functions:Cone"


@dataclass(frozen=True)
class Claim:
    """
    A kind of claim.

    - ``name`` -- as certificates have it
    - ``check`` -- the function that verifies it, ``"module:function"``; a module of this room is
      named from here, ``".dimension.dimension:check_dimension"``
    - ``statuses`` -- those that it may have
    - ``kinds`` -- the types that its value may have; in Python 1, 1.0 and True are equal, in a
      claim they are not
    - ``others`` -- whether the value lists what has a property, and it is not claimed that nothing
      else has it
    - ``of_cones`` -- whether it may also be claimed of the cone over rational functions
    - ``subject`` -- what rebuilds that of which it is claimed from its description, named like the
      check; by default a model
    - ``of_functions`` -- whether it is about functions alone, and not about which parameter is
      which; then the evidence may be about a model with these functions and other parameters
    - ``of_coordinates`` -- whether it is about φ as a map between spaces, and not about what its
      coordinates are coefficients of; then the evidence may be about a model with these coordinates

    The function takes the model, or what the subject rebuilds, the value and the evidence; then the
    status, if there may be several, and the error bound, if there is one.  It returns what was
    verified and whom to trust, and raises
    :class:`~neuroalg_sage.certificates.reading.CertificateError` if the evidence does not imply the
    claim.

    EXAMPLES::

        >>> Claim("dimension", ".dimension.dimension:check_dimension").function.__name__
        'check_dimension'
    """

    name: str
    check: str
    statuses: tuple[str, ...] = ("proved",)
    kinds: tuple[type, ...] = (int, list)
    others: bool = False
    of_cones: bool = False
    subject: str = ".model:Model"
    of_functions: bool = False
    of_coordinates: bool = False

    def __post_init__(self) -> None:
        if not (set(self.statuses) <= set(STATUSES)
                and all(isinstance(kind, type) for kind in self.kinds)):
            raise ValueError(f"The statuses of the claim {self.name!r} are not some of {STATUSES}, "
                             "or its kinds are no types.")

    @property
    def origin(self) -> str:
        """The package with its version whose check it is; empty for this checker."""
        return ""

    @property
    def function(self) -> Callable[..., Checked]:
        """The check, imported."""
        check: Callable[..., Checked] = _named(self.check)
        return check

    def rebuilt(self, description: Any) -> Any:
        """What a certificate is about, a model as a rule, rebuilt from its description."""
        is_cone = self.of_cones and [layer["kind"] for layer in description["layers"]] == [CONE]
        return _named(CONES if is_cone else self.subject)(description)

    def verify(self, model: Any, value: Any, evidence: Any, *stated: Any) -> Checked:
        """Verify a claim of this kind: what was verified, whom to trust."""
        for what, said in (("functions", self.of_functions), ("coordinates", self.of_coordinates)):
            if said and isinstance(evidence, dict) and f"same_{what}" in evidence:
                from neuroalg_sage.certificates.same_functions import other_model

                require(set(evidence) == {f"same_{what}", "evidence"}, "There is more evidence.")
                other = other_model(model, evidence[f"same_{what}"], what == "coordinates")
                verified, trust = self.function(other, value, evidence["evidence"], *stated)
                return [f"the {what} are those of {other.name}", *verified], trust
        return self.function(model, value, evidence, *stated)


def _named(place: str) -> Any:
    """What ``"module:name"`` names."""
    module, _, name = place.partition(":")
    return getattr(import_module(module, __package__), name)

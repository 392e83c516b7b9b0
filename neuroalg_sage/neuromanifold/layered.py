"""
Expressions that are a network of a family: theorems on its layers are asked of that.
"""

from __future__ import annotations

from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Self, cast

from neuroalg_sage.neuromanifold.core import Core, Method

if TYPE_CHECKING:
    from neuroalg_sage.invariants.dimension.in_layers import LayeredForm


def by_layers(method: Method) -> Method:
    """
    Where the functions are those of a network of a family, ask that one: theorems are on layers.
    """
    @wraps(method)
    def asked(self: Layered, *arguments: Any, **named_ones: Any) -> Any:
        if self.in_layers is None or self._layered is None:
            return method(self, *arguments, **named_ones)
        found = getattr(self._layered, method.__name__)(*arguments, **named_ones)
        if found is None or found.data is None:  # nothing is known of these layers
            return method(self, *arguments, **named_ones)
        return self.in_layers.about(self.model, found)

    return cast(Method, asked)


class Layered(Core):
    """
    What is known of expressions as a composition of layers.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> M = NeuroManifold(from_expressions("c*(a*x + b*y)^3", "a,b,c", "x,y"))
        >>> print(M.in_layers)
        mlp:2,1,1:x^3 with the parameters a, b, c
    """

    @cached_property
    def in_layers(self) -> LayeredForm | None:
        """
        The network of a family of which expressions are the functions, term by term; None if none
        is found.
        """
        from neuroalg_sage.invariants.dimension.in_layers import in_layers

        return in_layers(self.model)

    @cached_property
    def _layered(self) -> Self | None:
        """The same for that network, within the same limits."""
        if self.in_layers is None:
            return None
        found = type(self)(self.in_layers.model, seed=self.seed, method=self.method, cache=False)
        found.computation = self.computation
        return found

"""
Models that are others in other words: what is asked of them is asked of those.

Expressions may be a network of a family, on whose layers there are theorems; and a network may be a
simpler one at other parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Self, cast

from neuroalg_sage.neuromanifold.core import Core, Method

if TYPE_CHECKING:
    from neuroalg_sage.invariants.dimension.in_layers import LayeredForm
    from neuroalg_sage.invariants.dimension.simpler_models import SimplerModel


def asked_of(*forms: str) -> Callable[[Method], Method]:
    """
    Where the model has one of these forms, the first of them is asked.

    INPUT:

    - ``forms`` -- properties of :class:`Layered`
    """
    def decorated(method: Method) -> Method:
        @wraps(method)
        def asked(self: Layered, *arguments: Any, **named_ones: Any) -> Any:
            for name in forms:
                form: LayeredForm | SimplerModel | None = getattr(self, name)
                if form is not None:
                    found = getattr(self.of(form), method.__name__)(*arguments, **named_ones)
                    if found is None or found.data is None:  # nothing is known of these layers
                        break
                    return form.about(self.model, found)
            return method(self, *arguments, **named_ones)

        return cast(Method, asked)

    return decorated


# Theorems are on layers.
by_layers = asked_of("in_layers")


class Layered(Core):
    """
    What is known of a model as a composition of layers.

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
    def layers_as_one(self) -> SimplerModel | None:
        """The model in which layers that are one are one; None if there are no such layers."""
        from neuroalg_sage.invariants.dimension.simpler_models import layers_as_one

        return layers_as_one(self.model)

    @cached_property
    def in_normal_form(self) -> SimplerModel | None:
        """The model with activations in normal form; None if it has this form."""
        from neuroalg_sage.invariants.dimension.simpler_models import in_normal_form

        return in_normal_form(self.model)

    def of(self, form: LayeredForm | SimplerModel) -> Self:
        """The same for the network in this form, within the same limits."""
        if form not in self._forms:
            found = type(self)(form.model, seed=self.seed, method=self.method, cache=False)
            found.computation = self.computation
            self._forms[form] = found
        return self._forms[form]

    @cached_property
    def _forms(self) -> dict[LayeredForm | SimplerModel, Self]:
        return {}

    @cached_property
    def _layered(self) -> Self | None:
        """The same for the network of a family that expressions are."""
        return None if self.in_layers is None else self.of(self.in_layers)

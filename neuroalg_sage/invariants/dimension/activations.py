"""
Perceptrons with activations in normal form.

An activation σ(y) = a τ(y + c) + d between dense layers makes the same functions as τ, if there are
biases for c and d: at other parameters, which depend affine-linearly on the own ones.  So what is
found of the one is true of the other; see the lemma of
:func:`~neuroalg_sage.certificates.dimension.normal_forms.normal_form`.  The square of a sum of an
input and a bias is the first example: x^2 + x is x^2, whose units can be rescaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Any

from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model


@dataclass(frozen=True)
class NormalForm:
    """
    A model with activations in normal form, and where its parameters are.

    - ``model`` -- the model with the same functions
    - ``changes`` -- for each dense layer, beginning with the first, a, d and c: its weights W
      become a W, and its bias b becomes b + d W (1, ..., 1) + c
    """

    model: Model
    changes: tuple[tuple[Fraction, Fraction, Fraction], ...]

    def _moved(self, point: Sequence[int], prime: int, back: bool) -> list[int]:
        residue = constant_modulo(prime)
        found: list[int] = []
        dense = [layer for layer in self.model.layers if isinstance(layer, Dense)]
        for layer, (a, d, c) in zip(dense, self.changes):
            here = len(found)
            count = layer.inputs * layer.outputs
            weights = [w % prime for w in point[here : here + count]]
            factor = pow(residue(a), -1, prime) if back else residue(a)
            moved = [factor * w % prime for w in weights]
            own = moved if back else weights  # W without the factor
            found += moved
            for k, b in enumerate(point[here + count : here + layer.parameter_count()]):
                row = sum(own[k * layer.inputs : (k + 1) * layer.inputs])
                change = residue(d) * row + residue(c)
                found.append((b - change if back else b + change) % prime)
        return found

    def there(self, trial: dict[str, Any]) -> dict[str, Any]:
        """A prime and a point of the own parameters, for those in normal form."""
        prime = trial["prime"]
        return {"prime": prime, "point": self._moved(trial["point"], prime, False)}

    def back(self, trial: dict[str, Any]) -> dict[str, Any]:
        """A trial of the normal form as one of the own model: its rank is the same."""
        return trial | {"point": self._moved(trial["point"], trial["prime"], True)}

    def is_defined(self, prime: int) -> bool:
        """Whether the change of parameters is a bijection modulo the prime."""
        return all(c.denominator % prime for change in self.changes for c in change) and all(
            a.numerator % prime for a, _, _ in self.changes)


@lru_cache(maxsize=64)
def normal_form(model: Model) -> NormalForm | None:
    """
    The normal form of the activations of a perceptron, None if they have it up to factors.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> def text(spec):
        ...     found = normal_form(parse_spec(spec))
        ...     return found and found.model.layers[1].text
        >>> text("mlp:2,3,1:x^2+x:bias"), text("mlp:2,3,1:2*x^3+6*x^2:bias")
        ('x^2', 'x^3 - 3*x')
        >>> text("mlp:2,3,1:x^2+x"), text("mlp:2,3,1:2*x^2:bias")
        (None, None)
    """
    layers = [*model.layers]
    if not all(isinstance(layer, (Dense, Activation)) for layer in layers):
        return None
    changes = {i: [Fraction(1), Fraction(0), Fraction(0)] for i, layer in enumerate(layers)
               if isinstance(layer, Dense)}
    for i, (before, layer, behind) in enumerate(zip(layers, layers[1:], layers[2:]), 1):
        if isinstance(before, Dense) and isinstance(layer, Activation) and isinstance(
                behind, Dense):
            sigma = layer.coefficients
            k = len(sigma) - 1
            c = sigma[-2] / (k * sigma[-1]) if before.bias else Fraction(0)
            tau = [sum((sigma[e] * comb(e, j) * (-c) ** (e - j) for e in range(j, k + 1)),
                       Fraction(0)) / sigma[-1] for j in range(k + 1)]
            changes[i + 1][:2] = sigma[-1], tau[0] * sigma[-1] if behind.bias else Fraction(0)
            changes[i - 1][2] = c
            if behind.bias:
                tau[0] = Fraction(0)
            layers[i] = Activation(tuple(tau))
    if not any(d or c for _, d, c in changes.values()):
        return None
    return NormalForm(Model(tuple(layers), model.input_shape),
                      tuple((a, d, c) for a, d, c in changes.values()))

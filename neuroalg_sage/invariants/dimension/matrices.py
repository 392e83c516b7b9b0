"""
Networks whose functions are matrices of bounded rank: linear ones, and one layer of squares.

The rank of Dφ follows from the ranks of few matrices, whatever the size, see
:func:`~neuroalg_sage.certificates.dimension.matrices.matrix_rank`.
"""

from __future__ import annotations

import random
from functools import reduce
from math import comb

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.invariants.dimension.proved_rank import ProvedRank
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model


def proved_by_matrices(model: Model, generator: random.Random) -> ProvedRank | None:
    """
    The rank at a random point; None if the model is neither linear nor one layer of squares with
    one output, or if the point is special.

    Linear layers have no bias, or the last one has.  A square has no terms of lower degree, or both
    layers have a bias, so that it can be completed.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> def ranks(spec):
        ...     found = proved_by_matrices(parse_spec(spec), random.Random(1))
        ...     return found and (found.trial["ranks"], found.rank)
        >>> ranks("linear:7,3,5,6"), ranks("mlp:7,3,1:x^2"), ranks("mlp:7,9,1:x^2+x:bias")
        (([3, 3], 30), ([3, 3], 18), ([8, 8], 36))
        >>> ranks("mlp:7,3,1:x^2+x")
    """
    prime = modular.random_prime(generator, modular.LARGEST_FAST_PRIME)
    numbers = np.random.default_rng(generator.getrandbits(32))
    point = numbers.integers(1, prime, model.parameter_count)
    match model.layers:
        case (*_, Dense() as last) if all(isinstance(layer, Dense) and (last.bias or not layer.bias)
                                          for layer in model.layers):
            ranks = _ranks_of_products(model, point, prime)
            (s, r), m, n = ranks, last.outputs, model.input_count
            rank, constants = s * n + m * r - s * r, m * last.bias
            least = min(m, n, *(layer.outputs for layer in model.layers
                                if isinstance(layer, Dense)))
            is_generic = rank == least * (m + n - least)
            kind, words = "flattening", "the rank of the output flattening"
        case (Dense() as hidden, Activation(coefficients=(gamma, beta, alpha)),
              Dense(outputs=1) as last) if hidden.bias and last.bias or not (gamma or beta):
            if model.denominator[0] % prime == 0:
                return None
            n, v, k = hidden.inputs, hidden.inputs + hidden.bias, hidden.outputs
            residue = constant_modulo(prime)
            forms = residue(2 * alpha) * np.hstack([
                point[: k * n].reshape(k, n), point[k * n : k * v].reshape(k, v - n)]) % prime
            forms[:, n:] += residue(beta)
            r = modular.rank(forms, prime)
            constants = int(last.bias and (not hidden.bias or modular.rank(np.vstack(
                [forms, np.eye(v, dtype=np.int64)[-1:]]), prime) > r))
            ranks, rank = [r, r + constants], comb(v + 1, 2) - comb(v - r + 1, 2)
            is_generic = r == min(k, v)
            kind, words = "quadratic forms", "the rank of symmetric matrices"
        case _:
            return None
    if not is_generic:
        return None
    return ProvedRank({"prime": prime, "point": point.tolist(), "ranks": ranks}, rank + constants,
                      {"kind": kind}, f"ranks of matrices modulo a prime, and {words}")


def _ranks_of_products(model: Model, point: np.ndarray, prime: int) -> list[int]:
    """
    Those of the matrices that all layers but the first make, and all but the last, of a linear
    network.
    """
    weights, place = [], 0
    for layer in model.layers:
        assert isinstance(layer, Dense)
        size = layer.inputs * layer.outputs
        weights.append(point[place : place + size].reshape(layer.outputs, layer.inputs))
        place += layer.parameter_count()
    return [modular.rank(reduce(lambda first, then: modular.multiply_matrices(
        then, first, prime), part), prime) if part else full
        for part, full in ((weights[1:], model.output_count), (weights[:-1], model.input_count))]

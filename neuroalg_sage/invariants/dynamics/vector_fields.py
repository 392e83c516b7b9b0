"""
The polynomial vector fields of a flow, and what grades them.

At each moment a flow follows a combination of the fields, with coefficients that the loss makes
arbitrary, and a drift that no loss changes.  So what is constant along the flows of all losses
is what all of these fields annihilate.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import Ordering, fmpq_mpoly_ctx

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.dynamics.flows import Flow
from neuroalg_sage.models.expressions import Polynomial, derivative, plus, times
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import in_ring, integral_kernel

Field = dict[int, Polynomial]  # component i, where it is not zero

MOST_EXPONENTS = 30_000_000
MOST_SIGNS = 62  # gradings by Z/2 that fit into a word


class VectorFields:
    """
    The fields of a flow of a model; a law is what all of them annihilate.

    INPUT:

    - ``phi`` -- the parametrization
    - ``flow`` -- a flow

    The space has the parameters, the momenta of a heavy ball, and s if laws may depend on
    time.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:2,1,1"))
        >>> VectorFields(phi, Flow()).fields[0]
        {0: {(0, 0, 1): Fraction(1, 1)}, 2: {(1, 0, 0): Fraction(1, 1)}}
    """

    def __init__(self, phi: Parametrization, flow: Flow) -> None:
        self.phi, self.flow = phi, flow
        model = phi.model
        count = model.parameter_count
        inertial = flow.friction is not None
        self.names = list(model.parameter_names)
        self.names += [f"v_{i}" for i in range(count)] * inertial
        self.names += ["s"] * (flow.rate != 0)
        self.count = len(self.names)
        size = sum(len(p) * max(map(sum, p), default=0) for p in phi.polynomials) * self.count
        if size > MOST_EXPONENTS:
            raise LimitReached(f"The fields of the flow have {size:,} exponents, over the limit "
                               f"of {MOST_EXPONENTS:,}; laws of gradient flow that are found "
                               "without them are in quadratic_conservation_laws.")
        flow.positive_point(model)  # raises where the metric is that of no flow
        self.entries = flow.inverse_metric(model)
        if len(set(self.names)) < self.count:
            raise InputError("The parameters must not be called like a momentum, v_0, v_1, ..., or "
                             "s, which stand for what moves with them.")

        def wide(p: Polynomial) -> Polynomial:
            return {e + (0,) * (self.count - count): c for e, c in p.items()}

        def unit(i: int, c: Fraction) -> Polynomial:
            return {tuple(int(k == i) for k in range(self.count)): c}

        inverse = {key: wide(p) for key, p in self.entries.items()}
        self.fields: list[Field] = []
        for coordinate in phi.polynomials:
            slopes = {i: d for i in range(count) if (d := wide(derivative(coordinate, i)))}
            # A field is zero for a coordinate that is constant.
            self.fields.append({count + i: d for i, d in slopes.items()} if inertial else
                               slopes if flow.is_euclidean else _raised(inverse, slopes))
        drift: Field = {}
        if inertial:
            drift = _raised(inverse, {i: unit(count + i, Fraction(1)) for i in range(count)})
            for i in range(count):
                _add(drift, count + i, unit(count + i, -flow.friction))
                _add(drift, count + i, unit(i, -flow.weight_decay))
        elif flow.weight_decay:
            drift = _raised(inverse, {i: unit(i, -flow.weight_decay) for i in range(count)})
        if flow.rate:
            _add(drift, self.count - 1, unit(self.count - 1, flow.rate))
        if drift:
            self.fields.append(drift)
        self.ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(self.count)], Ordering.lex)

    @cached_property
    def exact(self) -> list[dict[int, Any]]:
        """The fields, with components as polynomials of FLINT."""
        return [{i: self.polynomial(p) for i, p in field.items()} for field in self.fields]

    def polynomial(self, terms: Polynomial) -> Any:
        """A polynomial of FLINT on the space."""
        return in_ring(terms, self.ring)

    def annihilate(self, law: Polynomial) -> bool:
        """Whether all fields annihilate a polynomial, by exact expansion."""
        h = self.polynomial(law)
        slopes = [h.derivative(i) for i in range(self.count)]
        zero = self.ring.constant(0)
        return not any(sum((c * slopes[i] for i, c in field.items() if slopes[i]), zero)
                       for field in self.exact)

    @cached_property
    def gradings(self) -> list[tuple[int, tuple[int, ...]]]:
        """
        Gradings of the space for which every field is homogeneous: pairs (m, weights), by Z
        for m = 0 and by Z/2 for m = 2.

        A field Σ_i X_i ∂_i is homogeneous if the weight of a term of X_i less that of the
        variable i is the same for all terms of all components.  Then it maps each weight space
        into one, so a polynomial is a law if and only if its parts in all weight spaces are.

        The torus that grades φ does not do: ∇φ_j has the terms w^b / w_i^2 up to factors, so
        that only tori preserving the metric up to a factor grade it.  What is left of a torus
        are the degree, where φ has it, and signs, which are gradings by Z/2.
        """
        differences = set()
        for field in self.fields:
            shifted = [tuple(e - (k == i) for k, e in enumerate(exponents))
                       for i, p in field.items() for exponents in p]
            differences |= {tuple(a - b for a, b in zip(term, shifted[0])) for term in shifted}
        table = np.array(sorted(differences), dtype=np.int64).reshape(-1, self.count)
        return [(modulus, weights) for modulus, most in ((0, self.count), (2, MOST_SIGNS))
                for weights in _gradings(table, modulus)[:most]]

    @cached_property
    def is_homogeneous(self) -> bool:
        """Whether the degree of polynomials grades the fields."""
        return all(len({sum(e) for p in field.values() for e in p}) <= 1 for field in self.fields)

    def describe(self) -> dict[str, Any]:
        """The flow as a certificate states it."""
        flow = self.flow
        return {"inverse_metric": None if flow.is_euclidean else [
                    [i, j, encode_polynomial(p)] for (i, j), p in sorted(self.entries.items())],
                "weight_decay": str(flow.weight_decay),
                "friction": None if flow.friction is None else str(flow.friction)}


def _raised(inverse: dict[tuple[int, int], Polynomial], covector: Field) -> Field:
    """The vector of a covector, by the inverse of the metric."""
    field: Field = {}
    for (i, j), entry in inverse.items():
        if j in covector:
            _add(field, i, times(entry, covector[j]))
    return field


def _add(field: Field, i: int, p: Polynomial) -> None:
    total = plus(field.get(i, {}), p)
    if total:
        field[i] = total
    else:
        field.pop(i, None)


def _gradings(table: np.ndarray, modulus: int) -> list[tuple[int, ...]]:
    """
    A basis of the weights whose products with all rows are zero, in Z or modulo a prime.

    A few rows mostly span all; as long as they do not, some that show it are added.
    """
    columns = table.shape[1]
    chosen = table[:: max(1, len(table) // (2 * columns + 1))]
    while True:
        kernel = (modular.reduced_kernel(chosen, modulus)[1].tolist() if modulus
                  else integral_kernel(chosen.tolist(), columns))
        products = table @ np.array(kernel, dtype=np.int64).reshape(-1, columns).T
        wrong = np.flatnonzero((products % modulus if modulus else products).any(axis=1))
        if not len(wrong):
            return [tuple(weights) for weights in kernel]
        chosen = np.concatenate([chosen, table[wrong[:columns]]])

"""
Networks of dense layers and powers with a state of width one: multiples of powers of forms.

The layers are dense without bias, the first and the last one too, and activations c x^k with c ≠ 0
and k >= 1.  Let the input, or what a dense layer before the last one has as its output, be one
function P(x).

*Lemma.*  M is all tuples (C_o P^e) with any numbers C_o and any P that the layers up to this state
parametrize; e is the product of the exponents after it.

*Proof.*  What follows is a network of one input t.  Its outputs are numbers times t^e.  If all
weights of layers before the last one are 1, the units of each state are the same multiple of a
power of t, which is not zero.  So the last layer takes these to any numbers.  ∎

If P is the input, M is all of V.  If no exponent before P is larger than 1, P is any linear form,
and the tuples (b_o l^e) are those whose catalecticant C_1 has rank at most 1.  Let the first layer
have u outputs, the exponent after it be k > 1, and the others before P be 1.  Then P is any sum of
u multiples of powers of degree k: all forms of degree k if u is at least their dimension, or if
n = 2 and u >= k; and for k = 2 the quadratic forms of rank at most u (``sums_of_powers``).

*Lemma.*  A form f of degree e k is c P^e, with a form P ≠ 0 of degree k, if and only if a form P ≠
0 of degree k satisfies the linear equations P ∂_j f = e f ∂_j P for all j: they say that all
derivatives of f / P^e vanish.  So tuples (c_o P^e) are those whose matrix of coefficients has rank
at most 1, and of which each f_o has linear equations of a rank that is less than the dimension of
the space of forms of degree k.  A quadratic form P has rank at most u if and only if P^e depends
on at most u linear forms, that is, if C_1 has rank at most u: if f ≠ 0 is a form in u linear
forms, so are its factors.
"""

from __future__ import annotations

from math import comb, prod

from flint import fmpq_mpoly

from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, require
from neuroalg_sage.certificates.real.formulas import Formula
from neuroalg_sage.certificates.real.sums_of_powers import catalecticant, rank_at_most


def widths_and_exponents(model: Model) -> list[tuple[int, int]]:
    """For the input and each dense layer the width of the state, and the exponent after it."""
    found = [(model.inputs, 1)]
    layers = model.description["layers"]
    require(layers[0]["kind"] == layers[-1]["kind"] == "dense",
            "The first or the last layer is not dense.")
    for layer in layers:
        require(layer["kind"] in ("dense", "activation") and not layer.get("bias", False),
                "The layers are not dense without bias, or activations.")
        if layer["kind"] == "dense":
            found.append((layer["outputs"], 1))
        else:
            c = layer["coefficients"]
            require(all(v == "0" for v in c[:-1]), "An activation is not a power.")
            found[-1] = found[-1][0], found[-1][1] * (len(c) - 1)
    return found


def powers_of(model: Model) -> tuple[int, int, int]:
    """
    The degree k of P and the exponent e, for the first state of width one that the lemmas are
    about; and the bound for the rank of P, n if there is none.
    """
    states, n = widths_and_exponents(model), model.inputs
    u = states[1][0]
    for i, (width, _) in enumerate(states[:-1]):
        if width > 1:
            continue
        before = [k for _, k in states[:i]]
        k, e = prod(before), prod(k for _, k in states[i:])
        if k == 1:
            return 1, e, n
        if before[1] == k and (k == 2 or u >= comb(n + k - 1, k) or (n == 2 and u >= k)):
            return k, e, min(n, u) if k == 2 else n
    raise CertificateError("There is no state of width one after sums of powers that are known.")


def narrow_state(model: Model) -> Formula:
    """The multiples of powers of forms."""
    n = model.inputs
    k, e, rank = powers_of(model)
    if n == 1:
        return [[]]
    if k == 1:
        return [rank_at_most(1, catalecticant(model, 1))]
    ring = polynomial_ring(model.ambient_dimension)
    coordinates = dict(zip(model.coordinates, ring.gens()))
    exponents = list(monomials(n, k * e))
    rows = [[coordinates[o, x] for x in exponents] for o in range(model.outputs)]
    matrices = [derivative_equations(dict(zip(exponents, row)), n, k, e) for row in rows]
    conditions = rank_at_most(1, rows) + rank_at_most(comb(n + k - 1, k) - 1, *matrices)
    return [conditions + (rank_at_most(rank, catalecticant(model, 1)) if rank < n else [])]


def derivative_equations(f: dict[tuple[int, ...], fmpq_mpoly], n: int, k: int, e: int
                         ) -> list[list[fmpq_mpoly]]:
    """The matrix of the equations P ∂_j f = e f ∂_j P in the coefficients of P."""
    columns = []
    zero = next(iter(f.values())).context().constant(0)
    places = {(j, x): i for i, (j, x) in enumerate(
        (j, x) for j in range(n) for x in monomials(n, k * e + k - 1))}
    for p in monomials(n, k):
        column = [zero] * len(places)
        for x, c in f.items():
            for j in range(n):
                total = list(map(int.__add__, x, p))
                total[j] -= 1
                if total[j] >= 0 and x[j] != e * p[j]:
                    column[places[j, tuple(total)]] += c * (x[j] - e * p[j])
        columns.append(column)
    return [row for row in map(list, zip(*columns)) if any(row)]

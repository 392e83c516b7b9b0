"""
Linear convolutional networks: products of real filters.

The layers are convolutions of one channel over an input of one dimension, with nothing between
them.  A filter of size k is a binary form g of degree k - 1.  With one output, the coefficients of
the linear function are those of the product f of all g(t^S), in the coordinate t of the projective
line, where S is the product of the strides before the filter.  With stride 1 and several outputs,
it is moved by o places for output o.

*Lemma.*  A real form f ≠ 0 of degree d is a product of real forms of given degrees, with sum d, if
and only if it has at least as many real zeros, counted with multiplicity on the projective line,
as there are odd degrees, e.  For a form of odd degree has a real zero.  Conversely let each odd
degree take a real zero.  What is left of f has even degree d - e, and its zeros that are not real
are in pairs, so the others are, too: f is a product of these e linear forms and of quadratic ones,
which fill the even degrees that are left.

So if all S are 1, M is all forms if e <= 1, since a form of odd degree has a real zero; the
hyperbolic ones, and 0, if e = d; and if e = 2, so that d and the number of real zeros are even,
those with a real zero, and 0.

*Strides.*  Let the filters with the same S make the product a_S, of degree d_S, and let each S be
larger than the sum of all S' d_S' with S' < S.  Then the sums Σ_S S j_S with 0 <= j_S <= d_S are
different.  At these places f has the entries of the tensor of all a_S, of rank at most one, and is
zero elsewhere; a real tensor has such real factors if all matrices that it gives have rank at most
1.  Let only one a_S have a condition.  The rows c of the matrix whose columns belong to this S are
b_c a_S, where not all b_c vanish if f ≠ 0.  By e_k(B(b_c a_S)) = b_c^(2k) e_k(B(a_S)) the sum over
c has the sign of e_k(B(a_S)).
"""

from __future__ import annotations

import itertools

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.spans import Span, minors
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import polynomial_ring, require
from neuroalg_sage.certificates.real.binary_forms import bezout_matrix, zeros
from neuroalg_sage.certificates.real.signatures import Signatures, elementary


def filters(model: Model) -> dict[int, list[int]]:
    """The degrees of the filters with each product of strides before them."""
    found: dict[int, list[int]] = {}
    step = 1
    for layer in model.description["layers"]:
        require(layer["kind"] == "convolution" and len(layer["size"]) == 1
                and layer["channels"] in ([], [1, 1]),
                "The layers are not linear filters of one channel.")
        found.setdefault(step, []).append(layer["size"][0] - 1)
        step *= layer["stride"][0]
    require(model.outputs == 1 or step == 1, "There are strides, and several outputs.")
    return found


def product_of_filters(model: Model) -> Signatures:
    """The real zeros of a product of filters."""
    steps = filters(model)
    degrees = {step: sum(group) for step, group in steps.items()}
    extent = 0
    for step, d in degrees.items():
        require(step > extent, "The windows of filters with different strides overlap.")
        extent += step * d
    z = dict(zip(model.coordinates, polynomial_ring(model.ambient_dimension).gens()))
    table = [[z[o, tuple(int(i == j) for i in range(model.inputs))] for j in range(model.inputs)]
             for o in range(model.outputs)]
    zero = table[0][0] * 0
    places = {sum(map(int.__mul__, degrees, indices)): indices
              for indices in itertools.product(*(range(d + 1) for d in degrees.values()))}
    f = [table[0][j] if j in places else zero for j in range(extent + 1)]
    equations = [table[o][j] - (f[j - o] if 0 <= j - o <= extent else zero)
                 for o in range(model.outputs) for j in range(model.inputs)]
    matrices = {}
    for i, (step, d) in enumerate(degrees.items()):
        rest = sorted({place - step * indices[i] for place, indices in places.items()})
        matrices[step] = [[f[start + step * j] for j in range(d + 1)] for start in rest]
    space = Span()
    equations = [g for g in (*equations, *(m for matrix in matrices.values()
                                           for m in minors(matrix, 2))) if space.add(g)]
    conditions = [(step, odd) for step, group in steps.items()
                  if (odd := sum(k % 2 for k in group)) > 1]
    if not conditions:
        return Signatures(equations, [], lambda positive, negative: True)
    require(len(conditions) == 1, "Two products of filters have conditions on their zeros.")
    (step, odd), = conditions
    d = degrees[step]
    require(odd in (2, d), "More than two filters of even size, and others of size over two, have "
            "no description here.")
    functions: list[fmpq_mpoly] = [sum(parts, zero) for parts in zip(*(
        elementary(bezout_matrix(row)) for row in matrices[step]))]

    def belongs(positive: int, negative: int) -> bool | None:
        found = zeros(d, positive, negative)
        if found is None:
            return None
        return not found[1] if odd == d else found[0] > 0

    return Signatures(equations, functions, belongs)

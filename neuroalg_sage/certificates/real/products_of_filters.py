"""
Linear convolutional networks: products of real filters.

The layers are convolutions of one channel over an input of one dimension, with stride 1, and
nothing between them.  A filter of size k is a binary form of degree k - 1, and output o is the
linear form whose coefficients are those of the product f of the filters, moved by o places.

*Lemma.*  A real form f ≠ 0 of degree d is a product of real forms of given degrees, with sum d, if
and only if it has at least as many real zeros, counted with multiplicity on the projective line,
as there are odd degrees, e.  For a form of odd degree has a real zero.  Conversely let each odd
degree take a real zero.  What is left of f has even degree d - e, and its zeros that are not real
are in pairs, so the others are, too: f is a product of these e linear forms and of quadratic ones,
which fill the even degrees that are left.

So M is all forms if e <= 1, since a form of odd degree has a real zero; the hyperbolic ones, and
0, if e = d; and if e = 2, so that d and the number of real zeros are even, those with a real zero,
and 0.
"""

from __future__ import annotations

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import polynomial_ring, require
from neuroalg_sage.certificates.real.binary_forms import bezout_matrix, zeros
from neuroalg_sage.certificates.real.signatures import Signatures, elementary


def product_of_filters(model: Model) -> Signatures:
    """The real zeros of a product of filters."""
    layers = model.description["layers"]
    require(all(layer["kind"] == "convolution" and len(layer["size"]) == 1
                and layer["stride"] == [1] and layer["channels"] in ([], [1, 1])
                for layer in layers),
            "The layers are not linear filters with stride 1 and one channel.")
    degrees = [layer["size"][0] - 1 for layer in layers]
    d, odd = sum(degrees), sum(k % 2 for k in degrees)
    z = dict(zip(model.coordinates, polynomial_ring(model.ambient_dimension).gens()))
    table = [[z[o, tuple(int(i == j) for i in range(model.inputs))] for j in range(model.inputs)]
             for o in range(model.outputs)]
    f = table[0][: d + 1]
    equations = [table[o][j] - f[j - o] if 0 <= j - o <= d else table[o][j]
                 for o in range(model.outputs) for j in range(model.inputs)]
    equations = [g for g in equations if g]
    if odd <= 1:
        return Signatures(equations, [], lambda positive, negative: True)
    require(odd == d or odd == 2, "More than two filters of even size, and others of size over "
            "two, have no description here.")

    def belongs(positive: int, negative: int) -> bool | None:
        found = zeros(d, positive, negative)
        if found is None:
            return None
        return not found[1] if odd == d else found[0] > 0

    return Signatures(equations, elementary(bezout_matrix(f)), belongs)

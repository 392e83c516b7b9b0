"""
Attention in one layer, with one head or several: a change of the keys and queries bounds the
dimension from above, and points at which heads read and write different rows bound it from below.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any, NamedTuple

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, items, member, require


class Heads(NamedTuple):
    """Heads with d rows of X, b rows of V, and for each head how many rows its K and Q have."""

    d: int
    b: int
    sizes: list[int]


def heads_of(model: Model) -> Heads:
    """Verify that the model is attention, or a sum of heads that share nothing, of two tokens."""
    layers = model.description["layers"]
    if len(layers) == 1 and layers[0]["kind"] == "sum":
        require("share" not in layers[0], "Heads share parameters.")
        layers = layers[0]["layers"]
    else:
        require(len(layers) == 1, "The model has more than one layer.")
    require(all(layer["kind"] == "attention" for layer in layers),
            "The model is no attention in one layer.")
    require(model.description["input_shape"][1] > 1, "There is one token.")
    return Heads(layers[0]["inputs"], layers[0]["outputs"], [layer["head"] for layer in layers])


def attention_bound(model: Model) -> int:
    """
    N - Σ (a_h^2 + 1), for heads with a_h rows of K and Q: an upper bound for dim M if a_h ≤ d.

    Let g in GL(a) map K to g K and Q to g^(-T) Q, and t map V to t V and K to t^(-1) K: the sum
    over the heads of V X (K X)^T (Q X) stays.  Where K has rank a and V is not zero, the tangent
    vectors (0, γ K, -γ^T Q) and (V, -K, 0) are independent: orbits have dimension a^2 + 1 for each
    head.
    """
    d, _, sizes = heads_of(model)
    require(max(sizes) <= d, "A head has more rows of K than X has.")
    return model.parameters - sum(a * a + 1 for a in sizes)


def attention_rank(model: Model, trial: Any) -> int:
    """
    The rank of Dφ at a point where each head reads and writes rows of its own.

    Let the rows of X be divided into groups of d_h, and the rows of V into groups of b_h, one of
    both for each head h.  At the point, K_h and Q_h have rank a_h, and are zero at columns of other
    groups; V_h is zero but for rows and columns of its group.  Let v_i be the rows of V_h there,
    and A = K_h^T Q_h with columns α_l, as linear forms in the rows of the group h.  For each i, v_i
    is not zero, and some α_l is no multiple of it.

    *Lemma.*  For two tokens or more, the rank of Dφ is N - Σ (a_h^2 + 1).

    *Proof.*  For tokens s ≠ t, the part of the output i at the token t that is quadratic in x_s and
    linear in x_t is, as a form in x = x_s, the coefficient of the entry l of x_t:
    Σ_h v_{h,i}(x) α_{h,l}(x).  Its derivatives are Σ_h β_{h,i} α_{h,l} + v_{h,i} γ_{h,l}, where β
    are any forms, and γ the columns of C_h = K_h^T dQ + dK^T Q_h.  We show that this vanishes for
    all i and l only if β_h = c_h v_h and C_h = -c_h A_h.  Say that a product of a form in the group
    e and one in the group f has degree ef.

    - Let i be in a group e, and l in a group f ≠ e.  The product β_{f,i} α_{f,l} appears, and
      v_{e,i} γ_{e,l}.  There dK^T Q_e is zero in the column l, so γ_{e,l} is a form in the group e,
      and the latter has degree ee.  The former has degrees that name f.  So both vanish:
      β_{f,i} = 0, since some α_{f,l} ≠ 0; and γ_{e,l} = 0.
    - Let i and l be in the same group h.  Only β_{h,i} α_{h,l} + v_{h,i} γ_{h,l} appears.  Its part
      of degree eh, for e ≠ h, vanishes: if α_{h,l} is no multiple of v_{h,i}, both parts of
      β_{h,i} and γ_{h,l} in the group e do; and then those of all other γ_{h,l}, since v_{h,i} ≠ 0.
      In degree hh, for the same l, the prime v_{h,i} divides β_{h,i}, which is c v_{h,i}; so
      γ_{h,l} = -c α_{h,l} for all l, and c is the same for all i.

    Since K_h and Q_h have rank a, (dK, dQ) with C_h = 0 are the a^2-dimensional space of
    (g K, -g^T Q), so that the kernel of Dφ has dimension at most Σ (a_h^2 + 1); it has no less by
    :func:`attention_bound`.  All of this holds over the field of p elements, and the rank at an
    integer point modulo p is at most the generic rank over Q.
    """
    d, b, sizes = heads_of(model)
    p, point = place(model, trial)
    groups = [integers(group, 1, 10**6, "size of a group", 2)
              for group in items(member(trial, "heads"), "heads", len(sizes))]
    require([*map(sum, zip(*groups))] == [d, b], "The groups are no division of the rows.")
    offset = 0
    for a, (width, height), column, row in zip(
            sizes, groups, *([*accumulate(ends)] for ends in zip(*groups))):
        def block(rows: range, kept: range, here: int, first: int = column - width,
                  last: int = column) -> list[list[int]]:
            found = [[c % p for c in point[here + i * d : here + (i + 1) * d]] for i in rows]
            require(not any(any(line[:first]) or any(line[last:]) or i not in kept and any(line)
                            for i, line in zip(rows, found)),
                    "A parameter of a head is not zero outside its group.")
            return [found[i][first:last] for i in kept]

        queries = block(range(a), range(a), offset)
        keys = block(range(a), range(a), offset + a * d)
        values = block(range(b), range(row - height, row), offset + 2 * a * d)
        offset += (2 * a + b) * d
        require(rank(keys, width, p) == rank(queries, width, p) == a,
                "The keys or queries of a head have not full rank.")
        columns = (nmod_mat(queries, p).transpose() * nmod_mat(keys, p)).table()
        for value in values:
            require(any(value) and any(rank([value, [*map(int, alpha)]], width, p) == 2
                                       for alpha in columns), "A row of V is special.")
    return model.parameters - sum(a * a + 1 for a in sizes)

"""
A smaller network of the same function, and how many hidden units are necessary.

A network f whose units are affine functions of the inputs is a sum of hinges (``hinges``)

    f(x) = A x + b + sum over H of c_H max(l_H(x), 0).

Claimed is that it is the function of a stated network of one hidden layer of ReLU, with biases and
no other connections, with so many hidden units; that f has k hinges; and that no such network of f,
with real weights, has fewer units than a stated number.

**Which networks are f.**  A unit with weights that are zero is a constant, which the bias of the
outputs is as well.  Else it is max(s l_H, 0) for a hyperplane H and s not 0; with the vector v of
its outgoing weights it contributes |s| v max(l_H, 0), and s v l_H if s < 0.  By the lemma of
``hinges``, units on H contribute c_H max(l_H, 0) in sum, or no hinge if H is none of f.  So

- on each H of the k there is a unit;
- if there is exactly one, its affine part is 0 or - c_H l_H;
- if there are two or more, their affine part is w l_H for some vector w;
- on another hyperplane, one unit alone has v = 0, and contributes nothing; two or more contribute w
  l for some w.

All affine parts sum up to A x + b.  With S the hyperplanes where the affine part is - c_H l_H, T
those of the k with two or more units, n_H the gradient of l_H, and j further hyperplanes with two
or more units, of gradients n_1, ..., n_j,

    A + sum over S of c_H n_H^T = sum over T of w_H n_H^T + sum of w_i n_i^T,

and there are at least k + |T| + 2 j units.  S and T may be taken to be disjoint.

**Lemma 1.**  If k = 0, at least 2 rank(A) units are needed.  *Proof.*  A is a sum of j matrices of
rank one. ∎

**Lemma 2.**  If a linear form p on matrices has no subset S of the k with p(A) + (sum over S of
p(c_H n_H^T)) = 0, at least k + 1 units are needed.  If moreover for each H of the k there is a
linear form p on matrices with p(w n_H^T) = 0 for all w, and no subset S of the others with p(A) +
(sum over S) = 0, at least k + 2.  *Proof.*  With k units T is empty and j = 0, so p of the equation
is such a sum.  With k + 1 units T is empty or has one element H, and j = 0. ∎

The subset sums are those of all subsets of one half, found among those of the other half.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.hinges import Hinges, require_hinges
from neuroalg_sage.certificates.piecewise.network import Network, difference
from neuroalg_sage.certificates.reading import Checked, fields, items, member, numbers, require
from neuroalg_sage.certificates.work import Work

MOST_SUMS = 2**22


def check_smaller_network(network: Network, value: Any, evidence: Any, status: str) -> Checked:
    """Verify that a smaller network is the same function, and how many units are needed."""
    description, hinges, at_least, units = fields(value, "network", "hinges", "at_least", "units")
    require(len(value) == 4 and set(evidence) == {"forms"}, "There is an unknown field.")
    require(all(type(number) is int for number in (hinges, at_least, units)),
            "Numbers of units are whole numbers.")
    smaller = Network(description)
    require(units == hidden_units(smaller), "The stated network has another number of units.")
    require(require_hinges(difference(network, smaller)).vanish,
            "The networks are not the same function.")
    found = require_hinges(network)
    require(hinges == len(found.jumps), f"The function has {len(found.jumps)} hinges.")
    proved = necessary_units(found, member(evidence, "forms"))
    require(at_least <= proved, f"That {at_least} units are needed is not proved.")
    require((status == "proved") == (at_least == units), "The status is another one.")
    return ["that both networks are the same sum of hinges",
            "which subsets of hinges leave which linear part"], []


def hidden_units(network: Network) -> int:
    """The number of hidden units of a network of one hidden layer of ReLU, or of none."""
    layers = network.description["layers"]
    kinds = [layer["kind"] for layer in layers]
    require(kinds in (["dense"], ["dense", "relu", "dense"])
            and all(taken == [k] for k, (taken, _) in enumerate(network.maps)),
            "The stated network has not one hidden layer of ReLU.")
    if kinds == ["dense"]:
        require(not any(map(any, (row[:-1] for row in network.maps[0][1].table()))),
                "A network without hidden units is constant.")
        return 0
    return int(network.maps[0][1].nrows())


def necessary_units(found: Hinges, forms: Any) -> int:
    """How many units are proved to be needed by these linear forms on matrices."""
    k, work = len(found.jumps), Work(MOST_SUMS)
    linear = [row[:-1] for row in found.affine]
    if not k:
        return 2 * int(fmpq_mat(linear).rank())
    hyperplanes = sorted(found.jumps)
    read = [[numbers(row, "row of a linear form", len(linear[0]))
             for row in items(form, "linear form", len(linear))]
            for form in items(forms, "list of linear forms")]
    require(len(read) in (0, 1, k + 1), "There is a linear form for all hinges, and for each one.")
    for number, form in enumerate(read):
        places = list(range(k))
        if number:
            normal = hyperplanes[places.pop(number - 1)][:-1]
            require(not any(map(any, (fmpq_mat(form) * fmpq_mat([[c] for c in normal])).table())),
                    "A linear form does not vanish where two units are on one hyperplane.")
        values = [form_at(form, jump_matrix(found, hyperplanes[i])) for i in places]
        require(not is_subset_sum(values, -form_at(form, linear), work),
                "A subset of hinges has this sum.")
    return k + min(len(read), 2)


def jump_matrix(found: Hinges, hyperplane: tuple[fmpq, ...]) -> list[list[fmpq]]:
    """The matrix c_H n_H^T."""
    return [[c * x for x in hyperplane[:-1]] for c in found.jumps[hyperplane]]


def form_at(form: Sequence[Sequence[fmpq]], matrix: Sequence[Sequence[fmpq]]) -> fmpq:
    """The value of a linear form at a matrix: the sum of products of entries."""
    return sum((a * b for row, other in zip(form, matrix) for a, b in zip(row, other)), fmpq(0))


def is_subset_sum(values: Sequence[fmpq], target: fmpq, work: Work) -> bool:
    """Whether some of these numbers have this sum."""
    half = len(values) // 2
    require(len(values) < 64, "There are too many hinges.")
    work.spend(2 ** (len(values) - half + 1))
    scale = lcm(int(target.q), *(int(c.q) for c in values))
    whole = [int(c.p) * (scale // int(c.q)) for c in values]
    sums = []
    for part in (whole[:half], whole[half:]):
        reached = [0]
        for c in part:
            reached += [s + c for s in reached]
        sums.append(set(reached))
    goal = int(target.p) * (scale // int(target.q))
    return any(goal - s in sums[1] for s in sums[0])

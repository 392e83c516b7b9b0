"""
The functional dimension of a piecewise linear network at its weights.

The network is a chain of dense layers and of activations of single entries; its parameters w are
the entries of the dense layers, and of their biases where there are some.  At an input where no
unit is at a breakpoint, the outputs f_w are polynomials in the parameters near w.  The *functional
dimension* is the largest rank of the derivatives by w of the outputs at finitely many such inputs
(Grigsby, Lindsey, Meyerhoff, Wu, 2022).

*Lower bound.*  The rank at stated inputs, modulo a prime.

*Upper bounds.*  Rescaling: where an activation is positively homogeneous, between two dense layers,
a unit's incoming parameters may be multiplied by s > 0, and its outgoing weights divided by it.
This changes no output, so the velocity at s = 1, incoming parameters less outgoing weights, is in
the kernel of all these derivatives.  So the functional dimension is at most the number of
parameters less the rank of these velocities.

Or all cells.  In homogeneous form, at points (x, t) of a cone where no unit changes its sign, the
derivatives by w are linear in (x, t).  So all of them are combinations of those at a basis of rays
of each cell where no unit vanishes identically; if cells are all that there are, their rank is the
functional dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mat, fmpz_mat, nmod_mat

from neuroalg_sage.certificates.piecewise.network import Network
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    member,
    numbers,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work

MOST_ENTRIES = 4_000_000  # of a matrix of derivatives modulo a prime
MOST_EXACT_ENTRIES = 200_000  # of one of rational numbers

Derivatives = list[list[fmpq]]


def check_functional_dimension(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the functional dimension and the number of parameters."""
    dimension, stated = fields(value, "dimension", "parameters")
    require(set(value) == {"dimension", "parameters"}, "The claim has an unknown field.")
    count = parameters(network)
    require(integer(stated, 0, 10**9, "number of parameters") == count,
            f"The network has {count} parameters.")
    integer(dimension, 0, count, "functional dimension")
    argument = member(evidence, "argument")
    if argument == "rescaling":
        points, p = fields(evidence, "inputs", "prime")
        require(set(evidence) == {"argument", "inputs", "prime"},
                "The evidence has an unknown field.")
        p = prime(p)
        inputs = [numbers(x, "input", network.inputs) for x in items(points, "inputs")]
        Work().spend(len(inputs) * network.outputs * (count + network.coefficients))
        require(len(inputs) * network.outputs * count <= MOST_ENTRIES,
                "There are too many inputs.")
        rows = derivatives_at(network, [[*x, fmpq(1)] for x in inputs])
        require(rank_modulo(rows, count, p) == dimension == count - rescalings(network),
                "The functional dimension is not proved.")
        return [f"the rank of the derivatives at {len(inputs)} inputs", "the rank of the "
                "velocities of rescalings"], []
    require(argument == "cells", "The argument for the functional dimension is not known.")
    found = Subdivision(network, [], member(evidence, "subdivision"))
    require(set(evidence) == {"argument", "subdivision"}, "The evidence has an unknown field.")
    require(exact_rank(network, found) == dimension,
            "The functional dimension is another one.")
    return ["that the cells are all", "the rank of the derivatives on all of them"], []


def parameters(network: Network) -> int:
    """The number of parameters; the network must be a chain of such layers."""
    total = 0
    for k, ((taken, made), layer) in enumerate(zip(network.maps, network.description["layers"])):
        require(taken == [k] and (layer["kind"] == "dense" or isinstance(made, tuple)),
                "A functional dimension is that of dense layers and activations, one after the "
                "other.")
        if layer["kind"] == "dense":
            total += made.nrows() * (made.ncols() - 1 + ("bias" in layer))
    return total


def rescalings(network: Network) -> int:
    """The rank of the velocities of rescalings."""
    layers = [(layer["kind"] == "dense", "bias" in layer, made)
              for (_, made), layer in zip(network.maps, network.description["layers"])]
    places, total = [], 0
    for is_dense, has_bias, made in layers:
        places.append(total)
        total += made.nrows() * (made.ncols() - 1 + has_bias) if is_dense else 0
    velocities: list[dict[int, fmpq]] = []
    for k in range(len(layers) - 2):
        (first, has_bias, before), (_, _, pieces), (last, _, after) = layers[k:k + 3]
        if first and last and isinstance(pieces, tuple) and not any(c for _, c in pieces[1]) and (
                not any(pieces[0])):
            width = before.ncols() - 1
            for i in range(before.nrows()):
                incoming = {places[k] + i * width + j: before[i, j] for j in range(width)}
                if has_bias:
                    incoming[places[k] + before.nrows() * width + i] = before[i, width]
                outgoing = {places[k + 2] + j * (after.ncols() - 1) + i: -after[j, i]
                            for j in range(after.nrows())}
                velocities.append({j: c for j, c in {**incoming, **outgoing}.items() if c})
    # Those with an entry that no other one has are independent of the others.
    rank = 0
    while velocities:
        seen: dict[int, int] = {}
        for velocity in velocities:
            for j in velocity:
                seen[j] = seen.get(j, 0) + 1
        others = [v for v in velocities if v and all(seen[j] > 1 for j in v)]
        alone = [v for v in velocities if any(seen[j] == 1 for j in v)]
        rank += len(alone)
        if not alone:
            columns = sorted(seen)
            return rank + (fmpq_mat([[v.get(j, fmpq(0)) for j in columns] for v in others]).rank()
                           if others else 0)
        velocities = others
    return rank


def slopes_at(network: Network, states: list[list[list[fmpq]]], t: list[fmpq], at: int
              ) -> list[list[fmpq]] | None:
    """For each layer the slopes of its entries at a point; None if one is at a breakpoint."""
    found: list[list[fmpq]] = []
    for (taken, made) in network.maps:
        slopes = []
        if isinstance(made, tuple):
            breakpoints, pieces = made
            for row in states[taken[0]]:
                if any(row[at] == c * t[at] for c in breakpoints):
                    return None
                slopes.append(pieces[sum(row[at] > c * t[at] for c in breakpoints)][0])
        found.append(slopes)
    return found


def derivatives(network: Network, slopes: list[list[fmpq]], states: list[list[list[fmpq]]],
                t: list[fmpq], at: Sequence[int]) -> Derivatives:
    """
    The derivatives of the outputs by the parameters where activations have these slopes, at points
    with these states: for each output and each point.
    """
    rows = []
    for output in range(network.outputs):
        adjoint = [fmpq(int(i == output)) for i in range(network.outputs)]
        adjoints = []
        for (_, made), slope in zip(network.maps[::-1], slopes[::-1]):
            adjoints.append(adjoint)
            if isinstance(made, tuple):
                adjoint = [a * s for a, s in zip(adjoint, slope)]
            else:
                adjoint = (fmpq_mat([adjoint]) * made).table()[0][:-1]
        for i in at:
            row: list[fmpq] = []
            for (_, made), layer, state, adjoint in zip(
                    network.maps, network.description["layers"], states, adjoints[::-1]):
                if not isinstance(made, tuple):
                    values = [entry[i] for entry in state]
                    row += [a * x for a in adjoint for x in values]
                    row += [a * t[i] for a in adjoint] if "bias" in layer else []
            rows.append(row)
    return rows


def derivatives_at(network: Network, points: list[list[fmpq]]) -> Derivatives:
    """The derivatives at points (x, t) where no unit is at a breakpoint."""
    rows: Derivatives = []
    if not points:
        return rows
    columns = fmpq_mat(points).transpose()
    t, states = columns.table()[-1], network.states(columns)
    for i in range(len(points)):
        slopes = slopes_at(network, states, t, i)
        require(slopes is not None, "At an input a unit is at a breakpoint.")
        rows += derivatives(network, slopes or [], states, t, [i])
    return rows


def rank_modulo(rows: Derivatives, columns: int, p: int) -> int:
    """The rank of a matrix modulo a prime; a lower bound for its rank."""
    if not rows or not columns:
        return 0
    return nmod_mat(len(rows), columns, [residue(c, p) for row in rows for c in row], p).rank()


def exact_rank(network: Network, found: Subdivision) -> int:
    """
    The rank of the derivatives on all cells where no unit vanishes.

    The sum of the rays of a basis is in the interior of its cell, where a unit vanishes only if it
    does so on all of the cell.
    """
    rays = found.rays
    inner = [[sum(c, fmpq(0)) for c in zip(*(rays[k] for k in basis))]
             for basis in found.bases[-1]]
    (t, states), (inner_t, inner_states) = (
        (points.table()[-1], network.states(points))
        for points in (fmpq_mat(rays).transpose(), fmpq_mat(inner).transpose()))
    count, rows, work = parameters(network), [], Work(MOST_EXACT_ENTRIES)
    for cell, basis in enumerate(found.bases[-1]):
        slopes = slopes_at(network, inner_states, inner_t, cell)
        if slopes is None:
            continue
        work.spend(len(basis) * network.outputs * count)
        for row in derivatives(network, slopes, states, t, basis):
            scale = lcm(*(int(c.q) for c in row))
            rows.append([int(c.p) * (scale // int(c.q)) for c in row])
    return int(fmpz_mat(rows).rank()) if rows and count else 0

"""
Linear symmetries of φ: vector fields in the kernel of Dφ, verified layer by layer.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    items,
    member,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.terms import Terms

SparseMatrix = dict[tuple[int, int], Fraction]


def _sparse(data: Any, size: int, role: str) -> SparseMatrix:
    matrix: SparseMatrix = {}
    for entry in items(data, role):
        i, j, c = items(entry, role, 3)
        key = integer(i, 0, size - 1, role), integer(j, 0, size - 1, role)
        require(key not in matrix, f"An entry of the {role} is stated twice.")
        matrix[key] = rational(c)
    return matrix


def _compatible(step: Step, flow: SparseMatrix, action: SparseMatrix) -> bool:
    """
    Whether D L(v) (flow v) = action L(v) identically, for a step L in its variables v.
    """
    if step.function and step.function.is_compatible(flow, action):
        return True
    moves: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in flow.items():
        moves.setdefault(i, []).append((j, c))
    acts: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in action.items():
        acts.setdefault(i, []).append((j, c))
    for i, terms in enumerate(step.outputs):
        difference: Terms = {}
        for monomial, c in terms.items():
            for v, e in monomial:
                for target, factor in moves.get(v, ()):
                    powers = dict(monomial)
                    powers[v] -= 1
                    powers[target] = powers.get(target, 0) + 1
                    key = tuple(sorted((u, k) for u, k in powers.items() if k))
                    difference[key] = difference.get(key, Fraction(0)) + c * e * factor
        for j, factor in acts.get(i, ()):
            for monomial, c in step.outputs[j].items():
                difference[monomial] = difference.get(monomial, Fraction(0)) - c * factor
        if any(difference.values()):
            return False
    return True


def symmetry_fields(model: Model, evidence: Any) -> list[SparseMatrix]:
    """
    Verify linear vector fields in the kernel of Dφ; return their matrices.

    A field moves the parameters linearly and acts by a matrix on each state.  If each step
    is compatible with its block of the field and the matrices of its states, then by
    induction the derivative of each state along the field is its matrix times the state.
    At inputs and outputs the matrix is zero, so the field is in the kernel.

    In a recurrence many steps are the same polynomials, with the same matrices; that they are
    compatible is verified once for each field.
    """
    starts = [list(itertools.accumulate((model.widths[s] for s in step.sources),
                                        initial=step.parameters)) for step in model.steps]
    motions = []
    for field in items(member(evidence, "fields"), "fields"):
        data, states = fields(field, "parameters", "states")
        motion = _sparse(data, model.parameters, "vector field")
        actions = [_sparse(part, width, "action on a state") for part, width in
                   zip(items(states, "actions", len(model.widths)), model.widths)]
        require(not actions[0] and not actions[-1], "A symmetry moves the inputs or outputs.")
        by_row: dict[int, list[tuple[int, Fraction]]] = {}
        for (i, j), c in motion.items():
            by_row.setdefault(i, []).append((j, c))
        verified: list[tuple[SparseMatrix, SparseMatrix, Any]] = []
        for step, start, action in zip(model.steps, starts, actions[1:]):
            flow: SparseMatrix = {}
            for i in range(step.parameters):
                for j, c in by_row.get(step.offset + i, ()):
                    require(0 <= j - step.offset < step.parameters, "A field mixes layers.")
                    flow[i, j - step.offset] = c
            for source, shift in zip(step.sources, start):
                flow |= {(shift + i, shift + j): c for (i, j), c in actions[source].items()}
            made = flow, action, step.function or step.outputs
            if (flow or action) and made not in verified:
                require(_compatible(step, flow, action),
                        "A vector field is not a symmetry of the model.")
                verified.append(made)
        motions.append(motion)
    return motions


def tangent_rank(model: Model, motions: list[SparseMatrix], trial: Any) -> int:
    """How many affine-linear fields, with constants in column N, are independent at a point."""
    p, point = place(model, trial)
    rows = [[0] * model.parameters for _ in motions]
    for row, motion in zip(rows, motions):
        for (i, j), c in motion.items():
            row[i] += residue(c, p) * (point[j] if j < model.parameters else 1)
    return rank(rows, model.parameters, p)


def symmetry_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """An upper bound for dim M by linear symmetries: their orbits lie in the fibers."""
    found = tangent_rank(model, symmetry_fields(model, evidence), trial)
    return model.parameters - found, f"independent symmetries ({found}) bound it from above", []

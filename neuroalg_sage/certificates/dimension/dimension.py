"""
Dimensions: a rank modulo a prime from below; symmetries, equations or a theorem from above.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.model import Model, Monomial, Step, Terms
from neuroalg_sage.certificates.reading import (
    CertificateError,
    Checked,
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    polynomials,
    prime,
    rational,
    require,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.work import MOST_WORK, bound_substitution

RANDOM = "the trials are random"

SparseMatrix = dict[tuple[int, int], Fraction]


def rank(rows: list[list[int]], columns: int, p: int) -> int:
    """The rank of a matrix of residues."""
    require(len(rows) * columns <= MOST_WORK, "A matrix has too many entries.")
    return nmod_mat(len(rows), columns, [c % p for row in rows for c in row], p).rank() if (
        rows and columns) else 0


def place(model: Model, trial: Any) -> tuple[int, list[int]]:
    """The prime and the point of a trial."""
    prime_data, point = fields(trial, "prime", "point")
    return prime(prime_data), integers(point, -(10**18), 10**18, "coordinate of a point",
                                       model.parameters)


def sample_rank(model: Model, trial: Any) -> tuple[int, int, int]:
    """
    Ranks of the Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point modulo a prime, with
    all inputs and with all but the last; and the sum over all inputs of how likely, in units
    of 1/p, it is that one is special, see :func:`error_bound`.

    Evaluation, also of one combination Σ_j t^j f_j at each input, is linear and defined over
    the integers at this prime, and a minor that is nonzero modulo p at an integer point is
    nonzero.  So the first rank is a lower bound for the generic rank of Dφ over Q, dim M.
    """
    p, point = place(model, trial)
    inputs = [integers(x, -(10**18), 10**18, "input", model.inputs)
              for x in items(member(trial, "inputs"), "inputs")]
    require(inputs, "A trial has no inputs.")
    special, combinations, per_input = model.bound(0, 1, lambda c: 0), None, model.outputs
    if "combinations" in trial:
        combinations = integers(trial["combinations"], 0, p - 1, "combination", len(inputs))
        special, per_input = special + model.outputs - 1, 1
    rows = jacobian(model, [c % p for c in point], inputs, p, combinations)
    before = rank(rows[:-per_input], model.parameters, p)
    return rank(rows, model.parameters, p), before, len(inputs) * special


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
        for step, start, action in zip(model.steps, starts, actions[1:]):
            flow: SparseMatrix = {}
            for i in range(step.parameters):
                for j, c in by_row.get(step.offset + i, ()):
                    require(0 <= j - step.offset < step.parameters,
                            "A vector field mixes the parameters of different layers.")
                    flow[i, j - step.offset] = c
            for source, shift in zip(step.sources, start):
                flow |= {(shift + i, shift + j): c for (i, j), c in actions[source].items()}
            if (flow or action) and not _compatible(step, flow, action):
                raise CertificateError("A vector field is not a symmetry of the model.")
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


def field_rank(model: Model, evidence: Any, trial: Any) -> int:
    """
    Verify polynomial vector fields in the kernel of Dφ, by expansion; return how many are
    independent at the trial's point.
    """
    p, point = place(model, trial)
    phi = model.parametrization
    ring = phi[0].context()
    rows = []
    for data in items(member(evidence, "fields"), "fields"):
        field = polynomials(items(data, "vector field", model.parameters), ring)
        for coordinate in phi:
            require(sum((c * coordinate.derivative(i) for i, c in enumerate(field) if c),
                        ring.constant(0)) == 0, "A vector field is not in the kernel of Dφ.")
        rows.append([residue(c(*point), p) for c in field])
    return rank(rows, model.parameters, p)


def substituted(polynomials: Sequence[Any], images: Sequence[Any], ring: Any) -> list[Any]:
    """
    The polynomials with the images, which are in the ring, in place of their variables.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> substituted([x**2 - y, x*y], [x + y, y**2], ring) == [x**2 + 2*x*y, x*y**2 + y**3]
        True
    """
    bound_substitution(polynomials, images, ring)
    return [f.compose(*images, ctx=ring) for f in polynomials]


def vanishing(model: Model, equations: list[fmpq_mpoly]) -> None:
    """Verify that the equations vanish on M, by substitution."""
    phi = model.parametrization
    # Without coordinates the equations are constants, and stay what they are.
    require(not any(substituted(equations, phi, phi[0].context()) if phi else equations),
            "An equation does not vanish on the neurovariety.")


def equation_rank(model: Model, evidence: Any, trial: Any) -> int:
    """
    Verify equations of M; return the rank of their Jacobian at φ(w0) modulo a prime.

    M is irreducible and contains φ(w0), and the tangent space of the equations there has
    dimension n - rank, so dim M ≤ n - rank.
    """
    n = model.ambient_dimension
    equations = polynomials(member(evidence, "equations"), polynomial_ring(n))
    vanishing(model, equations)
    p, point = place(model, trial)
    image = [residue(coordinate(*point), p) for coordinate in model.parametrization]
    return rank([[value_modulo(g.derivative(j), image, p) for j in range(n)] for g in equations],
                n, p)


def upper_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """The upper bound for dim M that the evidence proves, by what, and whom it trusts."""
    kind = member(evidence, "kind")
    if kind == "ambient":
        return model.ambient_dimension, "the ambient dimension bounds it from above", []
    if kind == "symmetries":
        found = tangent_rank(model, symmetry_fields(model, evidence), trial)
        return (model.parameters - found,
                f"independent symmetries ({found}) bound it from above", [])
    if kind == "fields":
        found = field_rank(model, evidence, trial)
        return (model.parameters - found,
                f"independent vector fields ({found}) in the kernel bound it from above", [])
    if kind == "equations":
        found = equation_rank(model, evidence, trial)
        return (model.ambient_dimension - found,
                f"independent differentials ({found}) of equations bound it from above", [])
    if kind == "theorem":
        from neuroalg_sage.certificates.dimension.known_varieties import (
            ALEXANDER_HIRSCHOWITZ,
            secant_dimension,
        )

        return (secant_dimension(model), "the hypotheses of the theorem that bounds it from above",
                [ALEXANDER_HIRSCHOWITZ])
    if kind == "flattening":
        from neuroalg_sage.certificates.dimension.known_varieties import determinantal_dimension

        return (determinantal_dimension(model),
                "the rank of the output flattening bounds it from above", [])
    if kind == "relaxation":
        from neuroalg_sage.certificates.dimension.relaxation import relaxed

        larger = relaxed(model, member(evidence, "segments"))
        bound, why, trust = upper_bound(larger, member(evidence, "upper"),
                                        member(evidence, "trial"))
        return bound, f"in a larger model, {why}", trust
    raise MalformedCertificate("The upper bound's kind is not known.")


def check_dimension(model: Model, claimed: Any, evidence: Any, status: str = "proved",
                    stated_error: Any = None) -> Checked:
    """Verify a dimension of M, with the status stated; what was verified, whom to trust."""
    trials = items(member(evidence, "trials"), "trials")
    require(trials, "There is no trial.")
    ranks = [sample_rank(model, trial) for trial in trials]
    lower = max(found for found, _, _ in ranks)
    below = f"a rank modulo a prime bounds the dimension from below by {lower}"
    if status == "monte_carlo":
        require(all(found == before == claimed for found, before, _ in ranks),
                "A trial does not support the dimension claimed.")
        primes = {trial["prime"] for trial in trials}
        require(all(2**30 < p < 2**31 for p in primes) and len(primes) == len(trials),
                "The primes are not different primes between 2^30 and 2^31.")
        from neuroalg_sage.certificates.dimension.error_bound import error_bound

        bound = error_bound(model, lower, [m for _, _, m in ranks])
        require(isinstance(stated_error, float) and bound <= stated_error <= 1,
                "The error bound stated is smaller than the trials give.")
        return [below, f"{len(trials)} trials agree"], [RANDOM]
    upper, why, trust = upper_bound(model, member(evidence, "upper"), trials[0])
    if status == "bounds":
        require(integers(claimed, 0, 10**12, "bound", 2) == [lower, upper] and lower < upper,
                "The bounds claimed are not those proved.")
    else:
        require(lower == claimed == upper, "The dimension claimed is not proved: it is between "
                f"{lower} and {upper if upper < 10**9 else 'a large number'}.")
    return [below, why], trust


def check_filling(model: Model, value: Any, evidence: Any, status: str,
                  stated_error: Any = None) -> Checked:
    """Verify whether M is dense in V: whether its dimension is that of V."""
    dimension = member(evidence, "dimension")
    checked = check_dimension(model, dimension, evidence, status, stated_error)
    require(value is (dimension == model.ambient_dimension), "The claim about filling is false.")
    return checked


def jacobian(model: Model, point: Sequence[int], inputs: Sequence[Sequence[int]], p: int,
             combinations: Sequence[int] | None = None) -> list[list[int]]:
    """
    The Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point, modulo a prime; with
    combinations t_1, ..., t_m only of Σ_j t_i^j f_j at each input.
    """
    maps = [[[(m, residue(c, p)) for m, c in terms.items()] for terms in step.outputs]
            for step in model.steps]
    rows = []
    for i, x in enumerate(inputs):
        states = [[c % p for c in x]]
        slopes: list[list[dict[int, int]]] = []
        for step, outputs in zip(model.steps, maps):
            values = [*point[step.offset : step.offset + step.parameters],
                      *itertools.chain(*(states[s] for s in step.sources))]
            made = [_value_and_slope(terms, values, p) for terms in outputs]
            states.append([value for value, _ in made])
            slopes.append([slope for _, slope in made])
        seeds = [[int(k == j) for k in range(model.outputs)] for j in range(model.outputs)]
        if combinations is not None:
            seeds = [[pow(combinations[i], j, p) for j in range(model.outputs)]]
        rows += [_sweep_back(model, seed, slopes, p) for seed in seeds]
    return rows


def _sweep_back(model: Model, seed: list[int], slopes: list[list[dict[int, int]]], p: int
                ) -> list[int]:
    adjoints = [[0] * width for width in model.widths[:-1]] + [seed]
    row = [0] * model.parameters
    for k in range(len(model.steps) - 1, -1, -1):
        step = model.steps[k]
        below = [0] * sum(model.widths[s] for s in step.sources)
        for a, slope in zip(adjoints[k + 1], slopes[k]):
            if a:
                for v, d in slope.items():
                    if v < step.parameters:
                        row[step.offset + v] += a * d
                    else:
                        below[v - step.parameters] += a * d
        entries = iter(below)
        for s in step.sources:
            adjoints[s] = [(a + b) % p for a, b in zip(adjoints[s], entries)]
    return [r % p for r in row]


def _value_and_slope(terms: list[tuple[Monomial, int]], values: list[int], p: int
                     ) -> tuple[int, dict[int, int]]:
    """A polynomial's value and its nonzero partial derivatives, modulo a prime."""
    total = 0
    slope: dict[int, int] = {}
    for monomial, c in terms:
        powers = [pow(values[v], e, p) for v, e in monomial]
        for i, (v, e) in enumerate(monomial):
            d = c * e * pow(values[v], e - 1, p)
            for other in powers[:i] + powers[i + 1 :]:
                d = d * other % p
            slope[v] = (slope.get(v, 0) + d) % p
        for other in powers:
            c = c * other % p
        total += c
    return total % p, slope

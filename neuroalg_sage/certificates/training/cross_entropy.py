"""
Critical points of the cross-entropy of labels and normalized outputs.

For inputs x_r and labels y_rj ≥ 0, of sum n, let l_rj(z) be the output j at x_r of the function z
in V, and s_r = Σ_j l_rj ("conditional": the outputs at each input add up to 1), or Σ_rj l_rj for
all r ("joint": all of them do).  The probabilities are p_rj = l_rj / s_r, and the loss is

    L = - Σ_rj (y_rj / n) log p_rj,

defined where p_rj > 0 for y_rj > 0.  Where no p_rj is negative it is at least the entropy of the
labels, the loss at p_rj = y_rj / Σ_k y_rk, or y_rj / n for "joint" (Gibbs's inequality).  That is
everywhere if all labels are positive; else what is labeled may have probabilities over 1, since
others are negative, and the loss may be less.

M is a cone: with weights a of the parameters for which φ is homogeneous of degree 1, the vector
e = (a_m w_m) has Dφ e = φ, and L is constant in this direction.

For each point the evidence gives w_0 and d - 1 directions B, d = dim M.  Let G(t) be the gradient
of L(φ(w_0 + B t)) by t.  Verified is, in balls, that

(1) G has exactly one zero in a box around 0, by Krawczyk's lemma, which holds for differentiable
    maps, and p_rj > 0 for y_rj > 0 there;
(2) the n × d matrix Dφ (B, e) has rank d there.

At the zero the rank of Dφ is then d, and kernel, B and e span the space of parameters.  On the
kernel and on e the differential of L is zero, on B by (1); so w is critical, and so is φ(w) on M,
for which φ is a submersion near w.  The index is the number of negative eigenvalues of the Hessian
by t, which (1) proves to be regular.  Points with different probabilities are different.
"""

from __future__ import annotations

from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mpoly

from neuroalg_sage.certificates import boxes
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    numbers,
    require,
)

PRECISION = 256
MOST_ROWS, MOST_POINTS = 1000, 1000
NORMALIZATIONS = ("conditional", "joint")

Form = fmpq_mpoly


class Loss:
    """The cross-entropy on the parameters of a model."""

    def __init__(self, model: Model, data: Any) -> None:
        inputs, labels, normalization = fields(data, "inputs", "labels", "normalization")
        require(normalization in NORMALIZATIONS, "The normalization is not known.")
        x = [numbers(row, "input", model.inputs) for row in items(inputs, "inputs")]
        require(0 < len(x) <= MOST_ROWS, "The inputs are none, or too many.")
        self.labels = [numbers(row, "labels", model.outputs)
                       for row in items(labels, "labels", len(x))]
        self.total = sum((c for row in self.labels for c in row), fmpq(0))
        self.is_joint = normalization == "joint"
        require(all(c >= 0 for row in self.labels for c in row) and self.total and (
            self.is_joint or all(map(any, self.labels))), "Labels are negative, or all zero.")
        zero = 0 * model.parametrization[0]
        self.outputs: list[list[Form]] = [[zero] * model.outputs for _ in x]
        for (output, exponents), f in zip(model.coordinates, model.parametrization):
            for row, point in zip(self.outputs, x):
                factor = fmpq(1)
                for c, e in zip(point, exponents):
                    factor *= c**e
                row[output] = row[output] + factor * f
        sums = [sum(row, zero) for row in self.outputs]
        self.sums = [sum(sums, zero)] if self.is_joint else sums
        # Polynomials, with their exponents in exp(-n L).
        self.factors = [(f, c) for row, cs in zip(self.outputs, self.labels)
                        for f, c in zip(row, cs) if c]
        weights = [sum(row, fmpq(0)) for row in self.labels]
        self.factors += [(s, -c) for s, c in zip(
            self.sums, [self.total] if self.is_joint else weights)]
        self.model = model

    def probabilities(self, w: list[arb]) -> list[list[arb]]:
        """The probabilities at parameters."""
        sums = [boxes.value(s, w) for s in self.sums]
        return [[boxes.value(f, w) / sums[0 if self.is_joint else r] for f in row]
                for r, row in enumerate(self.outputs)]

    def of(self, probabilities: list[list[arb]]) -> arb:
        """The loss, where the probabilities of what is labeled are positive."""
        return -sum((arb(c) * p.log() for ps, cs in zip(probabilities, self.labels)
                     for p, c in zip(ps, cs) if c), arb(0)) / arb(self.total)

    def entropy(self) -> arb:
        """The lower bound for the loss where no probability is negative."""
        return self.of([[arb(c) / arb(self.total if self.is_joint else sum(row, fmpq(0)))
                         for c in row] for row in self.labels])

    def slopes(self, w: list[arb], directions: list[list[int]]) -> tuple[list[arb], arb_mat]:
        """The gradient and the Hessian by t of the loss, at parameters."""
        count, size = self.model.parameters, len(directions[0])
        places = list(range(count))
        gradient = [arb(0)] * count
        hessian = [[arb(0)] * count for _ in range(count)]
        for f, c in self.factors:
            value = boxes.value(f, w)
            first = [boxes.value(g, w) / value for g in boxes.gradient(f, places)]
            second = boxes.hessian(f, places, w)
            weight = -arb(c) / arb(self.total)
            for i in places:
                gradient[i] = gradient[i] + weight * first[i]
                for j in places:
                    low, high = max(i, j), min(i, j)
                    hessian[i][j] = hessian[i][j] + weight * (
                        second[low][high] / value - first[i] * first[j])
        by = arb_mat([list(map(arb, row)) for row in directions])
        along = by.transpose() * arb_mat([[g] for g in gradient])
        return ([along[k, 0] for k in range(size)],
                by.transpose() * arb_mat(hessian) * by)

    def box(self, center: list[fmpq], directions: list[list[int]], radius: fmpq
            ) -> tuple[list[arb], arb_mat]:
        """Parameters with exactly one critical point among w_0 + B t, and the Hessian there."""
        size = len(directions[0])
        # A ball around 0 that holds all t with entries up to the radius.
        one = arb(0, arb(radius).upper())
        w = [arb(c) + sum((arb(b) * one for b in row), arb(0))
             for c, row in zip(center, directions)]
        value, at_center = self.slopes(list(map(arb, center)), directions)
        _, hessian = self.slopes(w, directions)
        try:
            inverse = at_center.inv().mid()
        except ZeroDivisionError:
            require(False, "A critical point is degenerate.")
        unit = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
        moved = (unit - inverse * hessian) * arb_mat([[one]] * size) - inverse * arb_mat(
            [[g] for g in value])
        require(all(one.contains_interior(moved[k, 0]) for k in range(size)),
                "A box is not proved to hold one critical point.")
        return w, hessian


def euler_field(model: Model, weights: list[fmpq]) -> None:
    """Verify that φ is homogeneous of degree 1 for weights of the parameters."""
    require(all(sum((a * k for a, k in zip(weights, e)), fmpq(0)) == 1
                for f in model.parametrization for e in exponent_vectors(f)),
            "The functions are not homogeneous for these weights.")


def stated(interval: Any, found: arb, what: str) -> list[fmpq]:
    """Numbers that are stated to enclose a number, and do."""
    low, high = numbers(interval, what, 2)
    require(arb(low) <= found and found <= arb(high), f"The {what} is not as claimed.")
    return [low, high]


def check_points(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that functions are critical points of the cross-entropy, with loss and index."""
    data, points, entropy = fields(value, "data", "points", "entropy")
    require(set(value) == {"data", "points", "entropy"}, "The claim has an unknown field.")
    before, ctx.prec = ctx.prec, PRECISION
    try:
        loss = Loss(model, data)
        stated(entropy, loss.entropy(), "entropy")
        d, dimension, weights, proofs = fields(evidence, "d", "dimension", "weights", "points")
        verified, trust = check_dimension(model, integer(d, 1, model.parameters, "dimension"),
                                          dimension)
        weights = numbers(weights, "weights", model.parameters)
        euler_field(model, weights)
        seen: list[list[list[fmpq]]] = []
        require(len(items(points, "points")) <= MOST_POINTS, "There are too many points.")
        for point, proof in zip(points, items(proofs, "proofs", len(points))):
            found = _check_point(loss, d, weights, point, proof)
            require(all(any(a[1] < b[0] or b[1] < a[0] for a, b in zip(found, other))
                        for other in seen), "Two points are not proved to be different.")
            seen.append(found)
    finally:
        ctx.prec = before
    return [*verified, f"boxes with a critical point each ({len(points)})",
            "the entropy of the labels is a lower bound where no probability is negative"], trust


def _check_point(loss: Loss, d: int, weights: list[fmpq], point: Any, proof: Any
                 ) -> list[list[fmpq]]:
    probabilities, value, index = fields(point, "probabilities", "loss", "index")
    require(set(point) == {"probabilities", "loss", "index"}, "A point has an unknown field.")
    model = loss.model
    center, directions, radius = fields(proof, "center", "directions", "radius")
    w_0 = numbers(center, "parameters", model.parameters)
    columns = [integers(row, -(2**64), 2**64, "directions", d - 1)
               for row in items(directions, "directions", model.parameters)]
    radius = numbers([radius], "radius")[0]
    require(radius > 0, "A radius is not positive.")
    if d > 1:
        w, hessian = loss.box(w_0, columns, radius)
        signs = boxes.inertia(hessian.tolist())
    else:  # one function up to factors
        w, signs = list(map(arb, w_0)), (0, 0)
    scaling = [arb(a) * x for a, x in zip(weights, w)]
    rows = []
    for f in model.parametrization:
        slope = [boxes.value(g, w) for g in boxes.gradient(f, list(range(model.parameters)))]
        rows.append([*(sum((g * b for g, b in zip(slope, column)), arb(0))
                       for column in zip(*columns)),
                     sum((g * c for g, c in zip(slope, scaling)), arb(0))])
    require(boxes.has_independent_rows(list(zip(*rows)), d), "The rank is not as it should be.")
    found = loss.probabilities(w)
    require(all(p > 0 for ps, cs in zip(found, loss.labels) for p, c in zip(ps, cs) if c),
            "A label has no positive probability.")
    stated(value, loss.of(found), "loss")
    require(signs is not None and index == signs[1] and not isinstance(index, bool),
            "The index is not as claimed.")
    return [stated(interval, p, "probability") for row, ps in zip(
        items(probabilities, "probabilities", len(found)), found)
        for interval, p in zip(items(row, "probabilities", len(ps)), ps)]

"""
Degrees and Hilbert polynomials by closed formulas, where their hypotheses hold.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, prod
from typing import Any

from flint import fmpq_mat

from neuroalg_sage.certificates.dimension.power_sums import power_sum
from neuroalg_sage.certificates.equations.minors import SEGRE_VERONESE, generic_matrix
from neuroalg_sage.certificates.equations.rational_series import hilbert_polynomial
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import MalformedCertificate, fields, member, require

CONCA_HERZOG = "theorem: Conca, Herzog (1994)"
HARRIS_TU = "theorem: Harris, Tu (1984)"
CONVOLUTIONAL = "theorem: Shahverdi, Marchetti, Kohn (2025)"

LARGEST_FORMAT, LARGEST_FILTERS = 1_000, 10_000

Polynomial = list[Fraction]


def check_formula(model: Model, evidence: Any
                  ) -> tuple[int, Polynomial | None, list[str], list[str]]:
    """
    The degree, and the Hilbert polynomial where it is known, by a formula; what was verified
    of its hypotheses, and whom to trust.
    """
    formula = member(evidence, "formula")
    if formula == "generic matrices":
        m, n, r, others = generic_matrix(model, evidence)
        numerator = determinantal_numerator(m, n, r)
        return (sum(numerator), hilbert_polynomial(numerator, r * (m + n - r) + others),
                [f"the neurovariety is all matrices of rank at most {r}"], [CONCA_HERZOG])
    if formula == "convolutions":
        return (convolutional_degree(model), None,
                ["the model is a convolutional network with a power as activation"],
                [CONVOLUTIONAL])
    if formula == "Hankel matrices":
        from neuroalg_sage.certificates.equations.hankel import EISENBUD, check_hankel

        n, length = check_hankel(model, evidence)
        numerator = determinantal_numerator(n + 1, length - n, n)
        return (sum(numerator), hilbert_polynomial(numerator, 2 * n),
                [f"the neurovariety is all Hankel matrices of rank at most {n}"], [EISENBUD])
    m, r, outputs, d = power_sum(model)
    require(m + outputs <= LARGEST_FORMAT, "The model is too wide for the formula.")
    if formula == "symmetric matrices":
        require(outputs == 1 and d == 2, "The theorem is on quadratic forms.")
        return (symmetric_degree(m, min(r, m)), None,
                [f"the neurovariety is all symmetric matrices of rank at most {r}"], [HARRIS_TU])
    if formula == "Segre-Veronese":
        # The coordinate ring is the Segre product of Q[y_1, ..., y_outputs] and the d-th
        # Veronese subring of Q[x_1, ..., x_m].
        require(r == 1, "The theorem is on one summand.")
        first, second = hilbert_polynomial([1], outputs), hilbert_polynomial([1], m)
        polynomial = [Fraction(0)] * (outputs + m - 1)
        for i, a in enumerate(first):
            for j, b in enumerate(second):
                polynomial[i + j] += a * b * d**j
        return (comb(m + outputs - 2, m - 1) * d**(m - 1), polynomial,
                ["the neurovariety is a Segre-Veronese variety"], [SEGRE_VERONESE])
    raise MalformedCertificate("The formula is not known.")


def determinantal_numerator(m: int, n: int, r: int) -> list[int]:
    """
    The numerator over (1 - t)^(r (m + n - r)) of the Hilbert series of the m × n matrices of rank
    at most r: the determinant of the r × r matrix Σ_k C(m - i, k) C(n - j, k + i - j) t^k.

    A. Conca, J. Herzog, Proc. Amer. Math. Soc. 122 (1994).  It is interpolated: its degree is
    at most r times the largest k.
    """
    count = r * max(min(m, n) - 1, 0) + 1
    entries = [[[comb(m - i, k) * (comb(n - j, k + i - j) if k + i >= j else 0)
                 for k in range(m)] for j in range(1, r + 1)] for i in range(1, r + 1)]
    values = [fmpq_mat([[sum(c * t**k for k, c in enumerate(entry)) for entry in row]
                        for row in entries]).det() if r else 1 for t in range(count)]
    powers = fmpq_mat([[t**k for k in range(count)] for t in range(count)])
    solution = powers.solve(fmpq_mat([[v] for v in values])).entries()
    return [int(c.p) for c in solution]


def symmetric_degree(m: int, r: int) -> int:
    """
    The degree of the symmetric m × m matrices of rank at most r.

    J. Harris, L. Tu, On symmetric and skew-symmetric determinantal varieties, Topology 23
    (1984), Proposition 12.
    """
    degree = prod((Fraction(comb(m + i, m - r - i), comb(2 * i + 1, i)) for i in range(m - r)),
                  start=Fraction(1))
    return int(degree)


def convolution(model: Model) -> tuple[list[int], int]:
    """
    Verify that the model consists of convolutions in one dimension with one channel, and of one
    power c x^r, r ≥ 2, between them; the sizes of the filters, and r.
    """
    layers = model.description["layers"]
    require(len(model.shapes[0]) == 1 and len(layers) % 2, "The theorem is on other models.")
    powers = set()
    sizes = []
    for k, layer in enumerate(layers):
        require(layer["kind"] == ("activation" if k % 2 else "convolution"),
                "The theorem is on convolutions and activations in turn.")
        if k % 2:
            (terms, *_) = model.steps[k].outputs
            require(len(terms) == 1, "The theorem is on powers.")
            (power,) = terms
            powers.add(sum(e for _, e in power))
        else:
            size, channels = fields(layer, "size", "channels")
            require(len(size) == 1 and channels == [1, 1], "The theorem is on one channel.")
            sizes += size
    require(sum(sizes) <= LARGEST_FILTERS, "The filters are too large for the formula.")
    require(len(powers) <= 1 and all(r >= 2 for r in powers),
            "The theorem is on one power, at least the square.")
    return sizes, max(powers, default=2)


def convolutional_degree(model: Model) -> int:
    """
    The degree of the neurovariety of a convolutional network with activation c x^r, r ≥ 2.

    V. Shahverdi, G. L. Marchetti, K. Kohn (2025): φ is birational from the product of the
    projective spaces of the L filters, embedded by forms of degree r^(L - 1 - j) in the j-th.
    It has no base point: in lexicographic order, entries of a hidden layer have different
    leading monomials, so that a filter that combines their powers to zero is zero.  So the
    degree is that of the embedding.
    """
    sizes, r = convolution(model)
    total = factorial(sum(sizes) - len(sizes))
    for j, size in enumerate(sizes):
        total = total * r**((len(sizes) - 1 - j) * (size - 1)) // factorial(size - 1)
    return total

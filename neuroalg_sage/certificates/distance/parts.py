"""
Euler characteristics of parts of a projective variety, and local Euler obstructions along strata.

Let Y be a projective variety of dimension m with polar degrees p_0, ..., p_m, Eu its local Euler
obstruction, H a generic hyperplane and Q a generic quadric.  Integrals are with respect to χ.

(1) The integral of Eu over Y less H is Σ_k (-1)^k p_k, by the theorem of J. Seade, M. Tibăr,
    A. Verjovsky, Global Euler obstruction and polar invariants, Math. Ann. 333 (2005).
(2) That over Y less H and Q is (-1)^m Σ_k p_k, by the theorem of Maxim, Rodriguez and Wang and that
    of Draisma et al. on the generic ED degree.  So that over Y less Q is the sum of these over the
    generic linear sections of Y, of dimensions m, ..., 0, with polar degrees p_0, ..., p_j.
(3) The local Euler obstruction of the cone over Y at its vertex is the number of (1), by that
    of J.-P. Brasselet, Lê D. T., J. Seade, Euler obstruction and indices of vector fields, Topology
    39 (2000), since the cone where a generic linear function is 1 is Y less H.

Matrices of bounded rank, also symmetric ones, have as strata those of one rank.  Near a matrix of
rank t those of rank at most s are, up to a smooth factor, matrices of rank at most s - t that
have t rows and columns less, by elimination; so (3) gives the local Euler obstruction of the ones
along the others.  A torus of diagonal matrices acts on each stratum, so that χ is the number of
fixed points: m n for matrices of rank 1; m for symmetric ones of rank 1 and m (m - 1) / 2 for
those of rank 2; else 0.  The function 1 is a combination of the obstructions of the closures of the
strata, of which (1) and (2) give the integrals.  The smooth points are those of the largest rank.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import Any

from neuroalg_sage.certificates.distance.polar_sum import LARGEST, SUM
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    integer,
    integers,
    items,
    member,
    require,
)

IMMERSED = "theorem: Maxim, Rodriguez, Wang (2021)"
POLAR = "theorem: Seade, Tibăr, Verjovsky (2005)"
CONES = "theorem: Brasselet, Lê, Seade (2000)"
MOST_STRATA = 12

Stratum = tuple[str, int]  # its name, and its Euler characteristic


def without_hyperplane(polar: Sequence[int]) -> int:
    """The integral of Eu over Y less a generic hyperplane."""
    return sum((-1) ** k * p for k, p in enumerate(polar))


def without_both(polar: Sequence[int]) -> int:
    """The integral of Eu over Y less a generic hyperplane and a generic quadric."""
    return (-1) ** (len(polar) - 1) * sum(polar)


def without_quadric(polar: Sequence[int]) -> int:
    """The integral of Eu over Y less a generic quadric."""
    return sum(without_both(polar[: j + 1]) for j in range(len(polar)))


COMPLEMENTS = {"hyperplane_complement": without_hyperplane, "quadric_complement": without_quadric,
               "complement_of_both": without_both}


def parts(strata: Sequence[Stratum], polar: Callable[[int], list[int]],
          obstruction: Callable[[int, int], int]) -> dict[str, Any]:
    """
    The Euler characteristics of the parts, from the polar degrees of the closure of the s-th
    stratum, and its local Euler obstruction along the t-th.
    """
    last = len(strata) - 1
    factors = [0] * (last + 1)  # of the obstructions whose sum is the function 1
    for t in range(last, -1, -1):
        factors[t] = 1 - sum(factors[s] * obstruction(s, t) for s in range(t + 1, last + 1))
    degrees = [polar(s) if factors[s] else [] for s in range(last + 1)]
    found: dict[str, Any] = {
        "strata": [[name, number, obstruction(last, t)] for t, (name, number) in enumerate(strata)],
        "smooth_locus": strata[-1][1]}
    for name, integral in COMPLEMENTS.items():
        found[name] = sum(f * integral(p) for f, p in zip(factors, degrees) if f)
    return found


def of_matrices(m: int, n: int | None, r: int) -> dict[str, Any]:
    """Those of m × n matrices of rank at most r; of symmetric ones without n."""
    from neuroalg_sage.certificates.distance.distance_formulas import determinantal

    full = m if n is None else min(m, n)
    size = comb(m + 1, 2) if n is None else m * n
    require(0 < r <= full and r <= MOST_STRATA, "The matrices are zero, or have too many ranks.")
    if r == full:
        return parts([("all", size)], lambda _: [1] + [0] * (size - 1), lambda *_: 1)
    fixed = [m, comb(m, 2)] if n is None else [size]
    strata = [(f"rank {s}", fixed[s - 1] if s <= len(fixed) else 0) for s in range(1, r + 1)]

    def obstruction(s: int, t: int) -> int:
        return 1 if s == t else without_hyperplane(determinantal(
            m - t - 1, n and n - t - 1, s - t))

    return parts(strata, lambda s: determinantal(m, n, s + 1), obstruction)


def known_parts(model: Model, evidence: Any) -> tuple[dict[str, Any], Checked]:
    """Verify that M is a known variety; the Euler characteristics of its parts."""
    trust = [SUM, IMMERSED, POLAR]
    if evidence["formula"] == "dense":
        from neuroalg_sage.certificates.dimension.dimension import check_dimension

        n = model.ambient_dimension
        require(n > 0, "A point has no projectivization.")
        return parts([("all", n)], lambda _: [1] + [0] * (n - 1), lambda *_: 1), check_dimension(
            model, n, member(evidence, "dimension"))
    if evidence["formula"] == "product":
        from neuroalg_sage.certificates.distance.complements import immersed_product
        from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese

        found, verified = immersed_product(model, evidence)
        require(found.is_embedded, "The image of the product of projective spaces crosses itself.")
        polar = segre_veronese(found.sizes, found.degrees)
        return parts([("all", found.images)], lambda _: polar, lambda *_: 1), (verified, trust)
    from neuroalg_sage.certificates.distance.distance_formulas import (
        NIE_RANESTAD_STURMFELS,
        ZHANG,
    )

    if evidence["formula"] == "generic matrices":
        from neuroalg_sage.certificates.equations.minors import generic_matrix

        m, n, r, others = generic_matrix(model, evidence)
        require(not others, "The formula is for matrices alone.")
        return of_matrices(m, n, r), ([f"the neurovariety is all matrices of rank at most {r}"],
                                      [*trust, ZHANG, CONES])
    if evidence["formula"] == "symmetric matrices":
        from neuroalg_sage.certificates.dimension.power_sums import power_sum

        m, r, outputs, d = power_sum(model)
        require(outputs == 1 and d == 2, "The formula is for quadratic forms.")
        return of_matrices(m, None, min(r, m)), (
            [f"the neurovariety is all symmetric matrices of rank at most {min(r, m)}"],
            [*trust, NIE_RANESTAD_STURMFELS, CONES])
    raise MalformedCertificate("The formula is not known.")


def by_class(csm: Sequence[int]) -> dict[str, Any]:
    """
    The complements from the degrees c_i of the Chern-Schwartz-MacPherson class in dimension i: a
    generic hypersurface of degree d leaves the class over 1 + d h.
    """
    def over(degrees: Sequence[int], d: int) -> list[int]:
        found: list[int] = []
        for c in reversed(degrees):  # from the largest dimension
            found.append(c - (d * found[-1] if found else 0))
        return found[::-1]

    once, twice = over(csm, 1), over(csm, 2)
    return {"strata": [], "smooth_locus": None, "hyperplane_complement": once[0],
            "quadric_complement": twice[0], "complement_of_both": over(once, 2)[0]}


def check_parts(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify Euler characteristics of parts of the projectivization of a cone."""
    if "formula" in evidence:
        found, checked = known_parts(model, evidence)
    else:
        from neuroalg_sage.certificates.equations.ideal import check_ideal
        from neuroalg_sage.certificates.reading import (
            exponent_vectors,
            polynomial_ring,
            polynomials,
        )

        generators = polynomials(member(evidence, "generators"), polynomial_ring(
            model.ambient_dimension))
        verified, trust, _ = check_ideal(model, generators, member(evidence, "ideal"))
        require(all(len(set(map(sum, exponent_vectors(g)))) < 2 for g in generators),
                "The projectivization is that of a cone.")
        csm = integers(member(evidence, "class"), -LARGEST, LARGEST, "class",
                       model.ambient_dimension)
        found = by_class(csm)
        checked = [*verified, "complements of generic hypersurfaces, from the class"], [
            *trust, *["macaulay2"] * ("macaulay2" not in trust)]
    require(value.keys() == found.keys(), "The claim is about other parts.")
    for name, entry in found.items():
        for stated, right in zip(items(value[name], "strata", len(entry)), entry) if (
                name == "strata") else []:
            require(items(stated, "stratum", 3) == right and all(
                type(a) is type(b) for a, b in zip(stated, right)), "A stratum is another.")
        if name != "strata" and entry is not None:
            require(integer(value[name], -LARGEST, LARGEST, "Euler characteristic") == entry,
                    f"The Euler characteristic of the part {name} is {entry}.")
        require(name == "strata" or (value[name] is None) == (entry is None),
                f"The Euler characteristic of the part {name} is not known.")
    return checked

"""
The critical locus of the parametrization: where the rank of Dφ is less than the dimension of M.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.dimension.rings import ring_map
from neuroalg_sage.invariants.equations.generators import primitive
from neuroalg_sage.invariants.singularities.degeneracy import Component, Locus
from neuroalg_sage.invariants.singularities.narrowed_critical_locus import (
    critical_ideals,
    degenerate_layers,
    narrowing,
)
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization

COMPLETENESS_SECONDS = 60.0


def critical_locus_script(phi: Parametrization, rank: int, known: list[tuple[Polynomial, ...]],
                          only_known: bool) -> Script:
    """The script for the components where the rank of Dφ is smaller."""
    data = ring_map(phi, {})
    for k, generators in enumerate(known):
        data[f"K{k}"] = PolynomialMatrix(data["W"], 1, len(generators), generators, "ideal")
    listed = ", ".join(f"K{k}" for k in range(len(known)))
    body = f"A = transpose jacobian matrix phi; r = {rank}; "
    body += (f"L = select({{{listed}}}, P -> dropsRank(P, A, r));" if only_known else
             f"L = degeneracyComponents(ideal 0_W, A, r, Known => select({{{listed}}}, "
             "P -> dropsRank(P, A, r)));")
    return Script(
        f"the critical locus of the parametrization of {phi.model}", data, body,
        {"components": 'apply(L, P -> (H = genericKernel(P, A); hashTable {"dimension" => dim P, '
                       '"degree" => closureDegree P, "basis" => gens gb P, '
                       '"kernel" => H#"kernel", "point" => H#"point", "prime" => H#"prime", '
                       '"image" => imageRank(P, A)}))'})


def critical_locus(phi: Parametrization, dimension: Invariant, singular: Sequence[Component],
                   computation: Computation, seed: int | None = None) -> Locus:
    """
    The components of the critical locus of φ, with what they map to.

    If the first or the last layer is narrow, Macaulay2 finds all components for the model
    where it is square; else dense layers of smaller than full rank are tried first, and
    then Macaulay2 looks for all.  That the rank drops is proved by vectors in the kernel of Dφ,
    which the checker verifies.

    INPUT:

    - ``dimension`` -- the dimension of the neurovariety, proved
    - ``singular`` -- the components of its singular locus that are known

    OUTPUT: :class:`~neuroalg_sage.invariants.singularities.degeneracy.Locus`

    Raises LimitReached if the dimension is not proved, or if a limit stops Macaulay2 and
    no component is known.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> for component in NeuroManifold("linear:2,1,2").critical_locus():
        ...     print(component)
        dimension 2, degree 1, mapped to component 1 of the singular locus, onto its closure
        (numerical)
        dimension 2, degree 1, mapped to component 1 of the singular locus, onto its closure
        (numerical)
    """
    start = time.perf_counter()
    if dimension.status != "proved":
        raise LimitReached("The dimension is not proved, so it is not known where the rank of the "
                           "derivative is smaller.")
    assert dimension.certificate is not None
    known = degenerate_layers(phi.model)
    narrow = narrowing(phi.model) is not None
    limit = computation.timeout or (COMPLETENESS_SECONDS if known else None)
    complete = True
    try:
        if narrow:
            known = critical_ideals(phi.model, replace(computation, timeout=limit), seed)
        results = computation.run(critical_locus_script(phi, dimension.data, known, narrow),
                                  timeout=limit)
    except LimitReached:
        if not known:
            raise
        complete = False
        known = degenerate_layers(phi.model)
        results = computation.run(critical_locus_script(phi, dimension.data, known, True))
    names = phi.model.parameter_names
    components, proofs = [], []
    for c in results["components"]:
        component = Component(int(c["dimension"]), int(c["degree"]),
                              tuple(primitive(p) for p in c["basis"].entries if p), names)
        kernel = c["kernel"]
        proofs.append({
            "kernel": [[encode_polynomial(kernel.entries[i * kernel.columns + j])
                        for i in range(kernel.rows)] for j in range(kernel.columns)],
            "point": [int(x) for x in c["point"]], "prime": int(c["prime"])})
        components.append(replace(component, image=_image(
            phi, [int(x) for x in c["point"]], int(c["prime"]), int(c["image"]), singular)))
    order = sorted(range(len(components)), key=lambda i: (-components[i].dimension,
                                                          components[i].degree))
    name = "critical_locus" if complete else "critical_subvarieties"
    if not components and not complete:
        raise LimitReached("No component of the critical locus was found within the limit; raise "
                           "it with --timeout.")
    found = certified(
        phi.model, name, [components[i] for i in order], "proved",
        "critical locus of the model with square ends, and kernels of the derivative in Macaulay2"
        if narrow and complete else
        "ranks of the layers, and decomposition by minors of the derivative in Macaulay2",
        time.perf_counter() - start,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"],
         "engine": "macaulay2", "components": [proofs[i] for i in order]},
        [*dimension.trust, *(e for e in ["macaulay2"] if e not in dimension.trust)],
        claim=[components[i].claim() for i in order], versions=computation.versions())
    found = replace(found, name="critical_locus")
    return Locus.of(found, found.trust, "proved, trusting macaulay2" if complete else
                    "not proved")


def _image(phi: Parametrization, point: list[int], prime: int, rank: int,
           singular: Sequence[Component]) -> str:
    """What a component maps to, by a random point of it modulo a prime."""
    from neuroalg_sage.models.expressions import evaluate

    image = [evaluate(f, point, prime) for f in phi.polynomials]
    inside = [(i, c) for i, c in enumerate(singular, 1)
              if c.generators and not any(evaluate(g, image, prime) for g in c.generators)]
    if not inside:
        return f"smooth points or unknown ones, in dimension {rank}"
    i, component = inside[0]
    if component.dimension == rank:
        return f"component {i} of the singular locus, onto its closure"
    return f"dimension {rank} in component {i} of the singular locus"

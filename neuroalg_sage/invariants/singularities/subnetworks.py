"""
The subnetworks of a model as subvarieties of its neuromanifold, and which are singular.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section, Surroundings
from neuroalg_sage.invariants.answers.trust import LISTED_SUBNETWORKS
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.invariants.singularities.parameter_subnetworks import proper_subnetworks
from neuroalg_sage.invariants.singularities.singular_locus import derivative, differentials_modulo
from neuroalg_sage.models.expressions import Polynomial, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.subnetworks import FREE, ZERO, Subnetwork, embedded
from neuroalg_sage.storable import storable

PRIME = 31081
SAMPLES = 6  # of the parameters that do not matter
MULTIPLICITY_SECONDS = 15.0
REPORTED_PARTS = 40  # of what a report lists


@storable()
@dataclass(frozen=True)
class PlacedSubnetwork:
    """
    A subnetwork in the neuromanifold M.

    - ``subnetwork`` -- the subnetwork
    - ``dimension`` -- the dimension of its functions
    - ``singular`` -- whether M is singular at a generic one of them; None if not proved
    - ``tangent`` -- lower and upper bound for the dimension of the tangent space of M there
    - ``multiplicity`` -- that of M at a generic one of them: 1 where M is smooth, else found at a
      random one modulo a prime, which is no proof; None if it is not known
    - ``is_everything`` -- whether its functions are dense in M
    """

    subnetwork: Subnetwork
    dimension: int
    singular: bool | None
    tangent: tuple[int, int]
    multiplicity: int | None
    is_everything: bool

    @property
    def name(self) -> str:
        """What it is."""
        return self.subnetwork.name

    def plain_value(self) -> dict[str, Any]:
        """The subnetwork as JSON data."""
        return {"name": self.name, "dimension": self.dimension, "singular": self.singular,
                "tangent_dimension": list(self.tangent), "multiplicity": self.multiplicity} | (
            {"multiplicity_status": self.multiplicity_status} if self.multiplicity else {})

    def __str__(self) -> str:
        low, high = self.tangent
        space = str(low) if low == high else f"{low} to {high}"
        kind = {True: "singular", False: "smooth", None: "not proved to be singular"}[
            self.singular]
        text = (f"{self.name}: dimension {self.dimension}, "
                f"{'all of the neurovariety, ' * self.is_everything}{kind}; "
                f"tangent space of dimension {space}")
        return text + self.multiplicity_in_words()

    @property
    def multiplicity_status(self) -> str:
        """Smooth points are those of multiplicity one."""
        return "proved" if self.singular is False else "numerical"

    def multiplicity_in_words(self) -> str:
        """The multiplicity with its own status, to continue a sentence; empty if not known."""
        if not self.multiplicity:
            return ""
        numerical = " (numerical)" * (self.multiplicity_status == "numerical")
        return f", multiplicity {self.multiplicity}{numerical}"


@storable("model", "dimension", "parts")
class SubnetworkPoset(Sequence[PlacedSubnetwork]):
    """
    The proper subnetworks, ordered by inclusion of their parameters.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> poset = NeuroManifold("mlp:2,2,2,1:x^2").subnetworks().value
        >>> [(poset[i].name, poset[j].name) for i, j in poset.covers()]
        [('mlp:2,1,1,1:x^2', 'mlp:2,2,1,1:x^2'), ('mlp:2,1,1,1:x^2', 'mlp:2,1,2,1:x^2'),
         ('zero', 'mlp:2,1,1,1:x^2')]
    """

    def __init__(self, model: Model, dimension: int, parts: list[PlacedSubnetwork]) -> None:
        self.model, self.dimension, self.parts = model, dimension, parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubnetworkPoset) and (
            self.model, self.dimension, self.parts) == (other.model, other.dimension, other.parts)

    def __hash__(self) -> int:
        return hash((self.model, self.dimension, tuple(self.parts)))

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, i: Any) -> Any:
        return self.parts[i]

    def __iter__(self) -> Iterator[PlacedSubnetwork]:
        return iter(self.parts)

    @cached_property
    def _less(self) -> set[tuple[int, int]]:
        pairs = range(len(self.parts))
        return {(i, j) for i in pairs for j in pairs if i != j
                and self.parts[i].subnetwork.is_inside(self.parts[j].subnetwork)}

    def plain_value(self) -> list[dict[str, Any]]:
        """The subnetworks as JSON data."""
        return [part.plain_value() for part in self.parts]

    def covers(self) -> list[tuple[int, int]]:
        """The pairs (i, j) where i is directly below j."""
        less = self._less
        return sorted((i, j) for i, j in less if not any(
            (i, k) in less and (k, j) in less for k in range(len(self.parts))))

    def poset(self) -> Any:
        """The poset in Sage, of names, with the whole network on top."""
        from neuroalg_sage.invariants.singularities.hasse import sage_poset

        return sage_poset(self)

    def hasse_diagram(self, path: str) -> None:
        """
        Draw the Hasse diagram to a file, SVG, PNG or PDF by its name.

        Raises InputError without matplotlib, or if the file cannot be written.
        """
        from neuroalg_sage.invariants.singularities.hasse import draw

        draw(self, path)

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts)) or "no proper subnetworks"

    def __repr__(self) -> str:
        return f"Poset of {len(self.parts)} subnetworks of {self.model}"


class Subnetworks(Invariant):
    """The subnetworks.  The value is a :class:`SubnetworkPoset`."""

    def draw(self, path: str) -> None:
        self.data.hasse_diagram(path)

    def sentence(self) -> str:
        singular = sum(part.singular is True for part in self.data)
        return f"{len(self.data)} up to symmetry, of which {singular} singular"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {part}" for part in self.data]

    def section(self, around: Surroundings) -> Section | None:
        from neuroalg_sage.invariants.singularities.on_pages import subnetworks

        return Section("subnetworks", "Subnetworks", subnetworks(self), 40) if self.data else None

    def report_lines(self) -> list[str]:
        if not self.data:
            return []
        return ["", "Subnetworks, generic tangent spaces, and multiplicities",
                *self.lines()[:REPORTED_PARTS]]


def subnetwork_poset(phi: Parametrization, dimension: Invariant, found: Invariant | None,
                     computation: Computation, seed: int | None = None) -> Subnetworks:
    """
    The subnetworks of a model, with dimension, tangent space and multiplicity of M along each.

    All parameters of one function have images of Dφ in its tangent space.  The parameters of
    units left out do not matter, and give many of these: their span proves that the function is
    singular, without any equations.  With equations, a Jacobian of full rank proves that it
    is smooth.

    INPUT:

    - ``dimension`` -- the dimension of the neurovariety, proved
    - ``found`` -- its ideal, or None

    OUTPUT: :class:`Subnetworks`

    Raises LimitReached if the dimension of M or of a subnetwork is not proved.

    REFERENCES: [SMK2025b]_
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    if dimension.status != "proved":
        raise LimitReached("The dimension is not proved, so it is not known which tangent spaces "
                           "are too large.")
    assert dimension.certificate is not None
    n, d = len(phi.polynomials), dimension.data
    equations: list[Polynomial] = list(found.data) if found is not None else []
    slopes = [[derivative(f, i) for i in range(phi.model.parameter_count)]
              for f in phi.polynomials]
    parts, claims, proofs = [], [], []
    trust = list(dimension.trust)  # of the network and of its subnetworks
    clock = computation.clock()
    images = []
    listed, origin = proper_subnetworks(phi.model), (0,) * phi.model.parameter_count
    if all(part.model for part in listed) and not any(origin in f for f in phi.polynomials):
        listed.append(Subnetwork("zero", None, (), ((ZERO,) * len(origin),)))
    for part in listed:
        clock()
        proof: dict[str, Any] = {"prime": PRIME}
        size = 0
        if part.model is not None:
            smaller = dimensions.dimension(part.model, generator.randrange(2**31))
            if smaller.status != "proved":
                raise LimitReached(f"The dimension of the subnetwork {part.name} is not proved.")
            assert smaller.certificate is not None
            size = smaller.data
            proof["dimension_evidence"] = smaller.certificate["evidence"]
            trust += [w for w in smaller.trust if w not in trust]
        point = [generator.randrange(1, PRIME)
                 for _ in range(part.model.parameter_count if part.model else 0)]
        frees, tangents, image = [], [], None
        for embedding in part.embeddings:
            chosen = []
            for _ in range(SAMPLES if FREE in embedding else 1):
                chosen.append([generator.randrange(1, PRIME)
                               for _ in range(embedding.count(FREE))])
                w = embedded(embedding, point, chosen[-1])
                if image is None:
                    image = [evaluate(f, w, PRIME) for f in phi.polynomials]
                tangents += [[evaluate(row[i], w, PRIME) for row in slopes]
                             for i in range(phi.model.parameter_count)]
            frees.append(chosen)
        assert image is not None
        low = max(d, modular.rank(np.array(tangents, dtype=np.int64), PRIME))
        high = n - (modular.rank(differentials_modulo(equations, image), PRIME)
                    if equations else 0)
        singular = True if low > d else False if high == d else None
        proofs.append(proof | {"point": point, "free": frees,
                               "embeddings": [list(e) for e in part.embeddings]})
        described = part.model and {key: data for key, data in part.model.describe().items()
                                    if key not in ("name", "spec")}
        claims.append({"model": described,
                       "inputs": list(part.inputs), "dimension": size, "singular": singular,
                       "tangent": [low, high]})
        images.append(image)
        parts.append((part, size, singular, (low, high)))
    multiplicities = _multiplicities(phi, found, images, computation)
    placed = [PlacedSubnetwork(part, size, singular, tangent, 1 if singular is False else m,
                               size == d)
              for (part, size, singular, tangent), m in zip(parts, multiplicities)]
    return Subnetworks.certified(
        phi.model, "subnetworks", SubnetworkPoset(phi.model, d, placed), "proved",
        "tangent vectors from all parameters of a function, and differentials of equations",
        time.perf_counter() - start,
        {"dimension": d, "dimension_evidence": dimension.certificate["evidence"],
         "equations": [encode_polynomial(g) for g in equations], "subnetworks": proofs},
        [*trust, LISTED_SUBNETWORKS], claim=claims)


def _multiplicities(phi: Parametrization, found: Invariant | None, images: list[list[int]],
                    computation: Computation) -> list[int | None]:
    """The multiplicities of M at points modulo the prime, as far as time allows."""
    if found is None or not found.data or not images:
        return [None] * len(images)
    points = ", ".join("{" + ", ".join(map(str, image)) + "}" for image in images)
    script = Script(f"multiplicities of the neurovariety of {phi.model} at subnetworks",
                    ideal_data(len(phi.polynomials), found.data), "",
                    {"multiplicities": f"apply({{{points}}}, q -> multiplicityAt(I, "
                                       f"apply(q, c -> c_(ZZ/{PRIME}))))"})
    try:
        limit = computation.timeout or MULTIPLICITY_SECONDS
        return [int(m) for m in computation.run(script, timeout=limit)["multiplicities"]]
    except LimitReached:
        return [None] * len(images)

"""
The group that acts linearly on inputs and outputs, hence on V, and preserves the neurovariety.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.errors import EngineError
from neuroalg_sage.invariants.equations.equations_by_degree import coordinate_gradings
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import rank, to_flint
from neuroalg_sage.models.symmetry import LinearSymmetry, SparseMatrix


@dataclass(frozen=True)
class AmbientGroup:
    """
    A connected group of pairs (A, B) in GL(inputs) x GL(outputs) that preserves M.

    - ``pairs`` -- a basis of its Lie algebra, pairs of sparse matrices
    - ``inputs``, ``outputs`` -- names of the subgroups that act on the inputs alone, and on
      the outputs alone
    - ``torus_rank`` -- the rank of the largest torus of V that grades φ, which may be larger
    """

    pairs: tuple[tuple[SparseMatrix, SparseMatrix], ...]
    inputs: str
    outputs: str
    torus_rank: int

    @property
    def dimension(self) -> int:
        """The dimension of the group of pairs."""
        return len(self.pairs)

    def __str__(self) -> str:
        return (f"{self.inputs} x {self.outputs} acts on inputs and outputs; a torus of rank "
                f"{self.torus_rank} grades the coordinates")

    __repr__ = __str__


def ambient_group(phi: Parametrization) -> AmbientGroup:
    """
    The group that acts on inputs and outputs and preserves M, from the model's layers.

    A pair (A, B) belongs to its Lie algebra with a linear vector field ξ on the parameters if
    D_w f . ξ(w) + D_x f . A x = B f.  Then the flow of ξ moves f_w as the flow of (A, B) does.
    The layers yield such pairs; each identity is verified on the expanded φ.

    INPUT:

    - ``phi`` -- the parametrization

    OUTPUT: :class:`AmbientGroup`

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> ambient_group(parametrization(parse_spec("mlp:3,3,3:x^2")))
        GL_3 x GL_3 acts on inputs and outputs; a torus of rank 5 grades the coordinates
        >>> ambient_group(parametrization(parse_spec("cnn:2,2:x^2")))
        C^* x C^* acts on inputs and outputs; a torus of rank 2 grades the coordinates
    """
    model = phi.model
    sizes = prod(model.input_shape), model.output_count
    _verify(phi, model.equivariances)
    kept: list[tuple[SparseMatrix, SparseMatrix]] = []
    rows: list[list[Fraction]] = []
    for symmetry in model.equivariances:
        a, b = symmetry.states
        row = [*_flat(a, sizes[0]), *_flat(b, sizes[1])]
        if rank([*rows, row]) > len(rows):
            kept.append((a, b))
            rows.append(row)
    return AmbientGroup(tuple(kept), _name([a for a, b in kept if not b], sizes[0]),
                        _name([b for a, b in kept if not a], sizes[1]),
                        len(coordinate_gradings(phi).parameters))


def _flat(matrix: SparseMatrix, size: int) -> list[Fraction]:
    return [matrix.get((i, j), Fraction(0)) for i in range(size) for j in range(size)]


def _name(matrices: Iterable[SparseMatrix], size: int) -> str:
    """The name of the connected group with this Lie algebra of matrices X ⊗ I."""
    basis = list(matrices)
    dimension = len(basis)
    for k in range(size, 0, -1):
        if size % k == 0 and dimension == k * k and all(
                i % (size // k) == j % (size // k) for m in basis for i, j in m):
            return f"GL_{k}" if k > 1 else "C^*"
    if all(i == j for m in basis for i, j in m):
        return f"(C^*)^{dimension}" if dimension else "1"
    if all(m.get((j, i)) == -c for m in basis for (i, j), c in m.items()) and (
            2 * dimension == size * (size - 1)):
        return f"SO_{size}"
    return f"a group of dimension {dimension}"


def _verify(phi: Parametrization, symmetries: Iterable[LinearSymmetry]) -> None:
    """Verify the identity of each symmetry on the expanded functions."""
    model = phi.model
    count = model.parameter_count
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(count + model.input_count)], Ordering.lex)
    terms: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(model.output_count)]
    for (output, powers), polynomial in zip(phi.coordinates, phi.polynomials, strict=True):
        for exponents, c in polynomial.items():
            terms[output][*exponents, *powers] = to_flint(c)
    functions = [ring.from_dict(t) for t in terms]
    variables = ring.gens()
    zero = ring.constant(fmpq(0))

    def moved(f: fmpq_mpoly, matrix: SparseMatrix, start: int) -> fmpq_mpoly:
        return sum((f.derivative(start + i) * variables[start + j] * fmpq(
            c.numerator, c.denominator) for (i, j), c in matrix.items()), zero)

    for symmetry in symmetries:
        a, b = symmetry.states
        for output, f in enumerate(functions):
            image = sum((functions[j] * to_flint(c)
                         for (i, j), c in b.items() if i == output), zero)
            if moved(f, symmetry.parameters, 0) + moved(f, a, count) != image:
                raise EngineError(f"A symmetry of {model} does not act as its layers say; please "
                                  "report this model.")

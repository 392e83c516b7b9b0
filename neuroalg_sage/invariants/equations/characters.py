"""
Characters of equations: how spaces of equations decompose under GL(inputs) x GL(outputs).

A neurovariety is stable under GL(inputs) if its first layer is dense without bias, and under
GL(outputs) if so is its last.  Then each graded piece of its ideal, and the space of generators
of each degree, is a polynomial representation.  Its irreducible parts S_a x S_b are read off
from the multiplicities of dominant weights.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch, EquationsOfDegree
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import Model

Partition = tuple[int, ...]


@cache
def kostka_number(shape: Partition, content: Partition) -> int:
    """
    The multiplicity of the weight ``content`` in the representation of highest weight ``shape``.

    That is the number of semistandard tableaux; the last letter fills a horizontal strip.

    EXAMPLES::

        >>> kostka_number((2, 1), (1, 1, 1)), kostka_number((2, 2), (3, 1))
        (2, 0)
    """
    if sum(shape) != sum(content):
        return 0
    shape, content = tuple(filter(None, shape)), tuple(filter(None, content))
    if not content:
        return 1
    rows = [*shape, *(0,) * (len(content) - len(shape))]
    if len(rows) > len(content):
        return 0
    total = 0

    def strips(row: int, left: int, inner: Partition) -> None:
        nonlocal total
        if row == len(rows):
            if left == 0 and inner[-1] == 0:
                total += kostka_number(inner[:-1], content[:-1])
            return
        below = rows[row + 1] if row + 1 < len(rows) else 0
        for removed in range(min(left, rows[row] - below) + 1):
            strips(row + 1, left - removed, (*inner, rows[row] - removed))

    strips(0, content[-1], ())
    return total


def check_stable(model: Model) -> None:
    """Raise InputError unless both groups act by what the first and the last layer absorb."""
    first, last = model.layers[0], model.layers[-1]
    if len(model.layers) < 2 or not all(
            isinstance(layer, Dense) and not layer.bias for layer in (first, last)):
        raise InputError(f"The neurovariety of {model} is not known to be stable under "
                         "GL(inputs) x GL(outputs): its first and its last layer must be dense "
                         "without bias.")


def character(search: EquationSearch, found: EquationsOfDegree, generators: bool = True
              ) -> dict[tuple[Partition, Partition], int]:
    """
    The irreducible parts of the generators of one degree, or of all equations.

    INPUT:

    - ``search`` -- the search
    - ``found`` -- the equations of one degree
    - ``generators`` -- whether only the minimal generators are meant

    OUTPUT: dictionary from pairs of partitions, the highest weights for inputs and outputs, to
    multiplicities

    Raises InputError if the groups are not known to act.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> search = EquationSearch(parametrization(parse_spec("mlp:3,3,3:x^2")), seed=1)
        >>> character(search, search.up_to(4)[3])
        {((3, 3, 2), (2, 1, 1)): 1}
    """
    model = search.phi.model
    check_stable(model)
    weights: Counter[tuple[Partition, Partition]] = Counter()
    spaces = found.generators if generators else search.spaces[found.degree - 1]
    for equations in spaces.values():
        monomial = next(iter(equations[0]))
        inputs, outputs = [0] * model.input_count, [0] * model.output_count
        for i in monomial:
            output, exponents = search.phi.coordinates[i]
            outputs[output] += 1
            inputs = [a + b for a, b in zip(inputs, exponents)]
        if sorted(inputs, reverse=True) == inputs and sorted(outputs, reverse=True) == outputs:
            weights[tuple(inputs), tuple(outputs)] += len(equations)
    parts: dict[tuple[Partition, Partition], int] = {}
    for highest in sorted(weights, reverse=True):
        multiplicity = weights[highest]
        if multiplicity <= 0:
            continue
        parts[highest] = multiplicity
        for lower in weights:
            weights[lower] -= multiplicity * kostka_number(highest[0], lower[0]) * kostka_number(
                highest[1], lower[1])
    return parts


def written(parts: dict[tuple[Partition, Partition], int]) -> str:
    """
    A character in standard notation.

    EXAMPLES::

        >>> written({((3, 3, 2), (2, 1, 1)): 1, ((4, 2), (1, 1)): 2})
        'S_(3,3,2) x S_(2,1,1) + 2 S_(4,2) x S_(1,1)'
    """
    def schur(partition: Partition) -> str:
        return "S_(" + ",".join(str(k) for k in partition if k) + ")"

    return " + ".join((f"{m} " if m > 1 else "") + f"{schur(a)} x {schur(b)}"
                      for (a, b), m in parts.items()) or "0"

"""
Sum-product networks: polynomials in indicators of the values of discrete variables.

    spn:variables=4,values=2,sums=2,structure=tree

The structure is tree (halves of the variables), chain (one variable more at a time), or mixture (of
independent variables).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.computation_graphs import Contraction, FixedMap, Join
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Dense, whole_number
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import lists, python_number
from neuroalg_sage.models.spec_parts import Spec, number, one_of, sequence
from neuroalg_sage.models.wiring import Wiring

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_NODES = 500

Node = tuple[Any, ...]


def _read(nodes: Sequence[Any]) -> list[tuple[str, Any, int]]:
    """The nodes as their kind, their variable or children, and their width."""
    found = []
    for place, node in enumerate(sequence(nodes, "node")):
        node = python_number(lists(node))
        kind, *rest = node if isinstance(node, (list, tuple)) and node else (None,)
        if kind not in ("leaf", "sum", "product") or not 1 <= len(rest) <= 1 + (kind != "product"):
            raise InputError(f"Node {place} of a sum-product network is ('leaf', variable, width), "
                             "('sum', children, width) or ('product', children), not "
                             f"{shown(node)}.")
        what = rest[0] if kind == "leaf" else tuple(rest[0]) if (
            isinstance(rest[0], (list, tuple, range))) else ()
        if kind != "leaf" and (not what or not all(
                type(c) is int and 0 <= c < place for c in what) or len(set(what)) < len(what)):
            raise InputError(f"The children of node {place} of a sum-product network are different "
                             f"nodes before it, not {shown(rest[0])}.")
        if kind == "leaf" and not (type(what) is int and what >= 0):
            raise InputError(f"Leaf {place} of a sum-product network has a variable from 0 on, not "
                             f"{shown(what)}.")
        found.append((kind, what, whole_number(rest[1], "width") if len(rest) > 1 else 1))
    if not 1 <= len(found) <= MOST_NODES:
        raise InputError(f"A sum-product network has from 1 to {MOST_NODES} nodes.")
    unused = set(range(len(found) - 1)).difference(
        *(what for kind, what, _ in found if kind != "leaf"))
    if unused:
        raise InputError(f"Node {min(unused)} of a sum-product network is the child of none; the "
                         "last node is the only such.")
    return found


def _check_scopes(nodes: Sequence[tuple[str, Any, int]]) -> int:
    """The number of variables; refuse what is not complete or not decomposable."""
    scopes: list[frozenset[int]] = []
    for place, (kind, what, _) in enumerate(nodes):
        parts = [scopes[c] for c in what] if kind != "leaf" else [frozenset({what})]
        scope = frozenset().union(*parts)
        if kind == "sum" and any(part != scope for part in parts):
            raise InputError(f"The children of sum {place} have different variables; those of a "
                             "sum have the same.")
        if kind == "product" and sum(map(len, parts)) > len(scope):
            raise InputError(f"Two children of product {place} have a variable in common; those of "
                             "a product have none.")
        scopes.append(scope)
    count = len(scopes[-1])
    if scopes[-1] != frozenset(range(count)):
        raise InputError(f"The variables of a sum-product network are 0, ..., {count - 1}, without "
                         "a gap.")
    return count


def _network(nodes: Sequence[tuple[str, Any, int]], extents: Sequence[int], spec: str | None
             ) -> Model:
    starts = [0, *itertools.accumulate(extents)]
    size = starts[-1]
    wiring = Wiring((size,))
    selected: dict[int, int] = {}  # the state with the indicators of a variable
    states: list[int] = []
    for kind, what, width in nodes:
        if kind == "leaf":
            if what not in selected:
                selected[what] = 0 if len(extents) == 1 else wiring.add(FixedMap.selecting(
                    (size,), range(starts[what], starts[what + 1]), (extents[what],)), 0)
            states.append(wiring.add(Dense(extents[what], width), selected[what]))
            continue
        children = [states[c] for c in what]
        shapes = [wiring.shape(c) for c in children]
        if kind == "sum":
            states.append(wiring.add(Dense(sum(map(prod, shapes)), width), *children))
        elif len(children) == 1:
            states.append(children[0])
        elif all(shape == (1,) for shape in shapes):
            states.append(wiring.add(Join("product", (1,), len(children)), *children))
        else:
            if sum(map(len, shapes)) > len(LETTERS):
                raise InputError("A product in a sum-product network has over "
                                 f"{len(LETTERS)} factors; nest it.")
            letters = iter(LETTERS)
            operands = ["".join(itertools.islice(letters, len(shape))) for shape in shapes]
            states.append(wiring.add(Contraction(
                f"{','.join(operands)}->{''.join(operands)}", tuple(shapes)), *children))
    return Model((wiring.graph(),), (size,), spec)


@suggesting
def SumProductNetwork(nodes: Sequence[Node], values: int | Sequence[int] = 2) -> Model:
    """
    The sum-product network with these nodes.

    Its inputs are, for each variable, indicators of its values; a distribution is the network's
    multilinear polynomial in them.  Weights are not normalized, so that the neuromanifold is the
    cone over the model of statistics.

    INPUT:

    - ``nodes`` -- the last one is the root; each is

      - ``("leaf", variable, width)``: as many linear combinations of the variable's indicators,
      - ``("sum", children, width)``: as many of all entries of nodes before it,
      - ``("product", children)``: all products of an entry of each.

      A width may be left out, and is then 1

    - ``values`` -- how many values a variable has: for each, or one number for all

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` if children of a sum have different variables,
    or children of a product a common one.

    EXAMPLES: Two independent variables, and a mixture of two such. ::

        >>> SumProductNetwork([("leaf", 0), ("leaf", 1), ("product", [0, 1])]).parameter_count
        4
        >>> SumProductNetwork([("leaf", 0, 2), ("leaf", 1, 2), ("product", [0, 1]),
        ...                    ("sum", [2])], 3).parameter_count
        16

    REFERENCES: [PD2011]_
    """
    read = _read(nodes)
    count = _check_scopes(read)
    given = lists(values)
    extents = [whole_number(n, "number of values") for n in (
        given if isinstance(given, (list, tuple)) else [given] * count)]
    if len(extents) != count:
        raise InputError(f"There is a number of values for each of the {count} variables.")
    return _network(read, extents, None)


def _tree(variables: int, sums: int) -> list[Node]:
    nodes: list[Node] = []

    def region(first: int, last: int, width: int) -> int:
        """The node of the variables from the first to before the last."""
        if last - first == 1:
            nodes.append(("leaf", first, width))
        else:
            middle = (first + last) // 2
            nodes.append(("product", (region(first, middle, sums), region(middle, last, sums))))
            nodes.append(("sum", (len(nodes) - 1,), width))
        return len(nodes) - 1

    region(0, variables, 1)
    return nodes


def _chain(variables: int, sums: int) -> list[Node]:
    nodes: list[Node] = [("leaf", 0, sums if variables > 1 else 1)]
    for v in range(1, variables):
        before = len(nodes) - 1
        nodes += [("leaf", v, sums), ("product", (before, before + 1)),
                  ("sum", (before + 2,), sums if v < variables - 1 else 1)]
    return nodes


def _mixture(variables: int, sums: int) -> list[Node]:
    nodes: list[Node] = []
    for _ in range(sums):
        start = len(nodes)
        nodes += [*(("leaf", v) for v in range(variables)),
                  ("product", tuple(range(start, start + variables)))]
    return [*nodes, ("sum", tuple(range(variables, len(nodes), variables + 1)))]


STRUCTURES: dict[str, Callable[[int, int], list[Node]]] = {
    "tree": _tree, "chain": _chain, "mixture": _mixture}


@suggesting
def RegularSumProductNetwork(variables: int, values: int = 2, sums: int = 2,
                             structure: str = "tree") -> Model:
    """
    The sum-product network of a regular structure.

    INPUT:

    - ``variables`` -- positive integer
    - ``values`` -- positive integer, how many values each variable has
    - ``sums`` -- positive integer, how many sums or leaves there are for each set of variables
    - ``structure`` -- how sets of variables are divided:

      - ``"tree"``: into halves; then the functions are tensors in the hierarchical Tucker format,
      - ``"chain"``: into the last variable and the others,
      - ``"mixture"``: not at all; a sum of as many products of independent variables

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = RegularSumProductNetwork(4)
        >>> model.spec, model.parameter_count
        ('spn:variables=4,values=2,sums=2', 36)

    REFERENCES: [PD2011]_
    """
    variables, values, sums = (whole_number(n, role) for n, role in (
        (variables, "number of variables"), (values, "number of values"),
        (sums, "number of sums")))
    nodes = one_of(structure, STRUCTURES, "structure of a regular sum-product network")
    if variables * (sums if structure == "mixture" else 1) > MOST_NODES // 4:
        raise InputError(f"A regular sum-product network has at most {MOST_NODES // 4} variables, "
                         "times sums for a mixture.")
    spec = f"spn:variables={variables},values={values},sums={sums}" + (
        f",structure={structure}" * (structure != "tree"))
    read = _read(nodes(variables, sums))
    return _network(read, [values] * variables, spec)


SPECS: dict[str, Spec] = {
    "spn": Spec(RegularSumProductNetwork, "spn:variables=4,values=2,sums=2,structure=tree", {
        "variables": ("variables", number("number of variables")),
        "values": ("values", number("number of values")),
        "sums": ("sums", number("number of sums")), "structure": ("structure", str)},
        ("variables",), False),
}

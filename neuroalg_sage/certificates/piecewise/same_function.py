"""
Whether two networks are the same function, on all inputs or on a polyhedron of inputs.

The two networks, beside each other, and their difference h are one network.

**They differ** if h is not zero at a stated point of the domain.

**They are the same** if all is zero in h as a sum of hinges (``hinges``), on all of R^d; or if h is
zero at all rays of a verified subdivision of the domain by the units of both (``subdivision``):
h, in homogeneous form, is linear on each listed cell, which its rays span; so h is zero on all
cells, and these cover the domain.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.hinges import require_hinges
from neuroalg_sage.certificates.piecewise.network import Network, PiecewiseLinearMap, difference
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision
from neuroalg_sage.certificates.reading import Checked, fields, items, member, numbers, require


def check_same_function(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify that two networks are the same function, or that they differ at a point."""
    description, domain, point, same = fields(value, "other", "domain", "point", "same")
    require(len(value) == 4, "The claim has an unknown field.")
    require(same is (point is None), "Networks are the same, or differ at a point.")
    return compared(difference(network, Network(description)), domain, point, evidence)


def compared(h: PiecewiseLinearMap, domain: Any, point: Any, evidence: Any) -> Checked:
    """Verify that a difference is zero on a domain, or not zero at a point of it."""
    argument = member(evidence, "argument")
    require(set(evidence) == ({"argument", "subdivision"} if argument == "subdivision" else
                                {"argument"}),
            "The evidence has an unknown field.")
    if point is not None:
        require(argument == "point", "The argument is not that of a point.")
        x = [*numbers(point, "point", h.inputs), fmpq(1)]
        for row in items(domain, "list of inequalities"):
            inequality = numbers(row, "inequality", h.inputs + 1)
            require(sum((a * c for a, c in zip(inequality, x)), fmpq(0)) >= 0,
                    "The point is not in the domain.")
        (values,) = zip(*h.states(fmpq_mat([x]).transpose())[-1])
        require(any(values), "The networks have the same values at the point.")
        return ["the values of both networks at the point"], []
    if argument == "hinges":
        require(not items(domain, "list of inequalities"),
                "By hinges, networks are compared on all inputs.")
        require(require_hinges(h).vanish, "The networks are not the same function.")
        return ["that both networks are the same sum of hinges"], []
    require(argument == "subdivision", "The argument is not known.")
    found = Subdivision(h, domain, member(evidence, "subdivision"))
    require(not any(map(any, found.outputs)), "The networks are not the same function.")
    return [f"the values of both networks at {len(found.rays)} vertices and directions, and that "
            "no face is missing"], []

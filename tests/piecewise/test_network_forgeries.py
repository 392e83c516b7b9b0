"""Certificates of regions: what is false, or not proved, is rejected."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from claims import changed, mutant

from neuroalg_sage import CertificateError, PiecewiseLinearNetwork, verify

SPECS = {"relu:2,4,1:bias": None, "relu:2,3,2,1:bias": 2, "maxout:2,2,1:bias:pieces=3": None,
         "relu:3,1,1": None, "relu:1,3,1:bias": 1}


def certificate(spec: str) -> dict[str, Any]:
    return PiecewiseLinearNetwork(spec, seed=1).linear_regions(box=SPECS[spec]).certificate


def forged(spec: str, change: Callable[[dict[str, Any]], None], match: str) -> None:
    with pytest.raises(CertificateError, match=match):
        verify(changed(certificate(spec), change))


def without_cell(data: dict[str, Any]) -> None:
    """Leave out a cell, and count one less."""
    data["evidence"]["faces"][-1].pop()
    for name in ("regions", "cells"):
        data["claim"]["value"][name] -= 1
    data["claim"]["value"]["f_vector"][-1] -= 1


@pytest.mark.parametrize("spec", ["relu:2,4,1:bias", "relu:2,3,2,1:bias"])
def test_a_dropped_cell_is_missed(spec: str) -> None:
    forged(spec, without_cell, "is no facet of another|does not belong to two cells")


def test_a_cell_alone_is_not_all() -> None:
    """All is right but for a border inside of the domain."""
    def alone(data: dict[str, Any]) -> None:
        rays, faces = data["evidence"]["rays"], data["evidence"]["faces"]
        edges, cells = faces[0], faces[1]
        # Keep one cell with its faces.
        kept = cells[0]
        used = sorted({ray for edge in kept for ray in edges[edge]})
        number = {ray: k for k, ray in enumerate(used)}
        data["evidence"]["rays"] = [rays[ray] for ray in used]
        data["evidence"]["faces"] = [[[number[ray] for ray in edges[edge]] for edge in kept],
                                     [list(range(len(kept)))]]
        data["claim"]["value"] |= {"regions": 1, "cells": 1, "bounded": 0}

    forged("relu:2,4,1:bias", alone, "does not belong to two cells")


def test_a_moved_vertex_is_noticed() -> None:
    original = certificate("relu:2,4,1:bias")
    for place in range(len(original["evidence"]["rays"])):
        for axis in range(3):
            def move(data: dict[str, Any], place: int = place, axis: int = axis) -> None:
                moved = data["evidence"]["rays"][place]
                moved[axis] = str(int(moved[axis]) + 1)

            with pytest.raises(CertificateError):
                verify(changed(original, move))


def test_a_multiple_of_a_ray_is_the_same_ray() -> None:
    def stretch(data: dict[str, Any]) -> None:
        data["evidence"]["rays"][0] = [str(3 * int(c)) for c in data["evidence"]["rays"][0]]

    assert verify(changed(certificate("relu:2,4,1:bias"), stretch)).value["regions"] == 11


def test_a_changed_network_has_other_signs() -> None:
    def turn(data: dict[str, Any]) -> None:
        del data["model"]["spec"]
        data["model"]["layers"][0]["bias"][0] = "1/7"

    forged("relu:2,4,1:bias", turn, ".")


def test_cuts_that_are_no_units_do_not_count() -> None:
    original = certificate("relu:3,1,1")
    assert original["evidence"]["cuts"] and original["claim"]["value"]["cells"] == 2

    def hide(data: dict[str, Any]) -> None:
        data["evidence"]["cuts"] = data["evidence"]["cuts"][1:]

    forged("relu:3,1,1", hide, "same signs|vanish at a ray")


def test_numbers_that_are_not_those_of_the_faces_are_rejected() -> None:
    for name in ("regions", "bounded", "cells"):
        for wrong in (1, -1):
            def add(data: dict[str, Any], name: str = name, wrong: int = wrong) -> None:
                data["claim"]["value"][name] += wrong

            forged("relu:2,3,2,1:bias", add, "There are")
    for name in ("f_vector", "bounded_faces"):
        for place in range(3):
            def more(data: dict[str, Any], name: str = name, place: int = place) -> None:
                data["claim"]["value"][name][place] += 1

            forged("relu:2,3,2,1:bias", more, "There are")


def test_a_larger_domain_is_not_covered() -> None:
    def larger(data: dict[str, Any]) -> None:
        data["claim"]["value"]["domain"].pop()

    forged("relu:2,3,2,1:bias", larger, ".")

    def everywhere(data: dict[str, Any]) -> None:
        data["claim"]["value"]["domain"] = []

    forged("relu:1,3,1:bias", everywhere, ".")


def test_an_inequality_that_says_nothing_is_no_border() -> None:
    """It is zero everywhere, also on a facet inside, which would need no second cell."""
    def alone(data: dict[str, Any]) -> None:
        rays, (edges, cells) = data["evidence"]["rays"], data["evidence"]["faces"]
        used = sorted({ray for edge in cells[0] for ray in edges[edge]})
        data["evidence"]["rays"] = [rays[ray] for ray in used]
        data["evidence"]["faces"] = [[[used.index(ray) for ray in edges[edge]]
                                      for edge in cells[0]], [list(range(len(cells[0])))]]
        bounded = all(rays[ray][-1] != "0" for ray in used)
        count = [sum(rays[ray][-1] != "0" for ray in used)]
        count += [sum(any(rays[ray][-1] != "0" for ray in edges[edge]) for edge in cells[0]), 1]
        data["claim"]["value"] |= {"domain": [["0", "0", "0"]], "regions": 1, "cells": 1,
                                   "bounded": int(bounded), "f_vector": count}

    forged("relu:2,4,1:bias", alone, "An inequality says nothing")


@pytest.mark.parametrize("spec", SPECS)
def test_random_changes_are_rejected_or_change_nothing(spec: str) -> None:
    """What is accepted after a change claims the same of the same network, or is true."""
    original, generator = certificate(spec), random.Random(7)
    assert verify(original).trust == ()
    for _ in range(150):
        data = mutant(original, generator, [original])
        try:
            verdict = verify(data)
        except CertificateError:
            continue
        rows = [[str(-int(c)) for c in row[:-1]] + [row[-1]] for row in verdict.value["domain"]]
        found = PiecewiseLinearNetwork(data["model"]).linear_regions(polytope=rows or None)
        assert {**found.data, "domain": None} == {**verdict.value, "domain": None}

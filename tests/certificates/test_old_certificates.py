"""Certificates of earlier versions, which the checker goes on to accept."""

from __future__ import annotations

import gzip
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from claims import changed

from neuroalg_sage.certificates.checker import CertificateError, verify

OLD = {path.name.removesuffix(".json.gz"): gzip.decompress(path.read_bytes()).decode()
       for path in sorted((Path(__file__).parent / "old").glob("*.json.gz"))}
each = pytest.mark.parametrize("text", [pytest.param(OLD[name], id=name) for name in OLD])

# All claims of version 0.1.0; and where a status is not ``proved``.
CLAIMS = {
    "affine_hilbert_function", "ambient_dimension", "balanced_initialization",
    "conservation_laws", "conservation_laws_of_flow", "critical_locus", "critical_points",
    "critical_subvarieties", "defect", "degree", "dimension", "ed_degree",
    "ed_degree_at_least", "ed_discriminant", "equations", "expected_dimension",
    "generic_fiber", "hilbert_function", "hilbert_polynomial", "ideal",
    "invariant_parameters", "is_filling", "is_finitely_identifiable", "is_identifiable",
    "loss_critical_locus", "membership", "number_of_conservation_laws",
    "number_of_conservation_laws_of_flow", "polar_degrees", "quadratic_conservation_laws",
    "singular_locus", "singular_subvarieties", "special_fiber", "subnetworks", "voronoi_cell"}
STATUSES = {
    ("dimension", "monte_carlo"), ("dimension", "bounds"), ("is_filling", "monte_carlo"),
    ("defect", "monte_carlo"), ("generic_fiber", "monte_carlo"), ("voronoi_cell", "bounds"),
    ("number_of_conservation_laws", "bounds"), ("number_of_conservation_laws_of_flow", "bounds")}
COUNT = 300

# What a claim that names its answer says otherwise.
OTHER = {"exists": "none over C", "none over C": "exists", "none over R": "exists",
         "fiber": "spurious", "pure": "spurious", "spurious": "pure", "open": "fiber",
         "ramified": "fiber", "unramified": "ramified",
         "all": "thick", "thick": "thin", "thin": "all", "none": "all"}
ONE = [["1", []]]


def another(value: Any) -> Any:
    """
    A value that differs in the last of its numbers, words or truth values, of a component in its
    dimension; and if it is empty, the polynomial 1.
    """
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return OTHER.get(value) or str(Fraction(value) + 1)
    if isinstance(value, dict):
        key = "dimension" if "dimension" in value else list(value)[-1]
        return value | {key: another(value[key])}
    return [*value[:-1], another(value[-1])] if value else [ONE]


def test_no_claim_and_no_status_is_missing() -> None:
    old = list(map(json.loads, OLD.values()))
    assert {c["claim"]["invariant"] for c in old} >= CLAIMS
    assert {(c["claim"]["invariant"], c["status"]) for c in old} >= {
        *STATUSES, *((name, "proved") for name in CLAIMS)}
    assert len(old) >= COUNT


@each
def test_an_old_certificate_is_accepted(text: str) -> None:
    stated, verdict = json.loads(text), verify(text)
    assert {"invariant": verdict.invariant, "value": verdict.value} == stated["claim"]
    assert (verdict.status, list(verdict.trust)) == (stated["status"], stated["trust"])
    assert verdict.verified and str(verdict).startswith(f"valid: {verdict.invariant} of ")


# Of a lower bound and an upper one, or a number that suffices, a claim may be weaker than the
# proof: here it becomes stronger, at this place by this much.
STRONGER = {"covering_number": (2, 1), "tube_volume": (2, 1), "estimated_tube_volume": (2, 1),
            "sample_complexity": (-1, -1), "identifying_inputs": (0, 1),
            "necessary_samples": (-1, 1), "pseudo_dimension": (-1, -1),
            "smallest_singular_values": (-1, -2, 1), "network_approximation": ("distance", -1),
            "mean_square_approximation": ("mean_square_distance", -1),
            "polyhedral_distance": ("bounds", 0, 1),
            "carried_covering_number": ("lower", 1000), "carried_sample_complexity": (
                "samples", -1), "carried_least_loss": ("lower", 1),
            "carried_function_distance": ("lower", 1), "carried_span_dimension": ("dimension", 1),
            "carried_robustness_radius": ("radius", 1),
            "attention_approximation": ("distance", 1, -1)}


@each
def test_what_an_old_certificate_does_not_say_is_rejected(text: str) -> None:
    def change(data: dict[str, Any]) -> None:
        claim = data["claim"]
        if claim["invariant"] in STRONGER:
            *path, place, more = STRONGER[claim["invariant"]]
            part = claim["value"]
            for key in path:
                part = part[key]
            part[place] = type(part[place])(Fraction(part[place]) + more)
        else:
            claim["value"] = another(claim["value"])

    with pytest.raises(CertificateError):
        verify(changed(json.loads(text), change))

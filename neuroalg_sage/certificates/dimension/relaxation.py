"""
Larger models, with generic polynomial maps in place of some layers.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import fields, integers, items, require

MOST_COEFFICIENTS = 1000  # of a generic polynomial map


def relaxed(model: Model, evidence: Any) -> tuple[Model, Any, Any]:
    """
    A larger model, with the evidence and the trial for its dimension: segments of the list of
    layers become generic polynomial maps of the degrees that they have.  What a segment computes
    is one of these, so M is contained in the closed image of the larger model.
    """
    segments, upper, trial = fields(evidence, "segments", "upper", "trial")
    return larger_model(model, segments), upper, trial


def larger_model(model: Model, segments: Any) -> Model:
    """The model in which segments of the list of layers are generic polynomial maps."""
    layers, place = [], 0
    own = model.description["layers"]
    for segment in items(segments, "segments"):
        start, end = integers(segment, place, len(model.shapes), "segment", 2)
        require(start < min(end, len(model.shapes)), "A segment is empty, or not of the layers.")
        inner = Model({"input_shape": list(model.shapes[start]), "layers": own[start:end]})
        require(inner.ambient_dimension <= MOST_COEFFICIENTS,
                "A segment has too many coefficients.")
        terms = [(j, e) for j, degrees in enumerate(inner.degree_pattern)
                 for d in degrees for e in monomials(inner.inputs, d)]
        outputs: list[list[Any]] = [[] for _ in range(inner.outputs)]
        for k, (j, e) in enumerate(terms):
            outputs[j].append([[*(int(i == k) for i in range(len(terms))), *e], "1"])
        layers += [*own[place:start],
                   {"kind": "polynomial", "parameters": [""] * len(terms),
                    "inputs": [""] * inner.inputs, "outputs": outputs}]
        place = end
    return Model({"input_shape": model.description["input_shape"],
                  "layers": layers + own[place:]})

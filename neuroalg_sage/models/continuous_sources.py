"""
Networks with activations that are no polynomials, by what names them.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.continuous_networks import (
    ContinuousNetworkLayers,
    network_from_data,
    network_from_spec,
)

MOST_BYTES = 100_000_000


def load_network(network: Any) -> ContinuousNetworkLayers:
    """A network by its spec, its data, or the name of a file: of JSON with these, or of ONNX."""
    if isinstance(network, ContinuousNetworkLayers):
        return network
    if isinstance(network, dict):
        return network_from_data(network)
    text = str(network)
    if isinstance(network, bytes) or text.lower().endswith(".onnx"):
        from neuroalg_sage.models.trained.continuous import network_from_onnx

        return network_from_onnx(network)
    if not text.endswith(".json"):
        return network_from_spec(text)
    content = read_bytes(Path(text), "network", MOST_BYTES)
    try:
        data = json.loads(content, parse_float=Fraction)
    except ValueError:
        raise InputError(f"The file {text[-80:]} is not JSON.") from None
    return network_from_data(data, Path(text).name)

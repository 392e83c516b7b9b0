"""
A scene as one page of HTML that fetches nothing: it turns and zooms in a canvas.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures.scene import Scene

DIGITS = 5


def page(scene: Scene) -> str:
    """
    The page as text.

    EXAMPLES::

        >>> text = page(Scene("a line", ("z_0", "z_1"), 1.0, [np.array([[0.0, 0.0], [1.0, 1.0]])]))
        >>> "http" in text, "<canvas" in text
        (False, True)
    """
    low, high = np.array(scene.box).T

    def plain(points: Any) -> list[list[float]]:
        """Points in the cube from -1 to 1."""
        rows = np.asarray(points, dtype=float).reshape(-1, len(scene.axes))
        return [[*(round(float(c), DIGITS) for c in row), *[0.0] * (3 - len(scene.axes))]
                for row in (2 * rows - low - high) / (high - low)]

    data = {
        "axes": list(scene.axes), "ranges": [list(pair) for pair in scene.box],
        "words": {"curves": scene.words.curves, "boundary": scene.words.boundary},
        "colors": scene.colors, "edges": [plain(line) for line in scene.edges],
        "beside": [list(numbers) for numbers in scene.beside],
        "full": [plain(p) for p in scene.full],
        "curves": [plain(c) for c in scene.curves],
        "polygons": [plain(p) for p in scene.polygons],
        "boundary": [plain(c) for c in scene.boundary],
        "discriminant": [plain(c) for c in scene.discriminant],
        "discriminantPolygons": [plain(p) for p in scene.discriminant_polygons],
        "cells": [plain(c) for _, c in scene.singular if len(c)],
        "singular": [plain([p])[0] for p, _ in scene.singular],
        "data": None if scene.data is None else plain([scene.data])[0],
        "critical": [{"at": plain([p.place])[0], "kind": p.kind, "loss": float(f"{p.loss:.6g}")}
                     for p in scene.critical]}
    text = (Path(__file__).parent / "viewer.html").read_text(encoding="utf-8")
    written = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return text.replace("%OF%", escape(scene.words.of)).replace(
        "%TITLE%", escape(scene.title)).replace("%SCENE%", written)


def save(scene: Scene, name: str) -> None:
    """Write the page to a file."""
    try:
        Path(name).write_text(page(scene), encoding="utf-8")
    except OSError as error:
        raise InputError(f"The picture was not written to {name[:200]!r}: "
                         f"{error.strerror}.") from None

"""
Two pictures: a cuspidal cubic with a data point, and the cone of quadratic forms of rank one.

    python examples/pictures.py [FOLDER]

writes cusp.svg, cone.svg and cone.html, which turns in space.  The data's critical points are
joined to it; they come together where the data cross the ED discriminant.
"""

import sys
from pathlib import Path

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.pictures import figure, page
from neuroalg_sage.pictures.scene import scene

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")

cusp = NeuroManifold(from_expressions(["a^2*x + a^3*y"], ["a"], ["x", "y"]))
figure.save(scene(cusp, target=["1", "1/2"], radius=2), str(folder / "cusp.svg"))

cone = scene(NeuroManifold("mlp:2,1,1:x^2"), target=["5/4", "1/4", "2"])
figure.save(cone, str(folder / "cone.svg"))
page.save(cone, str(folder / "cone.html"))

for point in cone.critical:
    print(f"{point.kind}: squared distance {point.loss:.5f}")

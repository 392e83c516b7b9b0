"""
How width and activation change the geometry of a network with two inputs and two outputs.

Run it with ``python examples/depth_and_degree.py``.
"""

from neuroalg_sage import MLP, NeuroManifold

print("widths     activation  dimension  in  degree  singular locus")
for widths, activation in (((2, 1, 2), "x^2"), ((2, 2, 2), "x^2"), ((2, 1, 2), "x^3"),
                           ((2, 2, 2), "x^3"), ((2, 2, 3), "x^2")):
    manifold = NeuroManifold(MLP(widths, activation), timeout=60)
    locus = "; ".join(map(str, manifold.singular_locus().value)) or "empty"
    print(f"{','.join(map(str, widths)):<10} {activation:<11} {manifold.dimension():<10} "
          f"{manifold.ambient_dimension():<3} {manifold.degree():<7} {locus}")

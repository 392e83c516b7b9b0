"""
Any polynomial map is a neuromanifold: the twisted cubic, its tangent developable, its secants.

Run it with ``sage examples/twisted_cubic.sage``, or by ``load`` in a worksheet.
"""

from neuroalg_sage import NeuroManifold, MLP

# The coordinates of a parametrization, polynomials of Sage.
R.<s, t> = QQ[]
curve = NeuroManifold([s^3, s^2*t, s*t^2, t^3])
print("twisted cubic: dimension", curve.dimension(), "degree", curve.degree())

# The same cone is that of cubes of linear forms, c (a x + b y)^3, up to a change of coordinates.
P.<x> = QQ[]
cubes = NeuroManifold(MLP([2, 1, 1], x^3))
V = cubes.ideal().ring()
rescaled = V.hom([V.0, 3*V.1, 3*V.2, V.3])
assert V.ideal([rescaled(g) for g in cubes.ideal().gens()]) == curve.ideal().sage().apply_morphism(
    curve.ideal().ring().hom(V.gens()))

# Tangent lines sweep out the discriminant: the points f + df.
R.<s, t, p, q> = QQ[]
tangents = NeuroManifold([s^2*p, 2*s*t*p + s^2*q, t^2*p + 2*s*t*q, t^2*q])
(discriminant,) = tangents.equations()
print("tangent developable:", discriminant)
assert tangents.degree() == 4

# It is singular along the curve.
(component,) = tangents.singular_locus()
print("singular along dimension", component.dimension, "degree", component.degree)

# Two hidden neurons: secant lines fill the space over the complex numbers, not over the reals.
secants = NeuroManifold(MLP([2, 2, 1], x^3))
print("secants fill the space:", secants.is_filling())
S.<x, y> = QQ[]
harmonic = secants.fiber(x^3 - 3*x*y^2)
print("x^3 - 3 x y^2 is a sum of two cubes over C:", harmonic.over_complex,
      "over R:", harmonic.over_real)

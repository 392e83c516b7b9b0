#!/usr/bin/env bash
# SymPy 1.14.0: the minimal polynomial of the cube root of -8 is reducible, and so is its field.
#
# SymPy's cube root of -8 is the principal one, 1 + sqrt(-3); its minimal polynomial is x^2 - 2x
# + 4, which SymPy finds for the number written so, and also by its slower method
# (compose=False).  The default method gives x^3 + 8 = (x + 2)(x^2 - 2x + 4) for the same number
# written as 2*(-1)^(1/3).  The number field made with it is QQ[x]/(x^3 + 8), no field: it has
# zero divisors, and in it x^2 - 2x + 4 is not factored but ends in an error.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    sympy==1.14.0 mpmath==1.3.0

echo "SymPy 1.14.0: minimal polynomial of the cube root of -8"
cat > "$folder/minimal.py" <<'END'
from sympy import I, Poly, cbrt, factor, minimal_polynomial, sqrt
from sympy.abc import x

for number, options in ((1 + sqrt(3) * I, {}), (cbrt(-8), {"compose": False}), (cbrt(-8), {})):
    assert abs(number.n() - (1 + sqrt(3) * I).n()) < 1e-12
    polynomial = minimal_polynomial(number, x, **options)
    print(number, options, polynomial, "irreducible:", Poly(polynomial, x).is_irreducible)
try:
    print(len(factor(x**2 - 2 * x + 4, extension=cbrt(-8)).args), "factors")
except Exception as error:
    print(type(error).__name__, error)
END
seen=$("$folder/environment/bin/python" "$folder/minimal.py" | tr -d "'" || true)
echo "$seen"

expected='1 + sqrt(3)*I {} x**2 - 2*x + 4 irreducible: True
2*(-1)**(1/3) {compose: False} x**2 - 2*x + 4 irreducible: True
2*(-1)**(1/3) {} x**2 - 2*x + 4 irreducible: True
2 factors'
surprise='1 + sqrt(3)*I {} x**2 - 2*x + 4 irreducible: True
2*(-1)**(1/3) {compose: False} x**2 - 2*x + 4 irreducible: True
2*(-1)**(1/3) {} x**3 + 8 irreducible: False
NotInvertible zero divisor'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: it factors, and the number field has zero divisors."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

#!/usr/bin/env bash
# SageMath 10.8 (passagemath 10.8.11) and Macaulay2 1.26.06: a polynomial that goes to Macaulay2
# and back has another leading term, in silence.
#
# Sage's interface translates the term orders lex, degrevlex, deglex and blocks, and Macaulay2
# has the right leading term of x + y^2 in each.  One expects from `.sage()` the polynomial in the
# ring it came from, as happens for lex and degrevlex.  deglex comes back as lex, and an order for
# elimination, in two blocks, as degrevlex.  A Groebner basis that is fetched this way need not be
# one in the ring where it arrives.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    passagemath-macaulay2==10.8.11 \
    passagemath-singular==10.8.11 passagemath-pari==10.8.11

echo "passagemath 10.8.11, Macaulay2 1.26.06: x + y^2 in Sage, there, and back"
cat > "$folder/order.py" <<'END'
import sage.all__sagemath_singular
from sage.interfaces.macaulay2 import macaulay2
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.polynomial.term_order import TermOrder
from sage.rings.rational_field import QQ

print(macaulay2.eval('version#"VERSION"').split("=")[-1].strip())
blocks = TermOrder("degrevlex", 1) + TermOrder("degrevlex", 1)
orders = {"lex": "lex", "degrevlex": "degrevlex", "deglex": "deglex", "blocks": blocks}
for name, order in orders.items():
    ring = PolynomialRing(QQ, ["x", "y"], order=order)
    x, y = ring.gens()
    there = macaulay2(x + y**2)
    back = there.sage()
    leading = "x" if there.leadMonomial() == macaulay2(x) else "y^2"
    print(name + ":", (x + y**2).lm(), leading, back.lm())
END
seen=$("$folder/environment/bin/python" "$folder/order.py" || true)
echo "$seen"

expected='1.26.06
lex: x x x
degrevlex: y^2 y^2 y^2
deglex: y^2 y^2 y^2
blocks: x x x'
surprise='1.26.06
lex: x x x
degrevlex: y^2 y^2 y^2
deglex: y^2 y^2 x
blocks: x x y^2'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: two of four orders come back as others."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

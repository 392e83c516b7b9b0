#!/usr/bin/env bash
# Macaulay2 1.26.06: hilbertPolynomial(..., Projective => false) fails from about 300 variables
# on, with a message about promotion.
#
# The Hilbert polynomial of projective n-space is a binomial coefficient, and Macaulay2 gives it
# at once in its other form, for 331 variables, too.  As a polynomial in i it is found for 250
# variables; for 331 the answer is an error that a number cannot be promoted to a ring.  The
# number is fine: the recursion goes once through each variable, and the limit of 300 is what is
# met (with recursionLimit = 2000 it works).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    --no-deps passagemath-macaulay2==10.8.11

echo "Macaulay2 1.26.06: Hilbert polynomial of 250 and 331 variables"
cat > "$folder/hilbert.m2" <<'END'
print version#"VERSION";
test = n -> (
    R := QQ[x_1..x_n];
    h := try hilbertPolynomial(R, Projective => false) else null;
    print(n, if h === null then "an error" else first degree h));
print(#hilbertPolynomial(QQ[x_1..x_331]));
test 250;
test 331;
recursionLimit = 2000;
test 331;
END
programs="$folder/environment/lib/python3.11/site-packages/sage_wheels/bin"
seen=$("$programs/M2" --script "$folder/hilbert.m2" || true)
echo "$seen"

expected='1.26.06
1
(250, 249)
(331, 330)
(331, 330)'
surprise='1.26.06
1
(250, 249)
(331, an error)
(331, 330)'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: an error for 331 variables."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

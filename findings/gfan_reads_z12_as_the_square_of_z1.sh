#!/usr/bin/env bash
# gfan 0.6.2 (passagemath-gfan 10.8.11): z12 is read as the square of z1, without a word.
#
# In the ring Q[z1,z12] one expects that z1^3+z12 is what it says, as it is with the names a1 and
# b12.  gfan takes the first declared name that the text begins with, and then digits as an
# exponent: it reads z1^3+z1^2.  So a polynomial in z1, ..., z12, named as everybody numbers
# variables, is answered for another polynomial: the tropical hypersurface of z1^3+z12 in the
# plane, which is the line w12 = 3 w1, comes out as the line w1 = 0.  Names of equal length such
# as z01 and z12 are read as they should be.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check passagemath-gfan==10.8.11
gfan=$(find "$folder/environment" -path '*sage_wheels/bin/gfan')

orthogonal() {
    "$gfan" _tropicalhypersurface | sed -n '/^ORTH_LINEALITY_SPACE/{n;p}'
}

echo "passagemath-gfan 10.8.11: the normal of the tropical line of z1^3+z12"
seen=$(for names in "a1 b12" "z01 z12" "z1 z12"; do
    read -r first second <<< "$names"
    echo "$names: $(echo "Q[$first,$second]{$first^3+$second}" | orthogonal)"
done)
echo "$seen"

expected='a1 b12: 3 -1
z01 z12: 3 -1
z1 z12: 3 -1'
surprise='a1 b12: 3 -1
z01 z12: 3 -1
z1 z12: 1 0'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: the polynomial is another one."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

#!/usr/bin/env bash
# python-flint 0.9.0: fmpz_poly.complex_roots gives closer roots in fewer bits.
#
# The roots of 10^(2k)(x - 1)^2 - 2 are 1 +/- sqrt(2)/10^k: about 3.33 k bits tell them apart.
# One expects the bits of the answer to grow with k, to a factor of two or four, for the
# precision is doubled on the way.  Seen: 337 bits at k = 100 and 853 at k = 250, but 32101 at k =
# 200, nearly fifty times what separates them; and the number of bits jumps up and down as k
# grows.  What asks for 53 bits of such a root may get nearly ten thousand digits.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0

echo "python-flint 0.9.0: bits of the roots of 10^(2k)(x - 1)^2 - 2"
cat > "$folder/roots.py" <<'END'
from flint import fmpz_poly

for k in (100, 200, 250):
    polynomial = 10 ** (2 * k) * fmpz_poly([1, -2, 1]) - 2
    bits = min(root.rel_accuracy_bits() for root, _ in polynomial.complex_roots())
    needed = (10**k).bit_length()
    print(f"k = {k}: more than 10 times the bits that separate the roots: {bits > 10 * needed}")
END
seen=$("$folder/environment/bin/python" "$folder/roots.py" || true)
echo "$seen"

expected='k = 100: more than 10 times the bits that separate the roots: False
k = 200: more than 10 times the bits that separate the roots: False
k = 250: more than 10 times the bits that separate the roots: False'
surprise='k = 100: more than 10 times the bits that separate the roots: False
k = 200: more than 10 times the bits that separate the roots: True
k = 250: more than 10 times the bits that separate the roots: False'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: k = 200 gets many times the bits of the harder k = 250."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

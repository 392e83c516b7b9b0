#!/usr/bin/env bash
# python-flint 0.9.0: a binomial coefficient of a large number is a ball that says nothing.
#
# C(2^62, 3001) has 46,877 digits.  One expects of `arb.bin_uiui` at 53 bits a ball of which
# about as many bits are right, as the product of its 3001 factors has (39 bits).  The ball is
# around zero, with a radius of more than 10^(10^11): the logarithms of Gamma functions of this size
# lose all bits.  At 128 bits it is as one expects.  A bound that is made of such a coefficient is
# not wrong, but of no use, and the exponent alone tells so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0

echo "python-flint 0.9.0: C(2^62, 3001) by bin_uiui and as a product at 53 bits, by bin_uiui at 128"
cat > "$folder/binomial.py" <<'END'
from flint import arb, ctx

n, k = 2**62, 3001


def size(x: arb) -> str:
    """How large the radius is, against the middle, as a power of two."""
    if x.contains(0):
        return "contains zero, radius over 10^(10^11): " + str(
            bool(arb(x.rad()).log() > arb(10) ** 11 * arb(10).log()))
    return f"{x.rel_accuracy_bits()} bits"


product = arb(1)
for i in range(k):
    product = product * (n - i) / (i + 1)
print("bin_uiui at 53 bits:", size(arb.bin_uiui(n, k)))
print("product at 53 bits: has over 30 bits:", product.rel_accuracy_bits() > 30)
with ctx.workprec(128):
    print("bin_uiui at 128 bits: has over 60 bits:", arb.bin_uiui(n, k).rel_accuracy_bits() > 60)
END
found=$("$folder/environment/bin/python" "$folder/binomial.py")
echo "$found"
surprise="bin_uiui at 53 bits: contains zero, radius over 10^(10^11): True
product at 53 bits: has over 30 bits: True
bin_uiui at 128 bits: has over 60 bits: True"
if [ "$found" = "$surprise" ]; then
    echo "The finding holds: at 53 bits the ball says nothing."
else
    echo "The output is another one than before, so this finding is over, or has changed."
    exit 1
fi

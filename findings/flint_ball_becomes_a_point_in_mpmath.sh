#!/usr/bin/env bash
# python-flint 0.9.0 and mpmath 1.3.0: a ball given to interval arithmetic becomes its midpoint.
#
# `arb` is a ball, a midpoint with a radius; `mpmath.iv` computes with intervals; both promise
# enclosures.  One expects that the interval made of a ball contains it, or that it is refused (as
# python-flint refuses to make a ball of an mpmath interval).  But `arb` offers `_mpf_`, the
# attribute by which mpmath knows its own exact numbers, and the value there is the midpoint: the
# interval has width zero, in sums, too, and the square of "the square root of 2" does not
# contain 2.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0 mpmath==1.3.0

echo "python-flint 0.9.0, mpmath 1.3.0: the interval of a ball"
cat > "$folder/ball.py" <<'END'
from flint import arb
from mpmath import iv

ball = arb(1, 0.5)
one_more = iv.mpf(1) + ball
root = iv.mpf(arb(2).sqrt())
print("the interval of [1 +/- 0.5] contains 1.25:", 1.25 in iv.mpf(ball))
print("1 + [1 +/- 0.5] contains 2.25:", 2.25 in one_more)
print("the square of the root of 2 contains 2:", 2 in root**2)
END
seen=$("$folder/environment/bin/python" "$folder/ball.py" || true)
echo "$seen"

expected='the interval of [1 +/- 0.5] contains 1.25: True
1 + [1 +/- 0.5] contains 2.25: True
the square of the root of 2 contains 2: True'
surprise='the interval of [1 +/- 0.5] contains 1.25: False
1 + [1 +/- 0.5] contains 2.25: False
the square of the root of 2 contains 2: False'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: enclosures of nothing but a midpoint."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

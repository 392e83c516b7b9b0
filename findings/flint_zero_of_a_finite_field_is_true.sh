#!/usr/bin/env bash
# python-flint 0.9.0: the zero of fq_default counts as true, the zeros of the other exact types
# as false.
#
# In Python a number is false just if it is zero, and code for pivots or leading terms says `if
# a:`.  One expects so of each exact type.  fmpz, fmpq, nmod, fmpz_mod and all polynomials obey; an
# element of fq_default is true even if it is zero, though `a == 0` and `a.is_zero()` know it.  So
# one program for the pivots of a matrix is right over nmod and wrong over the same field written
# as fq_default.  (arb and acb do it, too; there no test of zero could be exact in general.)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0

echo "python-flint 0.9.0: the truth of zero"
cat > "$folder/zero.py" <<'END'
from flint import fmpq, fmpz, fmpz_mod_ctx, fq_default_ctx, nmod

field = fq_default_ctx(7, 1)
zeros = {
    "fmpz": fmpz(0),
    "fmpq": fmpq(0),
    "nmod": nmod(0, 7),
    "fmpz_mod": fmpz_mod_ctx(7)(0),
    "fq_default": field(0),
}
for name, zero in zeros.items():
    print(name, "equals 0:", zero == 0, "- is true:", bool(zero))
END
seen=$("$folder/environment/bin/python" "$folder/zero.py" || true)
echo "$seen"

expected='fmpz equals 0: True - is true: False
fmpq equals 0: True - is true: False
nmod equals 0: True - is true: False
fmpz_mod equals 0: True - is true: False
fq_default equals 0: True - is true: False'
surprise='fmpz equals 0: True - is true: False
fmpq equals 0: True - is true: False
nmod equals 0: True - is true: False
fmpz_mod equals 0: True - is true: False
fq_default equals 0: True - is true: True'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: the zero of fq_default is true."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

#!/usr/bin/env bash
# python-flint 0.9.0: `//` and `divmod` of integer polynomials round differently in one and in
# several variables.
#
# -3x divided by 2 (and by 2x) over the integers: one expects the same quotient and remainder of
# fmpz_poly and fmpz_mpoly, and for `//` in Python rounding down, as with int and fmpz.  fmpz_poly
# rounds down (-2x, remainder x); fmpz_mpoly rounds to zero (-x, remainder -x), even for a
# constant polynomial.  A remainder that is compared across the two types, or with int, is
# different.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0

echo "python-flint 0.9.0: divmod of -3, -3x by 2, 2x"
cat > "$folder/floor.py" <<'END'
from flint import Ordering, fmpz, fmpz_mpoly_ctx, fmpz_poly

ring = fmpz_mpoly_ctx.get(("x",), Ordering.lex)
(y,) = ring.gens()
x = fmpz_poly([0, 1])
print("integers:", *divmod(fmpz(-3), fmpz(2)))
for name, t in (("fmpz_poly", x), ("fmpz_mpoly", y)):
    for upper, lower in ((-3 + 0 * t, 2 + 0 * t), (-3 * t, 2 + 0 * t), (-3 * t, 2 * t)):
        quotient, remainder = divmod(upper, lower)
        assert upper == quotient * lower + remainder
        print(name, "at 1:", quotient(1), remainder(1))
END
seen=$("$folder/environment/bin/python" "$folder/floor.py" || true)
echo "$seen"

expected='integers: -2 1
fmpz_poly at 1: -2 1
fmpz_poly at 1: -2 1
fmpz_poly at 1: -2 1
fmpz_mpoly at 1: -2 1
fmpz_mpoly at 1: -2 1
fmpz_mpoly at 1: -2 1'
surprise='integers: -2 1
fmpz_poly at 1: -2 1
fmpz_poly at 1: -2 1
fmpz_poly at 1: -2 1
fmpz_mpoly at 1: -1 -1
fmpz_mpoly at 1: -1 -1
fmpz_mpoly at 1: -1 -1'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: rounded down in one variable, to zero in several."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

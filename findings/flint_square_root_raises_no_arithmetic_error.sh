#!/usr/bin/env bash
# python-flint 0.9.0: what has no square root raises DomainError, which is neither a ValueError nor
# an ArithmeticError.
#
# math.isqrt(-1) raises ValueError, and decimals raise what is an ArithmeticError; a division by zero
# of python-flint raises ZeroDivisionError, as Python's does.  One expects one of these where a number
# or a polynomial is no square.  What is raised is flint's DomainError, whose one base is Exception:
# `except (ValueError, ArithmeticError)` around exact algebra lets it through.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    python-flint==0.9.0

echo "python-flint 0.9.0: square roots of what is no square"
cat > "$folder/root.py" <<'END'
from flint import Ordering, fmpq_mpoly_ctx, fmpq_poly, fmpz, fmpz_poly

(x,) = fmpq_mpoly_ctx.get(["x"], Ordering.lex).gens()
roots = {
    "fmpz(-1).isqrt()": lambda: fmpz(-1).isqrt(),
    "fmpz_poly x": lambda: fmpz_poly([0, 1]).sqrt(),
    "fmpq_poly x": lambda: fmpq_poly([0, 1]).sqrt(),
    "fmpq_mpoly x": lambda: x.sqrt(),
}
for name, root in roots.items():
    try:
        root()
    except Exception as error:
        print(f"{name}: {type(error).__name__}, usual:",
              isinstance(error, (ValueError, ArithmeticError)))
END
seen=$("$folder/environment/bin/python" "$folder/root.py" || true)
echo "$seen"

expected='fmpz(-1).isqrt(): ValueError, usual: True
fmpz_poly x: ValueError, usual: True
fmpq_poly x: ValueError, usual: True
fmpq_mpoly x: ValueError, usual: True'
surprise='fmpz(-1).isqrt(): DomainError, usual: False
fmpz_poly x: DomainError, usual: False
fmpq_poly x: DomainError, usual: False
fmpq_mpoly x: DomainError, usual: False'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: it is a DomainError, which is none of the usual errors."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

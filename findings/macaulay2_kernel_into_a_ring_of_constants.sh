#!/usr/bin/env bash
# Macaulay2 1.26.06: the kernel of a ring map into a polynomial ring without variables is zero.
#
# The map QQ[y] -> QQ[], y -> 3, sends y - 3 to 0; one expects the kernel (y - 3), and gets it
# with QQ[z] as target.  With QQ[] the kernel is the zero ideal, and `isInjective` says true.
# Macaulay2's own list of issues knows the cause (an elimination order without a first block),
# with another example; the answer of 1.26.06 is still wrong, without a warning.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    --no-deps passagemath-macaulay2==10.8.11

echo "Macaulay2 1.26.06: kernel of y -> 3"
cat > "$folder/kernel.m2" <<'END'
print version#"VERSION";
constants = map(QQ[], QQ[y], {3});
polynomials = map(QQ[z], QQ[y], {3});
print(constants((source constants)_0 - 3) == 0, numgens kernel constants, isInjective constants);
print(polynomials((source polynomials)_0 - 3) == 0, numgens kernel polynomials,
    isInjective polynomials);
END
programs="$folder/environment/lib/python3.11/site-packages/sage_wheels/bin"
seen=$("$programs/M2" --script "$folder/kernel.m2" || true)
echo "$seen"

expected='1.26.06
(true, 1, false)
(true, 1, false)'
surprise='1.26.06
(true, 0, true)
(true, 1, false)'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: y - 3 goes to 0, and the kernel is said to be zero."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

#!/usr/bin/env bash
# Macaulay2 1.26.06 (package MRDI): the polynomial 12x from an OSCAR file is read as x/2.
#
# In OSCAR's files a coefficient of a polynomial over QQ is a string, as a rational number by
# itself is: "12", "7//3".  The package says that it reads OSCAR's polynomials, and reads the
# number "12" as 12.  In a polynomial it takes the string apart: the first character over the
# second.  So 12 becomes 1/2 in silence.  (And 7//3 is an error, and so is what the package itself
# writes with Namespace => "Oscar" over QQ.)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    --no-deps passagemath-macaulay2==10.8.11

echo "Macaulay2 1.26.06: the number 12 and the polynomial 12x of an OSCAR file"
cat > "$folder/oscar.m2" <<'END'
needsPackage "MRDI";
print version#"VERSION";
system = ///"_ns":{"Oscar":["https://github.com/oscar-system/Oscar.jl","1.6.0"]}///;
reference = ///"_refs":{"3f0c5b0e-52c5-4a3e-9d2e-0b6f6e0d7a11":{"_type":{"name":"MPolyRing",
    "params":{"_type":"QQField"}},"data":{"symbols":["x","y"]}}}///;
twelve = ///"_type":{"name":"QQFieldElem","params":{"_type":"QQField"}},"data":"12"///;
multiple = ///"_type":{"name":"MPolyRingElem","params":"3f0c5b0e-52c5-4a3e-9d2e-0b6f6e0d7a11"},
    "data":[[["1","0"],"12"]]///;
print toString loadMRDI("{" | system | "," | twelve | "}");
print toString loadMRDI("{" | system | "," | multiple | "," | reference | "}");
R = QQ[x, y];
own = saveMRDI(12*x, Namespace => "Oscar");
print(try toString loadMRDI own else "its own file of 12*x cannot be read");
END
programs="$folder/environment/lib/python3.11/site-packages/sage_wheels/bin"
seen=$("$programs/M2" --script "$folder/oscar.m2" || true)
echo "$seen"

expected='1.26.06
12
12*x
12*x'
surprise='1.26.06
12
(1/2)*x
its own file of 12*x cannot be read'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: 12x is read as x/2."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

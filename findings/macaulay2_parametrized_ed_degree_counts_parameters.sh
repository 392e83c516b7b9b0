#!/usr/bin/env bash
# Macaulay2 1.26.06 (package EuclideanDistanceDegree): a parabola has the ED degree 3 or 6, as it is
# parametrized.
#
# parameterizedUnitEDDegree takes polynomials in d variables that parametrize a variety of dimension
# d, and returns "a generic/unit Euclidean distance degree" of that variety.  It counts critical
# parameters, so that a map of generically n parameters to a point gives n times the ED degree.  The
# documentation warns of that for the option UseMonodromy, which is not set here, and of a number
# that is "less than expected".  The parabola is (x, x^2) and (x^2, x^4), and determinantalUnitEDDegree
# finds 3 from its equation; the quadratic cone is (x^2, xy, y^2), with 4.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    --no-deps passagemath-macaulay2==10.8.11

echo "Macaulay2 1.26.06: ED degrees of the parabola, three times, and of a cone, twice"
cat > "$folder/degrees.m2" <<'END'
needsPackage "EuclideanDistanceDegree";
print version#"VERSION";
R = QQ[x];
one = parameterizedUnitEDDegree {x, x^2};
two = parameterizedUnitEDDegree {x^2, x^4};
S = QQ[u, v];
print(determinantalUnitEDDegree {v - u^2}, one, two);
R = QQ[x, y];
two = parameterizedUnitEDDegree {x^2, x*y, y^2};
S = QQ[a, b, c];
print(determinantalUnitEDDegree {b^2 - a*c}, two);
END
programs="$folder/environment/lib/python3.11/site-packages/sage_wheels/bin"
seen=$("$programs/M2" --script "$folder/degrees.m2" || true)
echo "$seen"

expected='1.26.06
(3, 3, 3)
(4, 4)'
surprise='1.26.06
(3, 3, 6)
(4, 8)'
if [ "$seen" = "$surprise" ]; then
    echo "The finding holds: what is counted are parameters, not points."
elif [ "$seen" = "$expected" ]; then
    echo "The finding is over: this is what one expects."
    exit 1
else
    echo "Something else than before, and than one expects. Before it was:"
    echo "$surprise"
    exit 1
fi

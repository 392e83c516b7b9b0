"""Level sets of piecewise linear networks: their homology, and distances to them."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import product

import pytest
from claims import changed, mutant
from networks import random_network
from splitter import merged, split
from test_linear_regions import ABSOLUTE, RELU, data, dense

from neuroalg_sage import CertificateError, InputError, PiecewiseLinearNetwork, verify
from neuroalg_sage.certificates.piecewise.homology import betti_numbers
from neuroalg_sage.cli import main
from neuroalg_sage.models.piecewise.network import network_from_data

L1 = data(2, ABSOLUTE, dense([[1, 1]]))
TORUS = data(3, ABSOLUTE, dense([[1, 1, 0], [0, 0, 1]], [-2, 0]), ABSOLUTE, dense([[1, 1]]))


def betti(network: dict, level=0, kind: str = "level", **options) -> list[int]:
    found = PiecewiseLinearNetwork(network).decision_boundary(level=level, kind=kind, **options)
    assert verify(found.certificate).status == "proved"
    assert found.data["betti_mod_2"] == found.value  # no torsion in dimension at most 3
    return found.value


def test_known_shapes() -> None:
    assert betti(L1, 1) == [1, 1] and betti(L1, 1, "sublevel") == [1, 0]
    assert betti(L1, 1, "superlevel") == [1, 1] and betti(L1, 0) == [1, 0]
    assert betti(L1, -1) == [0, 0] and betti(L1, -1, "superlevel") == [1, 0]
    sphere = data(3, ABSOLUTE, dense([[1, 1, 1]]))
    assert betti(sphere, 1) == [1, 0, 1] and betti(sphere, 1, "sublevel") == [1, 0, 0]
    assert betti(TORUS, 1) == [1, 2, 1] and betti(TORUS, 1, "sublevel") == [1, 1, 0]
    assert betti(TORUS, 0) == [1, 1, 0] and betti(TORUS, 1, "superlevel") == [1, 1, 1]
    # A torus whose hole has closed: two cones touch along it; inside it is a ball.
    assert betti(TORUS, 2, "sublevel") == [1, 0, 0]
    assert betti(data(4, ABSOLUTE, dense([[1, 1, 1, 1]])), 1) == [1, 0, 0, 1]
    # A product of two circles in R^4 is a level set of a maximum: the boundary of a square, twice.
    two = data(4, ABSOLUTE, dense([[1, 1, 0, 0], [0, 0, 1, 1]], [-1, -1]), ABSOLUTE,
               {"kind": "maxout", "pieces": 2})
    assert betti(two, 0) == [1, 2, 1, 0]


def test_sets_that_are_not_bounded() -> None:
    line = data(2, dense([[1, 0]]))
    assert betti(line) == [1, 0] and betti(line, 0, "sublevel") == [1, 0]
    strips = data(2, dense([[1, 0]]), ABSOLUTE, dense([[1]], [-1]))
    assert betti(strips) == [2, 0] and betti(strips, 0, "superlevel") == [2, 0]
    assert betti(strips, 0, "sublevel") == [1, 0]
    cylinder = data(3, dense([[1, 0, 0], [0, 1, 0]]), ABSOLUTE, dense([[1, 1]], [-1]))
    assert betti(cylinder) == [1, 1, 0] and betti(cylinder, 0, "superlevel") == [1, 1, 0]
    assert betti(cylinder, box=2) == [1, 1, 0]
    assert betti(data(1, ABSOLUTE, dense([[1]], [-1]))) == [2]
    # Zero everywhere; zero on a half-plane; a cross, and the two opposite sectors that it bounds.
    assert betti(data(2, dense([[0, 0]]))) == [1, 0]
    assert betti(data(2, RELU, dense([[1, 0]]))) == [1, 0]
    cross = data(2, ABSOLUTE, dense([[1, -1]]))
    assert betti(cross) == [1, 0] and betti(cross, 0, "sublevel") == [1, 0]
    assert betti(cross, 1) == [2, 0]
    found = PiecewiseLinearNetwork(cross).decision_boundary()
    assert "ordinary homology" in found.sentence()
    assert found.data["f_vector"] == [1, 4, 0] and found.data["bounded_faces"] == [1, 0, 0]


def test_differences_of_outputs() -> None:
    network = PiecewiseLinearNetwork(data(2, dense([[1, 0], [0, 1]]), ABSOLUTE))
    assert network.decision_boundary([0, 1]) == [1, 0] == network.decision_boundary([1, 0])
    for wrong in ([0, 0], 2, [0, 1, 0], "0", -1, []):
        with pytest.raises(InputError, match="A boundary is that of an output"):
            network.decision_boundary(wrong)
    with pytest.raises(InputError, match="is none of level"):
        network.decision_boundary(kind="lower")


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_faces_of_level_sets_and_euler_characteristics_are_those_of_a_slow_way(first: int) -> None:
    for seed in range(first, first + 20):
        network = random_network(seed)
        longer = network_from_data({"input_shape": list(network.input_shape), "layers": [
            *network.describe()["layers"],
            dense([[1, *[0] * (network.outputs - 1)]], ["-1/2"]), RELU]})
        faces = merged(list(split(longer)))
        asked = PiecewiseLinearNetwork(network)
        euler = {}
        for kind, signs in (("level", {0}), ("sublevel", {0, -1}), ("superlevel", {0, 1})):
            found = asked.decision_boundary(level="1/2", kind=kind)
            counts = [0] * (network.inputs + 1)
            for sign, dimension in faces.items():
                counts[dimension] += sign[-1] in signs
            assert found.data["f_vector"] == counts, (seed, kind)
            euler[kind] = sum((-1) ** k * b for k, b in enumerate(found.value))
            assert found.data["betti_mod_2"] == found.value
            assert verify(found.certificate).value == found.data
        # Mayer and Vietoris: all of R^d is the union of two sets that meet in the third.
        assert euler["sublevel"] + euler["superlevel"] - euler["level"] == 1


@pytest.mark.parametrize("inputs", [2, 3])
def test_duality(inputs: int) -> None:
    """
    Alexander: of a compact set in the sphere of dimension d and its complement, the reduced Betti
    numbers of dimensions i and d - i - 1 are equal.  In R^d the complement has one more class, of a
    large sphere.  At a level that no vertex has, it has the homology of the superlevel set.
    """
    seen = set()
    for seed in range(10):
        generator = random.Random(seed)
        forms = [[int(i == j) for j in range(inputs)] for i in range(inputs)]
        forms.append([generator.choice([1, -1]) for _ in range(inputs)])
        shifts = [generator.randint(-4, 0) for _ in forms]
        network = PiecewiseLinearNetwork(data(
            inputs, dense(forms), ABSOLUTE,
            dense([[int(i == j) for j in range(inputs + 1)] for i in range(inputs + 1)], shifts),
            ABSOLUTE, dense([[2] * inputs + [generator.choice([-1, 1])]])))
        values = sorted(network([generator.randint(-9, 9) for _ in range(inputs)])[0]
                        for _ in range(80))
        level = values[generator.choice([3, 8, 15])] + Fraction(1, 1001)
        below = network.decision_boundary(level=level, kind="sublevel")
        above = network.decision_boundary(level=level, kind="superlevel")
        assert below.data["f_vector"] == below.data["bounded_faces"]
        reduced = [b - (k == 0) for k, b in enumerate(above.value)]
        assert below.value == reduced[::-1]
        # What lies in both is a closed hypersurface, and the two meet in it.
        both = network.decision_boundary(level=level).value
        assert both == [a + b - (k == 0)
                        for k, (a, b) in enumerate(zip(below.value, above.value))]
        seen.add(tuple(both))
    assert len(seen) > 1


def test_homology_with_torsion() -> None:
    """The projective plane with six vertices."""
    triangles = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5), (0, 1, 5), (1, 2, 4), (2, 3, 5),
                 (1, 3, 4), (2, 4, 5), (1, 3, 5)]
    edges = sorted({(a, b) for t in triangles for a, b in ((t[0], t[1]), (t[0], t[2]),
                                                           (t[1], t[2]))})
    cells = [[[]] * 6, [list(edge) for edge in edges],
             [[edges.index(pair) for pair in ((t[0], t[1]), (t[0], t[2]), (t[1], t[2]))]
              for t in triangles]]
    assert betti_numbers(cells) == [1, 0, 0] and betti_numbers(cells, 2) == [1, 1, 1]
    assert betti_numbers(cells, 3) == [1, 0, 0]


def in_norm(norm: str, difference: list[Fraction]) -> Fraction:
    if norm == "l2":
        return sum((c * c for c in difference), Fraction(0))
    return (sum if norm == "l1" else max)(map(abs, difference))


def test_distances() -> None:
    circle = PiecewiseLinearNetwork(L1)
    known = {"l1": "1/2", "l2": "1/8", "linf": "1/4"}
    for norm, distance in known.items():
        found = circle.boundary_distance(["1/4", "1/4"], level=1, norm=norm)
        assert found.value == Fraction(distance)
        assert in_norm(norm, [Fraction(1, 4) - x for x in found.nearest]) == found.value
        assert circle.network(found.nearest) == (1,)
        assert verify(found.certificate).value["distance"] == distance
    # The next point is a vertex; the point is on the boundary; there is no boundary.
    assert circle.boundary_distance([3, 0], level=1).value == 4
    assert circle.boundary_distance([1, 0], level=1).value == 0
    empty = circle.boundary_distance([1, 0], level=-1, norm="l1")
    assert empty.value is None and "no boundary" in empty.sentence()
    assert verify(empty.certificate).value["distance"] is None
    assert circle.boundary_distance([0, 0], level=1, box=[[2, 3], [0, 1]]).value is None
    with pytest.raises(InputError, match="The point has 1 coordinates"):
        circle.boundary_distance([1])
    with pytest.raises(InputError, match="is none of l1, l2, linf"):
        circle.boundary_distance([0, 0], norm="l3")


@pytest.mark.parametrize("norm", ["l1", "l2", "linf"])
def test_no_point_of_the_boundary_is_nearer(norm: str) -> None:
    """Against points where the boundary crosses segments from the center, on a grid around it."""
    for seed in range(12):
        network = PiecewiseLinearNetwork("relu:2,4,3,1:bias", seed=seed)
        center = [Fraction(1, 3), Fraction(-1, 5)]
        f = network.network
        found = network.boundary_distance(center, norm=norm, level="1/20")
        assert verify(found.certificate).trust == ()
        if found.value is None:
            continue
        assert f(found.nearest) == (Fraction(1, 20),)
        assert in_norm(norm, [c - x for c, x in zip(center, found.nearest)]) == found.value
        side = f(center)[0] > Fraction(1, 20)
        for direction in product(range(-6, 7), repeat=2):
            length = in_norm(norm, [Fraction(c) for c in direction])
            if any(direction) and found.value:
                scale = Fraction(99, 100) * found.value / length
                if norm == "l2":  # a rational number below the square root of the quotient
                    quotient = found.value / length
                    scale = Fraction(int(float(quotient) ** 0.5 * 10**6), 10**6 + 1)
                    assert scale * scale < quotient
                inside = [c + scale * d for c, d in zip(center, direction)]
                assert (f(inside)[0] > Fraction(1, 20)) == side


def certificates() -> list[dict]:
    circle = PiecewiseLinearNetwork(L1)
    return [circle.decision_boundary(level=1).certificate,
            circle.decision_boundary(level=1, kind="sublevel", box=1).certificate,
            *(circle.boundary_distance(["1/4", 0], level=1, norm=norm).certificate
              for norm in ("l1", "l2", "linf"))]


def test_forgeries() -> None:
    boundary, sublevel, *distances = certificates()

    def add(name: str, place: int):
        def change(data: dict) -> None:
            data["claim"]["value"][name][place] += 1

        return change

    for certificate in (boundary, sublevel):
        for name in ("f_vector", "bounded_faces", "betti", "betti_mod_2"):
            for place in range(len(certificate["claim"]["value"][name])):
                with pytest.raises(CertificateError, match=f"The numbers {name} are"):
                    verify(changed(certificate, add(name, place)))
    for certificate in distances:
        for wrong in ("1/1000", "5", None):
            def change(data: dict, wrong=wrong) -> None:
                data["claim"]["value"]["distance"] = wrong

            with pytest.raises(CertificateError, match="The distance is|is not empty"):
                verify(changed(certificate, change))


def test_forgeries_by_hand() -> None:
    """Each tells one lie that keeps the rest in tune, as somebody would who knows the checker."""
    boundary, sublevel, l1, l2, linf = certificates()

    def of(data: dict) -> tuple[dict, dict]:
        return data["claim"]["value"], data["evidence"]

    def another_level(data: dict) -> None:  # the faces of level 1, for level 2
        of(data)[0]["level"] = "2"

    def superlevel_for_sublevel(data: dict) -> None:
        of(data)[0]["set"] = "superlevel"

    def superlevel_for_level(data: dict) -> None:
        of(data)[0]["set"] = "superlevel"

    def without_the_bend(data: dict) -> None:  # the numbers of the network without level
        other = PiecewiseLinearNetwork(L1).linear_regions().certificate
        data["evidence"] = other["evidence"]

    def of_a_smaller_domain(data: dict) -> None:  # where the boundary is not
        of(data)[0]["domain"] = [["1", "0", "-3"]]

    def of_all_space(data: dict) -> None:  # the sublevel set in a box, for that in all of space
        of(data)[0]["domain"] = []

    def of_a_shifted_network(data: dict) -> None:
        data["model"]["layers"][-1]["bias"] = ["1/2"]

    for certificate, change in ((boundary, another_level), (boundary, superlevel_for_level),
                                (boundary, without_the_bend), (boundary, of_a_smaller_domain),
                                (boundary, of_a_shifted_network), (sublevel, of_all_space),
                                (sublevel, superlevel_for_sublevel)):
        with pytest.raises(CertificateError):
            verify(changed(certificate, change))

    def another_norm(name: str):
        def change(data: dict) -> None:
            of(data)[0]["norm"] = name
        return change

    def another_point(data: dict) -> None:
        of(data)[0]["point"] = ["1/8", "0"]

    def cut_off(data: dict) -> None:  # a domain that leaves out what is next to the point
        of(data)[0]["domain"] = [["-1", "0", "0"]]

    def without_the_nearest_face(data: dict) -> None:
        of(data)[1]["faces"][-1].pop()

    for certificate in (l1, l2, linf):
        own = certificate["claim"]["value"]["norm"]
        for change in (another_point, cut_off, another_level, without_the_bend,
                       without_the_nearest_face, of_a_shifted_network,
                       *(another_norm(name) for name in ("l1", "l2", "linf", "l3", None)
                         if name != own)):
            with pytest.raises(CertificateError):
                verify(changed(certificate, change))


def test_random_changes_are_rejected_or_true() -> None:
    generator = random.Random(3)
    for original in certificates():
        for _ in range(60):
            data = mutant(original, generator, [original])
            try:
                value = verify(data).value
            except CertificateError:
                continue
            rows = [[str(-int(c)) for c in row[:-1]] + [row[-1]] for row in value["domain"]]
            again = PiecewiseLinearNetwork(data["model"])
            options = {"output": value["output"], "level": value["level"],
                       "polytope": rows or None}
            found = (again.decision_boundary(kind=value["set"], **options) if "set" in value else
                     again.boundary_distance(value["point"], norm=value["norm"], **options))
            assert {**found.data, "domain": None} == {**value, "domain": None}


def test_the_shell(tmp_path, capsys) -> None:
    file, proof = tmp_path / "torus.json", tmp_path / "proof.json"
    file.write_text(json.dumps(TORUS))
    words = ["regions", "--quiet", str(file), "--boundary", "0", "--level", "1"]
    assert main([*words, "--json", "--certificate", str(proof), "--point", "2,0,0"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["betti"] == [1, 2, 1] == page["boundary"]["betti_mod_2"]
    assert [found["distance"] for found in page["distances"]] == ["1", "1/3", "1/3"]
    assert len(json.loads(proof.read_text())) == 5 and main(["verify", str(proof)]) == 0
    assert capsys.readouterr().out.count("valid") == 5
    assert main(words) == 0
    assert "Betti numbers 1, 2, 1 over Q and GF(2)" in capsys.readouterr().out
    for wrong, sentence in ((["--boundary", "x"], "is not that of an output"),
                            (["--boundary", "1"], "by its number from 0 to 0"),
                            (["--point", "1,2,3"], "name its output"),
                            (["--boundary", "0", "--level", "nan"], "not a finite number"),
                            (["--boundary", "0", "--point", "1,2"], "has 2 coordinates")):
        assert main([*words[:3], *wrong]) == 2
        said = capsys.readouterr().err
        assert sentence in said and len(said.strip().splitlines()) == 1


def test_distances_that_no_floating_point_number_holds() -> None:
    """They have more digits than one may type, too."""
    line = PiecewiseLinearNetwork([[[1, 0]]])
    for norm, value in (("l1", 10**2000), ("l2", 10**4000), ("linf", 10**2000)):
        found = line.boundary_distance(["1e2000", 0], norm=norm)
        assert found.value == value and "about" not in found.text()

"""How many regions there are at most: known numbers, random networks, forgeries."""

from __future__ import annotations

import itertools
import json
import random
from math import comb
from pathlib import Path

import pytest
from claims import changed
from networks import random_network

from neuroalg_sage import CertificateError, InputError, PiecewiseLinearNetwork, verify
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.region_bound import most_cells
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision
from neuroalg_sage.models.piecewise.network import network_from_spec


def most(spec: str) -> int:
    return most_cells(Rebuilt(network_from_spec(spec).describe()))


@pytest.mark.parametrize(("spec", "number"), [
    ("relu:2,4,1:bias", 11), ("relu:2,10,1:bias", 56), ("relu:2,16,1:bias", 137),
    ("relu:3,8,1:bias", 93), ("relu:1,7,1:bias", 8), ("relu:2,5,1", 10), ("relu:3,5,1", 22),
    ("maxout:2,2,1:bias:pieces=3", 9), ("maxout:2,3,1:bias:pieces=3", 19),
    ("maxout:2,4,1:bias:pieces=3", 33), ("maxout:4,3,1:bias:pieces=3", 27),
    ("maxout:1,4,1:bias:pieces=5", 17), ("hard_tanh:1,3,1:bias", 7), ("hard_tanh:2,2,1:bias", 9),
])
def test_known_numbers(spec: str, number: int) -> None:
    assert most(spec) == number


@pytest.mark.parametrize("widths", [(1, 3, 4, 1), (2, 3, 3, 1), (2, 4, 2, 3, 1), (3, 4, 5, 1)])
def test_deep_relu_networks_by_the_sum_over_inactive_units(widths: tuple[int, ...]) -> None:
    """Over all j with j_l at most the rank before layer l: of products of binomial(n_l, j_l)."""
    d, hidden = widths[0], widths[1:-1]
    total = 0
    for inactive in itertools.product(*(range(n + 1) for n in hidden)):
        rank, count, occurs = d, 1, True
        for n, j in zip(hidden, inactive):
            occurs = occurs and j <= min(rank, n)
            count *= comb(n, j)
            rank = min(rank, n - j)
        total += count * occurs
    assert most(f"relu:{','.join(map(str, widths))}:bias") == total


def test_the_sawtooth_has_no_more() -> None:
    for depth in range(1, 6):
        layers: list = []
        for k in range(depth):
            weights = [["1"], ["1"]] if not k else [["2", "-4"], ["2", "-4"]]
            layers += [{"kind": "dense", "weights": weights, "bias": ["0", "-1/2"]},
                       {"kind": "relu"}]
        network = Rebuilt({"input_shape": [1], "layers": layers})
        assert 2**depth <= most_cells(network)


@pytest.mark.parametrize("first", range(0, 200, 40))
def test_no_network_has_more(first: int) -> None:
    for seed in range(first, first + 40):
        network = random_network(seed)
        try:
            bound = most_cells(Rebuilt(network.describe()))
        except CertificateError as error:
            assert "follow one another" in str(error)
            continue
        assert Subdivision(network).cells <= bound, seed


@pytest.mark.parametrize("spec", ["relu:2,5,1", "relu:3,4,1", "relu:2,4,3,1", "abs:2,3,3,1",
                                  "maxout:3,4,1:pieces=2", "hard_tanh:2,3,2,1",
                                  "leaky_relu:2,3,3,1:bias"])
def test_no_random_weights_have_more_and_one_layer_attains_it(spec: str) -> None:
    counts = [Subdivision(network_from_spec(spec, seed)).cells for seed in range(15)]
    assert max(counts) <= most(spec)
    if spec.count(",") == 2 and spec.startswith("relu"):
        assert max(counts) == most(spec)


def test_a_constant_of_an_activation_is_a_bias() -> None:
    """Without biases and breakpoints elsewhere, later hyperplanes need not contain the origin."""
    bent = {"kind": "piecewise_linear", "breakpoints": [0], "slopes": [1, 2], "value": 1}
    generator = random.Random(1)
    layers = [{"kind": "dense", "weights": [[generator.randint(-9, 9) for _ in range(2)]
                                            for _ in range(n)]} for n in (2, 5)]
    description = {"input_shape": [2], "layers": [layers[0], bent, layers[1], {"kind": "relu"}]}
    network = PiecewiseLinearNetwork(description)
    straight = {**bent, "value": 0}
    assert network.linear_regions().cells <= network.region_bound() == 4 * 16
    without = PiecewiseLinearNetwork({**description, "layers": [
        layers[0], straight, layers[1], {"kind": "relu"}]})
    assert without.region_bound() == 4 * 10


def test_forgeries() -> None:
    certificate = PiecewiseLinearNetwork("relu:2,3,1:bias", seed=1).region_bound().certificate
    assert verify(certificate).value["most"] == 7
    for lie, sentence in ((("most", 6), "at most 7"), (("most", 8), "at most 7"),
                          (("most", 7.0), "at most 7"), (("more", 1), "unknown field")):
        def change(data: dict, lie=lie) -> None:
            data["claim"]["value"].update([lie])

        with pytest.raises(CertificateError, match=sentence):
            verify(changed(certificate, change))

    def another_count(data: dict) -> None:
        data["claim"]["value"]["found"]["cells"] = 6

    with pytest.raises(CertificateError):
        verify(changed(certificate, another_count))
    part = PiecewiseLinearNetwork("relu:2,3,1:bias", seed=1).linear_regions(box=1).certificate

    def in_a_box(data: dict) -> None:
        data["claim"]["value"]["found"] = part["claim"]["value"]
        data["evidence"] = part["evidence"]

    with pytest.raises(CertificateError, match="about all inputs"):
        verify(changed(certificate, in_a_box))


def test_what_has_no_bound_says_why() -> None:
    skip = {"input_shape": [1], "layers": [{"kind": "relu"}, {"kind": "sum", "from": [0, 1]}]}
    with pytest.raises(InputError, match="follow one another"):
        PiecewiseLinearNetwork(skip).region_bound()
    with pytest.raises(InputError, match="at most 6 inputs"):
        PiecewiseLinearNetwork("relu:7,2,1").region_bound()


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = tmp_path / "proof.json"
    words = ["regions", "--quiet", "relu:2,3,3,1:bias"]
    assert main([*words, "--samples", "20", "--json", "--certificate", str(proof)]) == 0
    page = json.loads(capsys.readouterr().out)
    counts = {seed: Subdivision(network_from_spec(words[2], seed)).cells for seed in range(20)}
    assert {int(seed): n for seed, n in page["region_bound"]["sampled"].items()} == counts
    assert page["cells"] == max(counts.values())
    assert page["region_bound"]["most"] == 7 + 3 * 7 + 3 * 4
    best = min(seed for seed, n in counts.items() if n == max(counts.values()))
    assert page["model"]["spec"] == f"relu:2,3,3,1:bias:seed={best}"
    assert main(["verify", str(proof)]) == 0 and capsys.readouterr().out.count("valid") == 2
    assert main([*words, "--samples", "20"]) == 0
    assert "of 20 random networks each has" in capsys.readouterr().out
    assert main(["regions", "--quiet", "relu:2,4,1:bias", "--seed", "1", "--bound"]) == 0
    assert "at most 11 activation patterns on open sets, at any weights; these weights have so " \
        "many, and 11 regions" in capsys.readouterr().out
    of_all = [["--samples", "2"], ["--bound"], ["--smaller"], ["--tropical"],
              ["--functional-dimension"]]
    for wrong, sentence in (*(([*option, "--box", "1"], "leave the box or polytope out")
                              for option in of_all),
                            (["--samples", "0"], "not a positive whole number")):
        try:
            code = main([*words, *wrong])
        except SystemExit as end:
            code = end.code
        assert code == 2 and sentence in capsys.readouterr().err
    # Weights that are given are not random.
    file = tmp_path / "network.json"
    file.write_text(json.dumps(network_from_spec("relu:2,2,1").describe()))
    for given in (str(file), "relu:2,2,1:seed=4"):
        assert main(["regions", "--quiet", given, "--samples", "2"]) == 2
        assert "Samples are random weights, of a spec without a seed" in capsys.readouterr().err

"""Modules and programs of PyTorch: recorded ones, and where PyTorch is installed, new ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programs import recorded, replayed

from neuroalg_sage import InputError, from_torch
from neuroalg_sage.models.layers import Activation, Chain, Dense

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

RECORDED = Path(__file__).with_name("programs.json.gz")
with_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed")


def modules() -> dict[str, tuple[Callable[[], Any], tuple[int, ...]]]:
    """By its name what makes a module, and the shape of its input."""
    from torch import nn
    from torch.nn import functional

    class Power(nn.Module):
        def __init__(self, k: Any = 2) -> None:
            super().__init__()
            self.k = k

        def forward(self, x: Any) -> Any:
            return x**self.k

    class Function(nn.Module):
        def __init__(self, function: Callable[..., Any], **parts: Any) -> None:
            super().__init__()
            self.function = function
            for name, part in parts.items():
                if isinstance(part, nn.Module):
                    setattr(self, name, part)
                elif isinstance(part, nn.Parameter):
                    self.register_parameter(name, part)
                else:
                    self.register_buffer(name, part)

        def forward(self, x: Any) -> Any:
            return self.function(self, x)

    def parameter(*shape: int) -> Any:
        return nn.Parameter(torch.randn(*shape))

    def heads(s: Any, x: Any) -> Any:
        q, k, v = (layer(x).view(1, 5, 2, 2).transpose(1, 2) for layer in (s.q, s.k, s.v))
        attention = (q @ k.transpose(-2, -1)) * s.mask / 2**0.5
        return s.o((attention @ v).transpose(1, 2).reshape(1, 5, 4)) + x

    def in_place(s: Any, x: Any) -> Any:
        y = s.f(x)
        z = y.clone()
        y.mul_(2)
        y[:, 0] += 1
        return y * z

    def moves(s: Any, x: Any) -> Any:
        u = torch.stack([x, x**3], 1)
        parts = torch.chunk(functional.pad(u, (1, 2)), 2, 2)
        picked = u[:, [1, 0]].index_select(2, torch.tensor([2, 0]))
        turned = x.roll(1, 1).flip(1).unsqueeze(1).expand(-1, 2, -1).permute(0, 2, 1)
        total = torch.tril(torch.outer(x[0], x[0])).sum() + x.narrow(1, 0, 2).select(1, 0)
        masked = x.masked_fill(torch.tensor([[True, False, False]]), 0.5)
        return (s.f(x) + parts[0].flatten(1).sum(1, keepdim=True) - picked.prod(1).mean()
                + turned.flatten(1)[:, ::3].sum() + total.unsqueeze(0) + masked.cumsum(1)[:, :1]
                + x.repeat(1, 2)[:, 3:4].square().neg() + parts[1].squeeze().movedim(0, 1)[0, 1])

    def shared() -> Any:
        first = nn.Linear(3, 3, bias=False)
        last = nn.Linear(3, 3, bias=False)
        last.weight = first.weight
        return nn.Sequential(first, Power(), last)

    return {
        "perceptron": (lambda: nn.Sequential(nn.Linear(3, 4), Power(), nn.Linear(4, 2)), (1, 3)),
        "several examples": (lambda: nn.Sequential(nn.Linear(3, 2), Power(3), nn.Linear(2, 1)),
                             (7, 3)),
        "zero bias and equal layers": (lambda: equal(nn), (1, 2)),
        "shared": (shared, (1, 3)),
        "tied": (lambda: Function(lambda s, x: functional.linear(
            functional.linear(x, s.w) ** 2, s.w.t()), w=parameter(2, 3)), (1, 3)),
        "product of parameters": (lambda: Function(lambda s, x: x @ (s.u @ s.v) * s.c,
                                                   u=parameter(3, 1), v=parameter(1, 3),
                                                   c=nn.Parameter(torch.tensor(0.5))), (1, 3)),
        "convolutions": (lambda: nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), Power(), nn.AvgPool2d(2),
            nn.Conv2d(2, 4, 3, groups=2, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Dropout(), nn.Linear(4, 2)), (1, 1, 8, 8)),
        "circular": (lambda: nn.Sequential(
            nn.Conv1d(2, 3, 3, padding=1, padding_mode="circular"), nn.BatchNorm1d(3), Power(),
            nn.Flatten(), nn.Linear(15, 2), nn.BatchNorm1d(2, affine=False)), (1, 2, 5)),
        "heads": (lambda: Function(heads, q=nn.Linear(4, 4), k=nn.Linear(4, 4, bias=False),
                                   v=nn.Linear(4, 4), o=nn.Linear(4, 4),
                                   mask=torch.tril(torch.ones(5, 5))), (1, 5, 4)),
        "bilinear": (lambda: Function(lambda s, x: s.b(x, x) + torch.einsum(
            "bi,oi->bo", x, s.e), b=nn.Bilinear(3, 3, 2), e=parameter(2, 3)), (1, 3)),
        "in place": (lambda: Function(in_place, f=nn.Linear(3, 2)), (1, 3)),
        "moves": (lambda: Function(moves, f=nn.Linear(3, 2)), (1, 3)),
        "normalized": (lambda: nn.Sequential(nn.LayerNorm(3), nn.Linear(3, 1)), (1, 3)),
        "divided": (lambda: Function(lambda s, x: s.f(x) / (1 + s.f(x) ** 2) + 1 / s.g(x),
                                     f=nn.Linear(2, 2), g=nn.Linear(2, 1)), (1, 2)),
        "half": (lambda: nn.Linear(3, 2).to(torch.bfloat16).double(), (1, 3)),
    }


def equal(nn: Any) -> Any:
    first, last = nn.Linear(2, 2), nn.Linear(2, 2)
    with torch.no_grad():
        first.bias.zero_()
        last.bias.zero_()
        last.weight.copy_(first.weight)
    return nn.Sequential(first, last)


def export(name: str) -> tuple[Any, Any, Any]:
    """A module, an exported program of it, and an example."""
    torch.manual_seed(1)
    make, shape = modules()[name]
    module = make().train()
    with torch.no_grad():
        for part in module.modules():
            if hasattr(part, "running_mean"):
                part.running_mean.normal_()
                part.running_var.uniform_(0.5, 2)
    module.eval()
    kind = next((p.dtype for p in module.parameters()), torch.float32)
    x = torch.randn(*shape, dtype=kind)
    return module, torch.export.export(module, (x,)).run_decompositions({}), x


def record() -> None:
    data = {}
    for name in modules():
        module, program, x = export(name)
        kept = recorded(program)
        with torch.no_grad():
            outputs = module.double()(x.double())
        data[name] = kept | {"x": x.double().flatten().tolist(),
                                          "y": outputs.flatten().tolist()}
    with open(RECORDED, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(data).encode())


PROGRAMS: dict[str, Any] = json.loads(gzip.decompress(RECORDED.read_bytes())) if (
    RECORDED.exists()) else {}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recorded_program_has_the_outputs_that_pytorch_found(name: str) -> None:
    data = PROGRAMS[name]
    network = from_torch(replayed(data))
    x = np.array(data["x"]).reshape(-1, network.model.input_count)
    found = network.numerically(x)
    assert np.allclose(found.ravel(), data["y"], rtol=1e-9, atol=1e-9)
    if name != "normalized":  # by a root that is not rational
        exact = network([Fraction(c) for c in x[0]])
        assert np.allclose([float(c) for c in exact], found[0], rtol=1e-9, atol=1e-9)
    assert set(network.names) <= {*data["state"], "scale"}
    for number in range(0, len(network.point), 7):
        stored, _, indices = network.parameter_name(number)[:-1].partition("[")
        if stored in data["state"] and not any(b.folded for b in network.blocks):
            entries = np.array(data["state"][stored]["entries"]).reshape(
                data["state"][stored]["shape"])
            assert entries[tuple(map(int, indices.split(",")))] == float(network.point[number])


def network_of(name: str) -> Any:
    return from_torch(replayed(PROGRAMS[name]))


def test_names_are_those_of_the_state_dictionary() -> None:
    network = network_of("perceptron")
    assert network.model.layers == (Dense(3, 4, True), Activation("x^2"), Dense(4, 2, True))
    assert network.names == ("0.weight", "0.bias", "2.weight", "2.bias")
    assert network.layer_names == ("0", "2")


def test_sharing_is_that_of_the_module() -> None:
    # Zeros stay, and layers of equal values stay apart.
    assert network_of("zero bias and equal layers").model.parameter_count == 12
    [chain] = network_of("shared").model.layers
    assert isinstance(chain, Chain) and chain.share == (None, None, 0)
    assert network_of("tied").model.parameter_count == 6
    assert network_of("product of parameters").names == ("u", "v", "c")


def test_examples_that_are_treated_alike_are_one() -> None:
    network = network_of("several examples")
    assert network.model.input_shape == (3,) and "7 examples" in network.notes[0]


def test_what_was_folded_and_what_is_constant_is_noted() -> None:
    network = network_of("convolutions")
    assert any("was folded into 0.weight" in note for note in network.notes)
    assert network.blocks[0].folded and not network.blocks[2].folded
    assert any(note == "Buffers are constants, not parameters: mask."
               for note in network_of("heads").notes)


def changed(name: str, change: Callable[[dict[str, Any]], None]) -> Any:
    data = json.loads(json.dumps(PROGRAMS[name]))
    change(data)
    return replayed(data)


@pytest.mark.parametrize("target, words", [
    ("aten.tanh.default", "polynomial in its place"), ("aten.relu.default", "PiecewiseLinear"),
    ("aten.softmax.int", "attention without softmax"), ("aten.group_norm.default", "normalizes"),
    ("aten.relu_.default", "not read"), ("own.op.default", "not read"), ("cond", "not read"),
    ("aten.round.default", "not continuous"), ("aten.rand_like.default", "is random"),
    ("aten.lstm.input", "recurrent"), ("aten.view.default", "are not read")])
def test_a_node_that_is_no_polynomial_is_named(target: str, words: str) -> None:
    def change(data: dict[str, Any]) -> None:
        [node] = [n for n in data["nodes"] if n["name"] == "pow_1"]
        node["target"] = target

    with pytest.raises(InputError, match=words) as caught:
        from_torch(changed("perceptron", change))
    assert "'pow_1'" in str(caught.value)


def test_programs_that_are_none_are_refused() -> None:
    def integers(data: dict[str, Any]) -> None:
        data["nodes"][4]["dtype"] = "torch.int64"

    def dynamic(data: dict[str, Any]) -> None:
        data["nodes"][4]["shape"] = [1, "s0"]

    def exponent(data: dict[str, Any]) -> None:
        data["nodes"][6]["args"][1] = 0.25

    for change, words in ((integers, "indices of tokens"), (dynamic, "no fixed extent"),
                          (exponent, "the exponent 1/4")):
        with pytest.raises(InputError, match=words):
            from_torch(changed("perceptron", change))
    with pytest.raises(InputError, match="no module and no exported program"):
        from_torch("module.pt")
    with pytest.raises(InputError, match="needs no example"):
        from_torch(replayed(PROGRAMS["perceptron"]), 3)
    with pytest.raises(InputError, match="no array 'own'"):
        from_torch(replayed(PROGRAMS["perceptron"]), constants=["own"])
    network = from_torch(replayed(PROGRAMS["perceptron"]), constants=["0.weight"])
    assert "0.weight" not in network.names


@with_torch
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_module_is_the_network_that_was_recorded(name: str) -> None:
    module, program, x = export(name)
    network = from_torch(module, x)
    assert network.model == network_of(name).model and network.names == network_of(name).names
    assert from_torch(program).point == network.point
    point = np.array([float(c) for c in network.point])
    for _ in range(100):
        x = torch.randn_like(x)
        with torch.no_grad():
            theirs = module(x).double().numpy().ravel()
        flat = x.double().numpy().reshape(-1, network.model.input_count)
        if network.model.cone:
            assert np.allclose(network.numerically(flat), theirs, rtol=1e-3, atol=1e-4)
            continue
        terms = network.model.apply(abs(point), abs(flat), lambda c: abs(float(c)))
        assert (abs(network.numerically(flat) - theirs.reshape(terms.shape)) <= 1e-5 * terms).all()


@with_torch
def test_a_module_is_left_as_it_was() -> None:
    from torch import nn

    module = nn.Sequential(nn.Linear(3, 2), nn.Dropout())
    network = from_torch(module.train(), torch.zeros(1, 3))
    assert module.training and network.model.layers == (Dense(3, 2, True),)
    with pytest.raises(InputError, match="state one"):
        from_torch(module)
    with pytest.raises(InputError, match="cannot be exported"):
        from_torch(module, torch.zeros(1, 5))
    with pytest.raises(InputError, match="'tanh'"):
        from_torch(nn.Sequential(nn.Linear(3, 2), nn.Tanh()), torch.zeros(1, 3))
    dynamic = torch.export.export(nn.Linear(3, 2), (torch.zeros(2, 3),), dynamic_shapes=(
        {0: torch.export.Dim("examples")},))
    assert from_torch(dynamic).model.input_shape == (3,)


if __name__ == "__main__":
    record()

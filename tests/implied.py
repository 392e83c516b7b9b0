"""When what a changed certificate claims follows from what the certificate claimed before."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from claims import mutant

from neuroalg_sage import (
    ActivationFunction,
    ContinuousNetwork,
    NeuroManifold,
    PiecewiseLinearArchitecture,
    PiecewiseLinearNetwork,
)
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.distance.polyhedral_norms import Face
from neuroalg_sage.invariants.distance.wasserstein_degree import count_at_face
from neuroalg_sage.models.expressions import evaluate
from neuroalg_sage.models.piecewise.tropical import network_from_tropical
from neuroalg_sage.models.rational import echelon, rank
from neuroalg_sage.models.sources import model_from_data
from neuroalg_sage.neuromanifold import INVARIANTS

Canonical = Any


def polynomial(data: list) -> Canonical:
    """A polynomial up to a factor."""
    terms = {tuple(sorted(zip(e[::2], e[1::2]))): Fraction(c) for c, e in data}
    return frozenset((e, c / terms[max(terms)]) for e, c in terms.items())


def hypersurface(data: Any) -> Canonical:
    """A polynomial up to a factor, or a dual of a multiple root locus without its equation."""
    return tuple(data["multiplicities"]) if isinstance(data, dict) else polynomial(data)


def polynomials(data: list) -> Canonical:
    return frozenset(map(polynomial, data))


def formula(pieces: list) -> Canonical:
    """A formula, its equations up to factors, and what is positive up to positive ones."""
    def condition(relation: str, data: list) -> Canonical:
        terms = {tuple(sorted(zip(e[::2], e[1::2]))): Fraction(c) for c, e in data}
        return relation, polynomial(data), relation.startswith(">") and terms[max(terms)] > 0

    return frozenset(frozenset(condition(*pair) for pair in piece) for piece in pieces)


def component(data: dict) -> Canonical:
    return (data["dimension"], data["degree"], data.get("multiplicity"),
            polynomials(data["generators"]) if "generators" in data else
            data.get("units", json.dumps([data.get(key) for key in ("parameters", "factors",
                                                                    "kind")])))


def components_among(components: list, places: list[int], kinds: list[str]) -> Canonical:
    """Components and their kinds in these coordinates of V, in whatever order they are kept."""
    def moved(generator: list) -> list:
        return [[c, [x for i, k in zip(e[::2], e[1::2]) for x in (places[i], k)]]
                for c, e in generator]

    return frozenset((component(part | {"generators": [*map(moved, part["generators"])]}), kind)
                     for part, kind in zip(components, kinds))


def series(data: list) -> Canonical:
    """The coefficients of a polynomial in one variable."""
    found = list(map(Fraction, data))
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def kernel_of_form(loss: list, places: list[int]) -> Canonical:
    """What forms of one kernel share, if the loss is in these coordinates; else the loss."""
    n = len(places)
    terms = [(tuple(zip(e[::2], e[1::2])), Fraction(c)) for c, e in loss]
    if sorted(places) != [*range(n)] or any(i >= n for e, _ in terms for i, _ in e):
        return json.dumps(loss)
    form = [[Fraction(0)] * n for _ in range(n)]
    for e, c in terms:
        factors = [i for i, k in e for _ in range(k)]
        if len(factors) == 2:
            form[factors[0]][factors[1]] += c
            form[factors[1]][factors[0]] += c
    return str(echelon(form, n)[0])


def claimed(claim: dict[str, Any]) -> Canonical:
    """A claim, such that equal claims in other words are equal."""
    name, value = claim["invariant"], claim["value"]
    if name == "ideal" and isinstance(value, dict):  # a root of a determinant
        return name, json.dumps(value, sort_keys=True)
    if name in ("ideal", "equations"):
        return name, polynomials(value)
    if name in ("singular_locus", "critical_locus", "singular_subvarieties",
                "critical_subvarieties"):
        return name, frozenset(map(component, value))
    if name == "cancellations":
        return name, frozenset((part["what"], polynomials(part["equations"])) for part in value)
    if name == "semialgebraic_description":
        return name, formula(value)
    if name == "boundary":
        return (name, frozenset((hypersurface(f), tuple(kinds), tuple(p), tuple(q))
                                for f, kinds, p, q in value[0]),
                frozenset((hypersurface(f), tuple(kinds)) for f, kinds in value[1]))
    if name == "subnetworks":
        return name, frozenset(json.dumps(part, sort_keys=True) for part in value)
    if name == "quadratic_conservation_laws":
        return name, value[0], value[1], polynomials(value[2])
    if name.startswith("conservation_laws"):
        return name, json.dumps(value[:-2]), value[-2], polynomials(value[-1])
    if name == "balanced_initialization":
        laws = frozenset(zip(map(polynomial, value[1]), value[2]))
        return name, tuple(value[0]), laws, value[3]
    if name == "special_fiber":
        return name, tuple(value[0]), frozenset(map(tuple, value[1])), frozenset(
            map(component, value[2]))
    if name == "invariant_parameters":
        matrix = tuple(tuple(map(series, row)) for row in value[0]["matrix"])
        return (name, matrix, series(value[0]["denominator"]), value[0]["infinitesimal"],
                frozenset(map(component, value[1])))
    if name == "loss_critical_locus":
        return name, frozenset(map(tuple, value[0])), tuple(value[1]), frozenset(
            zip(map(component, value[2]), value[3]))
    if name == "critical_functions":  # multiples of a loss, and constants, change nothing
        loss, places, size, components, kinds = value
        slope = [term for term in loss if any(term[1][1::2])]
        return (name, polynomial(slope) if slope else None, frozenset(places), size,
                components_among(components, places, kinds))
    if name == "ramification_locus":  # depends on the kernel of the loss's form alone
        loss, places, size, components, kinds = value
        return (name, kernel_of_form(loss, places), frozenset(places), size,
                components_among(components, places, kinds))
    if name == "ed_discriminant":
        return name, json.dumps(value[:-1]), polynomials(value[-1])
    if name in ("critical_points", "loss_bounds", "multistart"):
        loss = value[0] | {"quadratic": sorted(value[0]["quadratic"])}
        return name, json.dumps([loss, *value[1:]], sort_keys=True)
    if name == "input_symmetries":  # a space of matrices has many bases
        rows = [[Fraction(c) for row in matrix for c in row] for matrix in value["algebra"]]
        return (name, str(echelon(rows, len(rows[0]))[0]) if rows else "",
                json.dumps(value | {"algebra": None}))
    if name == "law_values":
        value = [[sorted(entries), number] for entries, number in value]
    if name in POINT:
        return name, frozenset(json.dumps(part) for part in value)
    if name == "stabilizer":
        return (name, json.dumps(value | {"exchanges": None}, sort_keys=True),
                frozenset(json.dumps(sorted(moves)) for moves in value["exchanges"]))
    return name, json.dumps(value)


# Lists of what is so at given weights, of which a part is so.
POINT = ("layer_ranks", "smallest_singular_values", "law_values", "nearest_subnetworks")


def is_true_at_its_weights(data: dict[str, Any]) -> bool:
    """Whether other matrices of weights have the ranks, or smallest singular values, claimed."""
    weights = list(map(Fraction, data["model"]["weights"]))
    for offset, shape, axis, *found in value_of(data):
        array = np.array(weights[offset:offset + prod(shape)], dtype=object).reshape(shape)
        matrix = np.moveaxis(array, axis, 0).reshape(shape[axis], -1)
        if data["claim"]["invariant"] == "layer_ranks":
            if rank(matrix.tolist()) != found[0]:
                return False
        else:
            square = np.linalg.svd(matrix.astype(float), compute_uv=False)[-1] ** 2
            low, high = map(Fraction, found)
            if not float(low) * (1 - 1e-9) <= square <= float(high) * (1 + 1e-9):
                return False
    return True


def states_at(point: Any, inputs: list[Fraction], changed: tuple[int, int] | None = None
              ) -> list[list[Fraction]]:
    """The states of a model at given weights, where one entry may be changed by 1."""
    made: list[list[Fraction]] = []
    for number in range(len(point.model.steps) + 1):
        state = list(inputs)
        if number:
            step = point.model.steps[number - 1]
            values = [*point.weights[step.offset:step.offset + step.parameters],
                      *(c for s in step.sources for c in made[s])]
            state = [sum((c * prod(values[v] ** e for v, e in monomial)
                          for monomial, c in terms.items()), Fraction(0))
                     for terms in step.outputs]
        if changed is not None and changed[0] == number:
            state[changed[1]] += 1
        made.append(state)
    return made


def is_true_nearby(data: dict[str, Any]) -> bool:
    """Whether distances to linear spaces are right, and entries inactive at random inputs there."""
    point = Point(data["model"])
    for equations, square, kind, entries, _ in value_of(data):
        weights, total = list(point.weights), Fraction(0)
        for i, *more in equations:
            j, c = (more[0], Fraction(more[1])) if more else (i, Fraction(0))
            # The multiple of (c, 1) that is nearest to (w_i, w_j), or zero.
            t = (c * weights[i] + weights[j]) / (1 + c**2) if more else Fraction(0)
            new = {j: t, i: c * t}
            total += sum((weights[k] - x) ** 2 for k, x in new.items())
            for k, x in new.items():
                weights[k] = x
        other = point.at(weights)
        for _ in range(2):
            x = [Fraction(random.randrange(-99, 99)) for _ in range(point.model.inputs)]
            made = states_at(other, x)
            for s, i, *rest in entries:
                if kind == "zero" and made[s][i] or kind == "proportional" and (
                        made[s][i] != Fraction(rest[1]) * made[s][rest[0]]) or (
                            kind == "unused" and states_at(other, x, (s, i))[-1] != made[-1]):
                    return False
        if total != Fraction(square):
            return False
    return True


def network(part: dict[str, Any]) -> str:
    """A subnetwork; the stride of a window that is as long as its input says nothing."""
    model = json.loads(json.dumps([part["model"], part["inputs"]]))
    space = model[0]["input_shape"] if model[0] else []  # zero has no model
    for layer in model[0]["layers"] if model[0] else []:
        if layer["kind"] == "convolution":
            space = space[-len(layer["size"]):]
            layer["stride"] = [1 if n == k else step for n, k, step in zip(
                space, layer["size"], layer["stride"])]
            space = [(n - k) // step + 1 for n, k, step in zip(
                space, layer["size"], layer["stride"])]
    return json.dumps(model)


NETWORK = ("linear_regions", "decision_boundary", "boundary_distance", "functional_dimension",
           "region_bound", "same_function", "smaller_network", "tropical_form")


def is_true_of_its_network(data: dict[str, Any]) -> bool:
    """Whether the product says the same of the network that a certificate is about."""
    network = PiecewiseLinearNetwork({k: v for k, v in data["model"].items() if k != "spec"})
    name, value = data["claim"]["invariant"], value_of(data)
    if name == "functional_dimension":
        return network.functional_dimension(1).data == value
    if name == "tropical_form":  # the same up to a tropical polynomial that is added to both
        pairs = [tuple([[Fraction(c) for c in m] for m in output[part]["monomials"]]
                       for part in ("numerator", "denominator")) for output in value["outputs"]]
        other = network_from_tropical(network.network.inputs, pairs)
        own = PiecewiseLinearNetwork(other).tropical_form()
        return network.same_function(other).value and [
            {(len(part.monomials), len(part.vertices)) for part in pair} for pair in own.value
        ] == [{(len(output[part]["monomials"]), len(output[part]["vertices"]))
               for part in ("numerator", "denominator")} for output in value["outputs"]]
    if name == "region_bound":
        return network.region_bound().data == value
    if name == "smaller_network":
        found = network.smaller_network()
        return (found.data["hinges"] == value["hinges"]
                and value["at_least"] <= found.value <= value["units"]
                and network.same_function(value["network"]).value)
    part = {"polytope": [[*(-Fraction(c) for c in row[:-1]), Fraction(row[-1])]
                         for row in value["domain"]]} if value["domain"] else {}
    if name == "linear_regions":
        found = network.linear_regions(**part)
    elif name == "same_function":
        other = PiecewiseLinearNetwork(value["other"])
        return network.same_function(other, **part).value if value["same"] else (
            network(value["point"]) != other(value["point"]) and all(
                sum(Fraction(c) * x for c, x in zip(row, [*map(Fraction, value["point"]), 1])) >= 0
                for row in value["domain"]))
    elif name == "decision_boundary":
        found = network.decision_boundary(value["output"], value["level"], value["set"], **part)
    else:
        found = network.boundary_distance(value["point"], value["output"], value["level"],
                                          value["norm"], **part)
    return {k: v for k, v in found.data.items() if k != "domain"} == {
        k: v for k, v in value.items() if k != "domain"}


def are_degrees_at_least(data: dict[str, Any]) -> bool:
    """Whether as many critical points are counted at each face that a certificate is about."""
    manifold, value = NeuroManifold(model_from_data(
        {k: v for k, v in data["model"].items() if k != "spec"}), seed=1), value_of(data)
    generator = random.Random(1)
    phi, d = manifold.parametrization(), manifold.dimension().data
    vertices = [tuple(map(Fraction, v)) for v in value["vertices"]]
    for form, number in value["faces"]:
        form = tuple(map(Fraction, form))
        on = tuple(v for v in vertices if sum(a * b for a, b in zip(form, v)) == 1)
        trials, _ = count_at_face(phi, d, Face(on, form, rank(on) - 1), manifold.computation,
                                  generator)
        if trials and max(trial.count.values for trial in trials) < number:
            return False
    return True


def are_critical_for_the_cross_entropy(data: dict[str, Any]) -> bool:
    """Whether the product finds the critical points that a certificate is about."""
    manifold, value = NeuroManifold(model_from_data(
        {k: v for k, v in data["model"].items() if k != "spec"}), seed=1), value_of(data)
    rows = [[*x, *y] for x, y in zip(value["data"]["inputs"], value["data"]["labels"])]
    found = manifold.cross_entropy_points(rows, normalization=value["data"]["normalization"]).data

    def overlap(one: Any, other: Any) -> bool:
        if isinstance(one[0], str):
            a, b = (list(map(Fraction, interval)) for interval in (one, other))
            return a[0] <= b[1] and b[0] <= a[1]
        return all(map(overlap, one, other))

    return overlap(value["entropy"], found["entropy"]) and all(any(
        p["index"] == q["index"] and overlap(p["loss"], q["loss"])
        and overlap(p["probabilities"], q["probabilities"]) for q in found["points"])
        for p in value["points"])


ARCHITECTURE = ("classification_fan", "stationary_points")


def is_true_on_its_data(data: dict[str, Any]) -> bool:
    """Whether the product says the same of the data and the architecture of a certificate."""
    model, name, value = data["model"], data["claim"]["invariant"], value_of(data)
    options = ":bias" * model["bias"]
    if model["activation"] is None:
        spec = f"relu:{model['inputs']},1{options}"
    else:
        kind = model["activation"]["kind"].replace("absolute_value", "abs")
        spec = f"{kind}:{model['inputs']},{model['units']},1{options}" + "".join(
            f":{k}={v}" for k, v in model["activation"].items() if k != "kind")
    targets = value["labels" if name == "classification_fan" else "targets"]
    found = getattr(PiecewiseLinearArchitecture(spec), name)(
        [[*x, y] for x, y in zip(value["points"], targets)])
    return bool(found.data == value)


def value_of(certificate: dict[str, Any]) -> Any:
    return certificate["claim"]["value"]


def is_true_of_its_activation(data: dict[str, Any]) -> bool:
    """Whether an enclosure of an error, and bounds of the best ones, agree with many samples."""
    name, value = data["model"]["activation"], value_of(data)
    low, high = map(Fraction, value["interval"])
    known = {"tanh": np.tanh, "exp": np.exp, "abs": np.abs, "relu": lambda x: np.maximum(x, 0)}
    x = np.linspace(float(low), float(high), 100_001)
    above, below = (np.polyval([float(Fraction(c)) for c in reversed(c)], x) for c in (
        value["coefficients"], value.get("denominator", ["1"])))
    largest = abs(known[name](x) - above / below).max()
    least = [ActivationFunction(name).approximation(
        (low, high), d, denominator=value.get("denominator_degree")).error[1] if d >= 0 else 0
        for d in (value["degree"], value["degree"] - 1)]
    return bool(below.min() > 0 and float(Fraction(value["error"][0])) <= largest * (1 + 1e-6)
                and largest <= float(Fraction(value["error"][1])) * (1 + 1e-9)
                and Fraction(value["least"]) <= least[0]
                and Fraction(value.get("least_below", 0)) <= least[1])


def is_true_of_its_pieces(data: dict[str, Any]) -> bool:
    """Whether pieces are near, follow one another, and jump by as much as is claimed."""
    value = value_of(data)
    pieces = value["pieces"]

    def at(piece: dict[str, Any], x: Fraction) -> Fraction:
        above, below = (sum(Fraction(c) * x**k for k, c in enumerate(row)) for row in (
            piece["coefficients"], piece.get("denominator", ["1"])))
        return above / below

    ends = [piece["interval"] for piece in pieces]
    jumps = [abs(at(one, Fraction(end)) - at(other, Fraction(end)))
             for one, other, (_, end) in zip(pieces, pieces[1:], ends)]
    return (all(is_true_of_its_activation({"model": data["model"], "claim": {"value": piece}})
                for piece in pieces)
            and [ends[0][0], *(end for _, end in ends)] == [
                *(start for start, _ in ends), value["interval"][1]]
            and ends[0][0] == value["interval"][0]
            and [Fraction(e) for e in value["error"]] == [
                max(Fraction(piece["error"][k]) for piece in pieces) for k in (0, 1)]
            and Fraction(value["jump"]) == max(jumps, default=0))


def of_norm(norm: str, matrix: np.ndarray) -> float:
    """The norm of a matrix, or of a column."""
    if norm == "spectral":
        return float(np.linalg.svd(matrix, compute_uv=False)[0])
    if norm == "frobenius":
        return float(np.sqrt((matrix**2).sum()))
    return float((abs(matrix).sum(axis=1) if norm == "rows" else abs(matrix)).max())


def is_true_in_its_norm(data: dict[str, Any]) -> bool:
    """Whether outputs at random parameters of a norm, and random inputs, are near as claimed."""
    value, layers = value_of(data), data["model"]["layers"]
    f = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}[data["model"]["activation"]]
    generator, radius = np.random.default_rng(1), float(Fraction(value["radius"]))
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in value["inputs"]])
    for _ in range(200):
        x = generator.uniform(ends[:, 0], ends[:, 1])
        if value["input_norm"] is not None:
            x *= min(1, float(Fraction(value["input_norm"])) / np.linalg.norm(x))
        one = other = x
        for k, layer in enumerate(layers):
            w = generator.normal(size=_weights(layer).shape)
            w = _weights(layer) + w * radius / of_norm(value["norm"], w)
            b = generator.normal(size=(len(w), 1))
            b = (b * radius / of_norm(value["norm"], b))[:, 0] + np.array(
                [float(Fraction(c)) for c in layer.get("bias") or [0] * len(w)])
            b = b * bool(layer.get("has_bias") or layer.get("bias") is not None)
            one, other = w @ one + b, w @ other + b
            if k < len(layers) - 1:
                low, high = (float(Fraction(c)) for c in value["layers"][k]["interval"])
                if min(one.min(), other.min()) < low - 1e-9 or max(one.max(), other.max()) > (
                        high + 1e-9):
                    return False
                p = [float(Fraction(c)) for c in reversed(value["layers"][k]["coefficients"])]
                one, other = f(one), np.polyval(p, other)
        if abs(one - other).max() > float(Fraction(value["distance"])) * (1 + 1e-9) or (
                np.linalg.norm(one - other) > float(Fraction(value["euclidean_distance"])) + 1e-9):
            return False
    return True


def is_true_in_the_mean_square(original: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether outputs are near in the box, and in the mean square of normal inputs."""
    value = value_of(data)
    before = value_of(original)
    return is_true_of_its_continuous_network(original, data) and (
        Fraction(value["mean_square_distance"]) >= Fraction(value["distance"])) and (
        value["distribution"] != before["distribution"] or value["layers"] != before["layers"]
        or value["inputs"] != before["inputs"] or value["radius"] != before["radius"]
        or Fraction(value["mean_square_distance"]) >= Fraction(before["mean_square_distance"])
        * (1 - Fraction(1, 10**9)))


def _composite(function: str, stages: list[list[str]], x: Any) -> Any:
    """The value of a composite in place of a function."""
    y = x
    for p in stages:
        y = np.polyval([float(Fraction(c)) for c in reversed(p)], y)
    return {"sign": y, "abs": x * y, "relu": (x + x * y) / 2}[function]


def _polynomial(function: Any, step: dict[str, Any]) -> Callable[[Any], Any]:
    """What is in place of the activation of a layer."""
    if "stages" in step:
        return lambda x: _composite(function, step["stages"], x)
    p = [float(Fraction(c)) for c in reversed(step["coefficients"])]
    return lambda x: np.polyval(p, x)


def is_true_of_its_target(data: dict[str, Any]) -> bool:
    """Whether the error of a composite agrees with many samples, and its depth with its degrees."""
    function, value = data["model"]["function"], value_of(data)
    low, high = float(Fraction(value.get("gap", 0))), float(Fraction(value["radius"]))
    x = np.concatenate([np.linspace(low, high, 100_001), -np.linspace(low, high, 100_001)])
    exact = {"sign": np.sign, "abs": np.abs, "relu": lambda x: np.maximum(x, 0)}[function](x)
    error = abs(exact - _composite(function, value["stages"], x)).max()
    depth = sum(int(np.ceil(np.log2(len(p)))) for p in value["stages"]) + (function != "sign")
    return bool(error <= float(Fraction(value["error"])) * (1 + 1e-9)) and depth == value["depth"]


def _weights(layer: dict[str, Any]) -> Any:
    """The matrix of a layer of a network, zeros where it is stated by its shape."""
    if "shape" in layer:
        return np.zeros(layer["shape"])
    rows = layer["weights"]
    if "inputs" not in layer:
        return np.array([[float(Fraction(c)) for c in row] for row in rows])
    found = np.zeros((len(rows), layer["inputs"]))
    for i, row in enumerate(rows):
        for place, c in row:
            found[i, place] = float(Fraction(c))
    return found


def _of_pieces(data: dict[str, Any]) -> Callable[[Any], Any]:
    """The activation of kinks and pieces that are polynomials."""
    kinks = [float(Fraction(k)) for k in data["kinks"]]
    pieces = [[float(Fraction(c)) for c in reversed(p)] for p in data["pieces"]]
    return lambda x: np.choose(np.searchsorted(kinks, x), [np.polyval(p, x) for p in pieces])


def is_weaker(original: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether of the same functions, or of fewer of them, it is claimed that bounds are weaker."""
    value, before = value_of(data), value_of(original)
    name = data["claim"]["invariant"]
    if name != original["claim"]["invariant"] or data["model"] != original["model"]:
        return False
    domains = [[Fraction(part["near"]["radius"]), *(
        (Fraction(a), Fraction(b)) for a, b in part["near"]["inputs"])] for part in (value, before)]
    same = domains[0] == domains[1]
    if name == "carried_sample_complexity":  # what holds for all functions holds for fewer
        (radius, *inputs), (other, *others) = domains
        same = radius <= other and all(c <= a and b <= d for (a, b), (c, d) in zip(inputs, others))
    # Of a number whether a larger one says less, or more; all else is the same.
    signs = {"lower": -1, "upper": 1, "samples": 1, "dimension": -1, "radius": -1, "error": 1,
             "delta": 1, "targets": -1}
    numbers = [k for k in value if k in signs and isinstance(value[k], (int, str))]
    same = same and all(value[k] == before[k] for k in value if k not in {*numbers, "near"})
    return same and all(
        isinstance(before[k], (int, str)) and signs[k] * (
            Fraction(value[k]) - Fraction(before[k])) >= 0 for k in numbers)


def function_of(data: dict[str, Any], parameters: list[str]) -> Any:
    """The function of a continuous network at parameters, of rows of inputs, in floats."""
    f = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "exp": np.exp}[
        data["model"]["activation"]]
    w, layers = np.array([float(Fraction(c)) for c in parameters]), data["model"]["layers"]

    def function(rows: Any) -> Any:
        state, place = np.array(rows, dtype=float), 0
        for k, layer in enumerate(layers):
            m, n = layer.get("shape") or [len(layer["weights"]), len(layer["weights"][0])]
            state = state @ w[place:place + m * n].reshape(m, n).T
            place += m * n
            if layer.get("has_bias") or layer.get("bias") is not None:
                state = state + w[place:place + m]
                place += m
            state = f(state) if k < len(layers) - 1 else state
        return state

    return function


def is_true_of_what_carries_over(data: dict[str, Any]) -> bool:
    """Whether values of the network itself, at random inputs and parameters, agree with a claim."""
    value, evidence, name = value_of(data), data["evidence"], data["claim"]["invariant"]
    generator = np.random.default_rng(1)
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in value["near"]["inputs"]])
    x = generator.uniform(ends[:, 0], ends[:, 1], (2_000, len(ends)))

    def floats(texts: Any) -> Any:
        return np.array([[float(Fraction(c)) for c in row] for row in texts])

    if name == "carried_function_distance":
        one, other = (function_of(data, value[which])(x) for which in ("first", "second"))
        at = floats([evidence["input"]])
        seen = abs(function_of(data, value["first"])(at) - function_of(data, value["second"])(at))
        return bool(seen.max() >= float(Fraction(value["lower"])) - 1e-9 and abs(
            one - other).max() <= float(Fraction(value["upper"])) + 1e-9)
    if name == "carried_span_dimension":
        at = floats([place[0] for place in evidence["places"]])
        rows = np.array([function_of(data, w)(at)[range(len(at)), [
            place[1] for place in evidence["places"]]] for w in evidence["parameters"]])
        return bool(np.linalg.matrix_rank(rows) >= value["dimension"])
    if name == "carried_least_loss":
        rows = floats(value["samples"])
        outputs = function_of(data, evidence["parameters"])(rows[:, :len(ends)])
        loss = ((outputs - rows[:, len(ends):]) ** 2).sum() / len(rows)
        return bool(float(Fraction(value["lower"])) <= loss + 1e-9
                    and loss <= float(Fraction(value["upper"])) + 1e-9)
    if name == "carried_robustness_radius":
        rho, center = float(Fraction(value["radius"])), floats([value["input"]])[0]
        weights = [c for layer in data["model"]["layers"] for row in [
            *layer["weights"], layer["bias"] or []] for c in row]
        near = np.clip(center + rho * generator.uniform(-1, 1, x.shape), ends[:, 0], ends[:, 1])
        outputs = function_of(data, weights)(near)
        if outputs.shape[1] == 1:
            return bool((outputs * value["class"] > 0).all())
        return bool((outputs.argmax(axis=1) == value["class"]).all())
    if name == "carried_covering_number":
        radius, layers = float(Fraction(value["near"]["radius"])), data["model"]["layers"]
        count = sum((m * n + m * layer["has_bias"]) for layer in layers
                    for m, n in [layer["shape"]])
        listed = evidence["lower"]["parameters"]
        random = generator.uniform(-radius, radius, (300, count)).round(6).astype(str).tolist()
        values = [function_of(data, w)(x).ravel() for w in listed + random]
        apart, chosen = 2 * float(Fraction(value["epsilon"])), list[Any]()
        for row in values:
            if all(abs(row - other).max() > apart for other in chosen):
                chosen.append(row)
        # Functions so far apart are in different balls, which is so at the inputs of the evidence.
        at = floats(evidence["lower"]["inputs"])
        points = [function_of(data, w)(at) for w in listed]
        return bool(all(abs(a - b).max() > apart for k, a in enumerate(points) for b in points[:k])
                    and int(value["lower"]) <= len(listed)
                    and (isinstance(value["upper"], list) or len(chosen) <= int(value["upper"])))
    return False


def is_true_of_its_continuous_network(original: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether outputs at random parameters and inputs are as near as is claimed."""
    value = value_of(data)
    names, layers = data["model"]["activation"], data["model"]["layers"]
    if not isinstance(names, list):
        names = [names] * (len(layers) - 1)
    known = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "exp": np.exp}
    functions = [known[name] if isinstance(name, str) else _of_pieces(name) for name in names]
    generator = np.random.default_rng(1)
    radius = float(Fraction(value["radius"]))
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in value["inputs"]])
    largest = 0.0
    for corner in 100 * [True] + 100 * [False]:
        x = generator.uniform(ends[:, 0], ends[:, 1])
        states = [(x, x)]
        for k, layer in enumerate(layers):
            centers = _weights(layer)
            shape = centers.shape
            moved = generator.uniform(-radius, radius, shape)
            w = centers + (np.sign(moved) * radius if corner else moved)
            has_bias = layer.get("has_bias") or layer.get("bias") is not None
            b = (generator.uniform(-radius, radius, shape[0]) + np.array(
                [float(Fraction(c)) for c in layer.get("bias") or [0] * shape[0]])) * has_bias
            one, other = (w @ np.concatenate([states[s][i] for s in layer.get("sources", [k])]) + b
                          for i in (0, 1))
            if k < len(layers) - 1:
                step = value["layers"][k]
                low, high = (float(Fraction(c)) for c in step["interval"])
                if min(one.min(), other.min()) < low - 1e-9 or (
                        max(one.max(), other.max()) > high + 1e-9):
                    return False
                f = _polynomial(names[k], step)
                at = np.linspace(low, high, 10_001)
                if abs(functions[k](at) - f(at)).max() > (
                        float(Fraction(step["error"])) * (1 + 1e-9)):
                    return False
                states.append((functions[k](one), f(other)))
        largest = max(largest, abs(one - other).max())
    return bool(largest <= float(Fraction(value["distance"])) * (1 + 1e-9))


def attention_outputs(sizes: dict[str, Any], parameters: np.ndarray, x: np.ndarray,
                      polynomials: list[tuple[list[float], list[float]]] | None = None,
                      is_linear: bool = False) -> tuple[np.ndarray, float]:
    """
    The outputs of attention with softmax, in floating point, and the largest score; or with
    polynomials, each with a center, in place of exp, or without any weights that add up to 1.
    """
    tokens, left, largest = x.reshape(sizes["d"], sizes["t"]), list(parameters), 0.0

    def matrix(rows: int, columns: int) -> np.ndarray:
        found = np.array([left.pop(0) for _ in range(rows * columns)])
        return found.reshape(rows, columns)

    for k in range(sizes["layers"]):
        made = sizes["out"] if k == sizes["layers"] - 1 else sizes["d"]
        total = tokens.copy() if sizes["skip"] else np.zeros((made, sizes["t"]))
        for _ in range(sizes["heads"]):
            query, key = matrix(sizes["a"], sizes["d"]), matrix(sizes["a"], sizes["d"])
            value = matrix(sizes["v"] or made, sizes["d"])
            out = matrix(made, sizes["v"]) if sizes["v"] else np.eye(made)
            for r in range(sizes["t"]):
                seen = tokens[:, :r + 1] if sizes["causal"] else tokens
                center = np.array(polynomials[k][1])[:, None] if polynomials else 0.0
                scores = (key @ (seen - center)).T @ (query @ tokens[:, r])
                largest = max(largest, abs(scores).max())
                weights = (np.polyval(polynomials[k][0], scores) if polynomials else
                           scores if is_linear else np.exp(scores))
                weights = weights if is_linear else weights / weights.sum()
                total[:, r] += out @ (value @ seen @ weights)
        tokens = total
    return tokens, largest


def is_true_of_its_attention(data: dict[str, Any]) -> bool:
    """Whether outputs at random parameters and inputs, and errors of exp, are as is claimed."""
    value, sizes = value_of(data), data["model"]["attention"]
    generator, radius = np.random.default_rng(1), float(Fraction(value["radius"]))
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in value["inputs"]])
    polynomials = [([float(Fraction(c)) for c in reversed(layer["coefficients"])],
                    [float(Fraction(c)) for c in layer["center"]]) for layer in value["layers"]]
    for (p, _), layer in zip(polynomials, value["layers"]):
        bound, error = float(Fraction(layer["bound"])), float(Fraction(layer["error"]))
        u = np.linspace(-bound, bound, 10_001)
        if abs(np.polyval(p, u) * np.exp(-u) - 1).max() > error * (1 + 1e-9) or error >= 1:
            return False
    count = ContinuousNetwork(spec_of_attention(sizes)).network.parameter_count
    largest = [0.0, 0.0]
    for corner in 200 * [True] + 100 * [False]:
        w, u = generator.uniform(-1, 1, count), generator.uniform(0, 1, len(ends))
        w, u = (np.sign(w), np.round(u)) if corner else (w, u)
        x = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * u
        plain, _ = attention_outputs(sizes, radius * w, x)
        near, score = attention_outputs(sizes, radius * w, x, polynomials)
        linear, _ = attention_outputs(sizes, radius * w, x, is_linear=True)
        if sizes["layers"] == 1 and score > float(Fraction(value["layers"][0]["bound"])) + 1e-9:
            return False
        largest = [max(largest[0], abs(near - plain).max()),
                   max(largest[1], abs(linear - plain).max())]
    # Lower bounds are attained at points that are stated, and may be at most the upper ones.
    return all(Fraction(low) <= Fraction(high) and found <= float(Fraction(high)) * (1 + 1e-9)
               for found, (low, high) in zip(largest, (value["distance"],
                                                       value["linear_distance"])))


def spec_of_attention(sizes: dict[str, Any]) -> str:
    """The spec of attention with softmax of these sizes."""
    return "attention:" + ",".join(f"{name}={int(size)}" for name, size in sizes.items()
                                   if size) + ":softmax"


def boxes(value: Any) -> dict[Canonical, list]:
    """The boxes around the real points of each component in a claim, where it has them."""
    if isinstance(value, dict):
        return {component(value): value["real_points"]} if "real_points" in value else {}
    if not isinstance(value, list):
        return {}
    return {key: found for part in value for key, found in boxes(part).items()}


def are_around_the_same_points(known: list, found: list) -> bool:
    """Whether each of the boxes meets a single one of the others, and conversely."""
    def meet(one: list, other: list) -> bool:
        return all(Fraction(a) <= Fraction(d) and Fraction(c) <= Fraction(b)
                   for (a, b), (c, d) in zip(one, other, strict=True))

    table = [[meet(one, other) for other in found] for one in known]
    return all(sum(line) == 1 for lines in (table, [*zip(*table)]) for line in lines) and (
        len(known) == len(found))


def is_implied(original: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether what a changed certificate claims follows from what the original does."""
    before, after = claimed(original["claim"]), claimed(data["claim"])
    name, value = data["claim"]["invariant"], value_of(data)
    if before == after:
        known = boxes(value_of(original))
        return all(key in known and are_around_the_same_points(known[key], found)
                   for key, found in boxes(value).items())
    if name in POINT:
        return before[0] == name and after[1] <= before[1] or name in POINT[:2] and (
            is_true_at_its_weights(data)) or name == POINT[3] and is_true_nearby(data)
    if name == "stabilizer":
        return before[:2] == after[:2] and after[2] <= before[2]
    if name in ("singular_subvarieties", "critical_subvarieties"):
        return before[0] == name.replace("subvarieties", "locus") and after[1] <= before[1]
    if name == "singular_locus" and before[0] == name:  # a multiplicity may be left unsaid
        known = {component(part)[:2] + component(part)[3:]: part.get("multiplicity")
                 for part in value_of(original)}
        kept = {component(part)[:2] + component(part)[3:]: part.get("multiplicity")
                for part in value}
        return known.keys() == kept.keys() and all(
            m in (None, known[key]) for key, m in kept.items())
    if name == "subnetworks" and before[0] == name:
        # The bounds for a tangent space may be weaker; that all are listed is trusted.
        known = {network(p): p for p in value_of(original)}
        pairs = [(known.get(network(p)), p) for p in value]
        return all(p is not None and p["dimension"] == q["dimension"]
                   and q["tangent"][0] <= p["tangent"][0] and p["tangent"][1] <= q["tangent"][1]
                   and q["singular"] in (p["singular"], None) for p, q in pairs)
    if name == "ed_degree_at_least":
        return before[0] == name and value[0] == value_of(original)[0] and (
            value[1] <= value_of(original)[1])
    if name == "polyhedral_distance":
        model = model_from_data({k: v for k, v in data["model"].items() if k != "spec"})
        low, high = NeuroManifold(model, seed=1).polyhedral_distance(
            value["function"], {"vertices": value["vertices"]}).data
        return Fraction(value["bounds"][0]) <= high and low <= Fraction(value["bounds"][1])
    if name == "ml_degree_at_least":
        model = model_from_data({k: v for k, v in data["model"].items() if k != "spec"})
        return bool(NeuroManifold(model, seed=1, method="parametrization").ml_degree() >= value)
    if name == "cross_entropy_points":
        return are_critical_for_the_cross_entropy(data)
    if name == "wasserstein_degree_at_least":
        return are_degrees_at_least(data)
    if name.startswith("decision_boundary_ed_degree"):
        manifold = NeuroManifold(model_from_data(
            {k: v for k, v in data["model"].items() if k != "spec"}), seed=1)
        found = manifold.decision_boundary_ed_degree(value[0]).data
        return bool(value[1] <= found if name.endswith("_at_least") else value[1] == found)
    if name == "loss_bounds" and before[0] == name:  # bounds may be weaker
        loss, lower, upper, *more = value
        known, least, most, *said = value_of(original)
        return (sorted(loss["quadratic"]) == sorted(known["quadratic"])
                and all(loss[part] == known[part] for part in ("linear", "constant"))
                and Fraction(lower) <= Fraction(least) and Fraction(upper) >= Fraction(most)
                and more in ([], said))
    if name == "quadratic_conservation_laws":
        return (before[0] == name and after[1] <= before[1] and after[2] >= before[2]
                and after[3] <= before[3])
    if name == "loss_critical_locus" and before[:3] == after[:3]:
        kinds = dict(before[3])
        return len(kinds) == len(after[3]) and all(
            kinds[c] == kind or kind == "open" for c, kind in after[3])
    if name in NETWORK:
        return data["claim"] == original["claim"] or is_true_of_its_network(data)
    if name == "network_approximation":
        return is_true_of_its_continuous_network(original, data)
    if name == "piecewise_approximation":
        return is_true_of_its_pieces(data)
    if name == "norm_bounded_approximation":
        return is_true_in_its_norm(data)
    if name == "mean_square_approximation":
        return is_true_in_the_mean_square(original, data)
    if name == "attention_approximation":
        return is_true_of_its_attention(data)
    if name == "composite_approximation":
        return is_true_of_its_target(data)
    if name.startswith("carried_"):
        return is_weaker(original, data) or is_true_of_what_carries_over(data)
    if name == "approximation":
        return is_true_of_its_activation(data)
    if name in ARCHITECTURE:
        return data["claim"] == original["claim"] and (
            data["model"] == original["model"]) or is_true_on_its_data(data)
    # The claim is about another question: the product answers it.
    manifold = NeuroManifold(model_from_data(
        {k: v for k, v in data["model"].items() if k != "spec"}), seed=1)
    if name == "equations":
        phi, p = manifold.parametrization().polynomials, 2**31 - 1
        images = [[evaluate(f, w, p) for f in phi] for w in (
            [random.randrange(p) for _ in range(manifold.model.parameter_count)]
            for _ in range(3))]
        return not any(sum(
            c.numerator * pow(c.denominator, -1, p) * prod(pow(z[i], k, p) for i, k in e)
            for e, c in equation) % p for equation in after[1] for z in images)
    if name == "membership":
        fiber = manifold.fiber(list(map(Fraction, value[0])))
        answers = {"closure": fiber.in_closure, "complex": fiber.over_complex,
                   "real": fiber.over_real}
        return bool(answers[value[1]].data is value[2])
    if name == "boundary":  # with other points on its two sides
        _, components, others = claimed(manifold.boundary().certificate["claim"])
        known, further = {part[:2] for part in components}, {part[:2] for part in after[1]}
        return further <= known and further | after[2] == known | others and all(
            manifold.fiber(list(map(Fraction, point))).over_real.data is inside
            for *_, p, q in after[1] for point, inside in ((p, True), (q, False)))
    if name == "real_membership":
        return bool(manifold.fiber(list(map(Fraction, value[0]))).over_real.data is value[1])
    if name == "real_rank":
        found = manifold.real_rank(list(map(Fraction, value[0]))).data
        low, high = found if isinstance(found, (list, tuple)) else (found, found)
        return bool(value[1] <= low and high <= value[2])
    if name.endswith("hilbert_function") and value:
        certificate = manifold.hilbert_function(len(value)).certificate
        return certificate is not None and claimed(certificate["claim"]) == after
    if name == "conservation_laws":
        return claimed(manifold.conservation_laws(value[0]).certificate["claim"]) == after
    if name.endswith("_of_flow"):
        decay = Fraction(value[0]["weight_decay"])
        assert value[0]["inverse_metric"] is None and value[0]["friction"] is None
        if decay < 0:  # time backwards: w(-t) has the decay -μ, and the other sign of the loss
            decay = -decay
        flow = f"weight-decay={decay}"
        if name.startswith("number"):
            return bool(manifold.number_of_conservation_laws(flow) == value[-1])
        found = manifold.conservation_laws(max(1, value[-2] // 2), flow)
        return polynomials(value_of(found.certificate)[-1]) == after[-1]
    if name == "number_of_conservation_laws" and data["status"] == "bounds":
        return bool(value[0] <= value_of(original) <= value[1])
    if name == "dimension" and data["status"] == "bounds":
        return bool(value[0] <= value_of(original) <= value[1])
    if name == "invariant_parameters":  # of another transformation
        def text(coefficients: list) -> str:
            return "+".join(f"({c})*t^{k}" for k, c in enumerate(coefficients))

        transformation = value[0]
        found = manifold.invariant_parameters(
            [list(map(text, row)) for row in transformation["matrix"]],
            text(transformation["denominator"]), transformation["infinitesimal"])
        return claimed(found.certificate["claim"])[-1] == after[-1]
    if name == "voronoi_cell":  # of another function, or for another metric
        *_, low, high = value_of(manifold.voronoi_cell(
            list(map(Fraction, value[0])), metric=list(map(Fraction, value[1]))).certificate)
        return bool(value[2] <= low and high <= value[3])
    if name in ("covering_number", "tube_volume", "estimated_tube_volume", "sample_complexity",
                "necessary_samples"):
        (kind, size), *rest = value
        part = {"radius" if kind == "ball" else kind: size}
        if name == "sample_complexity":
            error, delta, *loss, number = rest
            given = {"lipschitz": loss[0][0], "loss_bound": loss[0][1:]} if len(loss) == 1 else {
                "inputs": loss[0], "targets": loss[1]}
            return Fraction(number) >= 1 and Fraction(number) >= Fraction(999, 1000) * int(
                manifold.sample_complexity(error, delta, **part, **given))
        if name == "necessary_samples":
            epsilon, delta, inputs, noise, number = rest
            found = manifold.necessary_samples(epsilon, delta, **part, inputs=inputs, noise=noise)
            return bool(Fraction(number) <= 1 or Fraction(number) <= 2 * int(found))
        if name == "covering_number" and len(rest) > 3:
            norm = rest[3]
            part["norm"] = f"sup:{norm[1]}" if isinstance(norm, list) else norm.lower()
        try:
            least, most = getattr(manifold, name.removeprefix("estimated_"))(
                rest[0], **part).value
        except InputError:  # one ball suffices, and a tube around it is no smaller
            return name.endswith("tube_volume") or Fraction(rest[1]) <= 1 <= Fraction(rest[2])
        return bool(float(Fraction(rest[1])) <= most and least <= float(Fraction(rest[2])))
    if name == "identifying_inputs":  # more inputs than suffice suffice
        least, *enough = manifold.identifying_inputs().data
        return bool(value[0] == least and all(a >= b for a, b in zip(value[1:], enough)))
    if name == "pseudo_dimension":  # bounds may be weaker
        low, high = manifold.pseudo_dimension().data
        return bool(value[0] <= low and high <= value[1])
    if name in INVARIANTS and name != "ed_degree":
        certificate = manifold.certificate(name)
        return certificate is not None and claimed(certificate["claim"]) == after
    return False


def assert_changes_are_implied(certificates: list[dict[str, Any]], generator: random.Random,
                               times: int) -> int:
    """Change certificates so often; what is still accepted follows.  How often it is."""
    accepted = 0
    for _ in range(times):
        original = generator.choice(certificates)
        data = mutant(original, generator, certificates)
        try:
            verify(data)
        except CertificateError:
            continue
        accepted += 1
        assert is_implied(original, data), json.dumps(data)
    return accepted

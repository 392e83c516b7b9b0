r"""
How far attention with softmax is from rational attention, and from linear attention.

**Claim.** A layer of attention reads tokens x_1, ..., x_t. For the token r it makes the sum, over
the heads, of

    sum of w_s V x_s over s,    w_s proportional to e^(S_s),    S_s = (K x_s)·(Q x_r),

or, where there is a number ``v``, of O times this, with values V x_s of v entries. The weights w_s
add up to 1; s is any token, and if the layer is ``causal``, at most r. With ``skip``, x_r is added.
Each layer but the last makes tokens of d entries. In *rational attention* the w_s are proportional
to p(S'_s) with S'_s = (K (x_s - c))·(Q x_r); in *linear attention* they are S_s. A layer has its
own p and c, the ``coefficients``, the constant one first, and the ``center``. All parameters are
any numbers of absolute value at most ``radius``, the inputs any in the boxes ``inputs``, where the
entries are listed row by row, the tokens being the columns. Then

- in each layer the S'_s, with softmax and in rational attention, are at most ``bound`` in absolute
  value, and where u is so, \|p(u) e^(-u) - 1\| is at most ``error``, which is below 1; so p is
  positive there, and rational attention has no pole;
- the supremum of the differences of entries of the outputs, with softmax and in rational
  attention, is between the two numbers ``distance``; for linear attention, ``linear_distance``.

**Lemma 5.** Let a_s and b_s be positive, with quotients a_s/b_s between m and k m, and let A_s and
B_s be proportional to these and add up to 1. For each set I, A(I) - B(I) is at most
(q - 1)/(q + 1), where q^2 = k. *Proof.* With B = B(I), the quotient of the sums of a_s inside and
outside of I is at most k B/(1 - B), so A(I) <= k B/(k B + 1 - B), and A(I) - B is at most
(k - 1) B (1 - B)/(1 + (k - 1) B). That this is at most (q - 1)/(q + 1) is, after multiplication by
(q + 1)/(q - 1) and the denominator, 0 <= (1 - (q + 1) B)^2. ∎

*Proof of the upper bounds*, from layer to layer. Let entries of the tokens be in given intervals in
both networks, and differ by at most given numbers; let N_s, n_s and E_s be the sums, over the
entries of the token s, of bounds for \|x\|, \|x - c\|, and for the differences; and B the radius.
Then \|S'_s\| <= a B^2 n_s N_r. Softmax does not change if (K c)·(Q x_r) is subtracted from all
scores: so its w_s are proportional to e^(S'_s). Between the two networks S'_s differs by at most
e = a B^2 max_s (E_s N_r + n_s E_r). So the p of the one and the exponentials of the other have
quotients between (1 - d) e^(-e) and (1 + d) e^e, where d is the ``error``, and by Lemma 5 the
weights on any set differ by at most h = tanh((e + artanh d)/2); for one token alone they are 1.
Entries of V y, or of O V y, are at most g times the sum of those of y, where g is B, or v B^2. With
weights w of the one and w' of the other network, the outputs differ by sums of w'_s V (x'_s - x_s),
which is at most g max_s E_s, and of (w'_s - w_s) V (x_s - c), since the differences of weights add
up to zero: their positive and negative parts are at most h, so that it is at most 2 h g max_s n_s.
As weights are positive and add up to 1, the outputs of a head are at most g max_s N_s. In linear
attention they are at most the sum of a B^2 N_s N_r g N_s over s, where N is that of its own states;
differences to softmax are at most the sum of both bounds. ∎

The lower bounds are differences at stated parameters and inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flint import arb, arb_poly, fmpq

from neuroalg_sage.certificates.approximation.approximation import (
    is_bounded,
    read_cells,
    working_with,
)
from neuroalg_sage.certificates.reading import Checked, fields, integer, items, numbers, require

MOST_WIDTH = 1_000
MOST_PARAMETERS = 100_000

Interval = tuple[fmpq, fmpq]
Tokens = list[list[Any]]  # a row for each entry
Weigh = Callable[[list[arb]], list[arb]]  # weights from scores


class Attention:
    """Attention with softmax, by its sizes."""

    def __init__(self, description: Any) -> None:
        name, sizes = fields(description, "activation", "attention")
        known = ("d", "a", "out", "t", "layers", "heads", "v", "causal", "skip")
        *widths, v, causal, skip = fields(sizes, *known)
        require(set(description) <= {"activation", "attention", "spec"} and name == "softmax"
                and set(sizes) == set(known), "This is not attention with softmax.")
        self.d, self.a, self.out, self.t, self.layers, self.heads = (
            integer(k, 1, MOST_WIDTH, "width") for k in widths)
        self.v = None if v is None else integer(v, 1, MOST_WIDTH, "width")
        require(type(causal) is type(skip) is bool and (self.out == self.d or not skip),
                "The layers are not of this kind.")
        self.causal, self.skip = causal, skip
        self.parameters = self.heads * sum(
            2 * self.a * self.d + (m * self.d if v is None else v * (self.d + m))
            for m in self.made)
        require(self.parameters <= MOST_PARAMETERS, "There are too many parameters.")
        self.name = f"attention with softmax, {', '.join(f'{k}={sizes[k]}' for k in known)}"

    @property
    def made(self) -> list[int]:
        """How many entries of a token each layer makes."""
        return [self.d] * (self.layers - 1) + [self.out]

    def seen(self, r: int) -> range:
        """The tokens that a token sees."""
        return range(r + 1 if self.causal else self.t)

    def outputs(self, parameters: Sequence[arb], inputs: Sequence[arb],
                layers: Sequence[tuple[Weigh, Sequence[fmpq]]]) -> list[arb]:
        """
        The outputs at parameters and inputs, where the weights in each layer are made from scores
        at which a center is subtracted from the tokens that keys see.
        """
        left, tokens = iter(parameters), _rows(iter(inputs), self.d, self.t)
        for made, (weigh, center) in zip(self.made, layers):
            total = tokens if self.skip else [[arb(0)] * self.t for _ in range(made)]
            moved = [[x - c for x in row] for row, c in zip(tokens, center)]
            for _ in range(self.heads):
                queries = _product(_rows(left, self.a, self.d), tokens)
                keys = _product(_rows(left, self.a, self.d), moved)
                values = _product(_rows(left, self.v or made, self.d), tokens)
                weighted: Tokens = [[] for _ in values]
                for r in range(self.t):
                    weights = weigh([sum((k[s] * q[r] for k, q in zip(keys, queries)), arb(0))
                                     for s in self.seen(r)])
                    for row, new in zip(values, weighted):
                        new.append(sum((w * x for w, x in zip(weights, row)), arb(0)))
                if self.v is not None:
                    weighted = _product(_rows(left, made, self.v), weighted)
                total = [[x + y for x, y in zip(*rows)] for rows in zip(total, weighted)]
            tokens = total
        return [x for row in tokens for x in row]


def _rows(entries: Iterator[Any], rows: int, columns: int) -> Tokens:
    return [[next(entries) for _ in range(columns)] for _ in range(rows)]


def _product(matrix: Tokens, tokens: Tokens) -> Tokens:
    return [[sum((w * x for w, x in zip(row, column)), arb(0)) for column in zip(*tokens)]
            for row in matrix]


def softmax(scores: list[arb]) -> list[arb]:
    """Weights that are proportional to exponentials of scores."""
    return normalized([s.exp() for s in scores])


def normalized(weights: list[arb]) -> list[arb]:
    """Numbers that are proportional to these, and add up to 1."""
    total = sum(weights, arb(0))
    return [w / total for w in weights]


class RelativeError:
    """The function p(u) e^(-u), as :func:`is_bounded` takes it for an activation."""

    def __init__(self, p: list[fmpq]) -> None:
        self.p = p

    def piece(self, a: fmpq, b: fmpq) -> Callable[[Any], Any]:
        """What it is between two numbers."""
        return self.at

    def at(self, z: Any) -> Any:
        """The value at a ball, or at a power series."""
        total = 0 * z
        for c in reversed(self.p):
            total = total * z + arb(c)
        return total * (-z).exp()

    def asymptote(self, a: fmpq, b: fmpq) -> None:
        """None is known."""

    def value(self, u: fmpq) -> arb:
        """The value at a rational number."""
        found: arb = self.at(arb(u))
        return found


def check_attention_approximation(network: Attention, value: Any, evidence: Any) -> Checked:
    """Verify the scores and errors of all layers, and the two distances."""
    names = ("radius", "inputs", "layers", "distance", "linear_distance")
    radius, inputs, layers, distance, linear = fields(value, *names)
    precision, steps, points = fields(evidence, "precision", "layers", "points")
    require(set(value) == set(names) and set(evidence) == {"precision", "layers", "points"},
            "There is an unknown field.")
    (radius,) = numbers([radius], "radius")
    boxes = [_interval(pair) for pair in items(inputs, "inputs", network.d * network.t)]
    require(radius > 0, "The radius is not positive.")
    search, rational = Bounds(network, radius, boxes), []
    with working_with(precision):
        for layer, cells in zip(items(layers, "layers", network.layers),
                                items(steps, "evidence", network.layers)):
            center, bound, coefficients, error = fields(layer, "center", "bound", "coefficients",
                                                        "error")
            require(len(layer) == 4, "A layer has an unknown field.")
            c, p = numbers(center, "center", network.d), numbers(coefficients, "coefficients")
            u, d = numbers([bound, error], "numbers")
            require(p and search.score(c) <= u, "Scores may be larger.")
            quotient: Any = RelativeError(p)
            require(0 <= d < 1 and is_bounded(quotient, [fmpq(1)], d, read_cells(-u, u, cells)),
                    "The error of a layer is not shown to be so small.")
            search.advance(c, d)
            rational.append((_by_polynomial(p), c))
        plain = [fmpq(0)] * network.d
        for bounds, point, most, other in (
                (distance, items(points, "points", 2)[0], search.differences, rational),
                (linear, points[1], search.linear_differences,
                 [(lambda scores: scores, plain)] * network.layers)):
            low, high = numbers(bounds, "bounds", 2)
            require(low <= high and all(e <= arb(high) for e in most),
                    "The outputs are not shown to be so near.")
            if low > 0:
                w, x = _point(network, radius, boxes, point)
                require(any(abs(f - g) >= arb(low) for f, g in zip(
                    network.outputs(w, x, [(softmax, plain)] * network.layers),
                    network.outputs(w, x, other))), "The outputs are not shown to be so far.")
    return ["the scores of all layers, and the error of each polynomial",
            "the distances of the outputs, from above, and at points from below"], []


def _by_polynomial(p: list[fmpq]) -> Weigh:
    f = arb_poly(p)
    return lambda scores: normalized([f(s) for s in scores])


def _interval(data: Any) -> Interval:
    low, high = numbers(data, "interval", 2)
    require(low < high, "An interval is empty.")
    return low, high


def _point(network: Attention, radius: fmpq, boxes: list[Interval], data: Any
           ) -> tuple[list[arb], list[arb]]:
    """Parameters and inputs, which are in their boxes."""
    parameters, inputs = fields(data, "parameters", "inputs")
    w = numbers(parameters, "parameters", network.parameters)
    x = numbers(inputs, "inputs", len(boxes))
    require(all(abs(c) <= radius for c in w) and all(a <= c <= b for c, (a, b) in zip(x, boxes)),
            "A point is outside of the boxes.")
    return [arb(c) for c in w], [arb(c) for c in x]


class Bounds:
    """
    What is known of the tokens before each layer, in all networks.

    - ``boxes`` -- intervals of the entries with softmax and in rational attention, row by row
    - ``differences`` -- how much these entries differ at most
    - ``linear_boxes``, ``linear_differences`` -- the same for linear attention and softmax
    """

    def __init__(self, network: Attention, radius: fmpq, boxes: list[Interval]) -> None:
        self.network, self.radius = network, radius
        self.boxes, self.linear_boxes = boxes, boxes
        self.differences = self.linear_differences = [arb(0)] * len(boxes)
        self.layers = iter(network.made)

    def sums(self, entries: Sequence[Any]) -> list[Any]:
        """The sums over the entries of each token."""
        return [sum(entries[s + self.network.t::self.network.t], entries[s])
                for s in range(self.network.t)]

    def sizes(self, boxes: list[Interval], center: Sequence[fmpq] = ()) -> list[fmpq]:
        r"""For each token the sum of bounds for \|x - c\|."""
        c = center or [fmpq(0)] * self.network.d
        return self.sums([max(abs(a - c[i // self.network.t]), abs(b - c[i // self.network.t]))
                          for i, (a, b) in enumerate(boxes)])

    def score(self, center: Sequence[fmpq]) -> fmpq:
        """A bound for the scores of the next layer."""
        n, whole = self.sizes(self.boxes, center), self.sizes(self.boxes)
        return self.network.a * self.radius ** 2 * max(
            n[s] * whole[r] for r in range(self.network.t) for s in self.network.seen(r))

    def advance(self, center: Sequence[fmpq], error: fmpq) -> None:
        """What is known after the next layer."""
        network, made = self.network, next(self.layers)
        product = network.a * self.radius ** 2
        gain = network.heads * (self.radius if network.v is None else network.v * self.radius ** 2)
        n, whole, linear = (self.sizes(self.boxes, center), self.sizes(self.boxes),
                            self.sizes(self.linear_boxes))
        e = self.sums(self.differences)
        room, near, linear_room, linear_near = [], [], [], []
        for r in range(network.t):
            seen = network.seen(r)
            moved = product * _most([e[s] * whole[r] + n[s] * e[r] for s in seen])
            share = ((moved + arb(error).atanh()) / 2).tanh() if len(seen) > 1 else arb(0)
            near.append(gain * (_most([e[s] for s in seen]) + 2 * share * max(n[s] for s in seen)))
            room.append(gain * max(whole[s] for s in seen))
            linear_room.append(gain * product * linear[r] * sum(
                (linear[s] ** 2 for s in seen), fmpq(0)))
            linear_near.append(arb(room[r] + linear_room[r]))
        self.boxes, self.linear_boxes = ([
            (low - more[i % network.t], high + more[i % network.t])
            for i, (low, high) in enumerate(boxes if network.skip else [(fmpq(0), fmpq(0))]
                                            * (made * network.t))]
            for boxes, more in ((self.boxes, room), (self.linear_boxes, linear_room)))
        self.differences, self.linear_differences = ([
            more[i % network.t] + (before[i] if network.skip else 0)
            for i in range(made * network.t)]
            for before, more in ((self.differences, near), (self.linear_differences, linear_near)))


def _most(values: list[arb]) -> arb:
    found = values[0]
    for value in values[1:]:
        found = found.max(value)
    return found

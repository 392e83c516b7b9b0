"""
Architectures: from which power on no activation is defective, and which widths are just enough.

Both are about all perceptrons with certain widths and powers x^r, and without biases.  Of such a
network with the widths d_0, ..., d_L let N be the number of parameters, H that of the hidden units,
and n the dimension d_L C(d_0 + r^(L-1) - 1, d_0 - 1) of its ambient space.
"""

from __future__ import annotations

from math import comb, inf
from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension, upper_bound
from neuroalg_sage.certificates.dimension.powers import power_layers
from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, integers, items, require

MOST_DEGREE = 1000
MOST_NETWORKS = 100_000

Widths = tuple[int, ...]


def architecture(model: Model) -> tuple[Widths, set[int]]:
    """The widths of a perceptron without biases, and the powers that are its activations."""
    layers = model.description["layers"]
    require(not any(layer.get("bias") for layer in layers), "The perceptron has biases.")
    if all(layer["kind"] == "dense" for layer in layers):
        return (model.inputs, *model.widths[1:]), {1}
    return (*power_layers(model, 1),), {len(layer["coefficients"]) - 1 for layer in layers[1::2]}


def perceptron(widths: Widths, r: int) -> Model:
    """The perceptron with these widths and the activation x^r."""
    layers: list[dict[str, Any]] = []
    for a, b in zip(widths, widths[1:]):
        layers += [{"kind": "activation", "coefficients": ["0"] * r + ["1"]}] * bool(layers)
        layers.append({"kind": "dense", "inputs": a, "outputs": b, "bias": False})
    return Model({"input_shape": [widths[0]], "layers": layers})


def by_rescalings(widths: Widths) -> int:
    """N - H."""
    return sum(a * b for a, b in zip(widths, widths[1:])) - sum(widths[1:-1])


def ambient(widths: Widths, r: int) -> int:
    """n."""
    return widths[-1] * comb(widths[0] + r ** (len(widths) - 2) - 1, widths[0] - 1)


def blocks(widths: Widths) -> list[Widths]:
    """(min(d_0, ..., d_(l-1)), d_l, d_(l+1)) for each hidden layer l."""
    return [(min(widths[:i]), widths[i], widths[i + 1]) for i in range(1, len(widths) - 1)]


def narrow(widths: Widths) -> int | None:
    """The first hidden layer with one unit, if one behind it has more; else None."""
    return next((i for i in range(1, len(widths) - 2)
                 if widths[i] == 1 and max(widths[i + 1 : -1]) > 1), None)


def check_activation_threshold(model: Model, value: Any, evidence: Any, status: str,
                               stated_error: Any = None) -> Checked:
    """
    Verify the least v such that for all r ≥ v the networks with the model's widths and x^r have
    the expected dimension e(r); or that there is none, as for all r from some number on the
    dimension is less.

    e(r) is min(n, N - H) for r ≥ 2; of r = 1, where the functions are the matrices of bounded
    rank, nothing is missing.  Always dim M ≤ e(r).  What holds for all r is this:

    - *Blocks*.  For l = 1, ..., L - 1 let the network with the widths of the block l,
      (min(d_0, ..., d_(l-1)), d_l, d_(l+1)), one hidden layer and x^R have the dimension N - H of
      its own.  Then dim M = N - H for all r ≥ R.

      First, from R to R + 1, of one hidden layer with h units.  The derivative of
      f = Σ b_i l_i^r in the direction (c, b_i m_i) is Σ c_i l_i^r + r b_i l_i^(r-1) m_i.  The
      dimension is N - H if and only if for generic b_i, l_i this vanishes for multiples of the h
      rescalings only: m_i = t_i l_i, c_i = -r t_i b_i.  Let it vanish for r + 1.  Its derivative
      by x in a generic direction v is such a sum for r, with m'_i proportional to l_i(v) m_i, so
      that m_i = t_i l_i.  By a rescaling t_i = 0.  Then the derivative of Σ c_i l_i^(r+1) is
      one with m' = 0, so l_i(v) c_i = 0.

      Second, from blocks to the network.  By induction the first L - 1 layers, as a network with
      the outputs y, have dim M' = N' - H'.  The model is f = Σ b_i y_i^r, and dim M is the generic
      rank of (c, z) ↦ Σ c_i y_i^r + r b_i y_i^(r-1) z_i on C^(d_L d_(L-1)) x T_y M'.  Its kernel is
      not smaller where all forms z_i of the degree D = r^(L-2) in d_0 variables are allowed, nor at
      a special y in M'.  Let y_i = l_i(x_1^D, ..., x_t^D), with t = min(d_0, ..., d_(L-2)) and
      generic l_i, which M' contains: pass x_1, ..., x_t on.  The y_i have exponents divisible by D
      alone, so the kernel is the sum of those with z_i of one class of exponents modulo D.  If all
      are divisible, and no x_j with j > t occurs, then z_i is a linear form in x_1^D, ..., x_t^D,
      and these (c, z) are the kernel of the block, of dimension d_(L-1).  In any other class, given
      by the remainders for j ≤ t and the exponents for j > t, there is one monomial of degree D at
      most, so z_i = s_i x^a, and Σ s_i b_i l_i^(r-1) = 0.  Then m_i = s_i v is in the kernel of the
      block for any linear form v, so s_i v is a multiple of l_i; if t > 1 choose v such that v is
      none, so s_i = 0.  If t = 1, the block has N - H = d_L d_(L-1) ≤ n = d_L, so there is one
      unit, and s_1 = 0.  So dim M ≥ d_L d_(L-1) + dim M' - d_(L-1) = N - H.

    - *One input*.  Then n = d_L for all r, and where all weights before the last layer are 1 its
      inputs are not zero, so that it has any outputs.  So it is without hidden layers.

    - *A narrow layer*.  Let d_i = 1, d_j > 1, i < j < L, and d_0 > 1.  All outputs are multiples
      of one power of one form, of a network with the widths d_0, ..., d_i, and such a form can be
      rescaled.  So dim M ≤ N' - H' + d_L - 1 for that network, which is less than N - H.  As n
      grows with r, the dimension is less than expected from some r on.
    """
    widths, _ = architecture(model)
    if widths[0] == 1 or len(widths) == 2:
        require(value == 1 and status == "proved" and evidence == {}, "The threshold is 1.")
        return ["the networks fill for all powers"], []
    if value == "none":
        place = narrow(widths)
        require(place is not None and status == "proved" and evidence == {},
                "It is not shown that there is no threshold.")
        return ["a hidden layer of one unit in front of a wider one"], []
    start, trials, below = fields(evidence, "from", "blocks", "below")
    integer(start, 2, MOST_DEGREE, "degree")
    for block, trial in zip(blocks(widths), items(trials, "blocks", len(widths) - 2)):
        require(sample_rank(perceptron(block, start), trial, False)[0] == by_rescalings(block),
                "A block is not shown to have the expected dimension.")
    verified = [f"all blocks have the expected dimension at x^{start}, so has any higher power"]
    trust: list[str] = []
    degree = start
    for r, data in (items(entry, "entry", 2) for entry in items(below, "list")):
        require(r == degree - 1 and degree > 2, "A degree is left out.")
        network, expected = perceptron(widths, r), min(ambient(widths, r), by_rescalings(widths))
        if "upper" not in data and "dimension" not in data:
            degree = r
            require(sample_rank(network, data, False)[0] == expected,
                    f"x^{r} is not shown to have the expected dimension.")
            continue
        if status == "proved":
            upper, trial = fields(data, "upper", "trial")
            bound, why, trust = upper_bound(network, upper, trial)
            require(bound < expected, f"x^{r} is not shown to be defective.")
            verified.append(f"x^{r} is defective: {why}")
        else:
            found, proof = fields(data, "dimension", "proof")
            more, trust = check_dimension(network, found, proof, status, stated_error)
            require(found < expected, f"x^{r} is not likely to be defective.")
            verified += more
        require(value == degree == r + 1, "The threshold claimed is another.")
        return verified, trust
    require(value == 1 and degree == 2 and status == "proved", "The threshold claimed is another.")
    return verified, trust


def saturated(inputs: int, r: int, hidden: Widths) -> list[bool]:
    """
    Of which hidden layers more units would not make more functions, see
    :func:`check_minimal_filling_widths`.
    """
    before = (inputs, *hidden)
    return [h >= min(comb(before[i] + r - 1, r), comb(inputs + r ** (i + 1) - 1, inputs - 1))
            for i, h in enumerate(hidden)]


def corners(minimal: list[Widths], length: int) -> list[tuple[float, ...]]:
    """
    The maximal vectors of positive numbers, also ∞, that are not at least one of these in all
    places.

    A vector is not at least m if one of its entries is at most that of m less one.
    """
    found: list[tuple[float, ...]] = [(inf,) * length]
    for m in minimal:
        kept = [c for c in found if any(x < y for x, y in zip(c, m))]
        made = {(*c[:i], m[i] - 1, *c[i + 1 :]) for c in found for i in range(length)
                if m[i] > 1 and all(x >= y for x, y in zip(c, m))}
        # Vectors that were kept are maximal; those that were made may be below others.
        found = kept + [c for c in made if not any(
            c != d and all(x <= y for x, y in zip(c, d)) for d in (*kept, *made))]
        require(len(found) <= MOST_NETWORKS, "There are too many networks.")
    return found


def check_minimal_filling_widths(model: Model, value: Any, evidence: Any, status: str,
                                 stated_error: Any = None) -> Checked:
    """
    Verify all minimal hidden widths with which networks fill that have as many inputs, outputs and
    layers as the model, and its power x^r.

    - *To fill is monotone.*  Let h ≤ h' in all places.  The ambient space is the same.  Where all
      weights into and out of further units are zero these do nothing, so M_h is contained in M_h'.
    - *Layers are saturated.*  Behind layer i the map is W σ(V s), where s is the state with h_(i-1)
      entries, forms of the degree r^(i-1) in d_0 variables.  Its entries are in the span of the
      r-th powers of linear combinations of s, a space whose dimension is at most that of the forms
      of degree r in h_(i-1) variables, and of the forms of degree r^i in d_0 variables.  So many
      units have powers that span it, and further units make no more functions.  From the first
      layer to the last, each that is wider may be made as narrow as this: so if a network does not
      fill, none does that is wider in saturated layers, and not wider in any other.

    So let the networks with the widths of ``value`` fill, none of these widths be at least another,
    and let each maximal vector that is not at least one of them be at most one that does not fill,
    where saturated entries count as ∞.  Then a network fills if and only if it is at least as wide
    as one of these, and they are the minimal ones.
    """
    widths, powers = architecture(model)
    require(len(powers) == 1, "The activations are not the same power.")
    [r], inputs, outputs, length = powers, widths[0], widths[-1], len(widths) - 2
    filling, narrower = fields(evidence, "filling", "not")
    found = [tuple(integers(h, 1, 10**6, "width", length))
             for h in items(value, "list of widths")]
    require(found == sorted(set(found)) and len(found) <= MOST_NETWORKS and not any(
        g != h and all(x <= y for x, y in zip(g, h)) for g in found for h in found),
        "The widths are not minimal, or not in their order.")
    n = ambient(widths, r)
    for h, trial in zip(found, items(filling, "trials", len(found))):
        require(sample_rank(perceptron((inputs, *h, outputs), r), trial, False)[0] == n,
                f"The network with hidden widths {[*h]} is not shown to fill.")
    below, trust, error = [], list[str](), 0.0
    for entry in items(narrower, "list"):
        h = tuple(integers(entry["widths"], 1, 10**6, "width", length))
        network = perceptron((inputs, *h, outputs), r)
        if "upper" in entry:
            bound, _, more = upper_bound(network, entry["upper"], entry["trial"])
        else:
            bound, proof, stated = fields(entry, "dimension", "proof", "error_bound")
            _, more = check_dimension(network, bound, proof, "monte_carlo", stated)
            error += stated
        require(bound < n, f"The network with hidden widths {[*h]} is not shown not to fill.")
        trust = [*dict.fromkeys(trust + more)]
        below.append([inf if s else w for w, s in zip(h, saturated(inputs, r, h))])
    for corner in corners(found, length):
        require(any(all(x <= y for x, y in zip(corner, b)) for b in below),
                "There are widths of which nothing is shown.")
    require((status == "monte_carlo") == (error > 0) and (
        status == "proved" or isinstance(stated_error, float) and error <= stated_error <= 1),
        "The status or the error bound is not that of the evidence.")
    return [f"{len(found)} networks fill", f"{len(below)} do not, and no narrower ones"], trust

"""
Dimension: how many parameters a model really has.

The dimension of the neurovariety is the generic rank of Dφ.  Over a prime field it is found
without φ: the map w ↦ (f_w(x_1), ..., f_w(x_m)) is φ followed by the evaluation
V → k^(m outputs), which is linear.  Let U be the image of Dφ(w) mod p, and K_i the elements
of U that vanish at x_1, ..., x_i.  If K_i is not zero, a generic x_(i+1) does not annihilate
it, so its dimension drops.  Hence enough inputs make evaluation injective on U, at most dim U
of them; and an input that no longer raises the rank shows, up to the probability deg / p that
it was special, that K_i was zero.

The same holds if at each input only one combination Σ_j t^j f_j of the outputs is taken, with
t random like the input: an element u of K_i is not zero if and only if the polynomial
Σ_j t^j u_j(x) is not.  Then one row for each input suffices, dim U + 1 rows in all, which is
fewer where outputs are many and dependent.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from math import factorial, lcm
from typing import Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.answers.trust import LISTED, OTHERS, RANDOM
from neuroalg_sage.invariants.dimension import attention_heads, direct_sums
from neuroalg_sage.invariants.dimension.activations import NormalForm, normal_form
from neuroalg_sage.invariants.dimension.known_symmetries import (
    constant_modulo,
    encode_symmetries,
    symmetry_rows,
)
from neuroalg_sage.invariants.dimension.matrices import proved_by_matrices
from neuroalg_sage.invariants.dimension.presentation import Defect, Dimension
from neuroalg_sage.models.model import Model

Progress = Callable[[str], None]

TRIALS = 3
FIRST_ROWS = 256  # a rank of so many rows takes no time


def log(message: str) -> None:
    """Write a line of progress to the logger ``neuroalg_sage``, where nobody takes it else."""
    import logging

    logging.getLogger("neuroalg_sage").info(message)


def jacobian_at(model: Model, point: Sequence[int], inputs: np.ndarray, prime: int,
                combinations: Sequence[int] | None = None) -> np.ndarray:
    """
    The Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point modulo a prime.

    With ``combinations`` t_1, ..., t_m it has one row for each input, for the combination
    Σ_j t_i^j f_j of the outputs.

    INPUT:

    - ``model`` -- a model with N parameters, d inputs and k outputs
    - ``point`` -- N integers
    - ``inputs`` -- array of shape (m, d)
    - ``prime`` -- a prime below 2^31 that divides no denominator of the model
    - ``combinations`` -- m residues, or None

    OUTPUT: array of residues of shape (m k, N), or (m, N) with combinations

    Raises InputError if the prime divides a denominator, or if a layer uses an operation
    that has no derivative here.
    """
    if model.denominator[0] % prime == 0:
        raise InputError(f"The characteristic {prime} divides a denominator of {model}; choose "
                         "another prime.")
    powers = None
    if combinations is not None:
        powers = np.ones((len(combinations), model.output_count), dtype=np.int64)
        for j in range(1, model.output_count):
            powers[:, j] = powers[:, j - 1] * np.asarray(combinations, dtype=np.int64) % prime
    try:
        return modular.jacobian(lambda w, x: model.apply(w, x, constant_modulo(prime)), point,
                                inputs, prime, powers)
    except (TypeError, AttributeError) as error:
        raise InputError(f"A layer of {model} has no backward pass; write its apply with + - * @ "
                         f"**, indexing, reshape, swapaxes and np.concatenate alone "
                         f"({error}).") from None


class _Sample:
    """
    The rows of the Jacobian at a point, for all outputs or for one combination at each input.

    Inputs are added in rounds: a rank that is much smaller than its bound shows at few of them.
    """

    def __init__(self, model: Model, generator: random.Random, prime: int, point: list[int],
                 combined: bool) -> None:
        self.model, self.generator, self.prime, self.point = model, generator, prime, point
        self.inputs: list[list[int]] = []
        self.combinations: list[int] | None = [] if combined else None
        self.per_input = 1 if combined else model.output_count
        self.entries = np.zeros((0, model.parameter_count), dtype=np.uint32)

    def rank(self, inputs: int | None = None) -> int:
        """The rank of the rows of the first inputs."""
        rows = self.entries if inputs is None else self.entries[: inputs * self.per_input]
        return modular.rank(rows, self.prime)

    def extend(self, number: int) -> None:
        """Add random inputs until there are so many."""
        def residues(count: int) -> list[int]:
            return [self.generator.randrange(self.prime) for _ in range(count)]

        new = [residues(self.model.input_count) for _ in range(number - len(self.inputs))]
        combinations = None
        if self.combinations is not None:
            combinations = residues(len(new))
            self.combinations += combinations
        self.inputs += new
        self.entries = np.concatenate([self.entries, jacobian_at(
            self.model, self.point, np.array(new, dtype=np.int64), self.prime, combinations)])

    def sizes(self, most: int, rank: int) -> Iterator[int]:
        """How many inputs there are in each round, up to ``most``; the first show this rank."""
        size = min(most, max(rank, FIRST_ROWS, most * self.per_input // 16) // self.per_input + 2)
        while size < most:
            yield size
            size *= 4
        yield most

    def evidence(self, inputs: int | None = None) -> dict[str, Any]:
        """The trial with the first inputs, as a certificate states it."""
        combined = {} if self.combinations is None else {
            "combinations": self.combinations[:inputs]}
        return {"prime": self.prime, "point": self.point, "inputs": self.inputs[:inputs],
                **combined}


def rank_trial(model: Model, generator: random.Random, upper: Callable[[int, list[int]], int],
               largest_prime: int, likely: int = 0, weights: Sequence[Fraction] | None = None
               ) -> tuple[dict[str, Any], int, int]:
    """
    One random trial: the evidence, the rank found, and the upper bound at its point.

    The rank is at its upper bound, or did not grow with the last input.  It is found with the
    least work if it is ``likely``.  The point is random, or that of ``weights`` modulo the prime.
    """
    q = lcm(model.denominator[0], *(c.denominator for c in weights or ()))
    prime = modular.random_prime(generator, largest_prime)
    while q % prime == 0:
        prime = modular.random_prime(generator, largest_prime)
    point = ([generator.randrange(prime) for _ in range(model.parameter_count)]
             if weights is None else list(map(constant_modulo(prime), weights)))
    bound = upper(prime, point)
    # All outputs at as few inputs as might do; if they do not, one combination at each of
    # as many inputs as surely do.
    sample = _Sample(model, generator, prime, point, combined=False)
    for size in sample.sizes(-(-bound // model.output_count) + 1, likely):
        sample.extend(size)
        likely = rank = sample.rank()
        if rank == bound or rank < len(sample.entries) and rank == sample.rank(size - 1):
            return sample.evidence(), rank, bound
    sample = _Sample(model, generator, prime, point, combined=True)
    for size in sample.sizes(bound + 1, likely):
        sample.extend(size)
        rank = sample.rank()
        if rank == bound or rank < size:
            break
    # As many rows as the rank, if these are independent, and one that adds nothing.
    number = rank + 1 if rank < size and sample.rank(rank) == rank else size
    return sample.evidence(number), rank, bound


def error_bound(model: Model, rank: int, trials: Sequence[Mapping[str, Any]]) -> float:
    """
    The probability that random trials all miss a larger rank.

    A generic rank above ``rank`` shows in a minor of size k = rank + 1 of Dφ,
    a nonzero polynomial in w.  A trial misses it if its prime divides the
    coefficients of the minor, if the minor vanishes at the point modulo p
    (Schwartz, Zippel), or if one of its inputs is special.

    REFERENCES: [Sch1980]_, Lemma 1
    """
    k = rank + 1
    q, power = model.denominator
    degree = model.parameter_degree
    size = factorial(k) * (degree * model.height * q**power) ** k
    primes = Fraction(int(size).bit_length(), 30)
    total = Fraction(1)
    for trial in trials:
        special = model.input_degree + ("combinations" in trial) * (model.output_count - 1)
        total *= min(Fraction(1), primes / modular.PRIMES_IN_RANGE + Fraction(
            k * max(degree - 1, 0) + len(trial["inputs"]) * special, 2**30))
    return float(total) * (1 + 1e-9)


# What a rank takes for each entry of its matrix: residues, LinBox's floats, and copies.
BYTES_PER_ENTRY = 28


def _available_memory(memory_gb: float | None) -> float:
    """The bytes that may be used: so many gigabytes, or what nobody else has of the machine."""
    if memory_gb is not None:
        return memory_gb * 10**9
    with suppress(OSError), open("/proc/meminfo") as lines:  # where there is one
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _check_memory(model: Model, rank: int, slack: int, memory_gb: float | None) -> None:
    """Raise LimitReached if a matrix of this rank needs more memory than there is."""
    available = _available_memory(memory_gb)
    needed = BYTES_PER_ENTRY * rank * model.parameter_count
    if needed > slack * available:
        raise LimitReached(f"The rank that is the dimension of {model} may need "
                           f"{needed / 1e9:,.0f} GB of memory, over the limit of "
                           f"{available / 1e9:,.1f} GB; use a smaller model or allow more with "
                           "--memory.")


def dimension(model: Model, seed: int | None = None, progress: Progress = log,
              memory_gb: float | None = None, asked: Model | None = None) -> Invariant:
    """
    The dimension of the neurovariety, an affine cone where the model is homogeneous.

    The rank of Dφ at an integer point modulo one prime is a lower bound over Q.
    Upper bounds are n, and N minus the number of independent known symmetries at
    the point; where these are too large, see
    :func:`~neuroalg_sage.invariants.dimension.upper_bounds.smaller_upper_bound`.  Where lower and
    upper bound meet, the dimension is proved; else the rank is that of several random points
    modulo random primes.

    INPUT:

    - ``model`` -- a model
    - ``seed`` -- integer for the random choices; by default they are fresh
    - ``progress`` -- called with lines of text
    - ``memory_gb`` -- gigabytes that the rank may use; by default those of the machine
    - ``asked`` -- the model of which this is the normal form, whose direct sums are known not to
      do; messages name it

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer;
    status ``proved`` or ``monte_carlo``

    Raises LimitReached if the rank needs more memory than it may use.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> dimension(parse_spec("linear:3,2,3"))
        8 (proved)
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    n, count = model.ambient_dimension, model.parameter_count
    normal = normal_form(model)
    # A trial by matrices is of the model itself, and not carried back from its normal form.
    if asked is None and (matrices := proved_by_matrices(model, generator)) is not None:
        return Dimension.certified(model, "dimension", matrices.rank, "proved", matrices.method,
                                   time.perf_counter() - start,
                                   {"trials": [matrices.trial], "upper": matrices.upper})
    if asked is None and count >= direct_sums.FEWEST_PARAMETERS:
        rebuilt(model)  # What the checker refuses to read need not be found.
        progress("rank of the Jacobian at a direct sum")
        entries = int(_available_memory(memory_gb) / BYTES_PER_ENTRY)
        found = (attention_heads.proved_by_heads(model, generator)
                 or direct_sums.proved_by_direct_sum(model, generator, entries))
        if found is None and normal is None:
            from neuroalg_sage.invariants.dimension.blocks import proved_by_blocks

            found = proved_by_blocks(model, generator, entries)
        if found is not None:
            above = found.upper
            if normal is not None:
                above = {"kind": "normal form", "upper": above, "trial": None}
            return Dimension.certified(model, "dimension", found.rank, "proved", found.method,
                                       time.perf_counter() - start,
                                       {"trials": [found.trial], "upper": above})
    if normal is not None:
        answer = _carried_back(model, normal, dimension(normal.model, seed, progress, memory_gb,
                                                        asked=model))
        if answer is not None:
            return answer

    # The symmetries are listed only where the rank is not hopeless.
    _check_memory(asked or model, min(n, count), 4, memory_gb)

    def upper(prime: int, point: list[int]) -> int:
        bound = min(n, count - modular.rank(symmetry_rows(model, point, prime), prime))
        _check_memory(asked or model, bound, 1, memory_gb)
        return bound

    def trial_of(part: Model, most: int) -> tuple[dict[str, Any], int]:
        found, rank, _ = rank_trial(part, generator, lambda prime, point: most,
                                    modular.LARGEST_FAST_PRIME)
        return found, rank

    # A proof needs one prime, whichever; an error bound needs large ones.
    primes = [modular.LARGEST_FAST_PRIME] + [modular.LARGEST_PRIME] * TRIALS
    trials: list[dict[str, Any]] = []
    ranks: list[int] = []
    for number, largest in enumerate(primes, 1):
        progress(f"rank of the Jacobian, trial {number}")
        trial, rank, bound = rank_trial(model, generator, upper, largest, max(ranks, default=0))
        if rank == bound:
            evidence = {"trials": [trial], "upper": {"kind": "ambient"} if rank == n
                        else encode_symmetries(model.symmetries)}
            return Dimension.certified(model, "dimension", rank, "proved",
                                       "rank of the Jacobian modulo a prime, and "
                                       + ("the ambient dimension" if rank == n else "symmetries"),
                                       time.perf_counter() - start, evidence)
        if number == 1:
            progress("a smaller upper bound")
            # Of most models the dimension is proved by now: these descriptions are not needed.
            from neuroalg_sage.invariants.dimension.upper_bounds import smaller_upper_bound

            if (proof := smaller_upper_bound(
                    model, trial, rank, generator, trial_of)) is not None:
                upper_evidence, why, trust = proof
                return Dimension.certified(model, "dimension", rank, "proved",
                                           f"rank of the Jacobian modulo a prime, and {why}",
                                           time.perf_counter() - start,
                                           {"trials": [trial], "upper": upper_evidence}, trust)
        if largest == modular.LARGEST_PRIME:
            trials.append(trial)
            ranks.append(rank)
    best = max(ranks)
    agreeing = [trial for trial, rank in zip(trials, ranks, strict=True) if rank == best]
    return Dimension.certified(
        model, "dimension", best, "monte_carlo",
        f"rank of the Jacobian at random points modulo {len(agreeing)} random primes",
        time.perf_counter() - start, {"trials": agreeing}, [RANDOM],
        error_bound=error_bound(model, best, agreeing))


def _carried_back(model: Model, normal: NormalForm, found: Invariant) -> Invariant | None:
    """
    The dimension of the model with activations in normal form as that of the own one; None if a
    prime of a trial does not allow it.
    """
    assert found.certificate is not None
    evidence = found.certificate["evidence"]
    trials = evidence["trials"]
    if not all(normal.is_defined(t["prime"]) and model.denominator[0] % t["prime"]
               for t in trials):
        return None
    own = [normal.back(t) for t in trials]
    changed: dict[str, Any] = {"trials": own}
    bound = None
    if found.status == "monte_carlo":
        bound = error_bound(model, found.data, own)
    elif evidence["upper"] != {"kind": "ambient"} or (
            model.ambient_dimension != normal.model.ambient_dimension):
        changed["upper"] = {"kind": "normal form", "upper": evidence["upper"],
                            "trial": {key: trials[0][key] for key in ("prime", "point")}}
    else:
        changed["upper"] = evidence["upper"]
    return Dimension.certified(model, "dimension", found.data, found.status,
                               f"{found.method}; activations in normal form", found.seconds,
                               changed, found.trust, error_bound=bound)


def ambient_dimension(model: Model) -> Invariant:
    """
    The dimension n of the ambient space V.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> ambient_dimension(parse_spec("mlp:2,2,3:x^2"))
        9 (proved)
    """
    return certified(model, "ambient_dimension", model.ambient_dimension, "proved",
                     "count of the allowed monomials", 0.0, {})


def expected_dimension(model: Model, found: Invariant) -> Invariant:
    """
    min(n, N - s), with s the dimension of the generic orbits of the affine-linear symmetries.

    The orbits, not the group: a stabilizer of positive dimension moves nothing.  N and s are
    those of the condensed model, in which affine-linear layers that follow one another count as
    the map that they make: what a layer maps to zero can be added to the layer before, which is no
    affine-linear symmetry but where the layer has one row.  The symmetries
    that the layers know suffice where their orbits are as large as the fibers, or M is expected
    to fill V.  Else all affine-linear symmetries are found, see
    :mod:`~neuroalg_sage.invariants.dimension.affine_symmetries`; only if the parameters are too
    many for that, the answer rests on the list of those that the layers know.  Where a list that
    could be complete is not proved to be so, the status is ``numerical``.

    INPUT:

    - ``found`` -- the dimension as found by :func:`dimension`

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:3,2,1:x^2")
        >>> expected_dimension(model, dimension(model))
        6 (proved)
    """
    # What a dimension alone needs not.
    from neuroalg_sage.certificates.dimension.affine_symmetries import MOST_PARAMETERS
    from neuroalg_sage.invariants.dimension.affine_symmetries import orbits
    from neuroalg_sage.invariants.dimension.upper_bounds import condensed

    start = time.perf_counter()
    assert found.certificate is not None
    trial = found.certificate["evidence"]["trials"][0]
    smaller = condensed(model)
    if smaller is not model:
        trial, _, _ = rank_trial(smaller, random.Random(0), lambda prime, point: found.data,
                             modular.LARGEST_PRIME)
    n, count = model.ambient_dimension, smaller.parameter_count
    known = orbits(smaller, trial, 0 if found.data == n else count - found.data)
    value = min(n, count - known.dimension)
    evidence = {"trial": trial, "symmetries": known.evidence}
    method = "generic orbits of the " + ("known" if known.most is None else "affine-linear"
                                         ) + " symmetries"
    seconds = time.perf_counter() - start
    needed = value > min(n, found.data)

    def is_least() -> bool:
        """Whether there is no smaller value, by those that are known to be all or believed so."""
        most = len(smaller.symmetries) if known.most is None else known.most
        return value == min(n, count - min(count - found.data, most)) and (
            known.most is not None or count > MOST_PARAMETERS)

    if not needed or is_least():
        return certified(model, "expected_dimension", value, "proved", method, seconds, evidence,
                         [LISTED] * (needed and known.most is None))
    if known.most is None:
        return Invariant("expected_dimension", value, "numerical", f"{method}; {OTHERS}", None,
                         seconds)
    return Invariant("expected_dimension", value, "monte_carlo", method, None, seconds,
                     count / modular.SMALLEST_PRIME)


def defect(model: Model, found: Invariant, expected: Invariant) -> Invariant:
    """
    Expected minus actual dimension.

    INPUT:

    - ``found``, ``expected`` -- the dimension and the expected dimension

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer
    """
    value = expected.data - found.data
    method = "difference of the expected and the actual dimension"
    bound = (found.error_bound or 0) + (expected.error_bound or 0)
    if expected.status == "numerical":
        return Defect("defect", value, "numerical", f"{method}; {OTHERS}", None, 0.0)
    if expected.certificate is None or found.certificate is None:
        return Defect("defect", value, "monte_carlo", method, None, 0.0, bound)
    evidence = expected.certificate["evidence"] | {
        "expected": expected.data, "dimension": found.data,
        "dimension_evidence": found.certificate["evidence"]}
    return Defect.certified(model, "defect", value, found.status, method, 0.0, evidence,
                            found.trust + expected.trust, error_bound=found.error_bound)


def is_filling(model: Model, found: Invariant) -> Invariant:
    """
    Whether the neurovariety is all of V.

    Over the real numbers a filling neuromanifold has full dimension, but may
    still be a proper subset of V.

    INPUT:

    - ``found`` -- the dimension as found by :func:`dimension`

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a Boolean
    """
    assert found.certificate is not None
    return certified(model, "is_filling", found.data == model.ambient_dimension, found.status,
                     "comparison of the dimension with the ambient dimension", 0.0,
                     found.certificate["evidence"] | {"dimension": found.data}, found.trust,
                     error_bound=found.error_bound)

"""
Equations whose solutions move with data, and Newton's method for them, compiled, in many lanes.

They are in parameters w of a map φ of rank d, and only the image φ(w) matters.  So a *slice* of the
fibers is fixed, the w of which given linear forms have given values, in which solutions are
isolated: these forms are an orthonormal basis of the tangent space of a fiber where the slice was
chosen.  Unknowns are relative changes z of w, as derivatives are then sums of monomials.

- *Sections*: φ(w) = c.  Its d coordinates have φ's rank.
- *Critical points*: J^T S (φ(w) - u) = 0 for a diagonal matrix S; data c are u and the
  diagonal of S.  The matrix H of its derivatives is symmetric, and singular along the fibers, so
  that the forms of the slice may be added to it: where N has their conjugates as columns, and
  D = diag(w), the solution z of H z = -F in the slice solves (H + C N^H D) z = -F for the
  conjugate C of D^(-1) N, as D^(-1) N spans the kernel of H.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neuroalg_sage.engines.lanes import (
    ADD,
    Program,
    Writer,
    get,
    inner,
    inverse,
    put,
    run,
    solve,
    spread,
    square_size,
)
from neuroalg_sage.engines.torus_maps import TorusMap

# Newton's method for balanced points: logarithms that are close enough, and what makes its
# equations regular.
BALANCED, MOST_BALANCING, RIDGE = 1e-2, 30, 1e-9
LEAST_RANK = 1e-9  # the least size of what is independent, relative to terms


class Equations(NamedTuple):
    """
    Equations by a map φ in n coordinates, and where registers hold what.

    - ``parameters``, ``dimension``, ``data`` -- how many w there are, d, and how many data
    - ``program`` -- from w, the forms of the slice, and data, to derivatives of φ times their
      variables, and the matrix of linear equations in z, with two columns: the values of the
      equations, and how these move
    - ``w``, ``slice``, ``slopes``, ``matrix``, ``step``, ``speed`` -- the first registers of these,
      and of Newton's step and the velocity of the solution
    - ``start``, ``span``, ``place``, ``pace`` -- those of data, which are start + place * span, and
      move by pace * span
    - ``sketch`` -- a matrix of n rows and d columns: so many combinations of coordinates have the
      rank of φ
    - ``completion`` -- random columns, as many as fibers have dimensions
    - ``scalings`` -- exponents of scalings of w that leave φ as it is, a column for each
    """

    parameters: int
    dimension: int
    data: int
    program: Program
    w: int
    slice: int
    slopes: int
    matrix: int
    step: int
    speed: int
    start: int
    span: int
    place: int
    pace: int
    sketch: np.ndarray
    completion: np.ndarray
    scalings: np.ndarray

    def registers(self, lanes: int) -> np.ndarray:
        """Those of so many lanes."""
        return self.program.new_registers(lanes)

    def at_a_point(self, w: np.ndarray, c: np.ndarray | None = None) -> np.ndarray:
        """Registers of one lane after the program was run at a point, without a slice."""
        found = self.registers(1)
        found[self.w : self.w + self.parameters] = spread(w[None])
        if c is not None:
            found[self.start : self.start + self.data] = spread(c[None])
        run(self.program, found)
        return found


class _Writer(Writer):
    """
    The program of equations by a map φ, as far as it is the same for all.

    - ``w``, ``slice``, ``slopes``, ``matrix``, ``step``, ``speed`` -- registers, as well as
      ``start``, ``span``, ``place``, ``pace``
    - ``c``, ``velocity`` -- those of the data
    - ``values`` -- those of the coordinates of φ
    - ``monomials`` -- those of its monomials
    """

    def __init__(self, phi: TorusMap, dimension: int, data: int) -> None:
        super().__init__()
        n = phi.coefficients.shape[1]
        self.dimension, self.size = dimension, phi.count
        self.w, self.slice = self.new(phi.count), self.new((phi.count - dimension) * phi.count)
        self.start, self.span, self.place, self.pace = map(self.new, (data, data, 1, 1))
        self.c, self.velocity = self.new(data), self.new(data)
        self.slopes, self.values = self.new(n * phi.count), self.new(n)
        self.matrix = self.new(phi.count * (phi.count + 2))
        self.step, self.speed = self.new(phi.count), self.new(phi.count)
        for i in range(data):
            self.set(self.c[i], self.start[i])
            self.add_product(self.c[i], self.span[i], self.place[0])
            self.set_product(self.velocity[i], self.span[i], self.pace[0])
        left, right, monomials = phi.products
        products = [0, *self.w, *self.new(len(left))]
        for made, one, other in zip(products[phi.count + 1 :], left, right):
            self.set_product(made, products[one], products[other])
        self.monomials = [products[place] for place in monomials]
        self.variables = [np.flatnonzero(row).tolist() for row in phi.exponents]
        self.terms = [np.flatnonzero(column).tolist() for column in phi.coefficients.T]
        for i, terms in enumerate(self.terms):
            self.clear(self.values[i])
            for k in range(phi.count):
                self.clear(self.slope(i, k))
            for m in terms:
                weight = phi.coefficients[m, i]
                self.add(self.values[i], self.monomials[m], weight)
                for k in self.variables[m]:
                    self.add(self.slope(i, k), self.monomials[m], weight * phi.exponents[m, k])

    def slope(self, i: int, k: int) -> int:
        """The derivative of a coordinate, times the variable."""
        return self.slopes[i * self.size + k]

    def entry(self, i: int, j: int) -> int:
        """That of the matrix; the columns after those of variables are values, and velocities."""
        return self.matrix[i * (self.size + 2) + j]

    def form(self, j: int, k: int) -> int:
        """A coefficient of a form of the slice."""
        return self.slice[j * self.size + k]

    def equations(self, sketch: np.ndarray, scalings: np.ndarray,
                  generator: np.random.Generator) -> Equations:
        """What was written."""
        return Equations(
            self.size, self.dimension, len(self.c), self.program(), self.w[0], self.slice.start,
            self.slopes[0], self.matrix[0], self.step[0], self.speed[0], self.start[0],
            self.span[0], self.place[0], self.pace[0], np.ascontiguousarray(sketch),
            generator.normal(size=(self.size, self.size - self.dimension)),
            np.ascontiguousarray(scalings))


def section_equations(phi: TorusMap, scalings: np.ndarray, generator: np.random.Generator
                      ) -> Equations:
    """Those of φ(w) = c, where φ has as many coordinates as its rank."""
    d = phi.coefficients.shape[1]
    writer = _Writer(phi, d, d)
    for i in range(d):
        for k in range(phi.count):
            writer.set(writer.entry(i, k), writer.slope(i, k))
        writer.set(writer.entry(i, phi.count), writer.values[i])
        writer.add(writer.entry(i, phi.count), writer.c[i], -1.0)
        writer.set(writer.entry(i, phi.count + 1), writer.velocity[i], -1.0)
    for j in range(phi.count - d):
        for k in range(phi.count):
            writer.set_product(writer.entry(d + j, k), writer.form(j, k), writer.w[k])
        for b in range(2):
            writer.clear(writer.entry(d + j, phi.count + b))
    return writer.equations(np.eye(d), scalings, generator)


def critical_point_equations(phi: TorusMap, dimension: int, sketch: np.ndarray,
                             scalings: np.ndarray, generator: np.random.Generator) -> Equations:
    """
    Those of J^T S (φ(w) - u) = 0.

    - ``scalings`` -- they may be those of a map of which φ is a projection
    """
    n, size = phi.coefficients.shape[1], phi.count
    writer = _Writer(phi, dimension, 2 * n)
    signs, moving_signs = writer.c[n:], writer.velocity[n:]
    covector, moved, signed, term = writer.new(4)
    sums = writer.new(len(phi.exponents))
    for total in (*sums, *writer.matrix):
        writer.clear(total)
    for i in range(n):
        difference = writer.values[i]
        writer.add(difference, writer.c[i], -1.0)
        writer.set_product(covector, signs[i], difference)
        writer.set_product(moved, moving_signs[i], difference)
        writer.add_product(moved, signs[i], writer.velocity[i], -1.0)
        for m in writer.terms[i]:
            writer.add(sums[m], covector, phi.coefficients[m, i])
        occurring = sorted({k for m in writer.terms[i] for k in writer.variables[m]})
        for place, k in enumerate(occurring):
            writer.set_product(signed, signs[i], writer.slope(i, k))
            writer.add_product(writer.entry(k, size + 1), moved, writer.slope(i, k))
            for j in occurring[place:]:
                writer.add_product(writer.entry(k, j), signed, writer.slope(i, j))
    for m, variables in enumerate(writer.variables):
        powers = phi.exponents[m]
        writer.set_product(term, sums[m], writer.monomials[m])
        for place, k in enumerate(variables):
            writer.add(writer.entry(k, size), term, powers[k])
            if powers[k] != 1:
                writer.add(writer.entry(k, k), term, powers[k] * (powers[k] - 1))
            for j in variables[place + 1 :]:
                writer.add(writer.entry(k, j), term, powers[k] * powers[j])
    for k in range(size):
        for j in range(k):
            writer.set(writer.entry(k, j), writer.entry(j, k))
    conjugates, forms = writer.new(size), writer.new(size)
    if size > dimension:
        for k in range(size):
            writer.set_conjugate_inverse(conjugates[k], writer.w[k])
    for j in range(size - dimension):
        for k in range(size):
            writer.set_product(forms[k], writer.form(j, k), writer.w[k])
        for k in range(size):
            writer.set_product(signed, writer.form(j, k), conjugates[k])
            for i in range(size):
                writer.add_product(writer.entry(k, i), signed, forms[i])
    return writer.equations(sketch, scalings, generator)


@inner
def newton(equations: Equations, registers: np.ndarray) -> None:
    """Newton's step at w, and the velocity of the solution; not finite where there is none."""
    e, r, lanes = equations, registers, registers.shape[1] >> 1
    run(e.program, r)
    solve(r, e.matrix, e.parameters, 2)
    for k in range(e.parameters):
        for b in range(2):
            found, w = (e.speed if b else e.step) + k, e.w + k
            relative = e.matrix + k * (e.parameters + 2) + e.parameters + b
            for q in range(lanes):
                x, y, u, v = r[w, q], r[w, lanes + q], r[relative, q], r[relative, lanes + q]
                r[found, q], r[found, lanes + q] = y * v - x * u, -x * v - y * u


@inner
def choose_slice(equations: Equations, registers: np.ndarray, q: int, basis: np.ndarray) -> None:
    """
    A slice across the fiber of φ in one lane, where derivatives are known.

    - ``basis`` -- rows of a number for each parameter, a row for each; overwritten
    """
    e, size = equations, equations.parameters
    for k in range(size):
        for j in range(e.dimension):
            s = 0j
            for i in range(e.sketch.shape[0]):
                s += get(registers, e.slopes + i * size + k, q) * e.sketch[i, j]
            basis[j, k] = np.conj(s * inverse(get(registers, e.w + k, q)))
        for j in range(size - e.dimension):
            basis[e.dimension + j, k] = e.completion[k, j]
    for j in range(size):
        for _ in range(2):  # by the second time it is orthogonal to rounding errors
            for i in range(j):
                project_off(basis, i, j, size)
            total = 0.0
            for k in range(size):
                total += square_size(basis[j, k])
            for k in range(size):
                basis[j, k] *= 1 / np.sqrt(total)
    for j in range(size - e.dimension):
        for k in range(size):
            put(registers, e.slice + j * size + k, q, np.conj(basis[e.dimension + j, k]))


@inner
def project_off(vectors: np.ndarray, i: int, j: int, size: int) -> None:
    """Subtract from the j-th vector its part along the i-th, of length 1."""
    s = 0j
    for k in range(size):
        s += np.conj(vectors[i, k]) * vectors[j, k]
    for k in range(size):
        vectors[j, k] -= s * vectors[i, k]


@inner
def has_rank(equations: Equations, registers: np.ndarray, q: int, columns: np.ndarray) -> bool:
    """
    Whether φ has its rank at w in one lane, where derivatives are known.

    What is tiny compared with the terms of derivatives, before they cancel, counts as zero.

    - ``columns`` -- of its derivatives, a row of n numbers for each parameter; overwritten
    """
    e, n, size = equations, equations.sketch.shape[0], equations.parameters
    for k in range(size):
        for i in range(n):
            columns[k, i] = (get(registers, e.slopes + i * size + k, q)
                             * inverse(get(registers, e.w + k, q)))
    terms = 0.0
    for place in range(len(e.program.weights)):
        slope = e.program.instructions[place, 1] - e.slopes
        if 0 <= slope < n * size and e.program.instructions[place, 0] == ADD:
            term = get(registers, e.program.instructions[place, 2], q)
            term *= e.program.weights[place] * inverse(get(registers, e.w + slope % size, q))
            terms = max(terms, square_size(term))
    for j in range(e.dimension):
        best, length = j, -1.0
        for k in range(j, size):
            s = 0.0
            for i in range(n):
                s += square_size(columns[k, i])
            if not s < np.inf:
                return False
            if s > length:
                best, length = k, s
        if not length > LEAST_RANK**2 * terms:
            return False
        for i in range(n):
            x = columns[best, i]
            columns[best, i] = columns[j, i]
            columns[j, i] = x * (1 / np.sqrt(length))
        for k in range(j + 1, size):
            project_off(columns, j, k, n)
    return True


@inner
def balance(equations: Equations, w: np.ndarray) -> None:
    """
    Replace w by the point of least length to which scalings lead that leave φ as it is.

    By t the squared length becomes the sum of abs(w_i)^2 e^(2 k_i t), a convex function, with
    rows k_i; so Newton's method finds its minimum if there is one.
    """
    count, size = equations.scalings.shape
    if not size:
        return
    scalings, parts = equations.scalings, np.empty(count)
    t, a = np.zeros(size), np.empty((size, size + 1))
    for _ in range(MOST_BALANCING):
        for k in range(count):
            s = 0.0
            for i in range(size):
                s += scalings[k, i] * t[i]
            parts[k] = square_size(w[k]) * np.exp(2 * s)
        parts /= parts.sum()
        for i in range(size):
            for j in range(size + 1):
                a[i, j] = RIDGE if i == j else 0.0
                for k in range(count):
                    a[i, j] += scalings[k, i] * parts[k] * (scalings[k, j] if j < size else 0.5)
        for i in range(size):  # positive definite, so that pivots are not needed
            for j in range(size):
                if j != i:
                    s = a[j, i] / a[i, i]
                    for k in range(i, size + 1):
                        a[j, k] -= s * a[i, k]
        largest = 0.0
        for k in range(count):
            s = 0.0
            for i in range(size):
                s += scalings[k, i] * a[i, size] / a[i, i]
            largest = max(largest, abs(s))
        for i in range(size):
            t[i] -= a[i, size] / a[i, i] * min(1.0, 1 / max(largest, BALANCED))
        if not largest >= BALANCED:
            break
    for k in range(count):
        s = 0.0
        for i in range(size):
            s += scalings[k, i] * t[i]
        w[k] *= np.exp(s)

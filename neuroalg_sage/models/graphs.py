"""
Named graphs, and graphs given by their edges.

The names are C5, P4, K4, K2x3, S3, Q3 and the like, and Petersen: cycles, paths, complete and
complete bipartite graphs, stars, hypercubes.  Edges are written as in 0-1+1-2+2-0, or stand in a
file, one on a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, product
from operator import index
from os import sep
from pathlib import Path

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_text
from neuroalg_sage.models.expressions import shown

Edge = tuple[int, int]

MOST_VERTICES = 1_000
MAXIMAL_FILE_BYTES = 20_000_000
LONGEST_NAME = 2_000  # characters of edges in a spec


def _cycle(n: int) -> list[Edge]:
    return [(i, (i + 1) % n) for i in range(n)] if n > 2 else _path(n)


def _path(n: int) -> list[Edge]:
    return [(i, i + 1) for i in range(n - 1)]


def _star(n: int) -> list[Edge]:
    return [(0, i) for i in range(1, n + 1)]


def _cube(n: int) -> list[Edge]:
    return [(v, v | 1 << i) for v in range(2**n) for i in range(n) if not v >> i & 1]


# From the letter of a family: its edges, and the number of its vertices.
_NAMED = {
    "C": (_cycle, lambda n: n), "P": (_path, lambda n: n), "S": (_star, lambda n: n + 1),
    "K": (lambda n: list(combinations(range(n), 2)), lambda n: n), "Q": (_cube, lambda n: 2**n),
}


class Graph:
    """
    A simple graph with vertices 0, ..., n - 1.

    INPUT:

    - ``edges`` -- pairs of different vertices
    - ``vertices`` -- their number; by default up to the last one in an edge

    Raises InputError for a loop, for a vertex that is none, and for a weight.

    EXAMPLES::

        >>> [list(map(int, row)) for row in Graph([(0, 1), (1, 2)]).laplacian()]
        [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]
    """

    def __init__(self, edges: Iterable[Edge], vertices: int | None = None) -> None:
        try:
            pairs = [tuple(map(index, e)) for e in edges]
            count = None if vertices is None else index(vertices)
        except TypeError:
            raise InputError("The edges of a graph are pairs of whole numbers, and the number of "
                             "its vertices is one.") from None
        if (wrong := next((e for e in pairs if len(e) != 2), None)) is not None:
            raise InputError(f"An edge is a pair of vertices, without a weight, not "
                             f"{shown(str(wrong))}.")
        found = {(min(e), max(e)) for e in pairs}
        self.vertices = max((j + 1 for _, j in found), default=1) if count is None else count
        self.edges = sorted(found)
        if not 1 <= self.vertices <= MOST_VERTICES:
            raise InputError(f"A graph has from 1 to {MOST_VERTICES} vertices.")
        for i, j in self.edges:
            if i == j or not 0 <= i < j < self.vertices:
                raise InputError(f"The edge {i}-{j} does not join two different vertices from 0 to "
                                 f"{self.vertices - 1}.")

    def adjacency(self) -> list[list[int]]:
        """The matrix with 1 for each pair of neighbors."""
        rows = [[0] * self.vertices for _ in range(self.vertices)]
        for i, j in self.edges:
            rows[i][j] = rows[j][i] = 1
        return rows

    def laplacian(self) -> list[list[int]]:
        """The diagonal matrix of the degrees less the adjacency matrix."""
        return [[sum(row) if i == j else -a for j, a in enumerate(row)]
                for i, row in enumerate(self.adjacency())]


def read_graph(text: str) -> Graph:
    """
    The graph of a name, or of edges.

    EXAMPLES::

        >>> [len(read_graph(name).edges) for name in ("K2x3", "0-1+1-2", "Q3", "Petersen")]
        [6, 2, 12, 15]
    """
    if text == "Petersen":
        return Graph([*_cycle(5), *((i, i + 5) for i in range(5)),
                      *((5 + i, 5 + (i + 2) % 5) for i in range(5))])
    if match := re.fullmatch(r"K([1-9]\d{0,3})x([1-9]\d{0,3})", text, re.ASCII):
        a, b = map(int, match.groups())
        if a + b <= MOST_VERTICES:
            return Graph(product(range(a), range(a, a + b)))
    elif match := re.fullmatch(r"([CPKSQ])([1-9]\d{0,3})", text, re.ASCII):
        edges, count = _NAMED[match[1]]
        n = int(match[2])
        if match[1] != "Q" or n < 10:
            if count(n) <= MOST_VERTICES:
                return Graph(edges(n), count(n))
    elif re.fullmatch(r"\d{1,4}-\d{1,4}(\+\d{1,4}-\d{1,4})*", text, re.ASCII):
        return Graph([(int(i), int(j)) for i, j in (e.split("-") for e in text.split("+"))])
    raise InputError(f"The graph {shown(text)} is none of C5, P4, K4, K2x3, S3, Q3, Petersen and "
                     f"the like with at most {MOST_VERTICES} vertices, nor edges such as 0-1+1-2, "
                     "nor a file of edges such as edges.txt or ./edges.")


def read_edges(path: str | Path) -> Graph:
    """
    The graph whose edges stand in a file.

    INPUT:

    - ``path`` -- of a text file.  On each line stand two vertices, an edge, or one vertex, which
      may be without an edge, separated by spaces or a comma; what follows ``#`` is a comment.
      Vertices are counted from 0, and each one stands somewhere.  An edge may stand there twice,
      in both directions

    OUTPUT: :class:`Graph`

    Raises InputError, which names the line, for anything else, also for weights.

    EXAMPLES::

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "edges.txt"
        ...     _ = file.write_text("# a path\\n0 1\\n1 2\\n")
        ...     read_edges(file).edges
        [(0, 1), (1, 2)]
    """
    name = shown(str(path))
    edges: list[Edge] = []
    found: set[int] = set()
    for number, line in enumerate(read_text(path, "file of edges", MAXIMAL_FILE_BYTES).splitlines(),
                                  1):
        words = line.partition("#")[0].replace(",", " ").split()
        where = f"Line {number} of {name}"
        if len(words) > 2:
            raise InputError(f"{where} has {len(words)} entries; an edge is two vertices, without "
                             "a weight, such as 0 1.")
        for word in words:
            if not re.fullmatch("[0-9]{1,9}", word, re.ASCII):
                raise InputError(f"{where} has {shown(word)} where a vertex stands; vertices are "
                                 "the whole numbers from 0 on.")
            if int(word) >= MOST_VERTICES:
                raise InputError(f"{where} has the vertex {int(word)}; a graph has at most "
                                 f"{MOST_VERTICES} vertices, which are counted from 0.")
        vertices = [int(word) for word in words]
        if len(vertices) == 2 and vertices[0] == vertices[1]:
            raise InputError(f"{where} joins the vertex {vertices[0]} with itself; an edge joins "
                             "two different ones.")
        found.update(vertices)
        edges += [(vertices[0], vertices[1])] if len(vertices) == 2 else []
    if not found:
        raise InputError(f"The file of edges {name} has no edge; write two vertices on a line, "
                         "such as 0 1.")
    missing = next(v for v in range(len(found) + 1) if v not in found)
    if missing < len(found):
        raise InputError(f"The vertex {missing} stands nowhere in {name}, and {max(found)} does; "
                         "vertices are counted from 0, and one without an edge stands alone on a "
                         "line.")
    return Graph(edges, len(found))


def _is_path(text: str | Path) -> bool:
    """Whether a text names a file; no name of a graph has a period or a slash."""
    return isinstance(text, Path) or "." in text or sep in text


def named_graph(graph: Graph | str | Path) -> tuple[Graph, str | None]:
    """
    The graph, and a text that :func:`read_graph` makes it of, if there is a short one.

    INPUT:

    - ``graph`` -- a graph, its name, its edges, or the name of a file of edges, which has a period
      or a slash; later the file may be another one, so that the text is then the edges

    EXAMPLES::

        >>> named_graph(Graph([(0, 1)]))[1], named_graph(Graph([(0, 1)], 3))[1]
        ('0-1', None)
    """
    if not isinstance(graph, (Graph, str, Path)):
        raise InputError(f"A graph is a Graph, or a name such as C4, not {shown(graph)}.")
    if not isinstance(graph, Graph):
        if not _is_path(graph):
            return read_graph(str(graph)), str(graph)
        graph = read_edges(graph)
    name = "+".join(f"{i}-{j}" for i, j in graph.edges)
    # Edges alone do not tell of vertices behind the last one with an edge.
    is_whole = 0 < len(name) <= LONGEST_NAME and read_graph(name).vertices == graph.vertices
    return graph, name if is_whole else None

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const key = (row, column) => row.cells[column].dataset.sort;
  // Numbers by their size, other values by their text; what has none comes last in both orders.
  const compare = (a, b) =>
    a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b, "en", { numeric: true });
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows];
      const known = rows.filter((row) => key(row, column) !== undefined);
      const unknown = rows.filter((row) => key(row, column) === undefined);
      known.sort((a, b) => compare(key(a, column), key(b, column)) * (descending ? -1 : 1));
      body.append(...known, ...unknown);
    });
  });
}

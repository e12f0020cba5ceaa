"use strict";
(() => {
  const status = document.createElement("p");
  status.className = "unseen";
  status.id = "sort-status";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);

  // A cell is sorted by its first number; the true minus sign and thousands separators are for readers.
  const numberOf = (text) => {
    const found = text.replace(/\u2212/g, "-").replace(/,/g, "").match(/-?\d+(\.\d+)?/);
    return found && Number(found[0]);
  };

  const sortBy = (table, column, heading, name) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    const numeric = heading.classList.contains("number");
    const compare = numeric ? (a, b) => a.key - b.key : (a, b) => a.key.localeCompare(b.key);
    const keyed = Array.from(table.tBodies[0].rows, (row) => {
      const text = row.cells[column].textContent;
      return { row, key: numeric ? numberOf(text) : text };
    });
    const known = keyed.filter((each) => each.key !== null);
    known.sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
    const missing = keyed.filter((each) => each.key === null);
    table.tBodies[0].append(...[...known, ...missing].map((each) => each.row));
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
    }
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    status.textContent = `Sorted by ${name}, ${ascending ? "smallest" : "largest"} first.`;
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      const name = heading.textContent;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = name;
      button.addEventListener("click", () => sortBy(table, column, heading, name));
      heading.replaceChildren(button);
    });
  }
})();

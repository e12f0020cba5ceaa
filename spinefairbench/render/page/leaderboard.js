"use strict";
(() => {
  const status = document.getElementById("sort-status");

  // The first number of a cell is what it is about; the true minus sign and thousands separators are for readers.
  const numberOf = (text) => {
    const found = text.replace(/\u2212/g, "-").replace(/,/g, "").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : NaN;
  };

  const compare = (one, other, numeric) => {
    if (!numeric) {
      return one.localeCompare(other);
    }
    const [a, b] = [numberOf(one), numberOf(other)];
    if (Number.isNaN(a) || Number.isNaN(b)) {
      return Number.isNaN(a) - Number.isNaN(b);
    }
    return a - b;
  };

  const sortBy = (table, column, heading, name) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    const numeric = heading.classList.contains("number");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map((row, place) => ({ row, place, text: row.cells[column].textContent }));
    rows.sort((one, other) => {
      const order = compare(one.text, other.text, numeric);
      const missing = numeric && (Number.isNaN(numberOf(one.text)) || Number.isNaN(numberOf(other.text)));
      return (ascending || missing ? order : -order) || one.place - other.place;
    });
    body.append(...rows.map((each) => each.row));
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
    }
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    if (status) {
      status.textContent = `Sorted by ${name}, ${ascending ? "smallest" : "largest"} first.`;
    }
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

"use strict";
(() => {
  const NUMBER = /^[+\u2212\u00b1-]?\d[\d,]*(\.\d+)?%?$/;
  const LEADING = "(?:([+\u2212\u00b1-]?\\d[\\d,.]*%?|\u2013)(?: |$))?";
  const BRACKETS = "\\[([^,\\]]+), ([^\\]]+)\\]";
  const ESTIMATE = new RegExp(`^${LEADING}(?:${BRACKETS})?(?: ?published method, percentile: ${BRACKETS})?$`);
  const PARTS = ["", " lower", " upper", " published lower", " published upper"];
  const SHOWN_MS = 1500;

  // A number as programs read it: no sign but "-", no separators, no percent sign; no value is an empty cell.
  const plain = (text) => {
    const words = text.trim().replace(/\s+/g, " ");
    if (words === "\u2013") {
      return "";
    }
    return (NUMBER.test(words) ? words.replace(/[+\u00b1,%]/g, "") : words).replaceAll("\u2212", "-");
  };

  // A text that a spreadsheet would take for a formula is told to be a text.
  const quoted = (value) => {
    const safe = /^[=+@\t-]/.test(value) && !/^-?\d[\d.]*$/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  const split = (cells) => {
    const texts = cells.map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
    const found = texts.map((text) => (text === "" ? [] : ESTIMATE.exec(text)));
    const several = found.every((each) => each !== null) && found.some((each) => each[2] !== undefined);
    if (!several) {
      return [{ name: "", values: texts.map(plain) }];
    }
    const columns = PARTS.map((name, at) => ({ name, values: found.map((each) => plain(each[at + 1] ?? "")) }));
    return columns.filter((column) => column.values.some((value) => value !== ""));
  };

  const csvOf = (table) => {
    const heads = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent.trim());
    const rows = Array.from(table.tBodies[0].rows);
    const columns = heads.flatMap((head, at) => {
      const cells = rows.map((row) => row.cells[at]);
      const parts = split(cells);
      const name = parts.length > 1 ? head.replace(/ \[[^\]]*\]$/, "") : head;
      return parts.map((part) => [name + part.name, ...part.values]);
    });
    const times = new Map();
    for (const column of columns) {
      const seen = (times.get(column[0]) ?? 0) + 1;
      times.set(column[0], seen);
      column[0] += seen > 1 ? ` (${seen})` : "";
    }
    const lines = columns[0].map((_, line) => columns.map((column) => quoted(column[line])).join(","));
    return `${lines.join("\r\n")}\r\n`;
  };

  const button = (text, name, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", name);
    made.addEventListener("click", () => act(made));
    const place = document.createElement("div");
    place.className = "take";
    place.append(made);
    return place;
  };

  const save = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
  };

  const copy = (source, made) => {
    const told = made.textContent;
    source.closest("details")?.setAttribute("open", "");
    getSelection().selectAllChildren(source);
    made.textContent = document.execCommand("copy") ? "Copied" : "Selected";
    setTimeout(() => {
      made.textContent = told;
    }, SHOWN_MS);
  };

  const synthetic = document.querySelector(".banner") ? "synthetic-" : "";
  for (const table of document.querySelectorAll("main > section > .scroll > table, main > section > details > .scroll > table")) {
    const caption = table.caption.firstElementChild.firstChild.textContent;
    const name = synthetic + caption.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-|-$/g, "");
    table.parentElement.after(button("CSV", `Save as CSV: ${caption}`, () => save(csvOf(table), `${name}.csv`)));
  }
  for (const source of document.querySelectorAll("[data-copy]")) {
    const what = source.dataset.copy;
    (source.closest("details") ?? source.parentElement).after(button(`Copy ${what}`, `Copy ${what}`, (made) => copy(source, made)));
  }
})();

"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const tools = byId("pair-tools");
  const items = Array.from(byId("pair-list").children);
  const search = byId("pair-search");
  const choices = Array.from(tools.querySelectorAll("select"));
  const flags = Array.from(tools.querySelectorAll("[type=checkbox]"));
  let texts = null;

  // Read at the first search only: a page may hold megabytes of reports.
  const textOf = (index) => {
    texts ??= items.map((item) => item.textContent.toLowerCase());
    return texts[index];
  };

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    items.forEach((item, index) => {
      item.hidden = !(
        choices.every((choice) => choice.value === "" || item.dataset[choice.name] === choice.value) &&
        flags.every((flag) => !flag.checked || item.dataset.flags.includes(flag.value)) &&
        words.every((word) => textOf(index).includes(word))
      );
    });
    const shown = items.filter((item) => !item.hidden).length;
    byId("pair-count").textContent = `${shown} of ${items.length} pairs match`;
    byId("no-pairs").hidden = shown > 0;
  };

  const setOpen = (some, open) => {
    for (const item of some) {
      item.querySelector("details").open = open;
    }
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  for (const control of [...choices, ...flags]) {
    control.addEventListener("change", apply);
  }
  byId("pair-reset").addEventListener("click", () => {
    for (const control of [search, ...choices]) {
      control.value = "";
    }
    for (const flag of flags) {
      flag.checked = false;
    }
    apply();
  });
  byId("pair-open").addEventListener("click", () => setOpen(items.filter((item) => !item.hidden).slice(0, 10), true));
  byId("pair-close").addEventListener("click", () => setOpen(items, false));

  tools.hidden = false;
  apply();
})();

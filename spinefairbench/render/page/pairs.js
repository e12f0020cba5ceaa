"use strict";
(function () {
  const tools = document.getElementById("pair-tools");
  const list = document.getElementById("pair-list");
  if (!tools || !list) {
    return;
  }
  const items = Array.from(list.children);
  const search = document.getElementById("pair-search");
  const model = document.getElementById("pair-model");
  const edit = document.getElementById("pair-edit");
  const flags = Array.from(tools.querySelectorAll("input[name=flag]"));
  const counter = document.getElementById("pair-count");
  const none = document.getElementById("no-pairs");
  let texts = null;

  // Read on the first search only: a page may hold megabytes of reports.
  function textOf(index) {
    if (texts === null) {
      texts = items.map((item) => item.textContent.toLowerCase());
    }
    return texts[index];
  }

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wantedFlags = flags.filter((box) => box.checked).map((box) => box.value);
    let shown = 0;
    items.forEach((item, index) => {
      const fits =
        (!model || model.value === "" || item.dataset.model === model.value) &&
        (edit.value === "" || item.dataset.edit === edit.value) &&
        wantedFlags.every((flag) => item.dataset.flags.includes(flag)) &&
        words.every((word) => textOf(index).includes(word));
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    counter.textContent = shown + " of " + items.length + " pairs shown here fit";
    none.hidden = shown > 0;
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  [model, edit, ...flags].forEach((control) => control && control.addEventListener("change", apply));
  document.getElementById("pair-reset").addEventListener("click", () => {
    search.value = "";
    edit.value = "";
    if (model) {
      model.value = "";
    }
    flags.forEach((box) => {
      box.checked = false;
    });
    apply();
  });
  document.getElementById("pair-open").addEventListener("click", () => {
    items
      .filter((item) => !item.hidden)
      .slice(0, 10)
      .forEach((item) => {
        item.querySelector("details").open = true;
      });
  });
  document.getElementById("pair-close").addEventListener("click", () => {
    items.forEach((item) => {
      item.querySelector("details").open = false;
    });
  });

  tools.hidden = false;
  apply();
})();

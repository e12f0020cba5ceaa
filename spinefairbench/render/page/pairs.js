"use strict";
(() => {
  const MOST_WAITED_MS = 120;
  const OPENED = 10;
  const ADDRESS = "#pairs?";
  const byId = (id) => document.getElementById(id);
  const tools = byId("pair-tools");
  const list = byId("pair-list");
  const items = Array.from(list.children);
  const search = byId("pair-search");
  const sorting = byId("pair-sort");
  const switched = byId("pair-words");
  const choices = Array.from(tools.querySelectorAll("select")).filter((select) => select !== sorting);
  const flags = Array.from(tools.querySelectorAll("fieldset [type=checkbox]"));
  const detailsOf = (item) => item.firstElementChild;

  // --- search: whole words, in the names and in both reports

  let texts = null;
  // Read at the first search only: a page may hold megabytes of reports.
  const textOf = (index) => {
    texts ??= items.map((item) =>
      Array.from(item.querySelectorAll(".pair-name, .edit, .text"), (part) => part.textContent).join("\n").toLowerCase(),
    );
    return texts[index];
  };

  const isPartOfWord = (character) => /[\p{L}\p{N}]/u.test(character);
  const has = (text, word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!isPartOfWord(text.charAt(at - 1)) && !isPartOfWord(text.charAt(at + word.length))) {
        return true;
      }
    }
    return false;
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    items.forEach((item, index) => {
      item.hidden = !(
        choices.every((choice) => choice.value === "" || item.dataset[choice.name] === choice.value) &&
        flags.every((flag) => !flag.checked || item.dataset.flags.includes(flag.value)) &&
        words.every((word) => has(textOf(index), word))
      );
    });
    const shown = items.filter((item) => !item.hidden).length;
    byId("pair-count").textContent = `${shown} of ${items.length} pairs match`;
    byId("no-pairs").hidden = shown > 0;
  };

  // --- order: the items stand in that of their change

  const partOf = (item, name) => item.querySelector(name).textContent;
  const toldTimes = new Map();
  const keys = {
    "": () => [],
    model: (item) => [Number(item.dataset.model)],
    source: (item) => [partOf(item, ".pair-name code")],
    // What changed in most pairs stands first.
    said: (item) => [-toldTimes.get(partOf(item, ".told")), partOf(item, ".told")],
  };
  const compare = (a, b) => {
    const at = a.key.findIndex((each, index) => each !== b.key[index]);
    return at < 0 ? a.place - b.place : a.key[at] < b.key[at] ? -1 : 1;
  };
  let order = "";
  const sort = () => {
    if (sorting.value === order) {
      return;
    }
    order = sorting.value;
    if (toldTimes.size === 0) {
      for (const item of items) {
        const told = partOf(item, ".told");
        toldTimes.set(told, (toldTimes.get(told) ?? 0) + 1);
      }
    }
    const keyed = items.map((item, place) => ({ item, place, key: keys[order](item) }));
    list.append(...keyed.sort(compare).map((each) => each.item));
  };

  // --- the switch: words that differ in place of terms

  const marked = new Map();
  const show = (item) => {
    const panels = Array.from(item.querySelectorAll(".text"));
    if (switched.checked && detailsOf(item).open && !marked.has(item)) {
      marked.set(item, panels.map((panel) => Array.from(panel.childNodes)));
      const differing = wordDifference(...panels.map((panel) => panel.textContent));
      panels.forEach((panel, at) => panel.replaceChildren(differing[at]));
    } else if (!switched.checked && marked.has(item)) {
      panels.forEach((panel, at) => panel.replaceChildren(...marked.get(item)[at]));
      marked.delete(item);
    }
  };

  // --- the address: everything that was chosen, so that a link leads back to it

  const chosen = () => {
    const open = items.filter((item) => detailsOf(item).open).map((item) => item.id);
    const all = {
      q: search.value.trim(),
      ...Object.fromEntries(choices.map((choice) => [choice.name, choice.value])),
      only: flags.filter((flag) => flag.checked).map((flag) => flag.value).join(""),
      sort: sorting.value,
      words: switched.checked ? "1" : "",
      open: open.join("."),
    };
    return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== "")).toString();
  };

  const save = () => {
    const told = chosen();
    if (told === `open=${location.hash.slice(1)}`) {
      return;
    }
    if (told !== "") {
      history.replaceState(null, "", ADDRESS + told);
    } else if (told === "" && location.hash.startsWith(ADDRESS)) {
      history.replaceState(null, "", "#pairs");
    }
  };

  const read = () => {
    const hash = location.hash;
    const given = new URLSearchParams(hash.startsWith(ADDRESS) ? hash.slice(ADDRESS.length) : "");
    const alone = items.find((item) => `#${item.id}` === hash);
    if (!hash.startsWith(ADDRESS) && alone === undefined) {
      return;
    }
    search.value = given.get("q") ?? "";
    for (const choice of [...choices, sorting]) {
      choice.value = given.get(choice.name) ?? "";
      if (choice.selectedIndex < 0) {
        choice.value = "";
      }
    }
    for (const flag of flags) {
      flag.checked = (given.get("only") ?? "").includes(flag.value);
    }
    switched.checked = given.has("words");
    const open = new Set((given.get("open") ?? "").split("."));
    for (const item of items) {
      detailsOf(item).open = item === alone || open.has(item.id);
    }
    apply();
    (alone ?? byId("pairs")).scrollIntoView();
  };

  const apply = () => {
    filter();
    sort();
    items.forEach(show);
  };

  let waiting = 0;
  const soon = (act) => {
    clearTimeout(waiting);
    waiting = setTimeout(act, MOST_WAITED_MS);
  };
  const applyAndSave = () => {
    apply();
    save();
  };
  const setOpen = (some, open) => {
    for (const item of some) {
      detailsOf(item).open = open;
    }
  };

  search.addEventListener("input", () => soon(applyAndSave));
  for (const control of [...choices, ...flags, sorting, switched]) {
    control.addEventListener("change", applyAndSave);
  }
  list.addEventListener(
    "toggle",
    (event) => {
      show(event.target.parentElement);
      soon(applyAndSave);
    },
    true,
  );
  byId("pair-reset").addEventListener("click", () => {
    for (const control of [search, ...choices]) {
      control.value = "";
    }
    for (const flag of flags) {
      flag.checked = false;
    }
    applyAndSave();
  });
  byId("pair-open").addEventListener("click", () => {
    const shown = Array.from(list.children).filter((item) => !item.hidden);
    setOpen(shown.slice(0, OPENED), true);
  });
  byId("pair-close").addEventListener("click", () => setOpen(items, false));
  addEventListener("hashchange", read);

  tools.hidden = false;
  apply();
  read();
})();

"use strict";
// Which words two texts do not share. Both are shown whole; a word in neither longest common part is told as differing.
const wordDifference = (() => {
  const TOKENS = /\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;
  // A table of this many cells takes a few hundredths of a second; beyond, all between the equal ends differs.
  const MOST_CELLS = 9e6;

  const commonOf = (a, b) => {
    const keptA = new Uint8Array(a.length);
    const keptB = new Uint8Array(b.length);
    let start = 0;
    let [endA, endB] = [a.length, b.length];
    while (start < endA && start < endB && a[start] === b[start]) {
      keptA[start] = keptB[start] = 1;
      start += 1;
    }
    while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
      keptA[--endA] = keptB[--endB] = 1;
    }
    const [tall, wide] = [endA - start, endB - start + 1];
    if (tall * wide <= MOST_CELLS) {
      const longest = new Uint16Array((tall + 1) * wide);
      for (let i = tall - 1; i >= 0; i -= 1) {
        for (let j = wide - 2; j >= 0; j -= 1) {
          const at = i * wide + j;
          longest[at] =
            a[start + i] === b[start + j] ? longest[at + wide + 1] + 1 : Math.max(longest[at + wide], longest[at + 1]);
        }
      }
      for (let i = 0, j = 0; i < tall && j < wide - 1;) {
        if (a[start + i] === b[start + j]) {
          keptA[start + i++] = keptB[start + j++] = 1;
        } else if (longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) {
          i += 1;
        } else {
          j += 1;
        }
      }
    }
    return [keptA, keptB];
  };

  // The text as nodes, with each run of words that are not kept in an element of this name.
  const shown = (tokens, kept, name) => {
    const place = document.createDocumentFragment();
    let run = "";
    let differs = false;
    let gap = "";
    const end = () => {
      if (run !== "") {
        const node = document.createElement(name);
        node.textContent = run;
        place.append(differs ? node : run);
      }
      run = "";
    };
    let word = 0;
    for (const token of tokens) {
      if (/^\s/.test(token)) {
        gap += token;
        continue;
      }
      const isDifferent = !kept[word];
      word += 1;
      if (isDifferent !== differs) {
        if (differs) {
          end();
          run = gap;
        } else {
          run += gap;
          end();
        }
        differs = isDifferent;
      } else {
        run += gap;
      }
      gap = "";
      run += token;
    }
    end();
    place.append(gap);
    return place;
  };

  return (first, second) => {
    const tokens = [first, second].map((text) => text.match(TOKENS) ?? []);
    const kept = commonOf(...tokens.map((each) => each.filter((token) => !/^\s/.test(token))));
    return [shown(tokens[0], kept[0], "del"), shown(tokens[1], kept[1], "ins")];
  };
})();

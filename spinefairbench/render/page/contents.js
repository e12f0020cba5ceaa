"use strict";
// The list of contents says which section is being read.
(() => {
  const list = document.querySelector(".contents");
  const links = new Map(Array.from(list.querySelectorAll("a"), (link) => [link.hash.slice(1), link]));
  const inView = new Set();
  let current = null;

  const tell = () => {
    const first = Array.from(links.keys()).find((id) => inView.has(id));
    if (first === undefined || links.get(first) === current) {
      return;
    }
    current?.removeAttribute("aria-current");
    current = links.get(first);
    current.setAttribute("aria-current", "true");
    list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  };

  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        inView[entry.isIntersecting ? "add" : "delete"](entry.target.id);
      }
      tell();
    },
    { rootMargin: "-25% 0px -60%" },
  );
  for (const id of links.keys()) {
    watch.observe(document.getElementById(id));
  }
})();

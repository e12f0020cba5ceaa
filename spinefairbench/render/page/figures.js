"use strict";
(() => {
  const SCALE = 3;
  const KEPT_MS = 60000;

  // The drawing with its citation, in its own colours: those of the page are left behind with its style sheet.
  const whole = (svg) => {
    const copy = svg.cloneNode(true);
    copy.setAttribute("viewBox", svg.dataset.whole);
    const [, , width, height] = svg.dataset.whole.split(" ");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.removeAttribute("class");
    return { text: new XMLSerializer().serializeToString(copy), width: Number(width), height: Number(height) };
  };

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
  };

  const saveSvg = (svg) => save(new Blob([whole(svg).text], { type: "image/svg+xml" }), `${svg.dataset.name}.svg`);

  const savePng = (svg) => {
    const { text, width, height } = whole(svg);
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = width * SCALE;
      canvas.height = height * SCALE;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${svg.dataset.name}.png`), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };

  for (const svg of document.querySelectorAll("svg[data-whole]")) {
    const place = document.createElement("div");
    place.className = "take";
    for (const [kind, act] of [["SVG", saveSvg], ["PNG", savePng]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = kind;
      button.setAttribute("aria-label", `Save the figure ${svg.dataset.name} as ${kind}`);
      button.addEventListener("click", () => act(svg));
      place.append(button);
    }
    svg.closest("figure").append(place);
  }
})();

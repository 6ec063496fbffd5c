// A small table of names and values beside the pointer. It only ever shows text.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const swatch = ({ color, dash = 0 }) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ class: `swatch run-${color % 10} dash-${dash % 4}`, viewBox: "0 0 16 8", width: 16, height: 8, "aria-hidden": "true" })) svg.setAttribute(name, value);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ x1: 1, y1: 4, x2: 15, y2: 4 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  // A tooltip within `frame`: show({title, rows: [{run, name, value, near}], note}, x, y), hide().
  runfolio.chartTooltip = (frame) => {
    const box = make("div", { class: "chart-tooltip", "aria-hidden": "true", hidden: true });
    frame.append(box);
    const row = ({ run, name, value, near }) =>
      make("tr", { class: near ? "near" : null }, make("th", {}, ...(run ? [swatch(run)] : []), name), make("td", {}, value));
    const show = ({ title, rows = [], note }, x, y) => {
      const parts = [];
      if (title) parts.push(make("p", {}, title));
      if (rows.length) parts.push(make("table", {}, ...rows.map(row)));
      if (note) parts.push(make("p", { class: "aside" }, note));
      box.replaceChildren(...parts);
      box.hidden = false;
      const [width, height] = [box.offsetWidth, box.offsetHeight];
      const room = Math.max(frame.closest(".chart")?.clientWidth ?? 0, frame.clientWidth);
      const left = x + 16 + width <= room ? x + 16 : x - 16 - width;
      box.style.left = `${Math.min(Math.max(left, 0), Math.max(room - width, 0))}px`;
      box.style.top = `${Math.max(Math.min(y - height / 2, frame.clientHeight - height), 0)}px`;
    };
    const hide = () => {
      box.hidden = true;
    };
    return { show, hide };
  };
  runfolio.chartSwatch = swatch;
})();

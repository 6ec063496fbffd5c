// What tells what colours mean: a dot for a category, a ramp for a range of numbers.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const drawn = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  runfolio.chartDot = (color) => drawn("svg", { class: "chart-dot", viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" }, drawn("circle", { cx: 5, cy: 5, r: 5, fill: color }));

  // A ramp {title, low, high, colors} with its ends.
  runfolio.chartRamp = ({ title, low, high, colors }) => {
    const boxes = colors.map((color, index) => drawn("rect", { x: index * 10, width: 10.5, height: 10, fill: color }));
    const svg = drawn("svg", { viewBox: `0 0 ${colors.length * 10} 10`, width: 120, height: 10, preserveAspectRatio: "none", "aria-hidden": "true" }, ...boxes);
    return make("p", { class: "chart-ramp" }, make("span", {}, title), make("span", { class: "value" }, low), svg, make("span", { class: "value" }, high));
  };
})();

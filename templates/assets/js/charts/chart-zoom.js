// Zoom and pan along x: by dragging, by the wheel with Ctrl or ⌘, and by keys. What is asked for is
// told in pixels of the plot, so that it works on any scale.

(() => {
  "use strict";

  const LEAST = 6; // pixels to drag before it counts
  const STEP = 0.2; // of the width, for a key

  // The part of a plot to show next: nearer to or farther from a place, or moved.
  const zoomed = (width, at, factor) => [at - at * factor, at + (width - at) * factor];
  const moved = (width, by) => [by, width + by];

  // What a key asks for: a part of the plot, "reset", or null.
  const forKey = (key, width) => {
    if (key === "+" || key === "=") return zoomed(width, width / 2, 0.5);
    if (key === "-" || key === "_") return zoomed(width, width / 2, 2);
    if (key === "ArrowLeft") return moved(width, -STEP * width);
    if (key === "ArrowRight") return moved(width, STEP * width);
    return key === "0" ? "reset" : null;
  };

  // A range within the whole one: null where it is all of it, moved back where it leaves it.
  const within = ([low, high], [least, most]) => {
    if (!(high - low < most - least)) return null;
    if (low < least) return [least, least + (high - low)];
    return high > most ? [most - (high - low), most] : [low, high];
  };

  const zoom = { zoomed, moved, forKey, within };
  if (typeof module === "object") module.exports = zoom;
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  // Calls `onZoom(range)` with values of x, or with null for all of `whole`. With `log`, ranges that
  // leave the whole are cut off rather than moved.
  const wire = (chart, { whole, log, isZoomed, onZoom }) => {
    const { canvas, view } = chart;
    const veil = make("div", { class: "chart-zoom", hidden: true });
    canvas.append(veil);
    let asked = null; // what is drawn next
    const ask = (range) => {
      asked = range ?? whole;
      onZoom(range);
    };
    const show = (pixels) => {
      const scale = view.scale("x");
      const range = pixels.map((pixel) => Number(scale.invert(pixel)));
      if (log) range.splice(0, 2, Math.max(range[0], whole[0]), Math.min(range[1], whole[1]));
      ask(within(range, whole));
    };
    // Keys and wheels come faster than charts are drawn: each goes on from what the one before asked for.
    const goOn = (pixels) => {
      const [start, end] = asked ? asked.map((value) => view.scale("x")(value)) : [0, view.width()];
      show(pixels.map((pixel) => start + (pixel / view.width()) * (end - start)));
    };

    // Dragging picks a part; with Shift, or below the plot when zoomed, it moves the part shown. The
    // mouse only, so that a finger can scroll.
    let drag = null;
    const inside = (x) => Math.min(Math.max(x, 0), view.width());
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { x, y } = chart.point(event);
      if (x < 0 || x > view.width()) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      drag = { from: x, pans: event.shiftKey || (isZoomed && y > view.height()) };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const { x } = chart.point(event);
      const [low, high] = [Math.min(drag.from, inside(x)), Math.max(drag.from, inside(x))];
      const [left, top] = view.origin();
      const svg = canvas.querySelector("svg");
      if (drag.pans) svg.style.translate = `${x - drag.from}px`;
      veil.hidden = drag.pans || high - low < LEAST;
      if (!veil.hidden) chart.tooltip.hide();
      veil.style.left = `${low + left}px`;
      veil.style.top = `${top}px`;
      veil.style.width = `${high - low}px`;
      veil.style.height = `${view.height()}px`;
    });
    const end = () => {
      drag = null;
      veil.hidden = true;
      canvas.querySelector("svg").style.translate = "";
    };
    canvas.addEventListener("pointerup", (event) => {
      if (!drag) return;
      const { from, pans } = drag;
      const { x } = chart.point(event);
      end();
      if (Math.abs(x - from) < LEAST) return;
      if (pans) show(moved(view.width(), from - x));
      else show([Math.min(from, inside(x)), Math.max(from, inside(x))]);
    });
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("dblclick", () => ask(null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        goOn(zoomed(view.width(), inside(chart.point(event).x), event.deltaY < 0 ? 0.8 : 1.25));
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const part = forKey(event.key, view.width());
      if (!part) return;
      event.preventDefault();
      if (part === "reset") ask(null);
      else goOn(part);
    });
    canvas.setAttribute("tabindex", "0");
    canvas.setAttribute("aria-keyshortcuts", "+ - ArrowLeft ArrowRight 0");
  };

  runfolio.chartZoom = { wire };
})();

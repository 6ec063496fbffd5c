// Draws a kind of chart into an element: loads Vega and the specs, fills a spec, follows the size.

(() => {
  "use strict";

  const { marked } = typeof module === "object" ? require("../site/core.js") : runfolio;

  // A value with its texts marked; what has none to mark is given back itself.
  const markTexts = (value) => {
    if (typeof value === "string") return marked(value);
    if (Array.isArray(value)) return value.map(markTexts);
    if (!value || typeof value !== "object" || !Object.values(value).some((one) => typeof one !== "number" && markTexts(one) !== one)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, markTexts(one)]));
  };

  // A title that Vega, which looks titles up by name, doesn't take for what every object has. As `safe_title` in rendering.py.
  const safeTitle = (title) => (typeof title === "string" && title in {} ? `${title} ` : title);

  // A copy of a spec with its titles, data and parameters filled in, of the given size.
  const fillSpec = (spec, { titles = {}, data = {}, signals = {}, width, height }) => {
    const place = (node) => {
      if (typeof node === "string") return Object.hasOwn(titles, node) ? safeTitle(markTexts(titles[node])) : node;
      if (Array.isArray(node)) return node.map(place);
      if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, place(value)]));
      return node;
    };
    const filled = { ...place(spec), width, height };
    filled.data = filled.data.map((source) => (Object.hasOwn(data, source.name) ? { ...source, values: markTexts(data[source.name]) } : source));
    filled.signals = (filled.signals || []).map((signal) => (Object.hasOwn(signals, signal.name) ? { ...signal, value: markTexts(signals[signal.name]) } : signal));
    return filled;
  };

  if (typeof module === "object") module.exports = { fillSpec };
  if (typeof document === "undefined") return;

  const { make, pace } = runfolio;
  const AROUND = 88; // pixels a title and notes take of a full screen, until they are known
  const live = new WeakMap(); // element → what is drawn in it and how to end it
  const parts = new WeakMap(); // canvas → the spec drawn in it, what filled it and what it is about

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const kinds = new Map(); // spec → its kind

  const ready = async () => {
    const [specs] = await Promise.all([runfolio.loadShard("specs"), runfolio.loadScript(runfolio.site().vega)]);
    for (const [kind, spec] of Object.entries(specs)) kinds.set(spec, kind);
    return specs;
  };

  const end = (element) => {
    const drawn = live.get(element);
    if (!drawn) return;
    drawn.ended = true;
    drawn.observer?.disconnect();
    drawn.finalize?.();
    live.delete(element);
  };

  // Shows a text where there is nothing to draw.
  const empty = (element, text) => {
    end(element);
    element.replaceChildren(make("p", { class: "empty" }, text));
  };

  // The width a chart may take and, when it fills the screen, its height.
  const roomIn = (element, content) => {
    const style = getComputedStyle(element);
    const width = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!runfolio.chartFrame.isFull(element)) return [width, null];
    const canvas = content?.querySelector(".chart-canvas");
    const around = canvas ? content.offsetHeight - canvas.offsetHeight : AROUND;
    return [width, Math.max(element.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom) - Math.min(around, AROUND * 2), 200)];
  };

  const frame = (element, content) => {
    const drawn = [...content.querySelectorAll(".chart-canvas")].flatMap((canvas) => (parts.has(canvas) ? [parts.get(canvas)] : []));
    const title = content.querySelector(".chart-title")?.textContent ?? drawn[0]?.label;
    runfolio.chartFrame.attach(element, drawn, { title, columns: 1, ...drawn[0]?.about });
  };

  // Calls `draw(specs, width, height)` now and whenever the element's size changes; the height is null
  // but in full screen. It returns the content to show and how to end it; what was there stays until
  // the new content is complete.
  const show = async (element, draw) => {
    const drawn = { ended: false };
    const before = live.get(element);
    if (before) {
      before.ended = true;
      before.observer?.disconnect();
    }
    live.set(element, drawn);
    drawn.finalize = before?.finalize;
    drawn.content = before?.content;
    const specs = await ready();
    let room = [0, null];
    let busy = null;
    const changed = () => roomIn(element, drawn.content).some((length, index) => length !== room[index]);
    const redraw = async () => {
      if (drawn.ended || element.clientWidth === 0) return;
      room = roomIn(element, drawn.content);
      const { content, finalize } = await draw(specs, ...room);
      if (drawn.ended) {
        finalize();
        return;
      }
      drawn.finalize?.();
      drawn.finalize = finalize;
      const focused = drawn.content?.contains?.(document.activeElement);
      if (drawn.content?.parentElement === element) drawn.content.replaceWith(content);
      else element.replaceChildren(content);
      if (focused) content.querySelector(".chart-canvas[tabindex]")?.focus({ preventScroll: true });
      drawn.content = content;
      frame(element, content);
    };
    const follow = async () => {
      if (busy) return;
      busy = nextFrame();
      await busy;
      for (let tries = 0; tries < 3 && !drawn.ended && element.clientWidth > 0 && changed(); tries += 1) await redraw();
      busy = null;
    };
    await redraw();
    if (drawn.ended) return;
    drawn.observer = new ResizeObserver(follow);
    drawn.observer.observe(element);
  };

  // A drawn spec: the element that shows it, Vega's view of it, and where a pointer is in the plot.
  // The label says what the chart shows to who can't see it; `about` tells the frame what to save:
  // {title, part, legend: [{name, color, dash}], ramp: {title, low, high, colors}, columns, table()}.
  const render = async (spec, filling, label, about = {}) => {
    await pace.pause();
    const canvas = make("div", { class: "chart-canvas" });
    const { view, finalize } = await runfolio.vega.render(canvas, fillSpec(spec, filling));
    parts.set(canvas, { kind: kinds.get(spec), spec, filling, view, label, title: about.part, about });
    // Vega calls it a document of graphics and takes the label away.
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", marked(label));
    canvas.removeAttribute("aria-roledescription");
    // The label of the canvas says what the chart shows; Vega's own roles inside say nothing more.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    const tooltip = runfolio.chartTooltip(canvas);
    const point = (event) => {
      const box = canvas.querySelector("svg").getBoundingClientRect();
      const [left, top] = view.origin();
      return { x: event.clientX - box.left - left, y: event.clientY - box.top - top, left, top };
    };
    const emphasise = (ids) => view.signal("emphasis", markTexts(ids)).runAsync();
    return { canvas, view, tooltip, point, emphasise, finalize };
  };

  // Opens a run's page as a link would: in a new tab with Ctrl, Cmd or the middle button.
  const open = (href, event) => {
    if (!href || runfolio.isElsewhere(href) || /^\s*[a-z][a-z0-9+.-]*:/i.test(href)) return;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  };

  runfolio.chartHost = { show, empty, render, open, fillSpec };
})();

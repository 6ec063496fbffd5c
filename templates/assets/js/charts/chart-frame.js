// What stands around every chart: full screen, and saving it as PNG, SVG, CSV or Vega-Lite.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartExport } = runfolio;
  const SCALE = 2; // pixels of a saved PNG per pixel of the page
  const frames = new WeakMap(); // element → its tools and what is drawn in it

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "currentcolor";

  const save = (content, type, name) => {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };

  const plainRow = (row) => Object.fromEntries(Object.entries(row));

  // The data and parameters that a part shows now, in real colours.
  const current = ({ spec, filling, view }) => {
    const named = spec.data.filter((source) => !source.source).map((source) => source.name);
    const data = Object.fromEntries(named.map((name) => [name, chartExport.resolveRows((view.data(name) ?? []).map(plainRow), color)]));
    const known = new Set((spec.signals ?? []).map(({ name }) => name));
    const signals = Object.fromEntries(Object.keys(filling.signals ?? {}).filter((name) => known.has(name)).map((name) => [name, view.signal(name)]));
    return { ...filling, data, signals };
  };

  const picture = async (frame) => {
    const parts = await Promise.all(
      frame.parts.map(async (part) => {
        const holder = make("div");
        const filled = runfolio.chartHost.fillSpec(chartExport.resolve(part.spec, color), current(part));
        const { view, finalize } = await runfolio.vega.render(holder, filled);
        const svg = await view.toSVG();
        finalize();
        return { svg, width: part.filling.width, height: part.filling.height, title: part.title };
      }),
    );
    const { title, legend, ramp, columns } = frame.about;
    return chartExport.compose(parts, {
      title,
      columns,
      legend: (legend ?? []).map((one) => ({ ...one, color: chartExport.resolve(one.color, color) })),
      ramp: ramp && { ...ramp, colors: ramp.colors.map((one) => chartExport.resolve(one, color)) },
      ink: color("ink"),
      background: color("surface"),
    });
  };

  const toPng = async ({ svg, width, height }) => {
    const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
      const image = new Image();
      image.src = address;
      await image.decode().catch(() => {
        throw new Error("this page may show no picture from memory. Save it as SVG instead.");
      });
      const canvas = make("canvas", { width: width * SCALE, height: height * SCALE });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
    } finally {
      URL.revokeObjectURL(address);
    }
  };

  const liteText = async (frame) => {
    const specs = await runfolio.loadShard("specs-lite");
    const parts = frame.parts.map((part) => ({ ...current(part), spec: chartExport.resolve(specs[part.kind], color), title: part.title }));
    const { title, columns } = frame.about;
    return `${JSON.stringify(chartExport.vegaLite(parts, { title, columns, background: color("surface") }), null, 1)}\n`;
  };

  const table = (frame) => frame.about.table?.() ?? chartExport.tableOf(frame.parts.flatMap(({ view }) => view.data("rows").map(plainRow)));

  const SAVERS = [
    ["Save as PNG", async (frame, name) => save(await toPng(await picture(frame)), "image/png", `${name}.png`)],
    ["Save as SVG", async (frame, name) => save((await picture(frame)).svg, "image/svg+xml", `${name}.svg`)],
    ["Data as CSV", async (frame, name) => save(chartExport.csv(table(frame)), "text/csv", `${name}.csv`)],
    ["Vega-Lite spec", async (frame, name) => save(await liteText(frame), "application/json", `${name}.vl.json`)],
  ];

  const isFull = (element) => document.fullscreenElement === element || element.parentElement?.matches("dialog.chart-full") === true;

  // Where the browser allows no full screen, a dialog that fills the window takes the chart in.
  const openDialog = (element) => {
    const place = make("span", { hidden: true });
    const dialog = make("dialog", { class: "chart-full", "aria-label": "Chart" });
    element.replaceWith(place);
    dialog.append(element);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      place.replaceWith(element);
      dialog.remove();
    });
    dialog.showModal();
  };

  const toggleFull = async (element) => {
    if (document.fullscreenElement === element) return document.exitFullscreen();
    if (isFull(element)) return element.parentElement.close();
    try {
      return await element.requestFullscreen();
    } catch {
      return openDialog(element);
    }
  };

  const makeMenu = (element, frame) => {
    const failure = make("p", { class: "warning slim", role: "alert", hidden: true });
    const items = SAVERS.map(([label, saver]) => {
      const onclick = async () => {
        close(true);
        try {
          failure.hidden = true;
          await saver(frame, chartExport.stem(frame.about.title));
        } catch (error) {
          failure.replaceChildren(`Couldn’t make the file: ${error.message}`);
          failure.hidden = false;
        }
      };
      return make("li", {}, make("button", { type: "button", onclick }, label));
    });
    const list = make("ul", { hidden: true }, ...items);
    const button = make("button", { type: "button", class: "quiet", "aria-expanded": "false", title: "Save this chart or its data" }, "⋯");
    const close = (back) => {
      list.hidden = true;
      button.setAttribute("aria-expanded", "false");
      if (back) button.focus();
    };
    button.addEventListener("click", () => {
      list.hidden = !list.hidden;
      button.setAttribute("aria-expanded", String(!list.hidden));
      if (!list.hidden) list.querySelector("button").focus();
    });
    const menu = make("div", { class: "chart-menu" }, button, list, failure);
    menu.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const buttons = [...list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") close(true);
      else if (step) buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) close(false);
    });
    return { menu, button };
  };

  // Four corners; the sign for it is missing in many fonts.
  const corners = () => {
    const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    for (const [name, value] of Object.entries({ viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 1.5 })) svg.setAttribute(name, value);
    path.setAttribute("d", "M1 4V1h3M8 1h3v3M11 8v3H8M4 11H1V8");
    svg.append(path);
    return svg;
  };

  const makeFrame = (element) => {
    const frame = { parts: [], about: { title: "" } };
    const full = make("button", { type: "button", class: "quiet", title: "Full screen", onclick: () => toggleFull(element) }, corners());
    const { menu, button } = makeMenu(element, frame);
    frame.tools = make("div", { class: "chart-tools" }, full, menu);
    frame.name = () => {
      full.setAttribute("aria-label", runfolio.marked(`Full screen: ${frame.about.title}`));
      button.setAttribute("aria-label", runfolio.marked(`Save: ${frame.about.title}`));
    };
    return frame;
  };

  // Puts the tools over `element`, which shows the parts {kind, spec, filling, view, title}; about is
  // {title, legend, ramp, columns, table}.
  const attach = (element, parts, about) => {
    if (!parts.length) return;
    if (!frames.has(element)) frames.set(element, makeFrame(element));
    const frame = frames.get(element);
    Object.assign(frame, { parts, about });
    frame.name();
    element.classList.add("framed");
    if (frame.tools.parentElement !== element) element.prepend(frame.tools);
  };

  runfolio.chartFrame = { attach, isFull };
})();

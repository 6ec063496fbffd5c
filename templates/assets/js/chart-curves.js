// Curves of several runs with a legend in the order in which the lines end, a crosshair and zoom.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const legendWidth = (width) => Math.min(Math.max(208, Math.round(width * 0.32)), 400); // pixels beside the chart
  const AROUND_NAME = 116; // pixels of a legend's line that are not its name
  const BESIDE = 520; // from this width on
  const NEAR = 14; // pixels between the pointer and the points it reads
  const LISTED = 10; // rows of the tooltip

  const legendItem = (run, emphasise, room) => {
    const text = chartText.shortenMiddle(run.name, (room * 12) / 13); // the legend is written at 13 px
    const name = run.href ? make("a", { href: run.href }, text) : make("span", {}, text);
    name.title = run.name;
    const on = () => emphasise([run.id]);
    const off = () => emphasise([]);
    const value = make("span", { class: "value", title: run.last === null ? null : String(run.last) }, format.number(run.last));
    return make("li", { onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(run), name, value);
  };

  const legend = (ends, emphasise, room) => make("ul", { class: "chart-legend", "aria-label": "Runs, in the order in which their lines end" }, ...ends.map((run) => legendItem(run, emphasise, room)));

  const summary = (title, ends) => {
    const known = ends.filter((run) => run.last !== null);
    const listed = known.slice(0, 5).map((run) => `${run.name} ${format.number(run.last)}`);
    const more = known.length > 5 ? `, and ${known.length - 5} more` : "";
    return `${title}. Last values, highest first: ${listed.join(", ")}${more}.`;
  };

  const xText = (options, unit, x) => (options.xKind === "time" ? `${format.duration(x * unit.size)} after the start` : `step ${format.number(x)}`);

  const readPointer = (chart, lines, { x, y }) => {
    const scale = chart.view.scale("x");
    const at = scale.invert(x);
    const near = chartRows.pointsAt(lines, at, Math.abs(scale.invert(x + NEAR) - at));
    if (!near.length) return null;
    const down = chart.view.scale("y");
    const distance = (point) => Math.hypot(scale(point.x) - x, down(point.y) - y);
    const closest = near.reduce((best, point) => (distance(point) < distance(best) ? point : best));
    return { near, closest };
  };

  const listing = ({ near, closest }) => {
    const from = Math.min(Math.max(near.indexOf(closest) - LISTED / 2, 0), Math.max(near.length - LISTED, 0));
    return near.slice(from, from + LISTED).map((point) => {
      const apart = point.x === closest.x ? "" : ` at ${format.number(point.x)}`;
      return { run: point.line, name: chartText.shortenMiddle(point.line.name, 180), value: format.number(point.y) + apart, near: point === closest };
    });
  };

  // The crosshair: a rule, a dot per line and a table of values.
  const wireCrosshair = (chart, lines, options, unit) => {
    const clear = () => {
      chart.tooltip.hide();
      chart.view.data("cursor", []).data("marks", []).runAsync();
    };
    const move = (event) => {
      const place = chart.point(event);
      const inside = place.x >= -4 && place.x <= chart.view.width() + 4 && place.y >= -8 && place.y <= chart.view.height() + 8;
      const found = inside ? readPointer(chart, lines, place) : null;
      if (!found) return clear();
      const marks = found.near.map((point) => ({ run: point.line.id, step: point.x, value: point.y, color: chartRows.runColor(point.line.color) }));
      chart.view.data("cursor", [{ step: found.closest.x }]).data("marks", marks).runAsync();
      const hidden = found.near.length - LISTED;
      const note = hidden > 0 ? `${hidden} more` : null;
      const [x, y] = [chart.view.scale("x")(found.closest.x) + place.left, place.y + place.top];
      return chart.tooltip.show({ title: xText(options, unit, found.closest.x), rows: listing(found), note }, x, y);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerdown", move);
    chart.canvas.addEventListener("pointerleave", clear);
  };

  // Dragging across the chart zooms to that part; the mouse only, so that a finger can scroll.
  const wireZoom = (chart, onZoom) => {
    let from = null;
    const veil = make("div", { class: "chart-zoom", hidden: true });
    chart.canvas.append(veil);
    const ends = (event) => {
      const x = Math.min(Math.max(chart.point(event).x, 0), chart.view.width());
      return [Math.min(from, x), Math.max(from, x)];
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { x } = chart.point(event);
      if (x < 0 || x > chart.view.width()) return;
      event.preventDefault();
      from = x;
      chart.canvas.setPointerCapture(event.pointerId);
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      const [left, top] = chart.view.origin();
      veil.hidden = high - low < 6;
      if (!veil.hidden) chart.tooltip.hide();
      veil.style.left = `${low + left}px`;
      veil.style.top = `${top}px`;
      veil.style.width = `${high - low}px`;
      veil.style.height = `${chart.view.height()}px`;
    });
    chart.canvas.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      from = null;
      veil.hidden = true;
      const scale = chart.view.scale("x");
      if (high - low >= 6) onZoom([scale.invert(low), scale.invert(high)]);
    });
    chart.canvas.addEventListener("pointercancel", () => {
      from = null;
      veil.hidden = true;
    });
  };

  const caption = (options, range, reset) => {
    const notes = chartRows.missingNotes(options.runs, options.log);
    const children = [notes.join(" ")];
    if (range) children.push(make("button", { type: "button", class: "quiet", onclick: reset }, "Show the whole range"));
    return notes.length || range ? make("p", { class: "hint" }, ...children) : "";
  };

  // Draws curves; options are described in templates/assets/js/README.md.
  const curves = (element, options) => {
    const drawable = options.runs.filter((run) => run.step.length);
    const whole = Math.max(0, ...drawable.flatMap((run) => (run.time ? [run.time.at(-1)] : [])));
    const unit = options.xKind === "time" ? chartRows.timeUnit(whole) : { size: 1, name: "" };
    const lines = chartRows.series(drawable, { log: options.log, xKind: options.xKind, unit });
    if (!lines.some((line) => line.y.some((value) => value !== null))) {
      const reason = options.log && drawable.length ? "no value is above zero, so a logarithmic axis has nothing to show." : "no values to draw.";
      chartHost.empty(element, `${options.title}: ${reason}`);
      return Promise.resolve();
    }
    const withLegend = options.legend !== false;
    let range = null;
    const redraw = () =>
      chartHost.show(element, async (specs, width) => {
        const beside = withLegend && width >= BESIDE;
        const shown = lines.map((line) => chartRows.clip(line, range));
        const ends = chartRows.lineEnds(lines);
        const filling = {
          titles: { __x__: options.xKind === "time" ? `time since start (${unit.name})` : "step", __y__: options.yTitle || "" },
          data: { rows: chartRows.curveRows(shown), labels: [], cursor: [], marks: [] },
          signals: { least_step: options.xKind === "time" ? 1e-9 : 1, x_low: range && range[0], x_high: range && range[1] },
          width: beside ? width - legendWidth(width) : width,
          height: options.height || (width < BESIDE ? 220 : 300),
        };
        const chart = await chartHost.render(specs[options.log ? "curves-log" : "curves"], filling, summary(options.title, ends));
        const zoom = (next) => {
          range = next;
          redraw();
        };
        wireCrosshair(chart, shown, options, unit);
        wireZoom(chart, zoom);
        const parts = withLegend ? [make("p", { class: "chart-title" }, options.title)] : [];
        const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, ...(withLegend ? [legend(ends, chart.emphasise, beside ? legendWidth(width) - AROUND_NAME : width - 110)] : []));
        const content = make("div", { class: "chart" }, ...parts, body, caption(options, range, () => zoom(null)));
        return { content, finalize: chart.finalize };
      });
    return redraw();
  };

  runfolio.charts = { ...runfolio.charts, curves };
})();

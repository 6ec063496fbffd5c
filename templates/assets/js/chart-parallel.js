// Parallel coordinates: hovering brings a run forward, dragging along an axis picks runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const ROOM = 92; // pixels an axis needs to stand beside the next one
  const REACH = 14;
  const HEIGHT = 260;
  const LINE = 14; // pixels a label needs above and below the next one

  const ramp = (title, range) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${chartRows.SEQUENCE * 10} 10`, width: 120, height: 10, preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (let index = 0; index < chartRows.SEQUENCE; index += 1) {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: index * 10, width: 10.5, height: 10, fill: `var(--seq-${index})` })) box.setAttribute(name, value);
      svg.append(box);
    }
    return make("p", { class: "chart-ramp" }, make("span", {}, title), make("span", { class: "value" }, format.number(range[0])), svg, make("span", { class: "value" }, format.number(range[1])));
  };

  // Pixels of each run's line, and between pixels and (axis, level).
  const geometry = (chart, rows, narrow) => {
    const [across, along] = [chart.view.scale(narrow ? "y" : "x"), chart.view.scale(narrow ? "x" : "y")];
    const place = ({ at, level }) => (narrow ? [along(level), across(at)] : [across(at), along(level)]);
    const lines = new Map();
    for (const row of rows) lines.set(row.run, [...(lines.get(row.run) || []), place(row)]);
    const axisAt = ({ x, y }, count) => {
      const at = Math.round(across.invert(narrow ? y : x));
      const inside = at >= 0 && at < count && Math.abs(across(at) - (narrow ? y : x)) <= 12;
      return inside ? at : null;
    };
    return { lines, axisAt, levelAt: ({ x, y }) => along.invert(narrow ? x : y) };
  };

  const nearestRun = (lines, { x, y }, among) => {
    let found = null;
    for (const [id, line] of lines) {
      if (among && !among.has(id)) continue;
      const distance = chartRows.distanceTo(line, x, y);
      if (distance <= REACH && (!found || distance <= found.distance)) found = { id, distance };
    }
    return found && found.id;
  };

  const tip = (run, dimensions, colorTitle) => ({
    title: run.name,
    rows: [
      ...(run.texts ? dimensions.map((one, at) => ({ name: one.title, value: run.texts[at] ?? "not set" })) : []),
      ...(run.texts && dimensions.some((one) => one.title === colorTitle) ? [] : [{ name: colorTitle, value: format.number(run.value) }]),
    ],
  });

  const wire = (chart, shape, { dimensions, runs, colorTitle }, brushes, onBrush) => {
    const byId = new Map(runs.map((run) => [run.id, run]));
    let drag = null;
    let current = null;
    const picked = () => (brushes.length ? chartRows.brushedRuns(runs, brushes) : []);
    const rest = () => chart.emphasise(brushes.length ? [...picked(), ""] : []);
    const leave = () => {
      if (current !== null) rest();
      current = null;
      chart.tooltip.hide();
    };
    const paint = () => {
      chart.view.data("brushes", brushes.map((brush) => ({ ...brush })));
      rest();
      onBrush(picked());
    };
    const hover = (event) => {
      const place = chart.point(event);
      const id = nearestRun(shape.lines, place, brushes.length ? new Set(picked()) : null);
      if (id === null) return leave();
      if (current !== id) chart.emphasise([id]);
      current = id;
      return chart.tooltip.show(tip(byId.get(id), dimensions, colorTitle), place.x + place.left, place.y + place.top);
    };
    const setBrush = (at, low, high) => {
      const others = brushes.filter((brush) => brush.at !== at);
      brushes.splice(0, brushes.length, ...others, ...(low === null ? [] : [{ at, low, high }]));
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      const place = chart.point(event);
      const at = shape.axisAt(place, dimensions.length);
      if (at === null || event.button !== 0) return;
      event.preventDefault();
      drag = { at, from: shape.levelAt(place), moved: false };
      chart.canvas.setPointerCapture(event.pointerId);
      chart.tooltip.hide();
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return hover(event);
      const level = Math.min(Math.max(shape.levelAt(chart.point(event)), chartRows.NOT_SET - 0.03), 1.02);
      drag.moved = drag.moved || Math.abs(level - drag.from) > 0.015;
      if (drag.moved) setBrush(drag.at, Math.min(drag.from, level), Math.max(drag.from, level));
      return paint();
    });
    const drop = () => {
      if (drag && !drag.moved) {
        setBrush(drag.at, null);
        paint();
      }
      drag = null;
    };
    chart.canvas.addEventListener("pointerup", drop);
    chart.canvas.addEventListener("pointercancel", drop);
    chart.canvas.addEventListener("pointerleave", leave);
    return () => {
      brushes.splice(0);
      paint();
    };
  };

  const labels = (dimensions, runs, direction, narrow, room) => {
    const best = chartRows.findBest(runs, direction);
    if (narrow || best === null || best.positions.at(-1) === null) return [];
    return [{ at: dimensions.length - 1, level: best.positions.at(-1), text: chartText.shortenMiddle(best.name, room) }];
  };

  const shorten = (rows, key, width) => rows.map((row) => ({ ...row, [key]: chartText.shortenMiddle(row[key], width) }));

  const axisLabels = (ticks, { narrow, width, between }) => {
    if (!narrow) return chartText.fitLabels(ticks, between - 26, (level) => [level * HEIGHT, level * HEIGHT + LINE]);
    const widest = Math.max(48, width / ticks.length - 10);
    const length = width * 0.84;
    return chartText.fitLabels(ticks, widest, (level, label) => {
      const room = chartText.textWidth(label) + 6;
      const start = level * length - (level > 0.9 ? room : level >= 0 && level < 0.1 ? 0 : room / 2);
      return [start, start + room];
    });
  };

  // Draws parallel coordinates; options are described in templates/assets/js/README.md.
  const parallel = (element, options) => {
    const { dimensions, runs, colorTitle } = options;
    if (dimensions.length < 2 || !runs.length) {
      chartHost.empty(element, "There is nothing that differs between these runs to lay side by side.");
      return Promise.resolve();
    }
    const direction = options.direction ?? chartRows.titleDirection(colorTitle);
    const range = chartRows.valueRange(runs);
    const params = dimensions.filter((one) => one.title !== colorTitle).length;
    const title = `${chartText.plainTitle(colorTitle)} across ${chartText.count(params, "parameter")}, ${chartText.count(runs.length, "run")}`;
    const brushes = [];
    return chartHost.show(element, async (specs, width) => {
      const narrow = width / dimensions.length < ROOM;
      const between = narrow ? width : (width - 64) / dimensions.length;
      const rows = chartRows.parallelRows(runs, direction);
      const ticks = chartRows.tickRows(dimensions, runs);
      const filling = {
        data: {
          rows: rows.map((row) => ({ ...row })),
          axes: shorten(chartRows.axisRows(dimensions), "title", between - 8),
          ticks: dimensions.flatMap((_, at) => axisLabels(ticks.filter((tick) => tick.at === at), { narrow, width, between })),
          labels: labels(dimensions, runs, direction, narrow, width / 8),
          brushes: [],
        },
        width,
        height: narrow ? dimensions.length * 68 + 24 : HEIGHT + 60,
      };
      const chart = await chartHost.render(specs[narrow ? "parallel-narrow" : "parallel"], filling, `${title}.`);
      const note = make("p", { class: "hint" });
      const hint = "Drag along an axis to pick the runs that pass there.";
      let clear = () => {};
      const onBrush = (ids) => {
        if (!brushes.length) note.replaceChildren(hint);
        else note.replaceChildren(`${ids.length} of ${chartText.count(runs.length, "run")} picked. `, make("button", { type: "button", class: "quiet", onclick: () => clear() }, "Clear"));
      };
      clear = wire(chart, geometry(chart, rows, narrow), options, brushes, onBrush);
      onBrush(chartRows.brushedRuns(runs, brushes));
      if (brushes.length) await chart.view.data("brushes", brushes.map((one) => ({ ...one }))).signal("emphasis", [...chartRows.brushedRuns(runs, brushes), ""]).runAsync();
      const head = make("p", { class: "chart-title" }, title);
      const content = make("div", { class: "chart" }, head, ...(range ? [ramp(colorTitle, range)] : []), chart.canvas, note);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, parallel };
})();

// Parallel coordinates: hovering brings a run forward, dragging along an axis picks runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const ROOM = 92; // pixels an axis needs to stand beside the next one
  const REACH = 14;
  const BOLD = 1.15; // how much wider than other texts the titles of axes are
  const TITLE = 60; // pixels from the middle of an axis's title where it can be held
  const HEIGHT = 260;
  const LINE = 14; // pixels a label needs above and below the next one

  // Pixels of each run's line, and between pixels and (axis, level).
  const geometry = (chart, rows, narrow) => {
    const [across, along] = [chart.view.scale(narrow ? "y" : "x"), chart.view.scale(narrow ? "x" : "y")];
    const place = ({ at, level }) => (narrow ? [along(level), across(at)] : [across(at), along(level)]);
    const lines = new Map();
    for (const row of rows) {
      if (!lines.has(row.run)) lines.set(row.run, []);
      lines.get(row.run).push(place(row));
    }
    const closest = ({ x, y }, count) => Math.min(Math.max(Math.round(across.invert(narrow ? y : x)), 0), count - 1);
    const axisAt = (place, count) => {
      const at = closest(place, count);
      return Math.abs(across(at) - (narrow ? place.y : place.x)) <= 12 ? at : null;
    };
    // The axis whose title is there; titles stand above the axes, on a narrow screen above each.
    const titleAt = (place, count) => {
      const at = closest(place, count);
      const above = narrow ? across(at) - place.y : along(1) - place.y;
      const beside = narrow ? place.x - along(0) : Math.abs(across(at) - place.x);
      return above > 7 && above < 30 && beside < TITLE ? at : null;
    };
    return { lines, axisAt, titleAt, closest, levelAt: ({ x, y }) => along.invert(narrow ? x : y) };
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

  const wire = (chart, shape, { dimensions, runs, colorTitle, onBrush, onMove }, brushes, note) => {
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
      note();
    };
    const tell = () => onBrush?.(brushes.map((brush) => ({ ...brush })));
    const hover = (event) => {
      const place = chart.point(event);
      chart.canvas.classList.toggle("movable", Boolean(onMove) && shape.titleAt(place, dimensions.length) !== null);
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
    const moveAxis = (place) => {
      const to = shape.closest(place, dimensions.length);
      const text = to === drag.move ? "Drag to another place" : `To place ${to + 1} of ${dimensions.length}`;
      chart.tooltip.show({ title: dimensions[drag.move].title, note: text }, place.x + place.left, place.y + place.top);
      drag.to = to;
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const place = chart.point(event);
      const move = onMove ? shape.titleAt(place, dimensions.length) : null;
      const at = shape.axisAt(place, dimensions.length);
      if (move !== null) drag = { move, to: move };
      else if (at !== null) drag = { at, from: shape.levelAt(place), moved: false };
      else return;
      event.preventDefault();
      chart.canvas.setPointerCapture(event.pointerId);
      chart.tooltip.hide();
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return hover(event);
      if (drag.move !== undefined) return moveAxis(chart.point(event));
      const level = Math.min(Math.max(shape.levelAt(chart.point(event)), chartRows.NOT_SET - 0.03), 1.02);
      drag.moved = drag.moved || Math.abs(level - drag.from) > 0.015;
      if (drag.moved) setBrush(drag.at, Math.min(drag.from, level), Math.max(drag.from, level));
      return paint();
    });
    const drop = () => {
      const dropped = drag;
      drag = null;
      if (!dropped) return;
      chart.tooltip.hide();
      if (dropped.move !== undefined) {
        if (dropped.to !== dropped.move) onMove(dropped.move, dropped.to);
        return;
      }
      const had = brushes.length;
      if (!dropped.moved) setBrush(dropped.at, null);
      paint();
      if (dropped.moved || had !== brushes.length) tell();
    };
    chart.canvas.addEventListener("pointerup", drop);
    chart.canvas.addEventListener("pointercancel", drop);
    chart.canvas.addEventListener("pointerleave", leave);
    return () => {
      brushes.splice(0);
      paint();
      tell();
    };
  };

  const labels = (dimensions, runs, direction, narrow, room) => {
    const best = chartRows.findBest(runs, direction);
    if (narrow || best === null || best.positions.at(-1) === null) return [];
    return [{ at: dimensions.length - 1, level: best.positions.at(-1), text: chartText.shortenMiddle(best.name, room) }];
  };

  const shorten = (rows, key, width) => rows.map((row) => ({ ...row, [key]: chartText.shortenMiddle(row[key], width) }));

  const axisLabels = (ticks, { narrow, width, between, height }) => {
    if (!narrow) return chartText.fitLabels(ticks, between - 26, (level) => [level * height, level * height + LINE]);
    const widest = Math.max(48, width / ticks.length - 10);
    const length = width * 0.84;
    return chartText.fitLabels(ticks, widest, (level, label) => {
      const room = chartText.textWidth(label) + 6;
      const start = level * length - (level > 0.9 ? room : level >= 0 && level < 0.1 ? 0 : room / 2);
      return [start, start + room];
    });
  };

  // What the chart shows, for who can't see it.
  const summary = (title, { dimensions, runs }, direction) => {
    const best = chartRows.findBest(runs, direction);
    const how = best?.texts ? `: ${dimensions.map((one, at) => `${chartText.plainTitle(one.title)} ${best.texts[at] ?? "not set"}`).join(", ")}` : "";
    return `${title}.${best ? ` Best: ${best.name}${how}.` : ""}`;
  };

  // Draws parallel coordinates; options are described in templates/assets/js/README.md.
  const parallel = (element, options) => {
    const { dimensions, runs, colorTitle, total = runs.length } = options;
    if (dimensions.length < 2 || !runs.length) {
      chartHost.empty(element, "There is nothing that differs between these runs to lay side by side.");
      return Promise.resolve();
    }
    const direction = options.direction ?? chartRows.titleDirection(colorTitle);
    const range = chartRows.valueRange(runs);
    const pickedIn = (brushes) => options.pickedIn?.(brushes) ?? chartRows.brushedRuns(runs, brushes).length;
    const ramp = range && { title: colorTitle, low: format.number(range[0]), high: format.number(range[1]), colors: chartRows.sequenceColors() };
    const params = dimensions.filter((one) => one.title !== colorTitle).length;
    const title = `${chartText.plainTitle(colorTitle)} across ${format.count(params, "parameter")}, ${format.count(total, "run")}`;
    const brushes = (options.brushes ?? []).map((brush) => ({ ...brush }));
    const listed = () => runs.map((run) => [run.id, run.name, ...(run.values ?? run.texts ?? run.positions)]);
    const table = () => ({ columns: ["run", "name", ...dimensions.map((one) => chartText.plainTitle(one.title))], rows: options.listed?.() ?? listed() });
    return chartHost.show(element, async (specs, width, tall) => {
      const narrow = width / dimensions.length < ROOM;
      const between = narrow ? width : (width - 64) / dimensions.length;
      const height = tall && !narrow ? tall - 60 : (options.height ?? HEIGHT + 60) - 60;
      const rows = chartRows.parallelRows(runs, direction);
      const ticks = chartRows.tickRows(dimensions, runs);
      const filling = {
        data: {
          rows: rows.map((row) => ({ ...row })),
          axes: shorten(chartRows.axisRows(dimensions), "title", between / BOLD - 8),
          ticks: dimensions.flatMap((_, at) => axisLabels(ticks.filter((tick) => tick.at === at), { narrow, width, between, height })),
          labels: labels(dimensions, runs, direction, narrow, width / 8),
          brushes: [],
        },
        signals: { opacity: runs.length > 300 ? 0.4 : runs.length > 100 ? 0.65 : 0.85 },
        width,
        height: narrow ? dimensions.length * 68 + 24 : height + 60,
      };
      const chart = await chartHost.render(specs[narrow ? "parallel-narrow" : "parallel"], filling, summary(title, options, direction), { title, ramp, table });
      const note = make("p", { class: "hint" });
      const hint = `Drag along an axis to pick the runs that pass there${options.onMove ? ", or drag its title to move it" : ""}.`;
      let clear = () => {};
      const drawn = chartRows.thinWords(runs.length, total);
      const say = () => {
        if (!brushes.length) note.replaceChildren(make("span", { class: "on-screen" }, hint), ` ${drawn}`);
        else note.replaceChildren(`${pickedIn(brushes).toLocaleString("en")} of ${format.count(total, "run")} picked. `, make("button", { type: "button", class: "quiet", onclick: () => clear() }, "Clear"));
      };
      clear = wire(chart, geometry(chart, rows, narrow), options, brushes, say);
      say();
      if (brushes.length) await chart.view.data("brushes", brushes.map((one) => ({ ...one }))).signal("emphasis", [...chartRows.brushedRuns(runs, brushes), ""]).runAsync();
      const head = make("p", { class: "chart-title" }, title);
      const content = make("div", { class: "chart" }, head, ...(ramp ? [runfolio.chartRamp(ramp)] : []), chart.canvas, note);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, parallel };
})();

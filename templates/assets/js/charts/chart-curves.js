// Curves of several runs with a legend in the order in which the lines end, a crosshair and zoom.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartLines, chartRows, chartText, format } = runfolio;
  const legendWidth = (width) => Math.min(Math.max(250, Math.round(width * 0.32)), 400); // pixels beside the chart
  const AROUND_NAME = 116; // pixels of a legend's line that are not its name
  const DOT = 0.03; // of an axis, for half a dot
  const BESIDE = 520; // from this width on
  const COMPACT_NAME = 150; // pixels of a name in a legend whose items share lines

  const legendItem = (run, emphasise, room) => {
    const text = chartText.shortenMiddle(run.name, (room * 12) / 13); // the legend is written at 13 px
    const name = run.href ? make("a", { href: run.href }, text) : make("span", {}, text);
    name.title = runfolio.marked(run.name);
    const on = () => emphasise([run.id]);
    const off = () => emphasise([]);
    const value = make("span", { class: "value", title: run.last === null ? null : String(run.last) }, format.number(run.last));
    return make("li", { "data-run": run.id, onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(run), name, value);
  };

  const legend = (ends, emphasise, room, compact) =>
    make("ul", { class: `chart-legend${compact ? " compact" : ""}`, "aria-label": "Runs, in the order in which their lines end" }, ...ends.map((run) => legendItem(run, emphasise, room)));

  const summary = (title, ends) => {
    const known = ends.filter((run) => run.last !== null);
    const listed = known.slice(0, 5).map((run) => `${run.name} ${format.number(run.last)}`);
    const more = known.length > 5 ? `, and ${known.length - 5} more` : "";
    return `${title}. Last values, highest first: ${listed.join(", ")}${more}.`;
  };

  const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

  const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
  const dayOf = (ends) => (day.format(ends[0]) === day.format(ends[1]) ? `time on ${day.format(ends[0])}, UTC` : "time, UTC");

  // How each kind of axis is titled, and how a place on it reads in a sentence and beside a value.
  const AXES = {
    step: () => ({ title: "step", sentence: (x) => `step ${format.number(x)}`, text: format.number }),
    time: (options, unit) => ({
      title: `time since start (${unit.name})`,
      sentence: (x) => `${format.duration(x * unit.size)} after the start`,
      text: (x) => format.duration(x * unit.size),
    }),
    wall: (options, unit, ends) => ({ title: dayOf(ends), sentence: (x) => clock.format(x), text: (x) => clock.format(x) }),
    version: () => ({ title: "version", sentence: (x) => `version ${format.number(x)}`, text: format.number }),
    metric: ({ xTitle }) => ({ title: xTitle, sentence: (x) => `${xTitle} ${format.number(x)}`, text: format.number }),
  };

  // What the chart leaves out, and the way back from a zoom that the chart keeps to itself.
  const caption = (options, notes, range, reset) => {
    const texts = [...notes, ...(options.note ? [options.note] : [])];
    const children = [texts.join(" ")];
    if (range) children.push(make("button", { type: "button", class: "quiet", onclick: reset }, "Show the whole range"));
    return texts.length || range ? make("p", { class: "hint" }, ...children) : "";
  };

  const specOf = ({ xKind, xLog }, { log }) => `curves${xKind === "wall" ? "-wall" : xLog ? "-logx" : ""}${log ? "-log" : ""}`;

  // From the first place to the last, with room for whole dots where points are marked.
  const span = (lines, dots) => {
    const all = lines.filter((line) => line.x.length).flatMap((line) => [line.x[0], line.x.at(-1)]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = dots ? DOT * (high - low) : 0;
    return [low - room, high + room];
  };

  // What an export holds: the points in full, with the axis by its name.
  const table = (lines, xTitle, yTitle) => ({
    columns: ["run", "name", xTitle, yTitle || "value", ...(lines.some((line) => line.band) ? ["low", "high", "runs"] : [])],
    rows: lines.flatMap((line) => line.x.map((x, place) => [line.id, line.name, x, line.y[place], ...(line.band ? [line.band.low[place], line.band.high[place], line.band.n[place]] : [])])),
  });

  // What a chart is drawn from, whatever its size and zoom: lines in the unit of their axis.
  const prepare = (options) => {
    const xKind = options.xKind || "step";
    const xLog = options.xLog === true && xKind !== "wall";
    const drawable = options.runs.filter((run) => (run.places ?? run.step).length);
    const longest = drawable.reduce((most, run) => Math.max(most, (run.places ?? run.time ?? [0]).at(-1)), 0);
    const unit = xKind === "time" ? chartLines.timeUnit(longest) : { size: 1, name: "" };
    const lines = chartLines.series(drawable, { log: options.log, xLog, xKind, unit });
    const left = lines.reduce((sum, line, index) => sum + drawable[index].value.length - line.x.length, 0);
    const notes = chartLines.missingNotes(options.runs, options.log);
    if (left) notes.push(`${left === 1 ? "1 point is" : `${left} points are`} not above zero on x and can’t be shown there.`);
    const extent = options.whole && !xLog ? options.whole.map((x) => x / unit.size) : span(lines, options.dots && !xLog);
    return { xKind, xLog, unit, lines, notes, extent, axis: AXES[xKind](options, unit, options.range ?? extent) };
  };

  // The data, titles and parameters of the spec; `seen` is the part of the axis to show.
  const fill = ({ xKind, axis }, options, shown, seen) => {
    const rows = chartLines.curveRows(shown);
    return {
      titles: { __x__: axis.title, __y__: options.yTitle || "" },
      data: { rows, lones: options.dots ? rows : chartLines.loneRows(rows), ghosts: chartLines.ghostRows(shown), bands: chartLines.bandRows(shown, options.log), labels: [] },
      signals: { least_step: xKind === "step" || xKind === "version" ? 1 : 1e-9, x_low: seen[0], x_high: seen[1], emphasis: options.emphasis ?? [] },
    };
  };

  const aboutOf = ({ lines, axis }, options, ends) => ({
    title: options.title,
    legend: ends.map(({ name, color, dash }) => ({ name, color: chartRows.runColor(color), dash: chartRows.runDash(dash || 0) })),
    table: () => table(lines, axis.title, options.yTitle),
  });

  // Draws curves; options are described in templates/assets/js/README.md.
  const curves = (element, options) => {
    const view = prepare(options);
    const { lines, unit, extent, axis, xLog } = view;
    if (!lines.some((line) => line.y.some((value) => value !== null))) {
      const above = (options.log || xLog) && lines.length;
      chartHost.empty(element, `${options.title}: ${above ? "no value is above zero, so a logarithmic axis has nothing to show." : "no values to draw."}`);
      return Promise.resolve();
    }
    let range = options.range ?? null;
    const zoom = (next) => {
      const asked = next && next.map((x) => x * unit.size);
      if (options.onRange) return options.onRange(asked);
      range = asked;
      return redraw();
    };

    const draw = async (specs, width, fullHeight = null) => {
      const beside = options.legend !== false && width >= BESIDE;
      const compact = options.legend === "compact" && !beside;
      const seen = range && range.map((x) => (xLog ? Math.max(x / unit.size, extent[0]) : x / unit.size));
      const shown = lines.map((line) => chartLines.clip(line, seen));
      const ends = chartLines.lineEnds(lines, seen?.[1]);
      const filling = {
        ...fill(view, options, shown, seen ?? extent),
        width: beside ? width - legendWidth(width) : width,
        height: fullHeight ?? options.height ?? (width < BESIDE ? 220 : 300),
      };
      const chart = await chartHost.render(specs[specOf(view, options)], filling, summary(options.title, ends), aboutOf(view, options, ends));
      const room = compact ? COMPACT_NAME : beside ? legendWidth(width) - AROUND_NAME : width - 110;
      const emphasise = (ids) => chart.emphasise(ids.length ? ids : (options.emphasis ?? []));
      const list = options.legend === false ? [] : [legend(ends, emphasise, room, compact)];
      runfolio.chartCrosshair.wire(chart, shown, { unit: unit.size, title: axis.sentence, xText: axis.text, axis: options.sync, legend: list[0] });
      runfolio.chartZoom.wire(chart, { whole: extent, log: xLog, isZoomed: range !== null, onZoom: zoom });
      const title = options.legend === false || options.legend === "compact" ? [] : [make("p", { class: "chart-title" }, options.title)];
      const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, ...list);
      const below = caption(options, view.notes, options.onRange ? null : range, () => zoom(null));
      return { content: make("div", { class: "chart" }, ...title, body, below), finalize: chart.finalize };
    };

    // A new drawing takes the place of one that had the focus, and the focus with it.
    const redraw = async () => {
      const focused = document.activeElement?.closest(".chart") && element.contains(document.activeElement);
      await chartHost.show(element, draw);
      if (focused && document.activeElement === document.body) element.querySelector(".chart-canvas")?.focus({ preventScroll: true });
    };
    return redraw();
  };

  runfolio.charts = { ...runfolio.charts, curves };
})();

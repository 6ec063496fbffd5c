// One point per run, anything by anything. The nearest point says its name; a click opens it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartPoints, chartRows, chartText, format } = runfolio;
  const LABELS = 12;
  const LABELLED = 200; // points; among more of them names would cover what they are of
  const REACH = 28; // pixels from the pointer to the nearest point
  const NARROW = 520;
  const FACET = 190; // pixels a facet needs

  const nearest = (chart, rows, { x, y }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let found = null;
    for (const row of rows) {
      const distance = Math.hypot(across(row.x) - x, down(row.y) - y);
      if (distance <= REACH && (!found || distance < found.distance)) found = { row, distance, x: across(row.x), y: down(row.y) };
    }
    return found;
  };

  // The best points say their names where there is room.
  const label = async (chart, rows, direction) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    const sign = direction === "up" ? -1 : 1;
    const ordered = [...rows].sort((a, b) => sign * (a.y - b.y));
    const placed = chartText.placeLabels(ordered.map((row) => ({ x: across(row.x), y: down(row.y), name: runfolio.marked(row.name) })), { width: chart.view.width(), widest: chart.view.width() / 3, most: LABELS });
    const labels = placed.map(({ index, text, side }) => ({ run: ordered[index].run, x: ordered[index].x, y: ordered[index].y, text, side }));
    await chart.view.data("labels", labels).runAsync();
  };

  const written = (axis, value) => {
    if (axis.format && chartRows.isFinite(value)) return axis.format(value);
    if (typeof value === "number") return format.number(value);
    return value === null || value === undefined ? chartPoints.NOT_SET : chartText.shortenMiddle(String(value), 160);
  };

  const missing = ({ points }, { x, y, withoutX, withoutY }) => {
    const lacking = [[withoutX, x], [withoutY, y]].filter(([number]) => number);
    return lacking.map(([number, axis], index) => {
      const what = `${chartText.plainTitle(axis.title)}${axis.scale === "log" ? " above 0" : ""}`;
      return `${number}${index ? "" : ` of ${format.count(points.length, "run")}`} ${number === 1 ? "has" : "have"} no ${what}`;
    });
  };

  const NO_TREND = "A trend line needs three runs and numbers on both axes.";

  const hint = (options, laid, { parts, sizes, left, drawn, among }) => {
    const lacking = missing(options, laid);
    const notes = lacking.length ? [`${lacking.join(", ")}.`] : [];
    if (drawn < among) notes.push(chartRows.thinWords(drawn, among));
    const [{ name, trend }] = parts;
    const trends = () => (name !== null ? chartPoints.facetTrendWords(parts, laid) : trend && chartPoints.trendWords(trend, laid));
    if (options.trend) notes.push(trends() ?? NO_TREND);
    if (sizes.range) notes.push(`Size: ${options.size.title} from ${written(options.size, sizes.range[0])} to ${written(options.size, sizes.range[1])}.`);
    if (left) notes.push(`${left} more ${left === 1 ? "value" : "values"} of ${options.facet.title} left out.`);
    return notes.length ? make("p", { class: "hint" }, notes.join(" ")) : "";
  };

  const tip = (point, { x, y, color, size, facet }) => {
    const extra = [[color, point.tint], [size, point.size], [facet, point.facet]].filter(([column]) => column && column.title !== x.title && column.title !== y.title);
    return {
      title: point.name,
      rows: [[x, point.x], [y, point.y], ...extra].map(([column, value]) => ({ name: column.title, value: written(column, value) })),
    };
  };

  const wire = (charts, options) => {
    const byId = new Map(charts.flatMap(({ points }) => points.map((point) => [point.id, point])));
    let current = null;
    const emphasise = (ids) => charts.forEach(({ chart }) => chart.emphasise(ids));
    const leave = () => {
      if (current !== null) emphasise([]);
      current = null;
      charts.forEach(({ chart }) => chart.tooltip.hide());
    };
    for (const { chart, rows } of charts) {
      const move = (event) => {
        const place = chart.point(event);
        const found = nearest(chart, rows, place);
        if (!found) return leave();
        if (current !== found.row.run) emphasise([found.row.run]);
        current = found.row.run;
        return chart.tooltip.show(tip(byId.get(current), options), found.x + place.left, found.y + place.top);
      };
      chart.canvas.addEventListener("pointermove", move);
      chart.canvas.addEventListener("pointerleave", leave);
      chart.canvas.addEventListener("click", (event) => {
        const found = nearest(chart, rows, chart.point(event));
        if (!found) return;
        if (event.detail && matchMedia("(hover: none)").matches && current !== found.row.run) move(event);
        else chartHost.open(byId.get(found.row.run).href, event);
      });
    }
  };

  const rangeWords = (axis, values) => {
    if (axis.scale === "nominal") return `${axis.title}: ${format.count(axis.categories.length, "value")}`;
    const [low, high] = chartRows.extent(values);
    return `${chartText.plainTitle(axis.title)} from ${written(axis, low)} to ${written(axis, high)}`;
  };

  // What the chart shows, for who can't see it.
  const summary = (title, laid, line) => {
    const { x, y, shown } = laid;
    const parts = [`${title}.`, `${rangeWords(x, shown.map((point) => point.x))}; ${rangeWords(y, shown.map((point) => point.y))}.`];
    const direction = y.direction ?? chartRows.titleDirection(y.title);
    if (direction && y.scale !== "nominal") {
      const best = shown.reduce((one, other) => ((direction === "down" ? other.y < one.y : other.y > one.y) ? other : one));
      parts.push(`Best: ${best.name}, ${written(y, best.y)} at ${written(x, best.x)}.`);
    }
    if (line) parts.push(chartPoints.trendWords(line, laid));
    return parts.join(" ");
  };

  const table = ({ x, y, color, size, facet, points }) => {
    const extra = [[color, "tint"], [size, "size"], [facet, "facet"]].filter(([column], place, all) => column && ![x, y, ...all.slice(0, place).map(([one]) => one)].some((one) => one?.title === column.title));
    const keys = ["id", "name", "x", "y", ...extra.map(([, key]) => key)];
    return { columns: ["run", "name", ...[x, y, ...extra.map(([column]) => column)].map((column) => chartText.plainTitle(column.title))], rows: points.map((point) => keys.map((key) => point[key])) };
  };

  const legendList = (legend) => make("ul", { class: "chart-key" }, ...legend.map(({ name, color }) => make("li", {}, runfolio.chartDot(color), name)));

  // Draws points; options are described in templates/assets/js/README.md.
  const scatter = (element, options) => {
    const laid = chartPoints.layPoints(options);
    const { x, y, shown } = laid;
    const title = `${chartText.plainTitle(y.title)} by ${chartText.plainTitle(x.title)}${options.facet ? `, for each ${options.facet.title}` : ""}, ${format.count(shown.length, "run")}`;
    if (!shown.length) {
      chartHost.empty(element, `No run has both ${x.title} and ${y.title}.`);
      return Promise.resolve();
    }
    const colors = chartPoints.paint(shown, options.color);
    const { groups, left } = options.facet ? chartPoints.facets(shown) : { groups: [{ name: null, points: shown }], left: 0 };
    const parts = groups.map(({ name, points }) => ({ name, points, trend: options.trend ? chartPoints.trend({ ...laid, shown: points }) : null, drawn: chartRows.thin(points, Math.ceil(chartRows.DRAWN / groups.length)) }));
    const [drawn, among] = ["drawn", "points"].map((key) => parts.reduce((sum, part) => sum + part[key].length, 0));
    const sizes = chartPoints.sizer(shown, options.size, drawn);
    const about = { title, legend: colors.legend, ramp: colors.ramp, table: () => table(options) };
    return chartHost.show(element, async (specs, width, tall) => {
      const columns = groups.length > 1 ? Math.max(1, Math.min(groups.length, Math.floor(width / FACET))) : 1;
      const cell = Math.floor((width - (columns - 1) * 16) / columns);
      const band = (cell - 64) / Math.max(x.categories.length, 1) - 8;
      const height = tall ? Math.max(tall / Math.ceil(groups.length / columns) - 24, 180) : groups.length > 1 ? 190 : width < NARROW ? 240 : (options.height ?? 280);
      const draw = async ({ name, points, trend: own, drawn: some }) => {
        const rows = chartPoints.pointRows(laid, some, colors, sizes);
        const filling = {
          titles: { __x__: x.title, __y__: y.title },
          data: { rows: [...(name === null ? [] : chartPoints.ghosts(laid, shown, points)), ...rows.map((row) => ({ ...row }))], labels: [], trend: own ? own.ends : [] },
          signals: { categories: x.categories.map((text) => chartText.shortenMiddle(text, Math.max(band, 40))), y_categories: y.categories.map((text) => chartText.shortenMiddle(text, cell / 4)) },
          width: cell,
          height: y.scale === "nominal" ? Math.max(height, y.categories.length * 18 + 60) : height,
        };
        const part = name === null ? null : `${options.facet.title} ${name}`;
        const chart = await chartHost.render(specs[laid.kind], filling, summary(part ? `${title}: ${part}` : title, { ...laid, shown: points }, own), { ...about, columns, part });
        if (cell >= NARROW && rows.length <= LABELLED) await label(chart, rows, y.direction ?? chartRows.titleDirection(y.title));
        return { chart, rows, name, points: some };
      };
      const charts = [];
      for (const part of parts) charts.push(await draw(part));
      wire(charts, options);
      const canvases = charts.map(({ chart, name }) => (name === null ? chart.canvas : make("div", {}, make("p", { class: "facet-title" }, make("span", {}, options.facet.title), ` ${name}`), chart.canvas)));
      const body = groups.length > 1 ? make("div", { class: "chart-facets" }, ...canvases) : canvases[0];
      if (groups.length > 1) body.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
      const content = make(
        "div",
        { class: "chart" },
        make("p", { class: "chart-title" }, title),
        ...(colors.legend.length ? [legendList(colors.legend)] : []),
        ...(colors.ramp ? [runfolio.chartRamp(colors.ramp)] : []),
        body,
        hint(options, laid, { parts, sizes, left, drawn, among }),
      );
      return { content, finalize: () => charts.forEach(({ chart }) => chart.finalize()) };
    });
  };

  runfolio.charts = { ...runfolio.charts, scatter };
})();

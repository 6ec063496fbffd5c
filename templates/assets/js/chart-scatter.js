// One point per run: a metric by a parameter. The nearest point says its name; a click opens it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const LABELS = 12;
  const REACH = 28; // pixels from the pointer to the nearest point

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
    const placed = chartText.placeLabels(ordered.map((row) => ({ x: across(row.x), y: down(row.y), name: row.name })), { width: chart.view.width(), widest: chart.view.width() / 3 });
    const labels = placed.slice(0, LABELS).map(({ index, text, side }) => ({ run: ordered[index].run, x: ordered[index].x, y: ordered[index].y, text, side }));
    await chart.view.data("labels", labels).runAsync();
  };

  const caption = (points, { x, y, withoutX, withoutY }) => {
    const lacking = [[withoutX, x], [withoutY, y]].filter(([number]) => number);
    const notes = lacking.map(([number, one], index) => `${number}${index ? "" : ` of ${chartText.count(points.length, "run")}`} ${number === 1 ? "has" : "have"} no ${chartText.plainTitle(one.title)}`);
    return notes.length ? make("p", { class: "hint" }, `${notes.join(", ")}.`) : "";
  };

  const wire = (chart, rows, points, { x, y }) => {
    const byId = new Map(points.map((point) => [point.id, point]));
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    const move = (event) => {
      const place = chart.point(event);
      const found = nearest(chart, rows, place);
      if (!found) return leave();
      if (current !== found.row.run) chart.emphasise([found.row.run]);
      current = found.row.run;
      const point = byId.get(current);
      const value = typeof point.x === "number" ? format.number(point.x) : String(point.x);
      const list = [
        { name: x.title, value: chartText.shortenMiddle(value, 160) },
        { name: y.title, value: format.number(point.y) },
      ];
      return chart.tooltip.show({ title: point.name, rows: list }, found.x + place.left, found.y + place.top);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = nearest(chart, rows, chart.point(event));
      if (!found) return;
      if (event.detail && matchMedia("(hover: none)").matches && current !== found.row.run) move(event);
      else chartHost.open(byId.get(found.row.run).href, event);
    });
  };

  // Draws points; options are described in templates/assets/js/README.md.
  const scatter = (element, { x, y, points }) => {
    const { rows, categories, ...missing } = chartRows.scatterRows(points, x.kind);
    const title = `${chartText.plainTitle(y.title)} by ${x.title}, ${chartText.count(rows.length, "run")}`;
    if (!rows.length) {
      chartHost.empty(element, `No run has both ${x.title} and ${y.title}.`);
      return Promise.resolve();
    }
    return chartHost.show(element, async (specs, width) => {
      const band = (width - 64) / Math.max(categories.length, 1) - 8;
      const filling = {
        titles: { __x__: x.title, __y__: y.title },
        data: { rows: rows.map((row) => ({ ...row })), labels: [] },
        signals: { categories: categories.map((text) => chartText.shortenMiddle(text, Math.max(band, 40))) },
        width,
        height: width < 520 ? 240 : 280,
      };
      const chart = await chartHost.render(specs[chartRows.scatterKind(x.kind, rows.map((row) => row.x))], filling, `${title}.`);
      if (width >= 520) await label(chart, rows, y.direction ?? chartRows.titleDirection(y.title));
      wire(chart, rows, points, { x, y });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, caption(points, { x, y, ...missing }));
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, scatter };
})();

// A metric for each value of a parameter: a box and a point per run in each row.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const FEWEST = 5; // runs from which on a box says more than the points do
  const HALF = 0.34; // of a row: the half height of a box
  const SPREAD = 0.5; // of a row: how far points lie apart, so that few hide others

  // The box after Tukey: quartiles, and whiskers to the last value within 1.5 times their distance.
  const box = (values) => {
    const sorted = Float64Array.from(values).sort();
    const [q1, median, q3] = [0.25, 0.5, 0.75].map((share) => statistics.quantile(sorted, share));
    const reach = 1.5 * (q3 - q1);
    const low = sorted.find((value) => value >= q1 - reach);
    return { q1, median, q3, low, high: sorted.findLast((value) => value <= q3 + reach) };
  };

  // Points of one row apart from each other: the same place for the same run on each drawing.
  const offset = (index, count) => (count < 2 ? 0 : (((index * 0.618034) % 1) - 0.5) * SPREAD);

  const boxRows = (groups) => groups.flatMap(({ runs }, at) => (runs.length < FEWEST ? [] : [{ at, top: at - HALF, bottom: at + HALF, ...box(runs.map((run) => run.value)) }]));

  // The runs that are drawn as points, of each group its share; few are drawn all.
  const pointsOf = (groups) => {
    const all = groups.reduce((sum, { runs }) => sum + runs.length, 0);
    return groups.map((group) => ({ ...group, runs: rows.thin(group.runs, Math.max(Math.round((rows.DRAWN * group.runs.length) / all), FEWEST)) }));
  };

  const pointRows = (groups) => groups.flatMap(({ runs }, at) => runs.map((run, index) => ({ run: run.id, at: at + offset(index, runs.length), value: run.value, color: rows.runColor(run.color) })));

  if (node) module.exports = { box, boxRows, pointsOf, pointRows };
  if (typeof document === "undefined") return;

  const { make, chartHost, chartText, format } = runfolio;
  const REACH = 16;
  const ROW = 40;

  const nearest = (chart, drawn, { x, y }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let found = null;
    for (const row of drawn) {
      const distance = Math.hypot(across(row.value) - x, down(row.at) - y);
      if (distance <= REACH && (!found || distance < found.distance)) found = { row, distance, x: across(row.value), y: down(row.at) };
    }
    return found;
  };

  const facts = ({ label, runs }) => {
    const { q1, median, q3 } = box(runs.map((run) => run.value));
    return { title: label, rows: [["median", median], ["quartiles", null, `${format.number(q1)} – ${format.number(q3)}`], ["runs", runs.length]].map(([name, value, written]) => ({ name, value: written ?? format.number(value) })) };
  };

  const wire = (chart, drawn, groups, { xTitle, yTitle }) => {
    const byId = new Map(pointsOf(groups).flatMap(({ runs, label }) => runs.map((run) => [run.id, { run, label }])));
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const found = nearest(chart, drawn, place);
      if (!found) {
        leave();
        const group = place.x >= 0 && groups[Math.round(chart.view.scale("y").invert(place.y))];
        if (group) chart.tooltip.show(facts(group), place.x + place.left, place.y + place.top);
        return;
      }
      if (current !== found.row.run) chart.emphasise([found.row.run]);
      current = found.row.run;
      const { run, label } = byId.get(current);
      chart.tooltip.show({ title: run.name, rows: [{ name: yTitle, value: label }, { name: xTitle, value: format.number(run.value) }] }, found.x + place.left, found.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = nearest(chart, drawn, chart.point(event));
      if (found) chartHost.open(byId.get(found.row.run).run.href, event);
    });
  };

  const summary = (title, groups) => {
    const listed = groups.slice(0, 8).map(({ label, runs }) => `${label}: median ${format.number(box(runs.map((run) => run.value)).median)} of ${format.count(runs.length, "run")}`);
    return `${title}. ${listed.join("; ")}${groups.length > 8 ? `; and ${groups.length - 8} more` : ""}.`;
  };

  // Draws boxes; options are described in templates/assets/js/README.md.
  const boxes = (element, options) => {
    const { title, xTitle, yTitle, note } = options;
    const log = options.log && options.groups.some(({ runs }) => runs.some((run) => run.value > 0));
    const groups = options.groups.map(({ label, runs }) => ({ label, runs: runs.filter((run) => rows.isFinite(run.value) && (!log || run.value > 0)) })).filter(({ runs }) => runs.length);
    if (!groups.length) {
      chartHost.empty(element, `${title}: no run has a value.`);
      return Promise.resolve();
    }
    const found = boxRows(groups);
    const drawn = pointRows(pointsOf(groups));
    const words = summary(title, groups);
    const all = groups.reduce((sum, { runs }) => sum + runs.length, 0);
    const table = () => ({ columns: ["run", "name", chartText.plainTitle(yTitle), chartText.plainTitle(xTitle)], rows: groups.flatMap(({ label, runs }) => runs.map((run) => [run.id, run.name, run.by ?? label, run.value])) });
    const hint = [note, rows.thinWords(drawn.length, all), found.length ? "" : `No box is drawn for fewer than ${FEWEST} runs.`].filter(Boolean).join(" ");
    return chartHost.show(element, async (specs, width, tall) => {
      const filling = {
        titles: { __x__: xTitle, __y__: yTitle },
        data: { boxes: found.map((row) => ({ ...row })), rows: drawn.map((row) => ({ ...row })) },
        signals: { places: groups.map((_, at) => at), categories: groups.map(({ label, runs }) => `${chartText.shortenMiddle(label, width * 0.26)} (${runs.length})`), last: groups.length - 0.5 },
        width,
        height: tall ?? Math.max(groups.length * ROW + 76, 130),
      };
      const chart = await chartHost.render(specs[log ? "boxes-log" : "boxes"], filling, words, { title, table });
      wire(chart, drawn, groups, options);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, hint ? make("p", { class: "hint" }, hint) : "");
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, boxes };
})();

// One bar per run in the order given, with its value at the end; a click opens the run.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText } = runfolio;
  const NAMES = 0.42; // of the width, at most
  const STEP = 26; // pixels a bar and its gap take, as in runfolio/charts/bars.py

  const barAt = (chart, rows, { y }) => {
    const scale = chart.view.scale("y");
    return rows.find((row) => y >= scale(row.order) - 3 && y <= scale(row.order) + scale.bandwidth() + 3) || null;
  };

  const wire = (chart, rows, bars, xTitle) => {
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const row = barAt(chart, rows, place);
      if (!row) return leave();
      if (current !== row.run) chart.emphasise([row.run]);
      current = row.run;
      const bar = bars[row.order];
      const full = chartRows.isFinite(bar.value) ? String(bar.value) : "no value";
      return chart.tooltip.show({ title: bar.name, rows: [{ name: xTitle, value: full }], note: bar.note }, place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const row = barAt(chart, rows, chart.point(event));
      if (row) chartHost.open(bars[row.order].href, event);
    });
  };

  // Draws bars; options are described in templates/assets/js/README.md.
  const bars = (element, { title, xTitle, note, what = "run", bars: given }) => {
    if (!given.length) {
      chartHost.empty(element, `${title}: no run has a value.`);
      return Promise.resolve();
    }
    const rows = chartRows.barRows(given);
    const label = `${title}. ${rows.slice(0, 5).map((row) => `${row.name} ${row.text}`).join(", ")}${rows.length > 5 ? `, and ${rows.length - 5} more` : ""}.`;
    const spans = given.some((bar) => chartRows.isFinite(bar.low));
    const table = () => ({ columns: [what, "name", chartText.plainTitle(xTitle), ...(spans ? ["low", "high"] : [])], rows: given.map((bar) => [bar.id, bar.name, bar.value, ...(spans ? [bar.low, bar.high] : [])]) });
    return chartHost.show(element, async (specs, width) => {
      const filling = {
        titles: { __x__: xTitle },
        data: { rows: rows.map((row) => ({ ...row, name: chartText.shortenMiddle(row.name, width * NAMES) })) },
        width,
        height: STEP * rows.length + 36,
      };
      const chart = await chartHost.render(specs.bars, filling, label, { title, table });
      wire(chart, rows, given, xTitle);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, note ? make("p", { class: "hint" }, note) : "");
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, bars };
})();

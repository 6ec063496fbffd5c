// How a distribution moves over the steps of a run: a column of cells for each histogram.

(() => {
  "use strict";

  const { COUNTS: SHADES, thin } = typeof module === "object" ? require("./chart-rows.js") : runfolio.chartRows;

  const BINS = 40;
  const COLUMNS = 64;

  // Counts spread over other edges in proportion to how far the bins overlap, as shares of all.
  const rebin = ({ edges, counts }, targets) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const shares = new Array(targets.length - 1).fill(0);
    counts.forEach((count, index) => {
      const [low, high] = [edges[index], edges[index + 1]];
      for (let at = 0; at < shares.length; at += 1) {
        const overlap = Math.min(high, targets[at + 1]) - Math.max(low, targets[at]);
        if (overlap > 0 && high > low) shares[at] += (count / total) * (overlap / (high - low));
      }
    });
    return shares;
  };

  // From where to where the column of each step reaches: halfway to its neighbours.
  const spans = (steps) =>
    steps.map((step, index) => {
      const before = index ? (step - steps[index - 1]) / 2 : null;
      const after = index < steps.length - 1 ? (steps[index + 1] - step) / 2 : null;
      return [step - (before ?? after ?? 0.5), step + (after ?? before ?? 0.5)];
    });

  // The cells of histograms in the order of their steps: {x, x2, y, y2, share, step}, with the edges.
  const layHistograms = (histograms) => {
    const shown = thin([...histograms].filter(({ counts }) => counts.some((count) => count > 0)).sort((a, b) => a.step - b.step), COLUMNS);
    const low = Math.min(...shown.map(({ edges }) => edges[0]));
    const high = Math.max(...shown.map(({ edges }) => edges.at(-1)));
    const edges = Array.from({ length: BINS + 1 }, (_, index) => low + ((high - low) * index) / BINS);
    const reach = spans(shown.map(({ step }) => step));
    const cells = shown.flatMap((one, index) => rebin(one, edges).map((share, at) => ({ x: reach[index][0], x2: reach[index][1], y: edges[at], y2: edges[at + 1], share, step: one.step })));
    return { shown, low, high, reach, cells: cells.filter(({ share }) => share > 0) };
  };

  if (typeof module === "object") module.exports = { rebin, spans, layHistograms };
  if (typeof document === "undefined") return;

  const { make, chartHost, chartCells, format } = runfolio;
  const percent = (share) => `${format.number(share * 100, 2)} %`;

  // Draws histograms over steps; options are described in templates/assets/js/README.md.
  const histograms = (element, { title, xTitle = "step", yTitle = "", histograms: given }) => {
    const laid = layHistograms(given);
    if (!laid.shown.length) {
      chartHost.empty(element, `${title}: no values to draw.`);
      return Promise.resolve();
    }
    const most = Math.max(...laid.cells.map(({ share }) => share));
    const cells = laid.cells.map((cell) => ({
      ...cell,
      color: SHADES[Math.min(Math.floor(Math.sqrt(cell.share / most) * SHADES.length), SHADES.length - 1)],
      tip: () => ({ title: `${xTitle} ${format.number(cell.step)}`, rows: [{ name: `${format.number(cell.y, 3)} – ${format.number(cell.y2, 3)}`, value: percent(cell.share) }] }),
    }));
    const middle = ({ edges, counts }) => {
      const half = counts.reduce((sum, count) => sum + count, 0) / 2;
      let sum = 0;
      const at = counts.findIndex((count) => (sum += count) >= half);
      return (edges[at] + edges[at + 1]) / 2;
    };
    const [first, last] = [laid.shown[0], laid.shown.at(-1)];
    const summary = `${title}, ${format.count(given.length, "histogram")}. Median about ${format.number(middle(first), 3)} at ${xTitle} ${first.step}, ${format.number(middle(last), 3)} at ${xTitle} ${last.step}; values from ${format.number(laid.low)} to ${format.number(laid.high)}.`;
    const table = () => ({ columns: [xTitle, "from", "to", "count"], rows: given.flatMap(({ step, edges, counts }) => counts.map((count, index) => [step, edges[index], edges[index + 1], count])) });
    const ramp = { title: "share of values", low: "0", high: percent(most), colors: SHADES };
    return chartHost.show(element, async (specs, width, tall) => {
      const steps = laid.shown.map(({ step }) => step);
      const [from, to] = [laid.reach[0][0], laid.reach.at(-1)[1]];
      const fits = Math.max(2, Math.floor(width / 90));
      const xTicks = steps.length <= fits ? steps : chartCells.roundTicks(steps[0], steps.at(-1), fits);
      const yTicks = chartCells.roundTicks(laid.low, laid.high, 5);
      const axes = {
        x: { title: xTitle, low: from, high: to, ticks: xTicks, labels: xTicks.map((tick) => format.number(tick)) },
        y: { title: yTitle, low: laid.low, high: laid.high, ticks: yTicks, labels: yTicks.map((tick) => format.number(tick)) },
      };
      const chart = await chartCells.draw(specs, { ...axes, cells, width, height: tall ?? 220 }, summary, { title, table, ramp });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(ramp), chart.canvas);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, histograms };
})();

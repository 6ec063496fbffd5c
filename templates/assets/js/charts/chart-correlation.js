// Rank correlations of parameters and metrics: the lower half of their matrix, named on its diagonal.

(() => {
  "use strict";

  const node = typeof module === "object";
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const STEPS = 10; // from −1 to 1 in the diverging colours of runfolio/charts/palette.py
  const FEWEST = 4; // runs that a correlation needs

  const colorOf = (r) => `var(--div-${Math.round(((Math.min(Math.max(r, -1), 1) + 1) / 2) * STEPS)})`;

  // What a column that has a number for every run brings to its correlations, worked out once: {n, unit}.
  const known = new WeakMap();
  const prepare = ({ values }) => {
    if (!known.has(values)) known.set(values, values.every(Number.isFinite) ? { n: values.length, unit: statistics.unit(statistics.ranks(values)) } : null);
    return known.get(values);
  };

  // How many runs have both.
  const both = (one, other) => (prepare(one) && prepare(other) ? prepare(one).n : one.values.reduce((count, value, index) => count + Number(Number.isFinite(value) && Number.isFinite(other.values[index])), 0));

  const spearman = (one, other) => {
    const [left, right] = [prepare(one), prepare(other)];
    if (!left || !right) return statistics.spearman(one.values, other.values);
    return left.unit && right.unit ? statistics.product(left.unit, right.unit) : null;
  };

  // Spearman's ρ of a column with each before it: [{row, column, r, n}]; r is null where there is none.
  const rowPairs = (columns, row) =>
    columns.slice(0, row).map((other, column) => {
      const n = both(columns[row], other);
      return { row, column, n, r: n >= FEWEST ? spearman(columns[row], other) : null };
    });
  const pairs = (columns) => columns.flatMap((_, row) => rowPairs(columns, row));

  // The columns that go most with the first one, itself in front.
  const relevant = (columns, most) => {
    const [first, ...rest] = columns;
    if (!first) return [];
    const strength = new Map(rest.map((one) => [one, Math.abs(spearman(first, one) ?? 0)]));
    return [first, ...rest.sort((a, b) => strength.get(b) - strength.get(a)).slice(0, most - 1)];
  };

  if (node) module.exports = { colorOf, pairs, relevant };
  if (typeof document === "undefined") return;

  const { make, pace, chartHost, chartCells, chartPoints, chartText } = runfolio;
  const NAMES = 132; // pixels right of the diagonal for its last names
  const WIDEST = 76;
  const LINE = 17; // pixels a name needs
  const TALLEST = 32;
  const GAP = 0.02;

  // Draws correlations; options are described in templates/assets/js/README.md.
  const correlation = async (element, { columns }) => {
    const found = [];
    for (let row = 0; row < columns.length; row += 1) {
      found.push(...rowPairs(columns, row).filter(({ r }) => r !== null));
      await pace.pause();
    }
    if (!found.length) {
      chartHost.empty(element, "No two columns of numbers vary together over enough runs.");
      return undefined;
    }
    const title = `Rank correlation of ${columns.length} parameters and metrics`;
    const strongest = [...found].sort((a, b) => Math.abs(b.r) - Math.abs(a.r)).slice(0, 5);
    const summary = `${title}. Strongest: ${strongest.map(({ row, column, r }) => `${columns[row].title} and ${columns[column].title} ${chartPoints.signed(r)}`).join(", ")}.`;
    const table = () => ({ columns: ["first", "second", "spearman", "runs"], rows: found.map(({ row, column, r, n }) => [columns[row].title, columns[column].title, r, n]) });
    const ramp = { title: "Spearman’s ρ", low: "−1", high: "1", colors: Array.from({ length: STEPS + 1 }, (_, index) => `var(--div-${index})`) };
    return chartHost.show(element, async (specs, width, tall) => {
      const count = columns.length;
      const inner = width - 16;
      const cell = Math.min(WIDEST, Math.max((inner - NAMES) / Math.max(count - 1, 1), 8));
      const line = tall ? Math.max((tall - 16) / count, LINE) : Math.max(Math.min(cell * 0.75, TALLEST), LINE);
      const digits = cell >= 42 ? 2 : cell >= 32 ? 1 : null;
      const cells = found.map(({ row, column, r, n }) => ({
        x: column + GAP,
        x2: column + 1 - GAP,
        y: count - 1 - row + GAP,
        y2: count - row - GAP,
        color: colorOf(r),
        r,
        tip: () => ({ title: `${columns[row].title} and ${columns[column].title}`, rows: [{ name: "Spearman’s ρ", value: chartPoints.signed(r) }, { name: "runs", value: String(n) }] }),
      }));
      const texts = digits === null ? [] : cells.map((one) => ({ x: (one.x + one.x2) / 2, y: (one.y + one.y2) / 2, text: chartPoints.signed(one.r, digits), ink: one.color.replace("--div-", "--on-div-") }));
      const names = columns.map(({ title: name }, row) => ({ x: row + 6 / cell, y: count - 0.5 - row, text: chartText.shortenMiddle(name, inner - row * cell - 12) }));
      const axis = { title: "", ticks: [], labels: [], low: 0 };
      const chart = await chartCells.draw(specs, { x: { ...axis, high: inner / cell }, y: { ...axis, high: count }, cells, texts, names, width, height: line * count + 16 }, summary, { title, table, ramp });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(ramp), chart.canvas, make("p", { class: "hint" }, "Each square: the column named above it with the row named at its right. Correlation says what goes together, not what causes it."));
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.chartCorrelation = { relevant, prepare };
  runfolio.charts = { ...runfolio.charts, correlation };
})();

// A confusion matrix as coloured cells, as runfolio/charts/confusion.py does it for pictures.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("../charts/chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;

  const GAP = 0.02;

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const greatest = (counts) => counts.flat().reduce((most, count) => Math.max(most, count), 0);
  const percent = (share) => (share === null ? "—" : `${format.number(share * 100, share > 0.0995 ? 3 : 2)} %`);

  // What is known of each cell: {row, column, count, share, level}. `share` is that of its true class,
  // or null for a class without a case; `level` is what the colour tells, from 0 to 1 at `most`.
  const cellsOf = (counts, normalise, most = greatest(counts)) => {
    return counts.flatMap((line, row) => {
      const all = sum(line);
      return line.map((count, column) => {
        const share = all > 0 ? count / all : null;
        return { row, column, count, share, level: normalise ? (share ?? 0) : most > 0 ? count / most : 0 };
      });
    });
  };

  // The pairs that are taken for each other most often.
  const confused = (labels, counts, most = 3) =>
    cellsOf(counts, false)
      .filter(({ row, column, count }) => row !== column && count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, most)
      .map(({ row, column, count }) => ({ from: labels[row], to: labels[column], count }));

  const describe = (labels, counts) => {
    const found = confused(labels, counts).map(({ from, to, count }) => `${from} taken for ${to} ${format.number(count)} times`);
    const errors = found.length ? ` Most often: ${found.join(", ")}.` : " No class was taken for another.";
    return `${labels.length} classes.${errors}`;
  };

  const pure = { cellsOf, greatest, confused, describe, percent };
  if (node) module.exports = pure;
  else runfolio.chartConfusion = pure;
  if (typeof document === "undefined") return;

  const { make, chartHost, chartCells, chartText } = runfolio;
  const [NARROWEST, WIDEST] = [20, 72]; // pixels of a cell, where there is room
  const TALLEST = 44;
  const LINE = 14; // pixels a label needs
  const READABLE = 46; // pixels that the beginning and end of a label need
  const AROUND = 64; // pixels above and below the cells
  const HIGHEST = 480; // pixels of all cells, where they are many

  const thinned = (labels, height) => {
    const every = Math.ceil((LINE * labels.length) / height);
    return labels.map((label, index) => (index % every ? "" : label));
  };

  // The labels below the cells; of narrow ones only so many as can be read.
  const across = (labels, cell) => {
    const fit = labels.every((label) => chartText.textWidth(label) <= cell - 6);
    const every = fit ? 1 : Math.ceil(READABLE / cell);
    return labels.map((label, index) => (index % every ? "" : chartText.shortenMiddle(label, every * cell - 6)));
  };

  const tip = (labels, counts, { row, column, count, share }) => {
    const guessed = sum(counts.map((line) => line[column]));
    return {
      title: `true ${chartText.shortenMiddle(labels[row], 140)}, predicted ${chartText.shortenMiddle(labels[column], 140)}`,
      rows: [
        { name: "count", value: format.number(count) },
        { name: "of this true class", value: percent(share) },
        { name: "of this prediction", value: percent(guessed > 0 ? count / guessed : null) },
      ],
    };
  };

  const inkOf = ({ count, level }) => (count > 0 ? rows.countColor(level).replace("--div-", "--on-div-") : "var(--muted)");

  // Draws a confusion matrix; options are described in templates/assets/js/README.md.
  const confusion = (element, { title, labels, counts, most = greatest(counts), normalise = false, note = "" }) => {
    const size = labels.length;
    const found = cellsOf(counts, normalise, most);
    const low = normalise ? "0 %" : "0";
    const ramp = { title: normalise ? "share of the true class" : "count", low, high: normalise ? "100 %" : format.number(most), colors: rows.COUNTS };
    const table = () => ({ columns: ["true", "predicted", "count", "share of the true class"], rows: found.map(({ row, column, count, share }) => [labels[row], labels[column], count, share]) });
    return chartHost.show(element, async (specs, width, tall) => {
      const names = labels.map((label) => chartText.shortenMiddle(label, width * 0.24));
      const beside = Math.max(...names.map(chartText.textWidth)) + 24;
      const cell = Math.min(Math.max((width - beside) / size, 1), WIDEST);
      const usual = Math.min(Math.max(cell * 0.75, Math.min(NARROWEST, HIGHEST / size)), TALLEST);
      const line = tall ? (tall - AROUND) / size : usual;
      const place = ({ row, column }) => ({ x: column + 0.5, y: size - row - 0.5 });
      const texts = found.map((one) => ({ ...place(one), text: normalise ? percent(one.share) : format.number(one.count), ink: inkOf(one) }));
      const fits = line >= LINE && texts.every(({ text }) => chartText.textWidth(text) <= cell - 4);
      const cells = found.map((one) => ({
        x: one.column + GAP,
        x2: one.column + 1 - GAP,
        y: size - 1 - one.row + GAP,
        y2: size - one.row - GAP,
        color: one.count > 0 ? rows.countColor(one.level) : "transparent",
        tip: () => tip(labels, counts, one),
      }));
      const axis = { low: 0, high: size, ticks: labels.map((_, index) => index + 0.5) };
      const axes = {
        x: { ...axis, title: "predicted", labels: across(labels, cell) },
        y: { ...axis, title: "true", labels: thinned(names, line * size).reverse() },
      };
      const chart = await chartCells.draw(specs, { ...axes, cells, texts: fits ? texts : [], width: beside + cell * size, height: line * size + AROUND }, `${title}. ${describe(labels, counts)}`, { title, table, ramp });
      const notes = [note, fits ? "" : "Point at a cell to read it."].filter(Boolean);
      const hint = notes.length ? make("p", { class: "hint" }, notes.join(" ")) : "";
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(ramp), chart.canvas, hint);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, confusion };
})();

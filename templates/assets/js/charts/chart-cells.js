// What charts of coloured cells share: round ticks, texts that fit, and reading cells and points.

(() => {
  "use strict";

  // Round numbers between two ends, about `count` of them.
  const roundTicks = (low, high, count) => {
    if (!(high > low)) return [low];
    const rough = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  };

  if (typeof module === "object") module.exports = { roundTicks };
  if (typeof document === "undefined") return;

  const { chartHost, chartText } = runfolio;
  const REACH = 12;

  const cellAt = (cells, x, y) => cells.find((cell) => x >= cell.x && x <= cell.x2 && y >= cell.y && y <= cell.y2) ?? null;

  const wire = (chart, { cells, points }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let current = null;
    const leave = () => {
      if (current === null) return;
      current = null;
      chart.tooltip.hide();
      chart.view.data("marks", []).signal("emphasis", []).runAsync();
    };
    const find = ({ x, y }) => {
      const near = points.map((point) => ({ point, distance: Math.hypot(across(point.x) - x, down(point.y) - y) })).filter(({ distance }) => distance <= REACH);
      if (near.length) return near.reduce((best, one) => (one.distance < best.distance ? one : best)).point;
      return cellAt(cells, across.invert(x), down.invert(y));
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const found = find(place);
      if (!found) return leave();
      if (found !== current) {
        const { x, x2, y, y2 } = found;
        const mark = found.run === undefined && !found.smooth ? [{ x, x2, y, y2 }] : [];
        chart.view.data("marks", mark).signal("emphasis", found.run === undefined ? [] : [found.run]).runAsync();
      }
      current = found;
      return chart.tooltip.show(found.tip(), place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = find(chart.point(event));
      if (found?.href) chartHost.open(found.href, event);
    });
  };

  const bare = ({ tip, href, smooth, ...row }) => row;

  // Draws cells {x, x2, y, y2, color, tip()}, points {run, x, y, color, href, tip()}, texts and names.
  const draw = async (specs, { x, y, cells, points = [], texts = [], names = [], width, height }, label, about) => {
    const filling = {
      titles: { __x__: x.title, __y__: y.title },
      data: { rows: cells.map(bare), points: points.map(bare), texts: texts.map((row) => ({ ...row })), names: names.map((row) => ({ ...row })), marks: [] },
      signals: Object.fromEntries(Object.entries({ x, y }).flatMap(([name, axis]) => [[`${name}_low`, axis.low], [`${name}_high`, axis.high], [`${name}_ticks`, axis.ticks], [`${name}_labels`, axis.labels]])),
      width,
      height,
    };
    const chart = await chartHost.render(specs.cells, filling, label, about);
    wire(chart, { cells, points });
    return chart;
  };

  // The labels of places along an axis, each shortened to what it has of `length` pixels.
  const shortLabels = (labels, length) => labels.map((label) => chartText.shortenMiddle(label, Math.max(length / labels.length - 6, 16)));

  runfolio.chartCells = { draw, roundTicks, shortLabels };
})();

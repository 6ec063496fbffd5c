// A metric over two parameters: its mean in cells, or a surface where both are continuous numbers.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const bins = node ? require("./chart-bins.js") : runfolio.chartBins;
  const dimensions = node ? require("./chart-dimensions.js") : runfolio.chartDimensions;
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const STEP = [5, 9]; // pixels of a surface's squares, for up to MANY runs and for more
  const MANY = 300;
  const FEWEST = 12; // runs that a surface needs
  const GAP = 0.015; // of a cell, on each side
  const GATHERED = 1500; // more points than this are smoothed as the means of squares,
  const FAR = 18; // squared widths of the kernel: what lies further weighs nothing
  const SQUARES = 36; // so many along an axis

  const mean = (values) => values.reduce((sum, value) => sum + value / values.length, 0);

  // The range that colours span: a few values far outside, such as those of diverged runs, don't stretch it.
  const colorRange = (values) => {
    const sorted = Float64Array.from(values).sort();
    const [low, high] = [sorted[0], sorted.at(-1)];
    const [q1, q3] = [0.25, 0.75].map((share) => statistics.quantile(sorted, share));
    const reach = 3 * (q3 - q1);
    if (!(reach > 0)) return { range: [low, high], cut: [false, false] };
    const range = [sorted.find((value) => value >= q1 - reach), sorted.findLast((value) => value <= q3 + reach)];
    return { range, cut: [low < range[0], high > range[1]] };
  };

  // Runs that have all three, in the cells of a grid: {x, y: bins, cells: [{x, y, mean, runs}]}.
  const grid = (runs, { x, y }, sizes = {}) => {
    const across = bins.bin(runs.map((run) => run.x), x.kind, sizes.x);
    const up = bins.bin(runs.map((run) => run.y), y.kind, sizes.y);
    const found = new Map();
    runs.forEach((run, index) => {
      const key = across.places[index] * 1000 + up.places[index];
      if (found.has(key)) found.get(key).push(run);
      else found.set(key, [run]);
    });
    const cells = [...found].map(([key, members]) => ({ x: Math.floor(key / 1000), y: key % 1000, mean: mean(members.map((run) => run.value)), runs: members }));
    return { x: across, y: up, cells };
  };

  const isContinuous = (runs, { x, y }) => {
    const many = (key) => new Set(runs.map((run) => run[key])).size > bins.SINGLE;
    return x.kind === "number" && y.kind === "number" && runs.length >= FEWEST && many("x") && many("y") && runs.every((run) => rows.isFinite(run.x) && rows.isFinite(run.y));
  };

  // Very many points as few: the mean of those in each square, with its weight.
  const gather = (points) => {
    if (points.length <= GATHERED) return points.map((point) => ({ ...point, weight: 1 }));
    const squares = new Map();
    for (const { x, y, value } of points) {
      const key = Math.floor(x * SQUARES) * 1000 + Math.floor(y * SQUARES);
      const square = squares.get(key) ?? { x: 0, y: 0, value: 0, weight: 0 };
      if (!square.weight) squares.set(key, square);
      square.weight += 1;
      square.x += (x - square.x) / square.weight;
      square.y += (y - square.y) / square.weight;
      square.value += (value - square.value) / square.weight;
    }
    return [...squares.values()];
  };

  // The runs' values smoothed by a Gaussian kernel (Nadaraya 1964, Watson 1964) on a grid from 0 to 1;
  // nothing where no run is near. Squares of one colour side by side are one cell from low to high.
  const surface = (points, [columns, lines], colorOf) => {
    const width = Math.max(0.5 * points.length ** -0.25, 0.06);
    const places = gather(points);
    const smoothed = (x, y) => {
      let [sum, weights, nearest] = [0, 0, Infinity];
      for (const place of places) {
        const square = (place.x - x) ** 2 + (place.y - y) ** 2;
        if (square < nearest) nearest = square;
        if (square > FAR * width * width) continue;
        const weight = place.weight * Math.exp((-2 * square) / (width * width));
        sum += weight * place.value;
        weights += weight;
      }
      return nearest <= width * width ? sum / weights : null;
    };
    const cells = [];
    for (let line = 0; line < lines; line += 1) {
      let open = null;
      for (let column = 0; column < columns; column += 1) {
        const value = smoothed((column + 0.5) / columns, (line + 0.5) / lines);
        const color = value === null ? null : colorOf(value);
        if (open === null || color !== open.color) {
          open = { x: column / columns, y: line / lines, y2: (line + 1) / lines, color, low: value, high: value };
          if (color !== null) cells.push(open);
        }
        Object.assign(open, { x2: (column + 1) / columns, low: Math.min(open.low, value), high: Math.max(open.high, value) });
      }
    }
    return cells;
  };

  if (node) module.exports = { colorRange, grid, isContinuous, surface };
  if (typeof document === "undefined") return;

  const { make, chartHost, chartCells, chartText, format } = runfolio;

  const painter = (values) => {
    const { range, cut } = colorRange(values);
    const place = (value) => Math.min(Math.max(value, range[0]), range[1]);
    return {
      of: (value) => rows.valueColor(place(value), range),
      ramp: (title) => ({ title, low: `${cut[0] ? "≤ " : ""}${format.number(range[0])}`, high: `${cut[1] ? "≥ " : ""}${format.number(range[1])}`, colors: rows.sequenceColors() }),
    };
  };

  const inkOn = (color) => color.replace("--seq-", "--on-seq-");

  const drawGrid = (specs, found, { x, y, z, title, table, paint, summary }, width, height) => {
    const [columns, lines] = [found.x.labels.length, found.y.labels.length];
    const room = (width - 90) / columns - 8;
    const cells = found.cells.map((cell) => ({
      x: cell.x + GAP,
      x2: cell.x + 1 - GAP,
      y: cell.y + GAP,
      y2: cell.y + 1 - GAP,
      color: paint.of(cell.mean),
      href: cell.runs.length === 1 ? cell.runs[0].href : null,
      tip: () => ({
        title: cell.runs.length === 1 ? cell.runs[0].name : format.count(cell.runs.length, "run"),
        rows: [
          { name: x.title, value: chartText.shortenMiddle(found.x.labels[cell.x], 160) },
          { name: y.title, value: chartText.shortenMiddle(found.y.labels[cell.y], 160) },
          { name: cell.runs.length === 1 ? z.title : `mean ${z.title}`, value: format.number(cell.mean) },
        ],
      }),
    }));
    const texts = found.cells.map((cell) => ({ x: cell.x + 0.5, y: cell.y + 0.5, text: format.number(cell.mean, 3), ink: inkOn(paint.of(cell.mean)) })).filter((one) => chartText.textWidth(one.text) <= room);
    const ticks = (count) => Array.from({ length: count }, (_, index) => index + 0.5);
    const axes = {
      x: { title: x.title, low: 0, high: columns, ticks: ticks(columns), labels: chartCells.shortLabels(found.x.labels, width - 90) },
      y: { title: y.title, low: 0, high: lines, ticks: ticks(lines), labels: found.y.labels.map((label) => chartText.shortenMiddle(label, width * 0.24)) },
    };
    return chartCells.draw(specs, { ...axes, cells, texts, width, height: height ?? Math.max(lines * 36 + 64, 160) }, summary, { title, table, ramp: paint.ramp(z.title) });
  };

  const drawSurface = (specs, runs, { x, y, z, title, table, paint, summary }, width, height) => {
    const [across, up] = [dimensions.place(runs.map((run) => run.x)), dimensions.place(runs.map((run) => run.y))];
    const points = runs.map((run, index) => ({ x: across.positions[index], y: up.positions[index], value: run.value }));
    const tall = height ?? 320;
    const step = STEP[Number(runs.length > MANY)];
    const cells = surface(points, [Math.round((width - 60) / step), Math.round((tall - 60) / step)], paint.of).map((cell) => ({
      ...cell,
      smooth: true,
      tip: () => ({ title: "between runs", rows: [{ name: `${z.title}, smoothed`, value: [...new Set([cell.low, cell.high].map((value) => format.number(value, 3)))].join(" – ") }] }),
    }));
    const dots = rows.thin(runs.map((run, index) => ({ run, place: points[index] }))).map(({ run, place }) => ({
      run: run.id,
      x: place.x,
      y: place.y,
      color: paint.of(run.value),
      size: points.length > MANY ? 12 : points.length > 100 ? 24 : 44,
      href: run.href,
      tip: () => ({ title: run.name, rows: [[x, run.x], [y, run.y], [z, run.value]].map(([axis, value]) => ({ name: axis.title, value: format.number(value) })) }),
    }));
    const axis = (placed, title) => ({ title, low: -0.03, high: 1.03, ticks: placed.ticks.map((tick) => tick.position), labels: placed.ticks.map((tick) => tick.label) });
    return chartCells.draw(specs, { x: axis(across, x.title), y: axis(up, y.title), cells, points: dots, width, height: tall }, summary, { title, table, ramp: paint.ramp(z.title) });
  };

  // Draws a metric over two parameters; options are described in templates/assets/js/README.md.
  const heat = (element, options) => {
    const { x, y, z } = options;
    const runs = options.runs.filter((run) => rows.isFinite(run.value));
    const plain = chartText.plainTitle(z.title);
    if (!runs.length) {
      chartHost.empty(element, `No run has ${plain}.`);
      return Promise.resolve();
    }
    const smooth = isContinuous(runs, options);
    const title = `${smooth ? plain : `mean ${plain}`} by ${x.title} and ${y.title}, ${format.count(runs.length, "run")}`;
    const table = () => ({ columns: ["run", "name", x.title, y.title, plain], rows: runs.map((run) => [run.id, run.name, run.x, run.y, run.value]) });
    return chartHost.show(element, async (specs, width, tall) => {
      const sizes = width < 480 ? { single: 5, ranges: 4, most: 6 } : {};
      const found = smooth ? null : grid(runs, options, { x: sizes });
      const better = (one, other, key) => (sign * (other[key] - one[key]) < 0 ? other : one);
      const paint = painter(smooth ? runs.map((run) => run.value) : found.cells.map((cell) => cell.mean));
      const sign = (z.direction ?? rows.titleDirection(z.title)) === "up" ? -1 : 1;
      const best = found ? found.cells.reduce((one, other) => better(one, other, "mean")) : runs.reduce((one, other) => better(one, other, "value"));
      const at = found ? `${found.x.labels[best.x]} and ${found.y.labels[best.y]}` : `${format.number(best.x)} and ${format.number(best.y)}`;
      const summary = `${title}. ${sign < 0 ? "Highest" : "Lowest"}: ${format.number(best.mean ?? best.value)} at ${at}.`;
      const about = { ...options, title, table, paint, summary };
      const chart = smooth ? await drawSurface(specs, runs, about, width, tall) : await drawGrid(specs, found, about, width, tall);
      const binned = found ? [[found.x, x], [found.y, y]].filter(([axis]) => axis.binned).map(([, axis]) => axis.title) : [];
      const notes = [];
      if (smooth) notes.push("Colours between the runs are smoothed from the runs around; nothing is drawn far from any.");
      if (smooth && runs.length > rows.DRAWN) notes.push(rows.thinWords(rows.DRAWN, runs.length));
      if (binned.length) notes.push(`${binned.join(" and ")} in ranges.`);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(paint.ramp(z.title)), chart.canvas, notes.length ? make("p", { class: "hint" }, notes.join(" ")) : "");
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, heat };
})();

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

// What the charts of relations draw: runs and columns of the workspace, and what a brush picks.

(() => {
  "use strict";

  const node = typeof module === "object";
  const format = node ? require("../site/format.js") : runfolio.format;
  const rows = node ? require("../charts/chart-rows.js") : runfolio.chartRows;
  const { sound } = node ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const dimensions = node ? require("../charts/chart-dimensions.js") : runfolio.chartDimensions;

  const GROUPS = ["Parameters", "Metrics", "Run", "Tags"];
  const LEFT_OUT = new Set(["attributes.id", "attributes.name", "attributes.experiment", "attributes.note"]);

  const found = new WeakMap(); // view → its subjects, brushed or not

  // The runs of charts of all runs: those ticked, else those the table shows without those that broke
  // off (unless all did), and of these what is brushed.
  const subjects = ({ view, brush, statuses }, { brushed = true } = {}) => {
    if (!found.has(view)) found.set(view, view.selected.length ? view.selected : sound(view.rows, statuses));
    return brushed && brush ? found.get(view).filter((index) => brush.has(index)) : found.get(view);
  };

  // The same runs, best first.
  const ranked = (workspace, options) => {
    const wanted = new Uint8Array(workspace.count);
    for (const index of subjects(workspace, options)) wanted[index] = 1;
    return workspace.rank.filter((index) => wanted[index]);
  };

  // How many runs that the table shows are left out because they broke off.
  const leftOut = (workspace) => (workspace.view.selected.length ? 0 : workspace.view.rows.length - subjects(workspace, { brushed: false }).length);

  const isNumeric = ({ kind }) => kind === "number" || kind === "duration";

  const written = (kind) => (kind === "duration" ? format.duration : kind === "time" ? (time) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC` : null);

  // A column as an axis {key, title, kind, values, texts, format, direction}; a metric by the aggregate
  // that the table shows. Null while it isn't loaded, or where there is none.
  const readAxis = (workspace, key) => {
    const aggregate = workspace.view.aggregates?.get(key) ?? "last";
    const column = workspace.column(aggregate === "last" ? key : `${key}.${aggregate}`);
    if (!column) return null;
    const kind = isNumeric(column) ? "number" : column.kind === "time" ? "time" : "category";
    const values = kind === "time" ? column.values.map((time) => (time === null ? null : time / 1000)) : kind === "category" && column.texts ? column.texts : column.values;
    const title = aggregate === "last" ? column.title : `${column.title} (${aggregate})`;
    return { key, title, kind, values, texts: column.texts ?? null, format: written(column.kind), direction: column.direction ?? null };
  };

  // The columns that something can be drawn by, as choices of a select under their headings.
  const choices = (columns, test = () => true) => {
    const offered = columns.filter((column) => !LEFT_OUT.has(column.key) && !column.constant && test(column));
    return GROUPS.map((group) => ({ group, choices: offered.filter((column) => column.group === group).map(({ key, title }) => [key, title]) })).filter((one) => one.choices.length);
  };

  const varyingParams = (columns) => columns.filter(({ group, constant }) => group === "Parameters" && !constant);
  const metricColumns = (columns) => columns.filter(({ group }) => group === "Metrics");

  const has = (groups, key) => groups.some((group) => group.choices.some(([one]) => one === key));
  const pick = (asked, groups, fallback) => (asked && has(groups, asked) ? asked : fallback);

  // The group of each run, where the table is grouped.
  const groupOf = ({ groups }) => new Map((groups ?? []).flatMap((group) => group.members.map((index) => [index, group])));

  // Brushes as the fragment keeps them: "params.lr:0.1~0.5,metrics.rmse:0.6~0.7".
  const part = (text) => encodeURIComponent(text).replace(/[~]/g, "%7E");
  const formatBrushes = (brushes) => brushes.map(({ key, from, to }) => `${part(key)}:${part(from)}~${part(to)}`).join(",");
  const decode = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const parseBrushes = (text) =>
    (text ? text.split(",") : []).flatMap((one) => {
      const found = /^([^:~]+):([^:~]*)~([^:~]*)$/.exec(one);
      return found ? [{ key: decode(found[1]), from: decode(found[2]), to: decode(found[3]) }] : [];
    });

  const SLACK = 1e-9;

  // The levels between which a brush lies on a placed axis; an end without a name is below the axis.
  const brushLevels = (placed, { from, to }) => {
    const [low, high] = [from, to].map((name) => (name === "" ? -1 : dimensions.findLevel(placed, name)));
    return low === null || high === null ? null : { low: low - SLACK, high: high + SLACK };
  };

  const within = (position, { low, high }) => low <= (position ?? rows.NOT_SET) && (position ?? rows.NOT_SET) <= high;

  // Which of the runs pass all brushes; runs without a value pass only where an end has no name.
  const passing = (indices, brushes, readValues) => {
    const tests = brushes.flatMap((brush) => {
      const values = readValues(brush.key);
      if (!values) return [];
      const placed = dimensions.place(indices.map((index) => values[index]));
      const levels = brushLevels(placed, brush);
      return levels ? [(place) => within(placed.positions[place], levels)] : [];
    });
    return new Set(indices.filter((_, place) => tests.every((test) => test(place))));
  };

  const data = { subjects, ranked, leftOut, readAxis, choices, pick, isNumeric, varyingParams, metricColumns, groupOf, formatBrushes, parseBrushes, brushLevels, within, passing };
  if (typeof runfolio !== "undefined") runfolio.relationData = data;
  if (node) module.exports = data;
})();

// The charts of an experiment that relate runs to each other: which ones show, and when they draw.
// They follow the workspace, and keep their settings in the fragment.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, pace, relationData: data } = runfolio;
  const kinds = [];

  // A kind of chart {kind, title, wide, names (of the fragment), lacks(workspace, section), usual(workspace),
  // keepsBrushed, draw(scene)}; draw resolves to {controls, draw(plot)} or {controls, empty}.
  runfolio.relations = { add: (kind) => kinds.push(kind) };

  const ORDER = ["scatter", "boxes", "heat", "bars", "importance", "correlation", "parallel"];

  const REST = 150; // milliseconds after the last change of the view until charts follow it
  const FOR_PAPER = 2000; // runs; with more of them only what was seen is printed

  const makePanel = ({ kind, title, wide }) => {
    const controls = make("div", { class: "controls", "data-controls": "" });
    const plot = make("div", { class: "plot", "data-plot": "" });
    const element = make("section", { class: wide ? "panel wide" : "panel", "data-chart": kind, "aria-label": title }, make("h3", {}, title), controls, plot);
    return { element, controls, plot };
  };

  // What a chart draws from: the page's workspace, the settings in the fragment, and columns as axes.
  const sceneOf = (workspace, settings, shard) => ({
    workspace,
    settings,
    shard,
    axis: async (key) => {
      const found = data.readAxis(workspace, key);
      if (found) return found;
      await workspace.load();
      const loaded = data.readAxis(workspace, key);
      if (!loaded) throw new Error(`There is no column ${key}.`);
      return loaded;
    },
    point: (index, groups) => new Point(workspace, index, groups.get(index)),
  });

  // A run for a chart. What only few of very many runs are asked for is read when asked for.
  class Point {
    #workspace;
    #index;
    constructor(workspace, index, group) {
      this.#workspace = workspace;
      this.#index = index;
      this.color = group?.color ?? workspace.colors[index];
    }
    get id() { return this.#workspace.ids[this.#index]; }
    get name() { return this.#workspace.names[this.#index]; }
    get dash() { return this.#workspace.dashes[this.#index]; }
    get href() { return runfolio.controls.address(this.id); }
  }

  const fill = async ({ controls, plot }, kind, scene, isCurrent) => {
    const made = await kind.draw(scene);
    if (!isCurrent()) return;
    const focused = document.activeElement?.dataset?.control;
    const inside = controls.contains(document.activeElement);
    const open = [...controls.querySelectorAll("details[open]")].map((one) => one.dataset.menu);
    controls.replaceChildren(...made.controls);
    for (const menu of controls.querySelectorAll("details")) menu.open = open.includes(menu.dataset.menu);
    if (inside && focused) [...controls.querySelectorAll("[data-control]")].find((one) => one.dataset.control === focused)?.focus();
    await pace.pause();
    if (made.empty) runfolio.chartHost.empty(plot, made.empty);
    else await made.draw(plot);
  };

  const say = (note, workspace) => {
    const ticked = workspace.view.selected.length;
    const left = data.leftOut(workspace);
    const text = ticked ? `Only the ${ticked === 1 ? "ticked run" : `${ticked} ticked runs`}; untick ${ticked === 1 ? "it" : "them"} to draw all.` : left ? `Without ${left} ${left === 1 ? "run that" : "runs that"} broke off; tick runs to draw them all the same.` : "";
    if (note.textContent !== text) note.textContent = text;
  };

  const wireToggles = (section, offered, chosen) => {
    const line = section.querySelector("[data-chart-toggles]");
    const buttons = offered.map(({ kind, title, reason }) => {
      const toggle = () => {
        const now = chosen();
        const next = now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind];
        state.update({ charts: next.length ? ORDER.filter((one) => next.includes(one)).join(",") : "none" });
      };
      return make("button", { type: "button", class: "toggle", "data-toggle": kind, disabled: reason !== null, title: reason, onclick: toggle }, title);
    });
    line.replaceChildren(...buttons);
    return (shown) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(shown.includes(button.dataset.toggle))));
  };

  const start = (section, workspace) => {
    const [place, note] = ["[data-chart-panels]", "[data-chart-note]"].map((one) => section.querySelector(one));
    const offered = ORDER.map((name) => kinds.find(({ kind }) => kind === name)).map((kind) => ({ ...kind, reason: kind.lacks(workspace, section) }));
    const able = offered.filter(({ reason }) => reason === null);
    if (!able.length) {
      place.replaceChildren(make("p", { class: "hint" }, workspace.count < 2 ? "Charts that relate runs to each other show from two runs on." : "The runs differ in nothing that could be drawn."));
      return;
    }
    let settings = state.read();
    const usual = able.filter((kind) => kind.usual(workspace)).map(({ kind }) => kind);
    const chosen = () => (settings.charts ? able.map(({ kind }) => kind).filter((kind) => settings.charts.split(",").includes(kind)) : usual);
    const press = wireToggles(section, offered, chosen);
    const panels = new Map(able.map((kind) => [kind.kind, { kind, mark: null, ...makePanel(kind) }]));
    const near = new Set();

    // What a panel shows depends on these; nothing is drawn again while all are the same.
    const markOf = ({ kind }) => {
      const { view, brush } = workspace;
      return [view.rows, view.selected, view.groups, view.aggregates, kind.keepsBrushed ? null : brush, kind.names.map((name) => settings[name] ?? "").join("\n")];
    };
    const refresh = async (panel) => {
      const mark = markOf(panel);
      if (panel.mark?.every((one, index) => one === mark[index])) return;
      panel.mark = mark;
      try {
        await fill(panel, panel.kind, sceneOf(workspace, settings, section.dataset.shard), () => panel.mark === mark);
      } catch (error) {
        panel.plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
      }
    };
    const shown = () => chosen().map((kind) => panels.get(kind));
    const drawForPaper = async () => {
      for (const panel of shown()) if (workspace.view.rows.length <= FOR_PAPER) await refresh(panel);
    };
    // One after another, those near the view; the latest call takes over.
    let turn = 0;
    const draw = async () => {
      turn += 1;
      const mine = turn;
      await pace.idle(REST);
      for (const panel of shown()) {
        if (mine !== turn) return;
        if (near.has(panel)) await refresh(panel);
      }
      pace.whenCalm(drawForPaper);
    };
    const drawSoon = pace.settled(draw);
    const watcher = pace.watcher((element, isNear) => {
      const panel = panels.get(element.dataset.chart);
      if (isNear) near.add(panel);
      else near.delete(panel);
      if (isNear) drawSoon(0);
    });
    const lay = () => {
      const now = shown();
      const mark = chosen();
      press(mark);
      if ([...place.children].map((one) => one.dataset.chart).join() === mark.join()) return;
      watcher.disconnect();
      near.clear();
      place.replaceChildren(...now.map(({ element }) => element));
      now.forEach(({ element }) => watcher.observe(element));
    };
    // What the fragment's brush picks, told to the workspace; where the table clears it, so does the fragment.
    const brushed = { text: "", rows: null, selected: null };
    const brush = () => {
      const brushes = data.parseBrushes(settings.brush);
      const text = data.formatBrushes(brushes);
      const { rows, selected } = workspace.view;
      if (text && text === brushed.text && !workspace.brush) {
        brushed.text = "";
        state.update({ brush: "" });
        return;
      }
      if (text === brushed.text && (!text || (rows === brushed.rows && selected === brushed.selected))) return;
      Object.assign(brushed, { text, rows, selected });
      const readValues = (key) => data.readAxis(workspace, key)?.values ?? null;
      workspace.setBrush(brushes.length ? data.passing(data.subjects(workspace, { brushed: false }), brushes, readValues) : null, "parallel");
    };
    const update = (wait) => {
      lay();
      say(note, workspace);
      brush();
      drawSoon(wait);
    };
    let seen = workspace.view;
    // Charts follow the view after the table has, and their own settings at once.
    workspace.follow((view) => {
      const changed = view !== seen;
      seen = view;
      update(changed ? REST : 0);
    });
    state.follow((next) => {
      settings = next;
      if (workspace.view === seen) update(0);
    });
    addEventListener("beforeprint", drawForPaper);
  };

  runfolio.onPage("[data-relations]", async (section) => {
    if (!section.querySelector("[data-chart-panels]")) return;
    try {
      start(section, await runfolio.workspace.open(section.dataset.shard));
    } catch (error) {
      section.querySelector("[data-chart-panels]").replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  });
})();

// The scatter plot of an experiment: what is on its axes, and what colours, sizes and facets say.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, relationData: data } = runfolio;
  const NONE = ["", "none"];
  const SCALES = [["", "automatic"], ["linear", "linear"], ["log", "logarithmic"]];

  const usual = ({ columns, primary }) => {
    const params = data.varyingParams(columns);
    const metrics = data.metricColumns(columns).filter(({ name }) => name !== primary);
    return { x: params[0]?.key ?? metrics[0]?.key ?? "attributes.start", y: `metrics.${primary}` };
  };

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, view } = workspace;
    const any = data.choices(columns);
    const onY = data.choices(columns, ({ kind }) => kind !== "time");
    const numbers = data.choices(columns, data.isNumeric);
    const few = data.choices(columns, ({ kind, group }) => kind !== "time" && group !== "Metrics");
    const defaults = usual(workspace);
    const chosen = {
      x: data.pick(settings.scatterx, any, defaults.x),
      y: data.pick(settings.scattery, onY, defaults.y),
      color: data.pick(settings.scattercolor, any, ""),
      size: data.pick(settings.scattersize, numbers, ""),
      facet: data.pick(settings.scatterfacet, few, ""),
    };
    const [x, y, color, size, facet] = await Promise.all(["x", "y", "color", "size", "facet"].map((name) => (chosen[name] ? axis(chosen[name]) : null)));
    const groups = data.groupOf(view);
    const tinted = color ? { title: color.title, kind: color.kind === "category" ? "category" : "number", format: color.format, order: color.kind === "category" ? workspace.categories(chosen.color) : null } : view.groups && { title: "group", kind: "given", legend: view.groups.map((group) => ({ name: group.label, color: group.color, dash: group.dash })) };
    const points = data.ranked(workspace).map((index) => Object.assign(point(index, groups), {
      x: x.values[index],
      y: y.values[index],
      tint: color ? color.values[index] : (groups.get(index)?.label ?? null),
      size: size ? size.values[index] : null,
      facet: facet ? facet.values[index] : null,
    }));
    const more = [
      controls.select("colour", "scattercolor", [["", view.groups ? "group" : "run"], ...any], chosen.color),
      controls.select("size", "scattersize", [NONE, ...numbers], chosen.size),
      controls.select("one chart for each", "scatterfacet", [NONE, ...few], chosen.facet),
      ...(x.kind === "number" ? [controls.select("x scale", "scatterxscale", SCALES, settings.scatterxscale ?? "")] : []),
      ...(y.kind === "number" ? [controls.select("y scale", "scatteryscale", SCALES, settings.scatteryscale ?? "")] : []),
      controls.tick("trend line", "scattertrend", settings.scattertrend === "1"),
    ];
    return {
      controls: [controls.select("x", "scatterx", any, chosen.x), controls.select("y", "scattery", onY, chosen.y), controls.menu("Options", ...more)],
      draw: (plot) =>
        runfolio.charts.scatter(plot, {
          x: { ...x, scale: settings.scatterxscale },
          y: { ...y, scale: settings.scatteryscale },
          points,
          color: tinted,
          size,
          facet,
          trend: settings.scattertrend === "1",
        }),
    };
  };

  runfolio.relations.add({
    kind: "scatter",
    title: "Scatter",
    names: ["scatterx", "scattery", "scattercolor", "scattersize", "scatterfacet", "scatterxscale", "scatteryscale", "scattertrend"],
    lacks: ({ columns, count }) => (count < 2 ? "Needs two runs." : data.varyingParams(columns).length || data.metricColumns(columns).length > 1 ? null : "Needs a parameter that differs between runs, or a second metric."),
    usual: ({ columns }) => data.varyingParams(columns).slice(0, 1).some(data.isNumeric),
    draw,
  });
})();

// Box plots by parameter, heat maps and correlations of an experiment.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, pace, chartBins, chartText, chartCorrelation, relationData: data } = runfolio;
  const MOST = ["5", "10", "20"]; // columns of a matrix

  const needsParams = (least) => ({ columns, count }) => {
    if (count < 2) return "Needs two runs.";
    return data.varyingParams(columns).length >= least ? null : `Needs ${least === 1 ? "a parameter that differs" : "two parameters that differ"} between runs.`;
  };

  const metricChoices = (columns) => data.choices(columns, ({ group, kind }) => group === "Metrics" || kind === "duration");
  const byChoices = (columns) => data.choices(columns, ({ group, kind }) => group !== "Metrics" && kind !== "time" && kind !== "duration");

  const boxes = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const [params, metrics] = [byChoices(columns), metricChoices(columns)];
    const by = await axis(data.pick(settings.boxby, params, data.varyingParams(columns)[0].key));
    const metric = await axis(data.pick(settings.boxmetric, metrics, `metrics.${primary}`));
    const indices = data.ranked(workspace).filter((index) => Number.isFinite(metric.values[index]));
    const { labels, places, binned } = chartBins.bin(indices.map((index) => by.values[index]), by.kind);
    const groups = labels.map((label) => ({ label, runs: [] }));
    const members = data.groupOf(view);
    indices.forEach((index, place) => groups[places[place]].runs.push(Object.assign(point(index, members), { by: by.values[index], value: metric.values[index] })));
    return {
      controls: [controls.select("metric", "boxmetric", metrics, metric.key), controls.select("by", "boxby", params, by.key), controls.tick("logarithmic", "boxlog", settings.boxlog === "1")],
      draw: (plot) =>
        runfolio.charts.boxes(plot, {
          title: `${chartText.plainTitle(metric.title)} by ${by.title}, ${runfolio.format.count(indices.length, "run")}`,
          xTitle: metric.title,
          yTitle: by.title,
          log: settings.boxlog === "1",
          note: binned ? `${by.title} in ranges.` : "",
          groups,
        }),
    };
  };

  const heat = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const [params, metrics] = [byChoices(columns), metricChoices(columns)];
    const [first, second] = data.varyingParams(columns);
    const x = await axis(data.pick(settings.heatx, params, first.key));
    const y = await axis(data.pick(settings.heaty, params, second.key));
    const z = await axis(data.pick(settings.heatmetric, metrics, `metrics.${primary}`));
    const members = data.groupOf(view);
    return {
      controls: [controls.select("metric", "heatmetric", metrics, z.key), controls.select("x", "heatx", params, x.key), controls.select("y", "heaty", params, y.key)],
      draw: (plot) => runfolio.charts.heat(plot, { x, y, z, runs: data.ranked(workspace).map((index) => Object.assign(point(index, members), { x: x.values[index], y: y.values[index], value: z.values[index] })) }),
    };
  };

  const correlation = async ({ workspace, settings, axis }) => {
    const { columns, primary } = workspace;
    const able = [...data.metricColumns(columns), ...data.varyingParams(columns).filter(data.isNumeric)];
    const offered = data.choices(able);
    const first = data.pick(settings.corrto, offered, `metrics.${primary}`);
    const most = MOST.includes(settings.corrmost) ? settings.corrmost : "10";
    const read = await Promise.all([first, ...able.map(({ key }) => key).filter((key) => key !== first)].map((key) => axis(key)));
    const indices = data.subjects(workspace);
    const varied = [];
    for (const one of read) {
      const column = { title: chartText.plainTitle(one.title), values: indices.map((index) => one.values[index]) };
      const first = column.values.find(Number.isFinite);
      if (!varied.length || column.values.some((value) => Number.isFinite(value) && value !== first)) varied.push(column);
      chartCorrelation.prepare(column);
      await pace.pause();
    }
    return {
      controls: [controls.select("what goes with", "corrto", offered, first), controls.select("at most", "corrmost", MOST, most)],
      draw: (plot) => runfolio.charts.correlation(plot, { columns: chartCorrelation.relevant(varied, Number(most)) }),
    };
  };

  runfolio.relations.add({ kind: "boxes", title: "Box plots", names: ["boxby", "boxmetric", "boxlog"], lacks: needsParams(1), usual: ({ columns }) => data.varyingParams(columns).slice(0, 1).some((column) => !data.isNumeric(column)), draw: boxes });
  runfolio.relations.add({ kind: "heat", title: "Heat map", names: ["heatx", "heaty", "heatmetric"], lacks: needsParams(2), usual: () => false, draw: heat });
  runfolio.relations.add({
    kind: "correlation",
    title: "Correlation",
    names: ["corrto", "corrmost"],
    lacks: ({ columns, count }) => (count < 4 ? "Needs four runs." : data.metricColumns(columns).length + data.varyingParams(columns).filter(data.isNumeric).length > 1 ? null : "Needs two columns of numbers."),
    usual: () => false,
    draw: correlation,
  });
})();

// Bars of an experiment: a metric by run or as the mean of each group, and how much parameters matter.

(() => {
  "use strict";

  const node = typeof module === "object";
  const statistics = node ? require("../charts/statistics.js") : runfolio.statistics;

  const SHOWN = 20;
  const MOST = 200; // of those ticked

  const byValue = (direction) => (a, b) => (direction === "up" ? -1 : 1) * (a.value - b.value);

  // The mean of each group with its 95 % interval, best first.
  const groupBars = (groups, values, direction, keep) =>
    groups
      .map((group) => ({ group, found: statistics.summary(group.members.filter(keep).map((index) => values[index])) }))
      .filter(({ found }) => found.n > 0)
      .map(({ group, found }) => ({ id: group.key, name: `${group.label} (${found.n})`, color: group.color, href: null, value: found.mean, low: found.low, high: found.high, runs: found.n }))
      .sort(byValue(direction));

  if (node) module.exports = { groupBars };
  if (typeof document === "undefined") return;

  const { controls, chartText, relationData: data } = runfolio;

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const numbers = data.choices(columns, data.isNumeric);
    const key = data.pick(settings.bar, numbers, `metrics.${primary}`);
    const { title, values, direction } = await axis(key);
    const plain = chartText.plainTitle(title);
    const chosen = [controls.select("metric", "bar", numbers, key)];
    const indices = data.subjects(workspace);
    if (view.groups) {
      const kept = new Set(indices);
      const bars = groupBars(view.groups, values, direction, (index) => kept.has(index));
      const shown = bars.slice(0, SHOWN);
      const which = shown.length < bars.length ? `the best ${shown.length} of ${bars.length} groups` : runfolio.format.count(bars.length, "group");
      return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `mean ${plain} of ${which}`, xTitle: title, what: "group", note: "Lines: 95 % interval of the mean (Student’s t), from two runs on. In brackets: runs.", bars: shown }) };
    }
    const known = indices.filter((index) => Number.isFinite(values[index]));
    const ordered = known.sort((a, b) => (direction === "up" ? values[b] - values[a] : values[a] - values[b]));
    const shown = ordered.slice(0, view.selected.length ? MOST : SHOWN).map((index) => Object.assign(point(index, new Map()), { value: values[index] }));
    const which = shown.length < known.length ? `${direction ? "the best " : ""}${shown.length} of ${runfolio.format.count(known.length, "run")}` : runfolio.format.count(known.length, "run");
    return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `${plain} of ${which}`, xTitle: title, bars: shown }) };
  };

  runfolio.relations.add({
    kind: "bars",
    title: "Bars",
    names: ["bar"],
    lacks: ({ count }) => (count < 2 ? "Needs two runs." : null),
    usual: () => true,
    draw,
  });

  const HEADING = "share of what the parameters explain";

  const drawImportance = async ({ workspace, settings, shard }) => {
    const { metrics, left } = await runfolio.loadShard(`${shard}-importance`);
    const names = metrics.map(([name]) => name);
    const asked = names.includes(settings.importance) ? settings.importance : names[0];
    const { items, method, trusted, runs } = metrics.find(([name]) => name === asked)[1];
    const more = left ? ` Worked out for ${runfolio.format.count(names.length, "metric")}; ${left} more left out.` : "";
    const doubt = trusted ? "" : "Hardly to be trusted: the parameters explain little of this metric. ";
    const chosen = [controls.select("of", "importance", names.map((name) => [name, controls.directed(name, workspace.direction(name))]), asked)];
    if (!items.length) return { controls: chosen, empty: `${method}${more}` };
    const bars = items.map(([name, share, effect]) => ({ id: name, name, color: 0, href: null, value: share, text: `${Math.max(1, Math.round(share * 100))} %  ${chartText.shortenMiddle(effect, 230)}`, note: effect }));
    return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `importance of parameters for ${asked}, ${runfolio.format.count(runs, "run")}`, xTitle: HEADING, what: "parameter", note: `${doubt}${method} All runs, whatever is filtered.${more}`, bars }) };
  };

  runfolio.relations.add({
    kind: "importance",
    title: "Importance",
    names: ["importance"],
    lacks: (workspace, section) => ("importance" in section.dataset ? null : "Needs at least six runs with a parameter and a metric that differ."),
    usual: () => false,
    draw: drawImportance,
  });
})();

// Parallel coordinates of an experiment: axes chosen and ordered by the reader, brushes that pick rows
// of the table.

(() => {
  "use strict";

  const node = typeof module === "object";

  const MOST = 200; // categories of an axis that can be read as such

  // A list with one thing moved to another place.
  const moved = (list, from, to) => {
    const rest = list.filter((_, index) => index !== from);
    return [...rest.slice(0, to), list[from], ...rest.slice(to)];
  };

  if (node) module.exports = { moved };
  if (typeof document === "undefined") return;

  const { make, pace, controls, state, chartDimensions, chartRows, relationData: data, workspace: fragment } = runfolio;
  const PARAMS = 5;
  const AXES = 12;
  const LINES = 500; // runs drawn at most

  // Parameters with several values, then those that some runs only have; at last the metric.
  const usualAxes = (workspace, metric) => {
    const keys = data.varyingParams(workspace.columns).map(({ key }) => key);
    const differs = (key) => new Set(workspace.column(key).values.filter((value) => value !== null)).size > 1;
    const several = keys.filter(differs);
    return [...(several.length ? several : keys).slice(0, PARAMS), metric];
  };

  const write = (keys) => state.update({ parallel: fragment.joinKeys(keys) });

  // The axes that the fragment names, at most so many; null where it names fewer than two.
  const readKeys = (text, titles) => {
    const asked = fragment.splitKeys(text).filter((key, place, all) => titles.has(key) && all.indexOf(key) === place);
    return asked.length > 1 ? asked.slice(0, AXES) : null;
  };

  const axesMenu = (groups, titles, keys) => {
    // The menu is made anew a little after a choice, so each choice starts from what was chosen last.
    const change = (next) => write(next(readKeys(state.read().parallel, titles) ?? keys));
    const chosen = keys.map((key, place) => {
      const move = (by, label, arrow) => make("button", { type: "button", class: "quiet", "aria-label": `Move ${titles.get(key)} ${label}`, disabled: place + by < 0 || place + by >= keys.length, "data-control": `${label} ${key}`, onclick: () => change((now) => (now.includes(key) ? moved(now, now.indexOf(key), now.indexOf(key) + by) : now)) }, arrow);
      const drop = make("button", { type: "button", class: "quiet", "aria-label": `Remove ${titles.get(key)}`, disabled: keys.length <= 2, "data-control": `drop ${key}`, onclick: () => change((now) => now.filter((one) => one !== key)) }, "✕");
      return make("li", {}, make("span", {}, titles.get(key)), move(-1, "left", "←"), move(1, "right", "→"), drop);
    });
    const rest = groups.map(({ group, choices }) => ({ group, choices: choices.filter(([key]) => !keys.includes(key)) })).filter(({ choices }) => choices.length);
    const add = controls.select("add", "paralleladd", [["", "an axis"], ...rest], "");
    add.querySelector("select").addEventListener("change", (event) => {
      event.stopImmediatePropagation();
      if (event.target.value) change((now) => [...now, event.target.value]);
    }, true);
    return controls.menu("Axes", make("ol", { class: "axis-list" }, ...chosen), ...(keys.length < AXES ? [add] : []));
  };

  const textsOf = (axis, index) => {
    const value = axis.values[index];
    if (value === null || value === undefined) return null;
    if (axis.kind === "category") return String(value);
    return axis.format ? axis.format(value) : runfolio.format.number(value);
  };

  // The runs that are drawn of all: evenly by rank, the best by colour among them.
  const choose = (indices, { values, direction }) => {
    const chosen = chartRows.thin(indices, LINES);
    if (chosen === indices || !direction) return chosen;
    const sign = direction === "up" ? -1 : 1;
    const best = indices.filter((index) => Number.isFinite(values[index])).reduce((one, other) => (one === null || sign * (values[other] - values[one]) < 0 ? other : one), null);
    return best === null || chosen.includes(best) ? chosen : [best, ...chosen.slice(1)];
  };

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const groups = data.choices(columns);
    const metrics = data.choices(columns, ({ group }) => group === "Metrics");
    const metric = data.pick(settings.parallelcolor, metrics, `metrics.${primary}`);
    const titles = new Map(columns.map(({ key, title }) => [key, title]));
    const keys = readKeys(settings.parallel, titles) ?? usualAxes(workspace, metric);
    const [color, ...axes] = await Promise.all([metric, ...keys].map((key) => axis(key)));
    const indices = data.ranked(workspace, { brushed: false });
    const placed = [];
    for (const one of axes) {
      placed.push(chartDimensions.place(indices.map((index) => (one.kind === "category" && one.values[index] !== null ? String(one.values[index]) : one.values[index]))));
      await pace.pause();
    }
    const places = new Map(indices.map((index, place) => [index, place]));
    const brushes = data.parseBrushes(settings.brush).flatMap((brush) => {
      const at = keys.indexOf(brush.key);
      const levels = at < 0 ? null : data.brushLevels(placed[at], brush);
      return levels ? [{ at, low: levels.low, high: levels.high }] : [];
    });
    const members = data.groupOf(view);
    const named = (at, level) => (level < -0.02 ? "" : chartDimensions.nameLevel(placed[at], Math.min(Math.max(level, 0), 1)));
    const onBrush = (now) => state.update({ brush: data.formatBrushes(now.map(({ at, low, high }) => ({ key: keys[at], from: named(at, low), to: named(at, high) }))) });
    return {
      controls: [controls.select("colour by", "parallelcolor", metrics, metric), axesMenu(groups, titles, keys)],
      draw: (plot) =>
        runfolio.charts.parallel(plot, {
          dimensions: axes.map((one, at) => ({ key: one.key, title: one.title, ticks: placed[at].ticks.length > MOST ? [] : placed[at].ticks.map((tick) => (one.format && one.kind !== "category" ? { ...tick, label: one.format(Number(chartDimensions.nameLevel(placed[at], tick.position))) } : tick)) })),
          runs: choose(indices, color).map((index) =>
            Object.assign(point(index, members), { positions: placed.map((one) => one.positions[places.get(index)]), value: color.values[index], texts: axes.map((one) => textsOf(one, index)) }),
          ),
          total: indices.length,
          pickedIn: (now) => indices.reduce((count, _, place) => count + Number(now.every((brush) => data.within(placed[brush.at].positions[place], brush))), 0),
          listed: () => indices.map((index) => [workspace.ids[index], workspace.names[index], ...axes.map((one) => one.values[index])]),
          colorTitle: color.title,
          direction: color.direction,
          brushes,
          onBrush,
          onMove: (from, to) => write(moved(keys, from, to)),
        }),
    };
  };

  runfolio.relations.add({
    kind: "parallel",
    title: "Parallel coordinates",
    wide: true,
    names: ["parallel", "parallelcolor", "brush"],
    keepsBrushed: true,
    lacks: ({ columns, count }) => (count < 2 ? "Needs two runs." : data.varyingParams(columns).length + data.metricColumns(columns).length > 1 ? null : "Needs two columns that differ between runs."),
    usual: ({ columns }) => data.varyingParams(columns).length > 1,
    draw,
  });
})();

// The confusion matrices and result curves of the runs an experiment's charts show, side by side.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const SHOWN = 6;

  const wire = async (section) => {
    const place = section.querySelector("[data-run-results-place]");
    const note = section.querySelector("[data-run-results-note]");
    const workspace = await runfolio.workspace.open(section.dataset.shard);
    let [near, drawn] = [false, null];

    const refresh = async () => {
      if (!near) return;
      const having = new Set(workspace.results);
      const able = workspace.drawn(Infinity, workspace.primary).filter((run) => having.has(run));
      const shown = able.slice(0, SHOWN).map((run) => workspace.ids[run]);
      if (drawn === shown.join()) return;
      drawn = shown.join();
      note.textContent = able.length > shown.length ? `The first ${shown.length} of ${able.length} runs; tick others to see theirs.` : "";
      if (!shown.length) {
        place.replaceChildren(make("p", { class: "empty" }, "None of the runs shown logged results."));
        return;
      }
      const shards = await Promise.all(shown.map((id) => runfolio.loadShard(`runs/${id}`)));
      await runfolio.results.draw(place, shards);
    };

    const tell = (error) => place.replaceChildren(make("p", { class: "warning slim" }, error.message));
    const watcher = new IntersectionObserver(
      (entries) => {
        near = entries.at(-1).isIntersecting;
        refresh().catch(tell);
      },
      { rootMargin: "200px" },
    );
    watcher.observe(section);
    workspace.follow(() => refresh().catch(tell));
  };

  runfolio.onPage("[data-run-results]", wire);
})();

// From runs, points and bars to the rows that the specs draw, as runfolio/charts/rows.py does it.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("./format.js") : runfolio.format;

  const COLORS = 10;
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const SEQUENCE = 12;
  const NOT_SET = -0.14;
  const LOG_RATIO = 50;

  const runColor = (index) => `var(--run-${index % COLORS})`;
  const runDash = (index) => [...DASHES[index % DASHES.length]];
  const sequenceColor = (share) => `var(--seq-${Math.min(Math.max(Math.floor(share * (SEQUENCE - 1) + 0.5), 0), SEQUENCE - 1)})`;
  const isFinite = (value) => typeof value === "number" && Number.isFinite(value);
  const isDrawable = (value, log) => isFinite(value) && (!log || value > 0);

  // The unit in which a span of seconds reads best.
  const timeUnit = (seconds) => {
    if (seconds < 180) return { size: 1, name: "s" };
    if (seconds < 3 * 3600) return { size: 60, name: "min" };
    if (seconds < 3 * 86400) return { size: 3600, name: "h" };
    return { size: 86400, name: "d" };
  };

  // Each run with `x` and `y` lists: finite numbers, or null where the line breaks.
  const series = (runs, { log = false, xKind = "step", unit = { size: 1 } } = {}) =>
    runs.map((run) => {
      const places = xKind === "time" && run.time ? run.time.map((time) => time / unit.size) : run.step;
      const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
      return { ...run, x: order.map((index) => places[index]), y: order.map((index) => (isDrawable(run.value[index], log) ? run.value[index] : null)) };
    });

  // The part of a series between two x, with one point more on each side so that lines reach the edge.
  const clip = (line, range) => {
    if (!range) return line;
    const [low, high] = range;
    let first = line.x.findIndex((x) => x >= low);
    if (first < 0) first = line.x.length;
    let end = line.x.findIndex((x) => x > high);
    if (end < 0) end = line.x.length;
    const [from, to] = [Math.max(first - 1, 0), Math.min(end + 1, line.x.length)];
    return { ...line, x: line.x.slice(from, to), y: line.y.slice(from, to) };
  };

  const isLone = (values, place) => values[place] !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;

  const curveRows = (lines) =>
    lines.flatMap((line) =>
      line.x.map((step, place) => ({ run: line.id, step, value: line.y[place], color: runColor(line.color), dash: runDash(line.dash || 0), lone: isLone(line.y, place) })),
    );

  // What a chart can't show, in words: values that are no numbers, or not positive on a log axis.
  const missingNotes = (runs, log) => {
    const values = runs.flatMap((run) => run.value).filter((value) => value !== null);
    const broken = values.filter((value) => !isFinite(value)).length;
    const low = log ? values.filter((value) => isFinite(value) && value <= 0).length : 0;
    const are = (number) => (number === 1 ? "1 value is" : `${number} values are`);
    const notes = [];
    if (broken) notes.push(`${are(broken)} NaN or infinite and left${broken === 1 ? " a gap" : " gaps"}.`);
    if (low) notes.push(`${are(low)} not above zero and can’t be shown on a logarithmic axis.`);
    return notes;
  };

  // Each run's last value, highest first: the order in which lines end on the right.
  const lineEnds = (lines) => {
    const ends = lines.map((line) => ({ ...line, last: line.y.findLast((value) => value !== null) ?? null }));
    return ends.sort((a, b) => (a.last === null) - (b.last === null) || b.last - a.last);
  };

  // The place in a sorted list that is nearest to x, among those where `has` holds; -1 for none.
  const nearestPlace = (sorted, x, has = () => true) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < x) low = middle + 1;
      else high = middle;
    }
    let [left, right] = [low - 1, low];
    while (left >= 0 && !has(left)) left -= 1;
    while (right < sorted.length && !has(right)) right += 1;
    if (left < 0) return right < sorted.length ? right : -1;
    if (right >= sorted.length) return left;
    return x - sorted[left] <= sorted[right] - x ? left : right;
  };

  // The point of each line nearest to x, if within `reach`; highest first.
  const pointsAt = (lines, x, reach) =>
    lines
      .map((line) => ({ line, place: nearestPlace(line.x, x, (place) => line.y[place] !== null) }))
      .filter(({ line, place }) => place >= 0 && Math.abs(line.x[place] - x) <= reach)
      .map(({ line, place }) => ({ line, x: line.x[place], y: line.y[place] }))
      .sort((a, b) => b.y - a.y);

  const scatterKind = (kind, xs) => {
    if (kind !== "number") return "scatter-nominal";
    const numbers = xs.filter(isFinite);
    const wide = numbers.length > 0 && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= LOG_RATIO;
    return wide ? "scatter-log" : "scatter-quantitative";
  };

  const categoryOrder = (a, b) => {
    const [x, y] = [a, b].map((text) => (text.trim() === "" ? NaN : Number(text)));
    const [first, second] = [Number.isFinite(x), Number.isFinite(y)];
    if (first && second) return x - y || (a < b ? -1 : 1);
    if (first !== second) return first ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  // The points that have both values, how many lack one, and the categories when x is one.
  const scatterRows = (points, kind) => {
    const hasX = (point) => (kind === "number" ? isFinite(point.x) : point.x !== null && point.x !== undefined);
    const shown = points.filter((point) => hasX(point) && isFinite(point.y));
    const categories = kind === "number" ? [] : [...new Set(shown.map((point) => String(point.x)))].sort(categoryOrder);
    const places = new Map(categories.map((text, place) => [text, String(place)]));
    const rows = shown.map((point) => ({ run: point.id, name: point.name, x: kind === "number" ? point.x : places.get(String(point.x)), y: point.y, color: runColor(point.color) }));
    if (kind !== "number") rows.sort((a, b) => a.x - b.x);
    return { rows, categories, withoutX: points.filter((point) => !hasX(point)).length, withoutY: points.filter((point) => hasX(point) && !isFinite(point.y)).length };
  };

  const barRows = (bars) =>
    bars.map((bar, order) => {
      const value = isFinite(bar.value) ? bar.value : null;
      return { run: bar.id, order, name: bar.name, color: runColor(bar.color), value, end: value ?? 0, text: format.number(bar.value), side: value !== null && value < 0 ? -1 : 1 };
    });

  // The better direction that a metric's title ends with: "rmse ↓" is "down".
  const titleDirection = (title) => ({ "↓": "down", "↑": "up" })[title.trim().slice(-1)] ?? null;

  // The runs as they are drawn: those without a value first, the best on top.
  const parallelOrder = (runs, direction) => {
    const sign = direction === "down" ? -1 : 1;
    const known = runs.filter((run) => isFinite(run.value)).sort((a, b) => sign * (a.value - b.value));
    return [...runs.filter((run) => !isFinite(run.value)), ...known];
  };

  const valueRange = (runs) => {
    const values = runs.map((run) => run.value).filter(isFinite);
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  };

  // The run with the best value; null where no direction is known or all are alike.
  const findBest = (runs, direction) => {
    const values = new Set(runs.map((run) => run.value).filter(isFinite));
    return direction !== null && values.size > 1 ? parallelOrder(runs, direction).at(-1) : null;
  };

  const valueColor = (value, range) => {
    if (!isFinite(value) || !range) return "var(--muted)";
    return sequenceColor(range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5);
  };

  const parallelRows = (runs, direction) => {
    const ordered = parallelOrder(runs, direction);
    const range = valueRange(runs);
    const best = findBest(runs, direction);
    return ordered.flatMap((run) => run.positions.map((level, at) => ({ run: run.id, at, level: level ?? NOT_SET, color: valueColor(run.value, range), width: run === best ? 3 : 1.75 })));
  };

  const axisRows = (dimensions) => dimensions.map((dimension, at) => ({ at, low: 0, high: 1, title: dimension.title }));

  const tickRows = (dimensions, runs) =>
    dimensions.flatMap((dimension, at) => {
      const rows = dimension.ticks.map((tick) => ({ at, level: tick.position, label: tick.label }));
      if (runs.some((run) => run.positions[at] === null)) rows.push({ at, level: NOT_SET, label: "not set" });
      return rows;
    });

  // The ids of the runs that pass through every brush; a brush is {at, low, high} in levels.
  const brushedRuns = (runs, brushes) =>
    runs
      .filter((run) => brushes.every(({ at, low, high }) => ((level) => low <= level && level <= high)(run.positions[at] ?? NOT_SET)))
      .map((run) => run.id);

  // The distance from a point to a line of points, all in pixels.
  const distanceTo = (line, x, y) => {
    let best = Infinity;
    for (let index = 1; index < line.length; index += 1) {
      const [[x1, y1], [x2, y2]] = [line[index - 1], line[index]];
      const [dx, dy] = [x2 - x1, y2 - y1];
      const share = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
      best = Math.min(best, Math.hypot(x - x1 - share * dx, y - y1 - share * dy));
    }
    return best;
  };

  const rows = {
    COLORS, DASHES, SEQUENCE, NOT_SET,
    runColor, runDash, sequenceColor, isFinite, timeUnit, series, clip, curveRows, missingNotes, lineEnds, nearestPlace, pointsAt,
    scatterKind, scatterRows, barRows, titleDirection, parallelOrder, valueRange, findBest, parallelRows, axisRows, tickRows, brushedRuns, distanceTo,
  };
  if (typeof runfolio !== "undefined") runfolio.chartRows = rows;
  if (typeof module === "object") module.exports = rows;
})();

// From runs, points and bars to the rows that the specs draw, as runfolio/charts/rows.py does it.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const COLORS = 10;
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const SEQUENCE = 12;
  const NOT_SET = -0.14;
  const DRAWN = 2000; // points of a chart, at most

  const runColor = (index) => `var(--run-${index % COLORS})`;
  const runDash = (index) => [...DASHES[index % DASHES.length]];
  const sequenceColor = (share) => `var(--seq-${Math.min(Math.max(Math.floor(share * (SEQUENCE - 1) + 0.5), 0), SEQUENCE - 1)})`;
  // The colour of a count at `share` of the greatest: from pale to blue.
  const COUNTS = [5, 6, 7, 8, 9, 10].map((step) => `var(--div-${step})`);
  const countColor = (share) => COUNTS[Math.min(Math.max(Math.floor(share * (COUNTS.length - 1) + 0.5), 0), COUNTS.length - 1)];
  const sequenceColors = () => Array.from({ length: SEQUENCE }, (_, index) => `var(--seq-${index})`);
  const isFinite = (value) => typeof value === "number" && Number.isFinite(value);

  // The least and the greatest of numbers, however many they are; null of none.
  const extent = (values) => {
    let found = null;
    for (const value of values) {
      if (!found) found = [value, value];
      else if (value < found[0]) found[0] = value;
      else if (value > found[1]) found[1] = value;
    }
    return found;
  };

  // At most so many of a list, evenly, with the first and the last.
  const thin = (list, most = DRAWN) => (list.length <= most ? list : Array.from({ length: most }, (_, place) => list[Math.round((place * (list.length - 1)) / (most - 1))]));

  // What a chart says about runs that are given by rank and drawn in part.
  const thinWords = (drawn, all) => (drawn < all ? `${drawn.toLocaleString("en")} of ${all.toLocaleString("en")} runs drawn, evenly by rank; all are in the numbers.` : "");

  const barRows = (bars) =>
    bars.map((bar, order) => {
      const value = isFinite(bar.value) ? bar.value : null;
      const [low, high] = isFinite(bar.low) && isFinite(bar.high) ? [bar.low, bar.high] : [null, null];
      const end = Math.max(value ?? 0, high ?? 0, 0);
      return { run: bar.id, order, name: bar.name, color: runColor(bar.color), value, low, high, end, text: bar.text ?? format.number(bar.value) };
    });

  // The better direction that a metric's title ends with: "rmse ↓" is "down".
  const titleDirection = (title) => ({ "↓": "down", "↑": "up" })[title.trim().slice(-1)] ?? null;

  // The runs as they are drawn: those without a value first, the best on top.
  const parallelOrder = (runs, direction) => {
    const sign = direction === "down" ? -1 : 1;
    const known = runs.filter((run) => isFinite(run.value)).sort((a, b) => sign * (a.value - b.value));
    return [...runs.filter((run) => !isFinite(run.value)), ...known];
  };

  const valueRange = (runs) => extent(runs.map((run) => run.value).filter(isFinite));

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
    COLORS, DASHES, SEQUENCE, NOT_SET, DRAWN,
    extent, thin, thinWords, runColor, runDash, sequenceColor, COUNTS, countColor, isFinite, barRows, titleDirection, parallelOrder, valueRange, findBest, valueColor, sequenceColors, parallelRows, axisRows, tickRows, brushedRuns, distanceTo,
  };
  if (typeof runfolio !== "undefined") runfolio.chartRows = rows;
  if (typeof module === "object") module.exports = rows;
})();

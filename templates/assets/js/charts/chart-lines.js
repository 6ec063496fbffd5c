// The lines of a chart of curves: from runs to points in order, their rows, ends, gaps and neighbours.

(() => {
  "use strict";

  const { runColor, runDash, isFinite } = typeof module === "object" ? require("./chart-rows.js") : runfolio.chartRows;

  const isDrawable = (value, log) => isFinite(value) && (!log || value > 0);

  // The unit in which a span of seconds reads best.
  const timeUnit = (seconds) => {
    if (seconds < 180) return { size: 1, name: "s" };
    if (seconds < 3 * 3600) return { size: 60, name: "min" };
    if (seconds < 3 * 86400) return { size: 3600, name: "h" };
    return { size: 86400, name: "d" };
  };

  const ascends = (places) => places.every((place, index) => index === 0 || place >= places[index - 1]);

  // Each run with `x` and `y` lists: finite numbers, or null where the line breaks. A run's own
  // `places` come before its steps and times; on a logarithmic x axis only places above zero remain.
  const series = (runs, { log = false, xLog = false, xKind = "step", unit = { size: 1 } } = {}) =>
    runs.map((run) => {
      const places = Array.from(run.places ?? (xKind === "time" && run.time ? run.time : run.step), (place) => place / unit.size);
      const order = places.map((_, index) => index);
      if (!ascends(places)) order.sort((a, b) => places[a] - places[b] || a - b);
      const kept = xLog ? order.filter((index) => places[index] > 0) : order;
      const band = run.band && Object.fromEntries(Object.entries(run.band).map(([name, column]) => [name, kept.map((index) => column[index])]));
      const ghost = run.ghost && series([run.ghost], { log, xLog, unit })[0];
      return { ...run, x: kept.map((index) => places[index]), y: kept.map((index) => (isDrawable(run.value[index], log) ? run.value[index] : null)), band, ghost };
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
    const band = line.band && Object.fromEntries(Object.entries(line.band).map(([name, column]) => [name, column.slice(from, to)]));
    return { ...line, x: line.x.slice(from, to), y: line.y.slice(from, to), band, ghost: line.ghost && clip(line.ghost, range) };
  };

  // One row per point; a missing value ends a piece of the line.
  const pieces = ({ x, y }, look) => {
    const rows = [];
    let piece = 0;
    for (let place = 0; place < x.length; place += 1) {
      if (y[place] === null) piece += 1;
      else rows.push({ ...look, piece, step: x[place], value: y[place] });
    }
    return rows;
  };

  const curveRows = (lines) => lines.flatMap((line) => pieces(line, { run: line.id, color: runColor(line.color), dash: runDash(line.dash || 0) }));
  const ghostRows = (lines) => lines.flatMap((line) => (line.ghost ? pieces(line.ghost, { run: line.id, color: runColor(line.color) }) : []));

  // The rows of pieces that are no wider than a point.
  const loneRows = (rows) => {
    const lone = [];
    for (let from = 0, to = 0; from < rows.length; from = to) {
      const { run, piece, step } = rows[from];
      while (to < rows.length && rows[to].run === run && rows[to].piece === piece) to += 1;
      if (rows[to - 1].step === step) lone.push(...rows.slice(from, to));
    }
    return lone;
  };

  // Bands end where they do not exist; on a logarithmic axis they reach down to the least value shown.
  const bandRows = (all, log) => {
    const lines = all.filter((line) => line.band?.low.some(isFinite));
    const shown = lines.flatMap((line) => [...line.y, ...line.band.low, ...line.band.high]);
    const floor = log ? shown.reduce((least, value) => (isDrawable(value, true) && value < least ? value : least), Infinity) : -Infinity;
    const row = (line, step, place) => {
      const [low, high] = [line.band.low[place], line.band.high[place]];
      const whole = isFinite(low) && isDrawable(high, log);
      return { run: line.id, step, low: whole ? Math.max(low, floor) : null, high: whole ? high : null, color: runColor(line.color) };
    };
    return lines.flatMap((line) => line.x.map((step, place) => row(line, step, place)));
  };

  // What a chart can't show, in words: values that are no numbers, or not positive on a log axis. A
  // reduced curve keeps one of several in a row, so they are not counted.
  const missingNotes = (runs, log) => {
    const values = runs.flatMap((run) => [...run.value]).filter((value) => value !== null);
    const broken = values.filter((value) => !isFinite(value)).length;
    const low = log ? values.filter((value) => isFinite(value) && value <= 0).length : 0;
    const are = (number) => (number === 1 ? "1 value is" : `${number} values are`);
    const notes = [];
    if (broken && runs.some((run) => run.total > run.value.length)) notes.push("Some values are NaN or infinite and left gaps.");
    else if (broken) notes.push(`${are(broken)} NaN or infinite and left${broken === 1 ? " a gap" : " gaps"}.`);
    if (low) notes.push(`${are(low)} not above zero and can’t be shown on a logarithmic axis.`);
    return notes;
  };

  // Each run's last value up to `end`, highest first: the order in which lines end on the right.
  const lineEnds = (lines, end = Infinity) => {
    const ends = lines.map((line) => ({ ...line, last: line.y.findLast((value, place) => value !== null && line.x[place] <= end) ?? null }));
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

  const lines = { timeUnit, series, clip, curveRows, loneRows, ghostRows, bandRows, missingNotes, lineEnds, nearestPlace, pointsAt };
  if (typeof runfolio !== "undefined") runfolio.chartLines = lines;
  if (typeof module === "object") module.exports = lines;
})();

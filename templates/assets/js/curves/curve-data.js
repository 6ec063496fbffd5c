// From the runs of a panel to the lines of its chart: loads their curves, of long ones the points of
// the range in view (all of them where smoothing or groups need it), and reduces what is drawn.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const smoothing = inNode ? require("./curve-smoothing.js") : runfolio.curveSmoothing;
  const groups = inNode ? require("./curve-groups.js") : runfolio.curveGroups;
  const axes = inNode ? require("./curve-axes.js") : runfolio.curveAxes;
  const ranges = inNode ? require("./curve-ranges.js") : runfolio.curveRanges;

  const DRAWN = 1000; // points of a line
  const MOST = 4e6; // points that are read in full for one chart

  const curveOf = (shard, metric) => (Object.hasOwn(shard.curves, metric) ? shard.curves[metric] : null);

  const read = new WeakMap(); // curve → its loaded parts by number
  const loadParts = async (curve, wanted, load) => {
    if (!read.has(curve)) read.set(curve, new Map());
    const known = read.get(curve);
    const missing = wanted.filter((part) => !known.has(part));
    const names = (part) => [`${curve.points.axis}-${part}`, `${curve.points.values}-${part}`];
    const loaded = await Promise.all(missing.map((part) => Promise.all(names(part).map(load))));
    missing.forEach((part, index) => known.set(part, ranges.decode(...loaded[index])));
    return new Map(wanted.map((part) => [part, known.get(part)]));
  };

  // The parts to read for a range of an axis: all of them where everything is wanted.
  const partsFor = (curve, x, { kind, range, start, everything }) => {
    if (!curve.parts) return [];
    if (everything) return [...curve.parts.keys()];
    if (!range) return [];
    if (kind === "time") return ranges.partsWithin(curve.parts, "time", range);
    if (kind === "wall") return ranges.partsWithin(curve.parts, "time", range.map((at) => (at - start / 1000) / 1000));
    const steps = ranges.stepsWithin(curve.step, x, range);
    return steps ? ranges.partsWithin(curve.parts, "step", steps) : [];
  };

  // One run's curve on an axis, as far in full as wanted: {x, y} from left to right, or null.
  const readCurve = async (shard, metric, view, load) => {
    const curve = curveOf(shard, metric);
    const over = axes.isMetric(view.kind) ? curveOf(shard, axes.metricOf(view.kind)) : null;
    if (!curve || (axes.isMetric(view.kind) && !over)) return null;
    const asked = { ...view, start: shard.start };
    const place = (points, other) => axes.places(points, view.kind, { start: shard.start, other });
    const rough = place(curve, over);
    const wanted = partsFor(curve, rough, asked);
    const points = ranges.merge(curve, curve.parts ?? [], wanted.length ? await loadParts(curve, wanted, load) : new Map());
    if (!wanted.length && !over) return axes.arrange(rough, points.value);
    const steps = wanted.length && [curve.parts[wanted[0]][0], curve.parts[wanted.at(-1)][1]];
    const beside = over?.parts && steps ? ranges.partsWithin(over.parts, "step", steps) : [];
    const other = over && ranges.merge(over, over.parts ?? [], beside.length ? await loadParts(over, beside, load) : new Map());
    return axes.arrange(place(points, other), points.value);
  };

  const pick = (column, places) => Float64Array.from(places, (place) => column[place]);
  const slice = (line, from, to) => Object.fromEntries(Object.entries(line).map(([name, column]) => [name, column?.slice(from, to)]));

  const countWithin = (x, range) => (range ? x.reduce((count, at) => count + (at >= range[0] && at <= range[1]), 0) : x.length);

  // The part of a line that is in view, with no more points than can be seen.
  const fit = (line, range) => {
    const seen = slice(line, ...ranges.clip(line.x, range));
    const columns = seen.low ? [seen.y, seen.low, seen.high] : [seen.y];
    const points = Math.floor(DRAWN / columns.length);
    const kept = seen.y.length <= DRAWN ? [...seen.y.keys()] : [...new Set(columns.flatMap((column) => ranges.reduce(column, points)))].sort((a, b) => a - b);
    const fitted = Object.fromEntries(Object.entries(seen).map(([name, column]) => [name, column && pick(column, kept)]));
    return { fitted, drawn: countWithin(fitted.x, range), there: countWithin(seen.x, range) };
  };

  const asValues = (column) => Array.from(column, (value) => (Number.isNaN(value) ? null : value));

  // A line of the chart from one curve or from a group's: smoothed (and its band with it), with what
  // it was made of as its ghost, cut to the range.
  const finish = (line, source, view) => {
    const smoothed = (column) => column && smoothing.smooth(column, view.smoothing);
    const smooth = view.smoothing ? { ...source, y: smoothed(source.y), low: smoothed(source.low), high: smoothed(source.high) } : source;
    const { fitted, drawn, there } = fit(smooth, view.range);
    const made = { ...line, places: fitted.x, value: source.n ? asValues(fitted.y) : Array.from(fitted.y), drawn, there };
    if (source.n) made.band = { low: fitted.low, high: fitted.high, n: fitted.n };
    if (view.smoothing) {
      const raw = fit({ x: source.x, y: source.y }, view.range).fitted;
      made.ghost = { places: raw.x, value: Array.from(raw.y) };
    }
    return made;
  };

  const sum = (list) => list.reduce((total, one) => total + one, 0);
  const span = (curves) => [Math.min(...curves.map(({ x }) => x[0])), Math.max(...curves.map(({ x }) => x.at(-1)))];

  // The axis a metric names as its own, in the first of the runs that does.
  const ownAxis = (shards, metric) => {
    const named = shards.map((shard) => curveOf(shard, metric)?.x).find(Boolean);
    return named ? axes.METRIC + named : null;
  };

  const lineOf = async ({ members, ...line }, metric, view, shards, load) => {
    const curves = await Promise.all(members.map((id) => readCurve(shards.get(id), metric, view, load)));
    const found = curves.filter((curve) => curve?.x.length);
    if (!found.length) return null;
    return { ends: span(found), ...finish(line, view.grouped ? groups.gather(found, view) : found[0], view) };
  };

  // The lines of a chart, over what, and how many points they show. `choice.lines` name the runs to
  // show, one or, when `grouped`, several each; `settings` are those of curve-settings.js, `usual` is
  // the axis where neither they nor the metric name one, and `load` reads a shard.
  const makeLines = async (choice, metric, settings, { usual, load }) => {
    const ids = [...new Set(choice.lines.flatMap(({ members }) => members))];
    const shards = new Map(await Promise.all(ids.map(async (id) => [id, await load(`runs/${id}`)])));
    const all = [...shards.values()];
    const kind = settings.x ?? ownAxis(all, metric) ?? usual;
    const range = axes.readRange(settings.range, kind);
    const total = sum(all.map((shard) => curveOf(shard, metric)?.total ?? 0));
    const whole = Boolean(settings.smoothing || choice.grouped);
    const everything = whole && total <= MOST;
    const view = { ...settings, kind, range, everything, grouped: choice.grouped };
    const lines = (await Promise.all(choice.lines.map((line) => lineOf(line, metric, view, shards, load)))).filter(Boolean);
    const long = all.some((shard) => curveOf(shard, metric)?.parts);
    const reduced = long && !everything && !range;
    const [drawn, there] = [sum(lines.map((line) => line.drawn)), reduced ? total : sum(lines.map((line) => line.there))];
    return {
      kind,
      range,
      lines,
      whole: lines.length ? [Math.min(...lines.map(({ ends }) => ends[0])), Math.max(...lines.map(({ ends }) => ends[1]))] : null,
      points: { drawn, total: there, reduced, long: long || drawn < there, zoomed: range !== null },
      partial: whole && long && !everything,
    };
  };

  const data = { makeLines, fit, curveOf };
  if (typeof runfolio !== "undefined") runfolio.curveData = data;
  if (typeof module === "object") module.exports = data;
})();

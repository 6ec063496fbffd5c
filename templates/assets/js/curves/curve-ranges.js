// From an overview of a curve to all its points: which parts a range needs, how they fit into the
// overview, and which points to draw where there are more than a screen can show.

(() => {
  "use strict";

  const { unpack } = typeof module === "object" ? require("../site/packed.js") : runfolio.packed;

  // The columns of a part's two shards.
  const decode = (axis, values) => ({ step: unpack(axis.step), time: unpack(axis.time), value: unpack(values.value) });

  // The numbers of the parts that hold points of a range, on steps or on seconds.
  const partsWithin = (parts, kind, [low, high]) => {
    const [from, to] = kind === "time" ? [2, 3] : [0, 1];
    return parts.flatMap((part, index) => (part[from] <= high && part[to] >= low ? [index] : []));
  };

  // The steps between which a curve crosses a part of an axis, with one point more on each side.
  const stepsWithin = (steps, x, [low, high]) => {
    const inside = [...x.keys()].filter((place) => x[place] >= low && x[place] <= high);
    if (!inside.length) {
      const next = x.findIndex((value) => value > high);
      return next > 0 ? [steps[next - 1], steps[next]] : null;
    }
    return [steps[Math.max(inside[0] - 1, 0)], steps[Math.min(inside.at(-1) + 1, steps.length - 1)]];
  };

  // The curve with the points of the loaded parts (a Map by number), and of the overview elsewhere.
  const merge = (overview, parts, loaded) => {
    if (!loaded.size) return overview;
    const merged = { step: [], time: [], value: [] };
    const add = (source, from, to) => {
      for (const column of ["step", "time", "value"]) for (let place = from; place < to; place += 1) merged[column].push(source[column][place]);
    };
    let place = 0;
    parts.forEach(([, last], number) => {
      const from = place;
      while (place < overview.step.length && (overview.step[place] <= last || number === parts.length - 1)) place += 1;
      const part = loaded.get(number);
      if (part) add(part, 0, part.step.length);
      else add(overview, from, place);
    });
    return merged;
  };

  // The first place of each run of values that can't be drawn.
  const gapStarts = (y) => {
    const starts = [];
    for (let place = 0; place < y.length; place += 1) if (!Number.isFinite(y[place]) && (place === 0 || Number.isFinite(y[place - 1]))) starts.push(place);
    return starts;
  };

  // The places of about `points` values that draw the same line, in order: the ends, the least and
  // the greatest of equal parts, and one of each gap (as runfolio/analysis/curves.py does it).
  const reduce = (y, points) => {
    if (y.length <= points) return [...y.keys()];
    const gaps = gapStarts(y).slice(0, Math.floor(points / 3));
    const kept = new Set([0, y.length - 1, ...gaps]);
    const buckets = Math.max(Math.floor((points - kept.size) / 2), 1);
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const end = Math.floor(((bucket + 1) * y.length) / buckets);
      let [least, greatest] = [-1, -1];
      for (let place = Math.floor((bucket * y.length) / buckets); place < end; place += 1) {
        if (!Number.isFinite(y[place])) continue;
        if (least < 0 || y[place] < y[least]) least = place;
        if (greatest < 0 || y[place] > y[greatest]) greatest = place;
      }
      if (least >= 0) kept.add(least).add(greatest);
    }
    return [...kept].sort((a, b) => a - b);
  };

  // From where to where a sorted list lies in a range, with one more on each side so that a line
  // reaches the edge.
  const clip = (x, range) => {
    if (!range) return [0, x.length];
    const first = (holds) => {
      let [low, high] = [0, x.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (holds(x[middle])) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    return [Math.max(first((at) => at >= range[0]) - 1, 0), Math.min(first((at) => at > range[1]) + 1, x.length)];
  };

  const ranges = { decode, partsWithin, stepsWithin, merge, reduce, clip };
  if (typeof runfolio !== "undefined") runfolio.curveRanges = ranges;
  if (typeof module === "object") module.exports = ranges;
})();

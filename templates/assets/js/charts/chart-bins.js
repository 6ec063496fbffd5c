// Values in a few places of an axis: categories, single numbers, or ranges of numbers.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;
  const dimensions = node ? require("./chart-dimensions.js") : runfolio.chartDimensions;

  const NOT_SET = "not set";
  const SINGLE = 10; // different numbers that stand by themselves
  const RANGES = 7;
  const LOG_RATIO = 50;
  const CATEGORIES = 16;
  const OTHER = "other";

  const distinct = (values) => [...new Set(values)];

  // Edges of ranges of equal width, in logarithms where all numbers are positive and span a factor of 50.
  const edgesOf = (low, high, count) => {
    const log = low > 0 && high / low >= LOG_RATIO;
    const at = (share) => (log ? low * (high / low) ** share : low + (high - low) * share);
    return Array.from({ length: count + 1 }, (_, index) => (index === 0 ? low : index === count ? high : at(index / count)));
  };

  const rangeLabels = (edges) => {
    let digits = 2;
    while (digits < 6 && new Set(edges.map((edge) => format.number(edge, digits))).size < edges.length) digits += 1;
    return edges.slice(1).map((edge, index) => `${format.number(edges[index], digits)} – ${format.number(edge, digits)}`);
  };

  const binNumbers = (values, single, ranges) => {
    const known = values.filter(rows.isFinite);
    const found = Float64Array.from(distinct(known)).sort();
    if (found.length <= single) return { labels: Array.from(found, (one) => format.number(one)), places: values.map((value) => (rows.isFinite(value) ? found.indexOf(value) : null)), binned: false };
    const edges = edgesOf(found[0], found.at(-1), ranges);
    const placeOf = (value) => Math.min(edges.findLastIndex((edge) => value >= edge), ranges - 1);
    return { labels: rangeLabels(edges), places: values.map((value) => (rows.isFinite(value) ? placeOf(value) : null)), binned: true };
  };

  const binCategories = (values, most) => {
    const counts = new Map();
    for (const value of values) if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    const order = [...counts.keys()].sort(dimensions.natural);
    const kept = order.length <= most ? order : new Set([...order].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, most - 1));
    const labels = order.filter((one) => order === kept || kept.has(one));
    const places = new Map(labels.map((label, place) => [label, place]));
    if (order.length > most) labels.push(OTHER);
    return { labels, places: values.map((value) => (value === null || value === undefined ? null : (places.get(String(value)) ?? labels.length - 1))), binned: false };
  };

  // {labels, places: one for each value, binned}; what has no value comes last as "not set".
  const bin = (values, kind, { single = SINGLE, ranges = RANGES, most = CATEGORIES } = {}) => {
    const made = kind === "number" ? binNumbers(values, single, ranges) : binCategories(values, most);
    if (!made.places.includes(null)) return made;
    return { ...made, labels: [...made.labels, NOT_SET], places: made.places.map((place) => place ?? made.labels.length) };
  };

  const bins = { bin, rangeLabels, SINGLE };
  if (typeof runfolio !== "undefined") runfolio.chartBins = bins;
  if (typeof module === "object") module.exports = bins;
})();

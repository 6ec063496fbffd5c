// From runs to points: axes, colours, sizes, facets and a trend, as runfolio/charts/rows.py begins it.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;
  const text = node ? require("./chart-text.js") : runfolio.chartText;
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const LOG_RATIO = 50;
  const PLAIN_SIZE = 80; // as in runfolio/charts/rows.py
  const SIZES = [24, 320]; // the areas of points by size
  const FACETS = 12;
  const GHOSTS = 3000; // points of other facets that are drawn, at most
  const OTHER = "other";
  const NOT_SET = "not set";

  const isCategory = (axis) => axis.kind === "category";

  // "log" where asked for, or by itself where all numbers are positive and span a factor of 50.
  const scaleOf = (axis, values) => {
    if (isCategory(axis)) return "nominal";
    if (axis.kind === "time") return "time";
    const numbers = values.filter(rows.isFinite);
    const positive = numbers.filter((value) => value > 0);
    if (axis.scale) return axis.scale === "log" && positive.length ? "log" : "quantitative";
    const [low, high] = rows.extent(numbers) ?? [0, 0];
    const wide = numbers.length > 0 && positive.length === numbers.length && high / low >= LOG_RATIO;
    return axis.wide !== false && wide ? "log" : "quantitative";
  };

  const categoryOrder = (a, b) => {
    const [x, y] = [a, b].map((one) => (one.trim() === "" ? NaN : Number(one)));
    const [first, second] = [Number.isFinite(x), Number.isFinite(y)];
    if (first && second) return x - y || (a < b ? -1 : 1);
    if (first !== second) return first ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  const categoriesOf = (values) => [...new Set(values.map(String))].sort(categoryOrder);

  const hasValue = (axis, scale, value) => {
    if (isCategory(axis)) return value !== null && value !== undefined;
    return rows.isFinite(value) && (scale !== "log" || value > 0);
  };

  // An axis with its scale, its categories, and where a value lies on it.
  const layAxis = (axis, values) => {
    const scale = scaleOf(axis, values);
    const has = (value) => hasValue(axis, scale, value);
    const categories = isCategory(axis) ? categoriesOf(values.filter(has)) : [];
    const places = new Map(categories.map((one, place) => [one, place]));
    return { ...axis, scale, categories, has, place: (value) => (isCategory(axis) ? places.get(String(value)) : value) };
  };

  // Both axes, the points that lie on them and how many don't.
  const layPoints = ({ x, y, points }) => {
    const across = layAxis(x, points.map((point) => point.x));
    const up = layAxis({ wide: false, ...y }, points.map((point) => point.y));
    const shown = points.filter((point) => across.has(point.x) && up.has(point.y));
    return {
      x: across,
      y: up,
      kind: `scatter-${across.scale}-${up.scale}`,
      shown,
      withoutX: points.filter((point) => !across.has(point.x)).length,
      withoutY: points.filter((point) => across.has(point.x) && !up.has(point.y)).length,
    };
  };

  // The colour of each point: its run's (or group's, with a legend given), one of ten by category, or
  // one of a ramp by number.
  const paint = (points, color) => {
    if (!color || color.kind === "given") {
      const legend = (color?.legend ?? []).map((one) => ({ ...one, color: rows.runColor(one.color), dash: [] }));
      return { of: (point) => rows.runColor(point.color), legend, ramp: null };
    }
    if (color.kind === "category") {
      const named = points.map((point) => (point.tint === null || point.tint === undefined ? NOT_SET : String(point.tint)));
      const seen = new Set(named);
      // Colours go by the place among all values, so that a filter doesn't move them.
      const order = color.order ?? categoriesOf(named.filter((one) => one !== NOT_SET));
      const placed = order.map((one, index) => [one === null ? null : String(one), rows.runColor(index)]).filter(([one]) => one !== null);
      const colors = new Map(placed.length > rows.COLORS ? placed.slice(0, rows.COLORS - 1) : placed);
      const nameOf = (one) => (colors.has(one) ? one : one === NOT_SET ? NOT_SET : OTHER);
      const legend = [...colors.keys()].filter((name) => seen.has(name)).sort(categoryOrder).map((name) => ({ name, color: colors.get(name), dash: [] }));
      for (const rest of [OTHER, NOT_SET]) if (named.some((one) => !colors.has(one) && nameOf(one) === rest)) legend.push({ name: rest, color: "var(--muted)", dash: [] });
      const of = (point) => colors.get(String(point.tint)) ?? "var(--muted)";
      return { of, legend, ramp: null };
    }
    const range = rows.valueRange(points.map((point) => ({ value: point.tint })));
    const write = color.format ?? format.number;
    const ramp = range && { title: color.title, low: write(range[0]), high: write(range[1]), colors: rows.sequenceColors() };
    return { of: (point) => rows.valueColor(point.tint, range), legend: [], ramp };
  };

  // Smaller where many would hide each other.
  const plainSize = (count) => (count > 400 ? 26 : count > 120 ? 46 : PLAIN_SIZE);

  const sizer = (points, size, drawn = points.length) => {
    const range = size && rows.valueRange(points.map((point) => ({ value: point.size })));
    if (!range) return { of: () => plainSize(drawn), range: null };
    const share = (value) => (range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5);
    return { of: (point) => (rows.isFinite(point.size) ? SIZES[0] + share(point.size) * (SIZES[1] - SIZES[0]) : SIZES[0]), range };
  };

  const pointRows = ({ x, y }, points, color, size) => points.map((point) => ({ run: point.id, name: point.name, x: x.place(point.x), y: y.place(point.y), color: color.of(point), size: size.of(point) }));

  // The points by the value of a column, the most first; what is too rare is told in `left`.
  const facets = (points) => {
    const groups = new Map();
    for (const point of points) {
      const name = point.facet === null || point.facet === undefined ? NOT_SET : String(point.facet);
      if (groups.has(name)) groups.get(name).push(point);
      else groups.set(name, [point]);
    }
    const names = [...groups.keys()].sort((a, b) => groups.get(b).length - groups.get(a).length || categoryOrder(a, b));
    const kept = names.slice(0, FACETS).sort(categoryOrder);
    return { groups: kept.map((name) => ({ name, points: groups.get(name) })), left: names.length - kept.length };
  };

  // The other facets' points, faint, so that all facets share their axes; of very many the outermost.
  const ghosts = ({ x, y }, all, own) => {
    const ghost = (point) => ({ x: x.place(point.x), y: y.place(point.y), run: "", name: "", color: "var(--rule)", size: plainSize(all.length) / 2 });
    if (all.length > GHOSTS) {
      const ends = (axis, key) => [-1, 1].map((sign) => all.reduce((one, other) => (sign * axis.place(other[key]) > sign * axis.place(one[key]) ? other : one)));
      return [...ends(x, "x"), ...ends(y, "y")].map(ghost);
    }
    const mine = new Set(own);
    return all.filter((point) => !mine.has(point)).map(ghost);
  };

  const STRENGTHS = [[0.2, "no clear"], [0.4, "a weak"], [0.6, "a moderate"], [0.8, "a strong"], [Infinity, "a very strong"]];

  // Least squares over both axes as they are drawn: {ends: [{x, y}, {x, y}], r, n}; null without a line.
  const trend = ({ x, y, shown }) => {
    if (x.scale === "nominal" || y.scale === "nominal" || shown.length < 3) return null;
    const [toX, toY] = [x, y].map((axis) => (axis.scale === "log" ? Math.log10 : Number));
    const [xs, ys] = [shown.map((point) => toX(point.x)), shown.map((point) => toY(point.y))];
    const r = statistics.pearson(xs, ys);
    const [spreadX, spreadY] = [statistics.deviation(xs), statistics.deviation(ys)];
    if (r === null || !spreadX) return null;
    const slope = (r * spreadY) / spreadX;
    const [middleX, middleY] = [statistics.mean(xs), statistics.mean(ys)];
    const back = (axis, value) => (axis.scale === "log" ? 10 ** value : value);
    const ends = rows.extent(xs).map((at) => ({ x: back(x, at), y: back(y, middleY + slope * (at - middleX)) }));
    return { ends, r, n: shown.length };
  };

  const signed = (value, digits = 2) => (Math.round(value * 10 ** digits) / 10 ** digits + 0).toFixed(digits).replace("-", "−");

  // How a trend was found: "least squares, lr and loss logarithmic".
  const trendMethod = ({ x, y }) => {
    const logs = [x, y].filter((axis) => axis.scale === "log").map((axis) => text.plainTitle(axis.title));
    return `least squares${logs.length ? `, ${logs.join(" and ")} logarithmic` : ""}`;
  };

  const strengthOf = ({ r, n }) => {
    const strength = STRENGTHS.find(([limit]) => Math.abs(r) < limit)[1];
    const way = Math.abs(r) < 0.2 ? "trend" : r > 0 ? "rise" : "fall";
    return `${strength} ${way}, r = ${signed(r)} over ${n} runs`;
  };

  // "Trend: a strong fall, r = −0.71 over 24 runs (least squares, lr logarithmic)."
  const trendWords = (trend, laid) => `Trend: ${strengthOf(trend)} (${trendMethod(laid)}).`;

  // The same for the trend of each facet; null where none has one.
  const facetTrendWords = (parts, laid) => {
    const found = parts.filter((part) => part.trend).map(({ name, trend }) => `${name}: ${strengthOf(trend)}`);
    return found.length ? `Trends: ${found.join("; ")} (${trendMethod(laid)}).` : null;
  };

  const chartPoints = { PLAIN_SIZE, NOT_SET, scaleOf, layPoints, paint, sizer, pointRows, facets, ghosts, trend, trendWords, facetTrendWords, signed };
  if (typeof runfolio !== "undefined") runfolio.chartPoints = chartPoints;
  if (typeof module === "object") module.exports = chartPoints;
})();

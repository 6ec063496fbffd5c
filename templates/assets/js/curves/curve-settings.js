// What the fragment says about panels of curves, how metrics are gathered in sections, and what a
// panel says about the points it shows.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const smoothing = inNode ? require("./curve-smoothing.js") : runfolio.curveSmoothing;
  const groups = inNode ? require("./curve-groups.js") : runfolio.curveGroups;
  const axes = inNode ? require("./curve-axes.js") : runfolio.curveAxes;

  const SYSTEM = "system";
  const SIZES = { small: [280, 150], medium: [400, 240], large: [640, 320] }; // pixels, at least wide and high
  const RUNS = 10; // runs shown before more are asked for

  const among = (wanted, choices, usual) => (Object.hasOwn(choices, wanted || "") ? wanted : usual);

  const readSize = (text) => {
    const [width, height] = (text || "").split("x").map(Number);
    if (width >= 200 && height >= 100 && width <= 4000 && height <= 2000) return [width, height];
    return SIZES[among(text, SIZES, "medium")];
  };

  // Settings by name from those of the fragment that start with `prefix`.
  const read = (state, prefix) => {
    const get = (name) => state[prefix + name] || "";
    const count = Number(get("runs"));
    return {
      x: axes.readKind(get("x"), null),
      xLog: get("xscale") === "log",
      log: get("scale") === "log",
      smoothing: smoothing.read(get("smooth")),
      centre: among(get("centre"), groups.centres, "mean"),
      band: among(get("band"), groups.bands, "ci"),
      search: get("q"),
      sizeName: get("size") || "medium",
      size: readSize(get("size")),
      folds: new Set(get("fold") ? get("fold").split(",").map(decodeURIComponent) : []),
      range: get("range"),
      runs: Number.isInteger(count) && count > 0 ? Math.min(count, 1000) : RUNS,
    };
  };

  // A section's name in the fragment; metrics without a prefix have the empty one.
  const writeFolds = (folds) => [...folds].sort().map((one) => encodeURIComponent(one)).join(",");

  const prefixOf = (metric) => metric.slice(0, Math.max(metric.lastIndexOf("/"), 0));
  const isSystem = (metric) => metric.startsWith(`${SYSTEM}/`);

  // Metrics by what stands before their last "/": the section of `first` is first and begins with it,
  // what the machine did is last.
  const sections = (metrics, first = null) => {
    const found = new Map();
    for (const metric of metrics) {
      const prefix = isSystem(metric) ? SYSTEM : prefixOf(metric);
      found.set(prefix, [...(found.get(prefix) ?? []), metric]);
    }
    const place = (prefix, members) => (members.includes(first) ? 0 : prefix === SYSTEM ? 2 : 1);
    return [...found]
      .map(([prefix, members]) => ({ prefix, metrics: members.sort((a, b) => (b === first) - (a === first) || (a < b ? -1 : 1)) }))
      .sort((a, b) => place(a.prefix, a.metrics) - place(b.prefix, b.metrics) || (a.prefix < b.prefix ? -1 : 1));
  };

  // Whether a name has all words of a search, in any order and case.
  const matches = (name, search) => {
    const lower = name.toLowerCase();
    return search.toLowerCase().split(/\s+/).every((word) => lower.includes(word));
  };

  const whole = (number) => number.toLocaleString("en");

  // What is drawn of what there is: `drawn` of `total` points, all of them read or (`reduced`) only an
  // overview, in the whole or in a part of it.
  const pointsText = ({ drawn, total, reduced, long, zoomed }) => {
    if (!long) return "";
    const within = zoomed ? " in this range" : "";
    if (drawn === total) return `full data: ${whole(total)} points${within}`;
    return `${whole(drawn)} of ${whole(total)} points${within}${reduced ? ", highs and lows kept" : ", reduced from the full data, highs and lows kept"}`;
  };

  const settings = { SYSTEM, SIZES, RUNS, read, readSize, writeFolds, prefixOf, isSystem, sections, matches, pointsText };
  if (typeof runfolio !== "undefined") runfolio.curveSettings = settings;
  if (typeof module === "object") module.exports = settings;
})();

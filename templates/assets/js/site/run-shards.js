// The shards of runs, `runs/ID`, as scripts want them: what src/runfolio/site/shards.py left out as empty
// or known anyway is there, and curves have their numbers.

(() => {
  "use strict";

  const site = typeof module === "object" ? require("./core.js") : runfolio;
  const { unpack } = typeof module === "object" ? require("./packed.js") : runfolio.packed;

  const COLORS = 10;
  const DASHES = 4;
  const NOTHING = { step: [], time: [], value: [] };

  // A curve with its steps, times and values, of which there are as many of each, or none.
  const readCurve = (curve, axes) => {
    const { step, time } = axes[curve.axis ?? 0] ?? NOTHING;
    const value = unpack(curve.value);
    const whole = value.length === step.length && value.length === time.length;
    return { ...curve, total: curve.total ?? value.length, ...(whole ? { step, time, value } : NOTHING) };
  };

  // Curves that were logged together share an axis; each gets its steps and times back.
  const readCurves = (axes, curves) => {
    const read = axes.map((axis) => ({ step: unpack(axis.step), time: unpack(axis.time) }));
    return Object.fromEntries(Object.entries(curves).map(([key, curve]) => [key, readCurve(curve, read)]));
  };

  const readMetrics = (metrics, directions) => {
    const direction = (key) => (Object.hasOwn(directions, key) ? directions[key] : null);
    return Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last, direction: direction(key) }]));
  };

  const readRun = ({ axes = [], curves = {}, metrics = {}, directions = {}, ...run }) => ({
    primary: null,
    params: {},
    tags: {},
    extras: [],
    results: false,
    ...run,
    color: run.mark % COLORS,
    dash: Math.floor(run.mark / COLORS) % DASHES,
    metrics: readMetrics(metrics, directions),
    curves: readCurves(axes, curves),
  });

  site.readShards("runs", readRun);
  if (typeof module === "object") module.exports = { readRun, COLORS, DASHES };
})();

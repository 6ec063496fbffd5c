// What a curve is drawn over: its steps, the time since its run's start, the time of day, or another
// metric that was logged at the same steps.

(() => {
  "use strict";

  const METRIC = "metric.";
  const isMetric = (kind) => kind.startsWith(METRIC);
  const metricOf = (kind) => kind.slice(METRIC.length);

  // The axis a fragment asks for, or the one given.
  const readKind = (text, usual) => (["step", "time", "wall"].includes(text) || (text || "").startsWith(METRIC) ? text : usual);

  const word = (kind) => (isMetric(kind) ? metricOf(kind) : { step: "step", time: "time since start", wall: "time of day, UTC" }[kind]);

  // The values of another curve at these steps: its last one of that step, else, between two steps,
  // along the line. Beyond its ends, and beside what is no number, there is none.
  const join = (steps, other) => {
    let next = 0;
    return Float64Array.from(steps, (step) => {
      while (next < other.step.length && other.step[next] <= step) next += 1;
      const [left, right] = [next - 1, next];
      if (left >= 0 && other.step[left] === step) return other.value[left];
      if (left < 0 || right >= other.step.length) return NaN;
      const share = (step - other.step[left]) / (other.step[right] - other.step[left]);
      return other.value[left] * (1 - share) + other.value[right] * share;
    });
  };

  // Where the points of a curve lie: steps, seconds, milliseconds since 1970, or another's values.
  const places = (curve, kind, { start = 0, other = null } = {}) => {
    if (kind === "time") return Float64Array.from(curve.time);
    if (kind === "wall") return Float64Array.from(curve.time, (time) => start / 1000 + time * 1000);
    if (isMetric(kind)) return other ? join(curve.step, other) : new Float64Array(curve.step.length).fill(NaN);
    return Float64Array.from(curve.step);
  };

  const ascends = (x) => {
    for (let place = 1; place < x.length; place += 1) if (!(x[place] >= x[place - 1])) return false;
    return true;
  };

  // Points from left to right, those without a place left out.
  const arrange = (x, y) => {
    if (ascends(x) && !Number.isNaN(x[0])) return { x, y: Float64Array.from(y) };
    const order = [...x.keys()].filter((place) => Number.isFinite(x[place])).sort((a, b) => x[a] - x[b] || a - b);
    return { x: Float64Array.from(order, (place) => x[place]), y: Float64Array.from(order, (place) => y[place]) };
  };

  // A part of an axis in the fragment, "10~200~step"; null for none, and for another axis.
  const readRange = (text, kind) => {
    const [low, high, ...rest] = (text || "").split("~");
    const range = [low, high].map(Number);
    return low && high && rest.join("~") === kind && range.every(Number.isFinite) && range[0] < range[1] ? range : null;
  };
  const writeRange = (range, kind) => (range ? [...range.map((end) => String(Number(end.toPrecision(kind === "wall" ? 15 : 7)))), kind].join("~") : null);

  const axes = { isMetric, metricOf, readKind, word, join, places, arrange, readRange, writeRange, METRIC };
  if (typeof runfolio !== "undefined") runfolio.curveAxes = axes;
  if (typeof module === "object") module.exports = axes;
})();

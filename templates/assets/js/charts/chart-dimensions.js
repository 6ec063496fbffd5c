// Where values lie on one axis of parallel coordinates, the same as runfolio/analysis/grid.py places
// them; tests/vectors/dimensions.json holds the two together.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const LOG_RATIO = 100;
  const INNER_TICKS = 3;
  const MIN_GAP = 0.1;
  const DIGITS = 4;

  const known = (value) => value !== null && value !== undefined;
  const isReal = (value) => typeof value === "number" && Number.isFinite(value);

  // Text in order with 9 before 10; case only decides between equals.
  const parts = (label) => (label.toLowerCase().match(/[0-9]+|[^0-9]+/g) ?? []).map((part) => (/^[0-9]/.test(part) ? [0, BigInt(part.slice(0, 300)), part] : [1, 0n, part]));
  const compareLists = (first, second) => {
    for (let place = 0; place < Math.min(first.length, second.length); place += 1) {
      if (first[place] !== second[place]) return first[place] < second[place] ? -1 : 1;
    }
    return first.length - second.length;
  };
  const natural = (a, b) => compareLists(parts(a).flat(), parts(b).flat()) || (a < b ? -1 : a > b ? 1 : 0);

  const categories = (values) => {
    const labels = [...new Set(values.filter(known).map(String))];
    const read = new Map(labels.map((label) => [label, parts(label).flat()]));
    const order = labels.sort((a, b) => compareLists(read.get(a), read.get(b)) || (a < b ? -1 : a > b ? 1 : 0));
    const places = new Map(order.map((label, rank) => [label, order.length === 1 ? 0.5 : rank / (order.length - 1)]));
    return {
      kind: "category",
      log: false,
      positions: values.map((value) => (known(value) ? places.get(String(value)) : null)),
      ticks: order.map((label) => ({ position: places.get(label), label })),
    };
  };

  const makeAxis = (low, high, log) => {
    const [start, end] = log ? [Math.log10(low), Math.log10(high)] : [low / 2, high / 2]; // halves: differences may overflow
    return {
      low,
      high,
      log,
      place: (number) => ((log ? Math.log10(number) : number / 2) - start) / (end - start),
      valueAt: (level) => (log ? 10 ** (start + level * (end - start)) : 2 * (start + level * (end - start))),
    };
  };

  // The next of 1, 2, 2.5 and 5 times a power of ten.
  const roundStep = (step) => {
    if (!(step > 1e-300 && step < 1e300)) return 0;
    const power = 10 ** Math.floor(Math.log10(step));
    return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= step * 0.999) * power;
  };

  const range = (first, end) => Array.from({ length: Math.max(end - first, 0) }, (_, index) => first + index);

  // Round numbers between the ends.
  const roundValues = ({ low, high, log }) => {
    if (log) {
      const powers = range(Math.ceil(Math.log10(low)), Math.floor(Math.log10(high)) + 1);
      const stride = Math.max(1, Math.ceil(powers.length / (INNER_TICKS + 2)));
      return powers.filter((power) => power % stride === 0).map((power) => 10 ** power);
    }
    const step = roundStep(((high / 2 - low / 2) / (INNER_TICKS + 1)) * 2);
    if (!(step > 0)) return [];
    const first = Math.ceil(low / step);
    return range(0, INNER_TICKS + 3).map((number) => (first + number) * step);
  };

  // The ends and what fits between, none closer than a tenth of the axis nor labelled alike.
  const makeTicks = (axis, inner) => {
    let digits = DIGITS;
    while (digits < 17 && format.number(axis.low, digits) === format.number(axis.high, digits)) digits += 1;
    const [first, last] = [[0, axis.low], [1, axis.high]].map(([position, value]) => ({ position, label: format.number(value, digits) }));
    const labels = new Set([first.label, last.label]);
    const taken = [0, 1];
    const ticks = [];
    for (const number of inner) {
      if (!(axis.low < number && number < axis.high)) continue;
      const tick = { position: axis.place(number), label: format.number(number, digits) };
      const clear = taken.every((other) => Math.abs(tick.position - other) >= MIN_GAP);
      if (!clear || labels.has(tick.label) || ticks.length >= INNER_TICKS) continue;
      ticks.push(tick);
      taken.push(tick.position);
      labels.add(tick.label);
    }
    return [first, ...ticks, last];
  };

  const numbers = (values) => {
    const real = Array.from(Float64Array.from(new Set(values.filter(isReal).map((value) => value + 0))).sort());
    if (real.length < 2) {
      return { kind: "number", log: false, positions: values.map((value) => (isReal(value) ? 0.5 : null)), ticks: real.map((one) => ({ position: 0.5, label: format.number(one) })) };
    }
    const [low, high] = [real[0], real.at(-1)];
    const axis = makeAxis(low, high, low > 0 && high / low >= LOG_RATIO);
    const inner = real.length <= INNER_TICKS + 2 ? real.slice(1, -1) : roundValues(axis);
    return { kind: "number", log: axis.log, positions: values.map((value) => (isReal(value) ? axis.place(value) : null)), ticks: makeTicks(axis, inner), axis };
  };

  // Values on an axis from 0 to 1, or null without a value: {kind, log, positions, ticks: [{position,
  // label}]}. Numbers lie between their least and greatest, by logarithm when all are above 0 and span
  // a factor of 100; anything else becomes categories in natural order.
  const place = (values) => (values.every((value) => !known(value) || typeof value === "number") ? numbers(values) : categories(values));

  // A level of an axis as text that stays true when the axis changes, and back: a number, or a category.
  const nearest = (ticks, level) => ticks.reduce((best, tick) => (Math.abs(tick.position - level) < Math.abs(best.position - level) ? tick : best));
  const nameLevel = (placed, level) => (placed.axis ? String(Number(placed.axis.valueAt(level).toPrecision(6))) : level < -0.05 ? "" : (placed.ticks.length ? nearest(placed.ticks, level).label : ""));
  const findLevel = (placed, name) => {
    if (placed.axis) {
      const number = Number(name);
      return placed.axis.log && number <= 0 ? 0 : placed.axis.place(number);
    }
    return placed.ticks.find((tick) => tick.label === name)?.position ?? null;
  };

  const dimensions = { place, natural, nameLevel, findLevel };
  if (typeof runfolio !== "undefined") runfolio.chartDimensions = dimensions;
  if (typeof module === "object") module.exports = dimensions;
})();

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const statistics = require("../../templates/assets/js/charts/statistics.js");
const vectors = require("../vectors/statistics.json");

const near = (found, expected, tolerance = 1e-9, what = "") => {
  if (expected === null) return assert.equal(found, null, what);
  const allowed = tolerance * Math.max(1e-300, Math.abs(expected));
  assert.ok(found === expected || Math.abs(found - expected) <= allowed || Math.abs(found - expected) < 1e-14, `${what}: ${found} is not ${expected}`);
};

for (const [index, one] of vectors.summaries.entries()) {
  test(`summary ${index} agrees with SciPy`, () => {
    const found = statistics.summary(one.values);
    for (const [key, expected] of Object.entries(one.summary)) near(found[key], expected, 1e-9, key);
    for (const { q, value } of one.quantiles) near(statistics.quantile(one.values, q), value, 1e-12, `quantile ${q}`);
  });
}

for (const [index, one] of vectors.welch.entries()) {
  test(`Welch's interval ${index} agrees with SciPy`, () => {
    const found = statistics.welch(one.a, one.b);
    for (const key of ["difference", "low", "high", "p", "df"]) near(found[key], one[key], 1e-8, key);
  });
}

for (const [index, one] of vectors.correlations.entries()) {
  test(`correlations ${index} agree with SciPy`, () => {
    near(statistics.pearson(one.x, one.y), one.pearson, 1e-9, "pearson");
    near(statistics.spearman(one.x, one.y), one.spearman, 1e-9, "spearman");
  });
}

for (const [index, one] of vectors.bootstrap.entries()) {
  test(`the bootstrap's interval ${index} lies where that of all possible draws does`, () => {
    const found = statistics.bootstrap(one.a, one.b);
    near(found.difference, one.difference, 1e-12, "difference");
    const width = one.high - one.low;
    assert.ok(Math.abs(found.low - one.low) < one.tolerance * width, `low ${found.low}, all draws ${one.low}`);
    assert.ok(Math.abs(found.high - one.high) < one.tolerance * width, `high ${found.high}, all draws ${one.high}`);
  });
}

test("what is no finite number is left out and counted", () => {
  const found = statistics.summary([1, NaN, 3, Infinity, null, -Infinity]);
  assert.deepEqual([found.n, found.ignored, found.mean, found.min, found.max], [2, 3, 2, 1, 3]);
  const none = statistics.summary([NaN, null]);
  assert.deepEqual([none.n, none.mean, none.median, none.low, none.min], [0, null, null, null, null]);
});

test("one value has a mean and no interval", () => {
  assert.deepEqual(statistics.summary([2]), { n: 1, ignored: 0, mean: 2, median: 2, deviation: null, error: null, low: null, high: null, min: 2, max: 2 });
  assert.equal(statistics.interval95([2]), null);
  assert.equal(statistics.welch([1], [1, 2]), null);
  assert.equal(statistics.bootstrap([1], [1, 2]), null);
});

test("equal values have an interval of no width", () => {
  assert.deepEqual(statistics.interval95([0.1, 0.1, 0.1]), { low: 0.1, high: 0.1 });
  const same = statistics.difference([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]);
  assert.deepEqual([same.difference, same.p, same.withinNoise], [0, 1, true]);
  const other = statistics.difference([1, 1, 1, 1, 1], [2, 2, 2, 2, 2]);
  assert.deepEqual([other.difference, other.p, other.withinNoise], [1, 0, false]);
});

test("huge and tiny values overflow nothing", () => {
  assert.equal(statistics.mean([1.7e308, 1.7e308]), 1.7e308);
  near(statistics.deviation([1e300, 3e300]), Math.SQRT2 * 1e300, 1e-12);
  near(statistics.deviation([1e-300, 3e-300]), Math.SQRT2 * 1e-300, 1e-12);
});

test("the number of runs chooses the method", () => {
  const five = [1, 2, 3, 4, 5];
  assert.match(statistics.difference(five, five).method, /^Welch/);
  assert.match(statistics.difference(five, [1, 2, 3, 4]).method, /^bootstrap, 10,000 draws/);
  assert.match(statistics.difference([1, 2, 3], five).method, /^bootstrap/);
  const few = statistics.difference([1, 2], five);
  assert.deepEqual(few, { difference: 1.5, low: null, high: null, withinNoise: null, method: "too few runs to tell" });
  assert.equal(statistics.difference([], five), null);
});

test("within noise means that the interval contains no difference", () => {
  assert.equal(statistics.difference([1, 2, 3], [1.1, 2.2, 2.9]).withinNoise, true);
  assert.equal(statistics.difference([1, 1.1, 0.9], [5, 5.1, 4.9]).withinNoise, false);
  assert.equal(statistics.difference([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]).withinNoise, false);
});

test("the bootstrap gives the same for the same seed, and else for another", () => {
  const [a, b] = [[1, 2, 4, 8], [3, 5, 9, 10]];
  assert.deepEqual(statistics.bootstrap(a, b), statistics.bootstrap(a, b));
  const few = { draws: 40 };
  assert.notDeepEqual(statistics.bootstrap(a, b, { ...few, seed: 1 }), statistics.bootstrap(a, b, { ...few, seed: 2 }));
});

test("the bootstrap keeps its promise about as often as it says", () => {
  let state = 7;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const draw = () => [normal(), normal(), normal(), normal()];
  const trials = 400;
  let held = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const found = statistics.bootstrap(draw(), draw(), { draws: 1000, seed: trial });
    held += found.low <= 0 && found.high >= 0;
  }
  assert.ok(held / trials > 0.9 && held / trials < 1, `${held} of ${trials}`);
});

test("correlations skip places without numbers and say nothing of constants", () => {
  near(statistics.pearson([1, 2, NaN, 4], [2, 4, 1, 8]), 1);
  assert.equal(statistics.pearson([1, 2, 3], [5, 5, 5]), null);
  assert.equal(statistics.spearman([1], [1]), null);
  assert.deepEqual(statistics.ranks([10, 20, 20, 5]), [2, 3.5, 3.5, 1]);
});

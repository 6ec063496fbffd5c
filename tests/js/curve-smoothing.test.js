"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { exponential, centredMean, gaussian, read, smooth, kinds } = require("../../templates/assets/js/curves/curve-smoothing.js");

const near = (found, expected) => {
  assert.equal(found.length, expected.length);
  expected.forEach((value, place) => {
    if (Number.isNaN(value)) assert.ok(Number.isNaN(found[place]), `${place}: ${found[place]}`);
    else assert.ok(Math.abs(found[place] - value) < 1e-12 * Math.max(1, Math.abs(value)), `${place}: ${found[place]} is not ${value}`);
  });
};

const noisy = Array.from({ length: 60 }, (_, place) => (place % 7 === 3 ? NaN : Math.sin(place * 1.7) * 10 + place));

test("the exponential mean has no pull to zero: the first value is itself", () => {
  near(exponential([10, 10, 10], 0.9), [10, 10, 10]);
  near(exponential([2, 4], 0.5), [2, (0.5 * 2 + 4) / 1.5]);
  near(exponential([3, 1, 4], 0), [3, 1, 4]);
});

test("the exponential mean is TensorBoard's, which divides by 1 - weight^n", () => {
  const weight = 0.6;
  let last = 0;
  const theirs = [5, -1, 2, 8].map((value, place) => {
    last = last * weight + (1 - weight) * value;
    return last / (1 - weight ** (place + 1));
  });
  near(exponential([5, -1, 2, 8], weight), theirs);
});

test("a centred mean has fewer values at the ends", () => {
  near(centredMean([1, 2, 6, 3, 5], 3), [1.5, 3, 11 / 3, 14 / 3, 4]);
  near(centredMean([1, 2, 3], 1), [1, 2, 3]);
  near(centredMean([1, 2, 6], 101), [3, 3, 3]);
  assert.equal(centredMean([], 5).length, 0);
});

test("a centred mean is that of the finite values of each window", () => {
  for (const points of [3, 5, 9, 59, 201]) {
    const half = Math.floor(points / 2);
    const plain = noisy.map((value, place) => {
      const window = noisy.slice(Math.max(place - half, 0), place + half + 1).filter(Number.isFinite);
      return Number.isNaN(value) ? NaN : window.reduce((total, one) => total + one, 0) / window.length;
    });
    near(centredMean(noisy, points), plain);
  }
});

test("a large value changes only the means it belongs to", () => {
  const values = new Array(40).fill(0.1);
  values[20] = 1e300;
  const means = centredMean(values, 5);
  near([means[17], means[23]], [0.1, 0.1]);
  assert.ok(means[18] > 1e299);
});

test("large values do not overflow in a mean", () => {
  near(centredMean(new Array(9).fill(1.5e308), 9), new Array(9).fill(1.5e308));
});

test("a Gaussian mean weighs by distance and keeps a constant", () => {
  near(gaussian([4, 4, 4, 4], 2), [4, 4, 4, 4]);
  const w = Math.exp(-0.5);
  const far = Math.exp(-2);
  near([gaussian([0, 1, 0], 1)[1], gaussian([0, 0, 1], 1)[0]], [1 / (1 + 2 * w), far / (1 + w + far)]);
});

test("what is no number stays a gap and changes no neighbour", () => {
  for (const kind of Object.keys(kinds)) {
    const smoothed = smooth([1, NaN, 1, Infinity, 1], { kind, amount: kinds[kind].usual });
    near(smoothed, [1, NaN, 1, NaN, 1]);
  }
});

test("a setting is read from the fragment and kept in its limits", () => {
  assert.deepEqual(read("ema-0.6"), { kind: "ema", amount: 0.6 });
  assert.deepEqual(read("ema-7"), { kind: "ema", amount: 0.99 });
  assert.deepEqual(read("mean-1"), { kind: "mean", amount: 3 });
  for (const text of ["", null, "ema", "ema-", "ema-x", "constructor-1"]) assert.equal(read(text), null);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const axes = require("../../templates/assets/js/curves/curve-axes.js");

const curve = { step: [0, 10, 20], time: [0, 1.5, 4], value: [1, 2, 3] };
const list = (column) => [...column];

test("points lie at their steps, seconds, or milliseconds since 1970", () => {
  assert.deepEqual(list(axes.places(curve, "step")), [0, 10, 20]);
  assert.deepEqual(list(axes.places(curve, "time")), [0, 1.5, 4]);
  assert.deepEqual(list(axes.places(curve, "wall", { start: 5_000_000 })), [5000, 6500, 9000]);
});

test("another metric is joined on steps, between two of its steps along the line", () => {
  const epoch = { step: [0, 20], value: [0, 2] };
  assert.deepEqual(list(axes.places(curve, "metric.epoch", { other: epoch })), [0, 1, 2]);
});

test("beyond the other metric, or beside its gaps, a point has no place", () => {
  assert.deepEqual(list(axes.join([0, 5, 10, 30], { step: [5, 10, 20], value: [1, NaN, 3] })), [NaN, 1, NaN, NaN]);
  assert.deepEqual(list(axes.join([7], { step: [5, 10], value: [1, NaN] })), [NaN]);
  assert.deepEqual(list(axes.places(curve, "metric.none")), [NaN, NaN, NaN]);
});

test("of two values of one step the last one is joined", () => {
  assert.deepEqual(list(axes.join([5], { step: [5, 5, 6], value: [1, 2, 3] })), [2]);
});

test("points are arranged from left to right, those without a place left out", () => {
  const { x, y } = axes.arrange(Float64Array.of(3, NaN, 1, 3), [30, 0, 10, 31]);
  assert.deepEqual([list(x), list(y)], [[1, 3, 3], [10, 30, 31]]);
});

test("a range is of one axis", () => {
  const text = axes.writeRange([10, 200.25], "step");
  assert.deepEqual(axes.readRange(text, "step"), [10, 200.25]);
  assert.equal(axes.readRange(text, "time"), null);
  assert.deepEqual(axes.readRange(axes.writeRange([1, 2], "metric.a~b"), "metric.a~b"), [1, 2]);
});

test("what is no range is none", () => {
  for (const text of ["", null, "1", "1~2", "2~1~step", "a~b~step", "~~step", "NaN~3~step"]) assert.equal(axes.readRange(text, "step"), null);
  assert.equal(axes.writeRange(null, "step"), null);
});

test("a time of day keeps its milliseconds in the fragment", () => {
  const range = [1764115200123, 1764115201456];
  assert.deepEqual(axes.readRange(axes.writeRange(range, "wall"), "wall"), range);
});

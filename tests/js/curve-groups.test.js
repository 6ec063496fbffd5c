"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { gather, valuesAt, union } = require("../../templates/assets/js/curves/curve-groups.js");
const statistics = require("../../templates/assets/js/charts/statistics.js");

const line = (x, y) => ({ x, y });
const list = (column) => [...column];
const close = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);

test("places are all there are, once", () => {
  assert.deepEqual(list(union([[0, 2, 4], [1, 2, 2, 9]])), [0, 1, 2, 4, 9]);
});

test("a value between two points lies on their line", () => {
  assert.deepEqual(list(valuesAt(line([0, 10], [0, 5]), [0, 2, 10])), [0, 1, 5]);
});

test("a run has no value before its start, after its end or within its gaps", () => {
  assert.deepEqual(list(valuesAt(line([2, 4], [1, 1]), [1, 2, 3, 4, 5])), [NaN, 1, 1, 1, NaN]);
  assert.deepEqual(list(valuesAt(line([0, 1, 2], [1, NaN, 3]), [0, 0.5, 1, 1.5, 2])), [1, NaN, NaN, NaN, 3]);
});

test("of several values at one place the last one counts", () => {
  assert.deepEqual(list(valuesAt(line([0, 1, 1, 2], [0, 7, 9, 2]), [1])), [9]);
});

test("runs of different length are averaged where they have values, and counted", () => {
  const made = gather([line([0, 1, 2], [0, 1, 2]), line([0, 1], [2, 3])]);
  assert.deepEqual(list(made.y), [1, 2, 2]);
  assert.deepEqual(list(made.n), [2, 2, 1]);
});

test("runs with different steps meet on the union of them", () => {
  const made = gather([line([0, 4], [0, 4]), line([1, 3], [10, 10])]);
  assert.deepEqual(list(made.x), [0, 1, 3, 4]);
  assert.deepEqual(list(made.y), [0, 5.5, 6.5, 4]);
  assert.deepEqual(list(made.n), [1, 2, 2, 1]);
});

const members = [3, 1, 4, 1, 5].map((value) => line([0], [value]));
const values = [3, 1, 4, 1, 5];

test("the 95 % interval is that of the mean by Student's t", () => {
  const made = gather(members, { band: "ci" });
  const { low, high } = statistics.interval95(values);
  close(made.low[0], low);
  close(made.high[0], high);
});

test("deviation and error are around the mean", () => {
  const std = gather(members, { band: "std" });
  close(std.high[0] - std.y[0], statistics.deviation(values));
  const se = gather(members, { band: "se" });
  close(se.y[0] - se.low[0], statistics.standardError(values));
});

test("the range is that of the values, the median in their middle", () => {
  const made = gather(members, { centre: "median", band: "range" });
  assert.deepEqual([made.low[0], made.y[0], made.high[0]], [1, 3, 5]);
  assert.equal(gather([line([0], [1]), line([0], [4])], { centre: "median", band: "none" }).y[0], 2.5);
});

test("the error of a median is wider than that of a mean", () => {
  const made = gather(members, { centre: "median", band: "se" });
  close(made.high[0] - made.y[0], statistics.standardError(values) * Math.sqrt(Math.PI / 2));
});

test("one run has no interval, and says that it is one", () => {
  const made = gather([line([0, 1], [1, 2])], { band: "ci" });
  assert.deepEqual([list(made.low), list(made.high), list(made.n)], [[NaN, NaN], [NaN, NaN], [1, 1]]);
});

test("values that are no number are left out of mean and count", () => {
  const made = gather([line([0], [NaN]), line([0], [Infinity]), line([0], [2])]);
  assert.deepEqual([made.y[0], made.n[0]], [2, 1]);
  assert.ok(Number.isNaN(gather([line([0], [NaN])]).y[0]));
});

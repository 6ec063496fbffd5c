"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { curveDifference, groupLines, smooth, numbersOrTexts } = require("../../templates/assets/js/compare/compare-charts.js");

const minus = (step, value, otherStep, otherValue) => {
  const found = curveDifference({ step: otherStep, value: otherValue }, { step, value });
  return found.step.map((one, index) => [one, found.value[index]]);
};

test("a curve is read between its steps on a straight line", () => {
  assert.deepEqual(minus([0, 10], [0, 20], [0, 5, 10], [1, 1, 1]), [[0, -1], [5, 9], [10, 19]]);
});

test("outside of one of the curves there is no difference", () => {
  assert.deepEqual(minus([2, 4], [1, 1], [0, 2, 3, 4, 9], [0, 0, 0, 0, 0]), [[2, 1], [3, 1], [4, 1]]);
  assert.deepEqual(minus([5], [1], [0, 1], [0, 0]), []);
});

test("values that are no numbers leave gaps, and no line is drawn across them", () => {
  assert.deepEqual(minus([0, 1, 2, 3], [1, NaN, 1, 1], [0, 1, 1.5, 2, 3], [0, 0, 0, null, Infinity]), [[0, 1], [1, null], [1.5, null], [2, null], [3, null]]);
});

test("steps in any order, and twice, are read by step with the last value", () => {
  assert.deepEqual(minus([3, 0, 3], [9, 0, 6], [3, 1], [0, 0]), [[1, 3], [3, 6]]);
});

test("groups are drawn as the means of their runs with intervals", () => {
  const runs = [1, 2, 3].map((value, index) => ({ id: `r${index}`, step: [0, 1], value: [value, index === 2 ? NaN : value] }));
  const [line, ...others] = groupLines([{ label: "g", color: 1, dash: 0, counted: runs }, { label: "none", counted: [] }], runs);
  assert.deepEqual([line.step, line.value, others], [[0, 1], [2, 1.5], []]);
  assert.deepEqual([...line.band.n], [3, 2]);
  assert.ok(line.band.low[0] < 1 && line.band.high[0] > 3);
  assert.deepEqual(groupLines([{ label: "g", color: 1, dash: 0, counted: runs.slice(0, 1) }], runs)[0].value, runs[0].value);
});

test("a smooth line keeps the raw one as its ghost, and smooths its band", () => {
  const line = { step: [0, 1, 2], time: [0, 10, 20], value: [0, null, 4], band: { low: [0, 0, 2], high: [0, 0, 6], n: [2, 2, 2] } };
  const drawn = smooth(line, "time", { kind: "mean", amount: 3 });
  assert.deepEqual([drawn.value, drawn.ghost], [[0, null, 4], { places: [0, 10, 20], value: [0, null, 4] }]);
  assert.deepEqual([drawn.band.low.map((one) => one.toFixed(2)), drawn.band.n], [["0.00", "0.67", "1.00"], [2, 2, 2]]);
  assert.deepEqual(smooth(line, "step", { kind: "mean", amount: 3 }).ghost.places, [0, 1, 2]);
  assert.equal(smooth(line, "step", null), line);
});

test("values are numbers where all are", () => {
  assert.deepEqual(numbersOrTexts(["1e-3", null, "2"]), [0.001, null, 2]);
  assert.deepEqual(numbersOrTexts(["1", "", "x"]), ["1", "", "x"]);
  assert.deepEqual(numbersOrTexts([1, null]), [1, null]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const rows = require("../../templates/assets/js/charts/chart-rows.js");

const run = (values) => ({ id: "a", name: "gb", color: 0, dash: 0, ...values });

test("bars keep their order and name what is missing", () => {
  const made = rows.barRows([run({ value: -2 }), run({ value: null }), run({ value: NaN }), run({ value: 0.61213 })]);
  assert.deepEqual(made.map((row) => row.text), ["-2", "—", "NaN", "0.6121"]);
  assert.deepEqual(made.map((row) => [row.value, row.end]), [[-2, 0], [null, 0], [null, 0], [0.61213, 0.61213]]);
});

test("an interval moves the end where a value is written", () => {
  const [up, down, half] = rows.barRows([run({ value: 2, low: 1, high: 3 }), run({ value: -2, low: -3, high: -1 }), run({ value: 1, low: 0.5, high: null })]);
  assert.deepEqual([up.low, up.high, up.end], [1, 3, 3]);
  assert.deepEqual([down.low, down.high, down.end], [-3, -1, 0]);
  assert.deepEqual([half.low, half.high, half.end], [null, null, 1]);
});

test("the arrow of a title tells what is better", () => {
  assert.deepEqual(["rmse ↓", "r2 ↑", "r2"].map(rows.titleDirection), ["down", "up", null]);
});

const values = { high: 2, none: null, low: 1, middle: 1.5 };
const parallelRuns = Object.entries(values).map(([id, value]) => run({ id, value, positions: [0.5, null] }));

test("the best run lies on top and is thicker", () => {
  for (const [direction, best] of [["down", "low"], ["up", "high"]]) {
    const made = rows.parallelRows(parallelRuns, direction);
    assert.equal(made[0].run, "none");
    assert.equal(made.at(-1).run, best);
    assert.deepEqual(made.map((row) => row.width), [1.75, 1.75, 1.75, 1.75, 1.75, 1.75, 3, 3]);
  }
});

test("among equals there is no best", () => {
  const alike = [1, 1].map((value) => run({ value, positions: [0] }));
  assert.equal(rows.findBest(alike, "down"), null);
  assert.equal(rows.findBest(parallelRuns, null), null);
  assert.equal(rows.findBest(parallelRuns, "up").id, "high");
  assert.deepEqual(rows.parallelRows(alike, "down").map((row) => row.width), [1.75, 1.75]);
});

test("a missing value lies below the axis and is named", () => {
  const dimensions = [{ title: "lr", ticks: [{ position: 0, label: "0" }] }, { title: "depth", ticks: [] }];
  assert.deepEqual(rows.parallelRows(parallelRuns, null).slice(0, 2).map((row) => row.level), [0.5, rows.NOT_SET]);
  assert.deepEqual(rows.tickRows(dimensions, parallelRuns), [
    { at: 0, level: 0, label: "0" },
    { at: 1, level: rows.NOT_SET, label: "not set" },
  ]);
});

test("lines are coloured from the lowest to the highest value", () => {
  const colors = Object.fromEntries(rows.parallelRows(parallelRuns, null).map((row) => [row.run, row.color]));
  assert.deepEqual(colors, { low: "var(--seq-0)", middle: "var(--seq-6)", high: "var(--seq-11)", none: "var(--muted)" });
});

test("brushes pick the runs that pass through all of them", () => {
  const runs = [[0, 0.5], [0.2, null], [0.9, 0.5]].map((positions, index) => run({ id: String(index), positions }));
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 0, low: 0, high: 0.3 }]), ["0", "1"]);
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 0, low: 0, high: 0.3 }, { at: 1, low: 0, high: 1 }]), ["0"]);
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 1, low: -0.2, high: -0.1 }]), ["1"]);
});

test("the distance to a line is that to its nearest part", () => {
  const line = [[0, 0], [10, 0], [10, 10]];
  assert.equal(rows.distanceTo(line, 5, 3), 3);
  assert.equal(rows.distanceTo(line, 13, 14), 5);
  assert.equal(rows.distanceTo([[4, 4], [4, 4]], 4, 6), 2);
});

test("of very many some are drawn, evenly, with both ends, and the chart says so", () => {
  const many = Array.from({ length: 100001 }, (_, index) => index);
  assert.deepEqual(rows.thin(many, 5), [0, 25000, 50000, 75000, 100000]);
  assert.equal(rows.thin(many).length, 2000);
  assert.equal(new Set(rows.thin(many)).size, 2000);
  const few = [1, 2, 3];
  assert.equal(rows.thin(few), few);
  assert.equal(rows.thinWords(2000, 100000), "2,000 of 100,000 runs drawn, evenly by rank; all are in the numbers.");
  assert.equal(rows.thinWords(3, 3), "");
});

test("the extent of more numbers than a call takes arguments", () => {
  assert.deepEqual(rows.extent(Array.from({ length: 1000000 }, (_, index) => 7 - index)), [-999992, 7]);
  assert.deepEqual(rows.extent([4]), [4, 4]);
  assert.equal(rows.extent([]), null);
});

test("a long series is thinned with its ends kept", () => {
  const kept = rows.thin([...Array(1000).keys()], 64);
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [64, 0, 999]);
});

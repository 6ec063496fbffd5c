"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const runfolio = require("../../templates/assets/js/site/core.js");
const { readRun } = require("../../templates/assets/js/site/run-shards.js");

const RUN = { id: "0", name: "a", experiment: { id: "1", name: "b" }, status: "FINISHED", start: 5, mark: 23 };
const AXES = [{ step: [0, 1], time: [0, 2] }, { step: [1], time: [1] }];

test("what a shard leaves out is there once it is loaded", async () => {
  runfolio.register("runs/0", JSON.stringify(RUN));
  assert.deepEqual(await runfolio.loadShard("runs/0"), { ...RUN, primary: null, params: {}, tags: {}, extras: [], results: false, color: 3, dash: 2, metrics: {}, curves: {} });
});

test("metrics have their last value and whether lower or higher is better", () => {
  const { metrics } = readRun({ ...RUN, metrics: { loss: 1, constructor: "NaN" }, directions: { loss: "down" } });
  assert.deepEqual(metrics, { loss: { last: 1, direction: "down" }, constructor: { last: "NaN", direction: null } });
});

test("curves of one axis get its steps and times back", () => {
  const { curves } = readRun({ ...RUN, axes: AXES, curves: { a: { value: [3, "NaN"] }, b: { value: [4], axis: 1, total: 9 } } });
  assert.deepEqual(curves.a, { value: [3, NaN], total: 2, step: [0, 1], time: [0, 2] });
  assert.deepEqual(curves.b, { value: [4], axis: 1, total: 9, step: [1], time: [1] });
});

test("a curve whose parts don't fit together is empty", () => {
  const broken = { short: { value: [3] }, elsewhere: { value: [3], axis: 7 }, bad: { value: { from: 0, text: "!" } }, none: {} };
  for (const curve of Object.values(readRun({ ...RUN, axes: AXES, curves: broken }).curves)) {
    assert.deepEqual([curve.step, curve.time, curve.value], [[], [], []]);
  }
});

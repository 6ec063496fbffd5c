"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { choose, sound, valid } = require("../../templates/assets/js/experiment.js");

const shard = {
  runs: { id: ["a", "b", "c"], rank: ["c", "a", "b"], status: ["FINISHED", "FINISHED", "FINISHED"] },
  metrics: { loss: { values: [1, null, 0.5] } },
};

test("without a selection the best runs that have the metric are shown", () => {
  assert.deepEqual(choose(shard, [], "loss", 10), [2, 0]);
  assert.deepEqual(choose(shard, [], "loss", 1), [2]);
});

test("runs that broke off are shown when they are selected, or when there are no others", () => {
  const broken = { ...shard, runs: { ...shard.runs, status: ["RUNNING", "FINISHED", "FAILED"] } };
  assert.deepEqual(choose(broken, [], "loss", 10), [0]);
  assert.deepEqual(choose(broken, ["c"], "loss", 10), [2]);
  assert.deepEqual(sound({ runs: { id: ["a"], status: ["KILLED"] } }), [0]);
});

test("selected runs are shown in the order they were chosen, unknown ones left out", () => {
  assert.deepEqual(choose(shard, ["b", "x", "a"], "loss", 1), [1, 0]);
});

test("a setting from a link counts only when it is among the choices", () => {
  assert.equal(valid("loss", ["loss", "acc"], "acc"), "loss");
  assert.equal(valid("<script>", ["loss"], "loss"), "loss");
  assert.equal(valid(undefined, [], "x"), "x");
});

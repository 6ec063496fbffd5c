"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { choose, valid } = require("../../templates/assets/js/experiment.js");

const shard = {
  runs: { id: ["a", "b", "c"], rank: ["c", "a", "b"] },
  metrics: { loss: { values: [1, null, 0.5] } },
};

test("without a selection the best runs that have the metric are shown", () => {
  assert.deepEqual(choose(shard, [], "loss", 10), [2, 0]);
  assert.deepEqual(choose(shard, [], "loss", 1), [2]);
});

test("selected runs are shown in the order they were chosen, unknown ones left out", () => {
  assert.deepEqual(choose(shard, ["b", "x", "a"], "loss", 1), [1, 0]);
});

test("a setting from a link counts only when it is among the choices", () => {
  assert.equal(valid("loss", ["loss", "acc"], "acc"), "loss");
  assert.equal(valid("<script>", ["loss"], "loss"), "loss");
  assert.equal(valid(undefined, [], "x"), "x");
});

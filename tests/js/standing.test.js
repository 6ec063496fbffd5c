"use strict";

const test = require("node:test");
const assert = require("node:assert");
const { rankText, chooseOther, compareText } = require("../../templates/assets/js/run/standing.js");
const order = require("../../templates/assets/js/site/order.js");

test("a rank counts the values that are better", () => {
  const values = [0.1, 0.2, 0.2, 0.5];
  assert.equal(rankText(values, 0.1, "down"), "best of 4");
  assert.equal(rankText(values, 0.2, "down"), "rank 2 of 4");
  assert.equal(rankText(values, 0.2, "up"), "rank 2 of 4");
  assert.equal(rankText(values, 0.1, "up"), "rank 4 of 4");
  assert.equal(rankText([], 1, "up"), "best of 0");
});

test("a run is compared with the best one, and the best one with the baseline", () => {
  const shard = { best: "b", baseline: "a", id: ["b", "a", "c"], name: ["same", "first", "same"] };
  assert.equal(chooseOther(shard, "c"), "b");
  assert.equal(chooseOther(shard, "b"), "a");
  assert.equal(chooseOther({ best: "b", baseline: "b" }, "b"), null);
  assert.equal(chooseOther({ best: null, baseline: null }, "b"), null);
  assert.equal(compareText(shard, "b", "c"), "Compare with the best run");
  assert.equal(compareText(shard, "b", "a"), "Compare with same");
  assert.equal(compareText(shard, "a", "b"), "Compare with first");
});

test("neighbours are those beside a run", () => {
  assert.deepEqual(order.around(["a", "b", "c"], "b"), { place: 2, count: 3, previous: "a", next: "c" });
  assert.equal(order.around(["a"], "x"), null);
});

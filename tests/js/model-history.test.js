"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const history = require("../../templates/assets/js/models/model-history.js");

const SHARD = { numbers: [1, 2, 4], aliases: [["first", "old"], [], ["champion"]] };

test("a metric is one line over the versions, and a point for each version with aliases", () => {
  const lines = history.linesOf(SHARD, { values: [0.9, 0.7, 0.5] });
  assert.deepEqual(lines.map(({ name, step, value }) => [name, step, value]), [
    ["latest", [1, 2, 4], [0.9, 0.7, 0.5]],
    ["first, old", [1], [0.9]],
    ["champion", [4], [0.5]],
  ]);
  assert.equal(new Set(lines.map((line) => line.id)).size, 3);
});

test("versions without a finite value are left out, with their aliases", () => {
  const lines = history.linesOf(SHARD, { values: [0.9, "NaN", null] });
  assert.deepEqual(lines.map(({ name, step }) => [name, step]), [["latest", [1]], ["first, old", [1]]]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { chartsOf } = require("../../templates/assets/js/narrative/narrative.js");

const shard = { panels: [{ charts: [{ kind: "bars", options: { bars: [] } }, { kind: "__proto__", options: {} }] }, null] };

test("a panel's charts are found by its number", () => {
  assert.deepEqual(chartsOf(shard, 1), [{ kind: "bars", options: { bars: [] } }, null]);
});

test("a panel without charts, and one that isn't there, have none", () => {
  assert.deepEqual(chartsOf(shard, 2), []);
  assert.deepEqual(chartsOf(shard, 3), []);
  assert.deepEqual(chartsOf({}, 1), []);
});

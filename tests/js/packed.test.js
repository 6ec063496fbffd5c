"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { unpack } = require("../../templates/assets/js/site/packed.js");

for (const { name, packed, unpacked } of require("../vectors/packed.json")) {
  test(`${name}: the numbers are those that Python packed`, () => {
    assert.deepEqual(unpack(packed), unpacked.map(Number));
  });
}

const GOOD = { from: 0, text: "AAAAAAAB", digits: 1 };

test("a column that can't be read is empty", () => {
  assert.deepEqual(unpack(GOOD), [0, 0.1]);
  for (const change of [{ text: "AAAAA" }, { text: "AAA=" }, { text: "AA A" }, { text: "AAé€" }, { digits: 23 }, { digits: 0.5 }, { digits: "1" }, { from: "1" }, { from: null }]) {
    assert.deepEqual(unpack({ ...GOOD, ...change }), [], JSON.stringify(change));
  }
  for (const odd of [null, undefined, "AAAA", 3, {}, { text: 1 }, { from: 1, by: 1 }, { from: 0, by: 1, count: -1 }, { from: 0, by: 1, count: 1e12 }, { from: 0, by: "1", count: 9 }, { text: "AAAA", digits: 16 }]) {
    assert.deepEqual(unpack(odd), [], JSON.stringify(odd));
  }
});

test("what is no number in a list is NaN", () => {
  assert.deepEqual(unpack([1, "-Infinity", "NaN", null, {}, "x"]), [1, -Infinity, NaN, NaN, NaN, NaN]);
});

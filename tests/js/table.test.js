"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { compareValues, sortOrder, matches } = require("../../templates/assets/js/table.js");

const sorted = (values, descending = false) => sortOrder(values, descending).map((index) => values[index]);

test("numbers sort as numbers", () => {
  assert.deepEqual(sorted(["10", "2", "100", "-1", "1e-3"]), ["-1", "1e-3", "2", "10", "100"]);
});

test("infinities stand at the ends", () => {
  assert.deepEqual(sorted(["1", "inf", "-inf"]), ["-inf", "1", "inf"]);
});

test("what is missing or no number comes last in both directions", () => {
  assert.deepEqual(sorted(["", "2", "nan", "1"]), ["1", "2", "", "nan"]);
  assert.deepEqual(sorted(["", "2", "nan", "1"], true), ["2", "1", "", "nan"]);
});

test("texts sort naturally", () => {
  assert.deepEqual(sorted(["run 10", "run 9", "Alpha"]), ["Alpha", "run 9", "run 10"]);
});

test("equal values keep their places", () => {
  assert.deepEqual(sortOrder(["1", "1", "0"], false), [2, 0, 1]);
  assert.deepEqual(sortOrder(["1", "1", "0"], true), [0, 1, 2]);
});

test("comparing is antisymmetric", () => {
  for (const [a, b] of [["1", "2"], ["a", "b"], ["1", "a"], ["", "a"]]) {
    assert.equal(Math.sign(compareValues(a, b, false)), -Math.sign(compareValues(b, a, false)));
  }
});

test("a query matches when every word is there", () => {
  assert.equal(matches("gb 300 finished", "FIN gb"), true);
  assert.equal(matches("gb 300 finished", "gb failed"), false);
  assert.equal(matches("anything", ""), true);
});

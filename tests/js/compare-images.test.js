"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { imageKeys, itemsOf, allSteps, itemAt } = require("../../templates/assets/js/compare/compare-images.js");

const at = (...steps) => steps.map((step) => ({ step, src: `${step}.png` }));

test("pictures that most runs have come first", () => {
  const extras = [{ images: { b: at(1), a: at(1) } }, { images: { b: at(1) } }, {}, undefined];
  assert.deepEqual(imageKeys(extras), ["b", "a"]);
});

test("one slider walks the steps of all series", () => {
  assert.deepEqual(allSteps([{ images: { a: at(10, 0), b: at(5) } }, { images: { a: at(20, 0), c: at(null) } }, undefined]), [0, 5, 10, 20]);
});

test("at a step shows the last picture up to it, else the first", () => {
  assert.equal(itemAt(at(0, 10, 20), 10).step, 10);
  assert.equal(itemAt(at(0, 10, 20), 15).step, 10);
  assert.equal(itemAt(at(5, 10), 0).step, 5);
  assert.equal(itemAt(at(null), 3).step, null);
  assert.equal(itemAt(at(1, 2), null).step, 2);
  assert.equal(itemAt([], 3), null);
});

test("a key that objects inherit is no picture", () => {
  assert.deepEqual(itemsOf({ images: {} }, "constructor"), []);
  assert.deepEqual(itemsOf(undefined, "a"), []);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { zoomed, moved, forKey, within } = require("../../templates/assets/js/charts/chart-zoom.js");

test("zooming keeps the place under the pointer where it is", () => {
  for (const factor of [0.5, 0.8, 1.25]) {
    const [low, high] = zoomed(400, 100, factor);
    assert.ok(Math.abs((100 - low) / (high - low) - 0.25) < 1e-12);
    assert.equal(high - low, 400 * factor);
  }
});

test("moving keeps the width", () => {
  assert.deepEqual(moved(400, -50), [-50, 350]);
});

test("keys zoom, move and go back", () => {
  assert.deepEqual(forKey("+", 400), [100, 300]);
  assert.deepEqual(forKey("-", 400), [-200, 600]);
  assert.deepEqual(forKey("ArrowRight", 400), [80, 480]);
  assert.deepEqual(forKey("ArrowLeft", 400), [-80, 320]);
  assert.equal(forKey("0", 400), "reset");
  assert.equal(forKey("a", 400), null);
});

test("a range stays within the whole", () => {
  assert.deepEqual(within([2, 4], [0, 10]), [2, 4]);
  assert.deepEqual(within([-2, 4], [0, 10]), [0, 6]);
  assert.deepEqual(within([7, 12], [0, 10]), [5, 10]);
  assert.equal(within([-1, 11], [0, 10]), null);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const dimensions = require("../../templates/assets/js/charts/chart-dimensions.js");
const vectors = require("../vectors/dimensions.json");

const read = (value) => (value && typeof value === "object" ? Number(value.number) : value);
const rounded = (value) => (value === null ? null : Number(value.toFixed(9)) + 0);

for (const { values, kind, log, positions, ticks } of vectors) {
  test(`${kind} of ${JSON.stringify(values).slice(0, 60)} lie where Python places them`, () => {
    const placed = dimensions.place(values.map(read));
    assert.deepEqual([placed.kind, placed.log], [kind, log]);
    assert.deepEqual(placed.positions.map(rounded), positions.map(rounded));
    assert.deepEqual(placed.ticks.map((tick) => [rounded(tick.position), tick.label]), ticks.map(([position, label]) => [rounded(position), label]));
  });
}

test("a level keeps its meaning as a number or a category", () => {
  const linear = dimensions.place([0, 5, 10]);
  assert.equal(dimensions.nameLevel(linear, 0.25), "2.5");
  assert.equal(dimensions.findLevel(linear, "2.5"), 0.25);
  assert.equal(dimensions.findLevel(dimensions.place([0, 5]), "2.5"), 0.5);
  const log = dimensions.place([0.001, 0.1, 1]);
  assert.equal(dimensions.findLevel(log, dimensions.nameLevel(log, 1 / 3)).toFixed(5), "0.33333");
  const words = dimensions.place(["b", "a", "c"]);
  assert.equal(dimensions.nameLevel(words, 0.6), "b");
  assert.equal(dimensions.findLevel(words, "c"), 1);
  assert.equal(dimensions.findLevel(words, "gone"), null);
});

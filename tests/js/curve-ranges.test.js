"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const ranges = require("../../templates/assets/js/curves/curve-ranges.js");

const PARTS = [[0, 9, 0, 0.9, 10], [10, 19, 1, 1.9, 10], [20, 29, 2, 2.9, 10]];

test("a part is read with its steps, also where only their distance is told", () => {
  const part = ranges.decode({ step: { from: 5, by: 2, count: 3 }, time: [0, 1, 2] }, { value: [1, "NaN", "-Infinity"] });
  assert.deepEqual(part, { step: [5, 7, 9], time: [0, 1, 2], value: [1, NaN, -Infinity] });
  assert.deepEqual(ranges.decode({ step: [1, 4], time: [0, 1] }, { value: [1, null] }).value, [1, NaN]);
});

test("a range needs the parts that reach into it", () => {
  assert.deepEqual(ranges.partsWithin(PARTS, "step", [9, 12]), [0, 1]);
  assert.deepEqual(ranges.partsWithin(PARTS, "time", [1.95, 1.99]), []);
  assert.deepEqual(ranges.partsWithin(PARTS, "time", [1.5, 9]), [1, 2]);
});

test("a range of another metric is one of steps, with a point more on each side", () => {
  assert.deepEqual(ranges.stepsWithin([0, 10, 20, 30], [0, 1, 2, 3], [0.5, 2]), [0, 30]);
  assert.deepEqual(ranges.stepsWithin([0, 10, 20, 30], [0, 1, 2, 3], [1.2, 1.8]), [10, 20]);
  assert.equal(ranges.stepsWithin([0, 10], [0, 1], [4, 5]), null);
});

test("loaded parts take the place of what the overview had there", () => {
  const overview = { step: [0, 7, 12, 15, 29], time: [0, 0.7, 1.2, 1.5, 2.9], value: [0, 7, 12, 15, 29] };
  const steps = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
  const part = { step: steps, time: steps.map((step) => step / 10), value: steps };
  const merged = ranges.merge(overview, PARTS, new Map([[1, part]]));
  assert.deepEqual(merged.step, [0, 7, ...steps, 29]);
  assert.deepEqual(merged.value, merged.step);
  assert.equal(ranges.merge(overview, PARTS, new Map()), overview);
});

test("a short line keeps all its points", () => {
  assert.deepEqual(ranges.reduce([1, NaN, 3], 10), [0, 1, 2]);
});

test("a long line keeps its ends, every spike and every gap", () => {
  const y = Float64Array.from({ length: 50_000 }, (_, place) => Math.sin(place / 900));
  y[12_345] = 99;
  y[40_001] = -99;
  y.fill(NaN, 20_000, 20_050);
  const kept = ranges.reduce(y, 1000);
  assert.ok(kept.length <= 1000 && kept.length > 900, String(kept.length));
  for (const place of [0, 12_345, 20_000, 40_001, 49_999]) assert.ok(kept.includes(place), String(place));
  assert.deepEqual(kept, [...new Set(kept)].sort((a, b) => a - b));
});

test("each part of a long line keeps its least and greatest value", () => {
  const y = Float64Array.from({ length: 3000 }, (_, place) => ((place * 7919) % 3000) - 1500);
  const kept = new Set(ranges.reduce(y, 300));
  for (let from = 0; from < 3000; from += 30) {
    const part = [...y.slice(from, from + 30)];
    const values = part.filter((_, place) => kept.has(from + place));
    assert.ok(values.length > 0);
  }
  assert.ok(kept.has(y.indexOf(Math.max(...y))) && kept.has(y.indexOf(Math.min(...y))));
});

test("a line of gaps only is not endless", () => {
  assert.ok(ranges.reduce(new Float64Array(5000).fill(NaN), 100).length <= 100);
});

test("clipping keeps one point more on each side, so that a line reaches the edge", () => {
  const x = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(ranges.clip(x, [1.5, 3]), [1, 5]);
  assert.deepEqual(ranges.clip(x, [7, 9]), [5, 6]);
  assert.deepEqual(ranges.clip(x, [-3, -1]), [0, 1]);
  assert.deepEqual(ranges.clip(x, null), [0, 6]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { textWidth, shortenMiddle, plainTitle, fitLabels, placeLabels } = require("../../templates/assets/js/charts/chart-text.js");

test("wide letters take more room", () => {
  assert.ok(textWidth("iii") < textWidth("aaa"));
  assert.ok(textWidth("aaa") < textWidth("AAA"));
});

test("a text that fits stays", () => {
  assert.equal(shortenMiddle("gb 300", 100), "gb 300");
});

test("both ends of a long text stay", () => {
  const short = shortenMiddle("gradient boosting lr=0.2 depth=4", 120);
  assert.match(short, /^gradient.*…/);
  assert.match(short, /depth=4$/);
  assert.ok(textWidth(short) <= 120);
});

test("letters of two code units stay whole", () => {
  assert.equal(shortenMiddle("🍷🍷🍷🍷🍷🍷", 30), "🍷…🍷");
});

test("no room at all leaves the first letter", () => {
  assert.equal(shortenMiddle("gradient", 1), "g…");
});

test("a title loses its arrow only", () => {
  assert.equal(plainTitle("rmse ↓"), "rmse");
  assert.equal(plainTitle("a↑b"), "a↑b");
});

test("labels that would touch turn blank and keep their places", () => {
  const rows = [0.3, 0, 0.05, 1].map((level) => ({ level, label: `at ${level}` }));
  const fitted = fitLabels(rows, 100, (level) => [level * 100, level * 100 + 20]);
  assert.deepEqual(fitted.map((row) => row.label), ["at 0.3", "at 0", "", "at 1"]);
  assert.deepEqual(fitted.map((row) => row.level), [0.3, 0, 0.05, 1]);
});

test("names stand right of points, else left, and cover nothing", () => {
  const points = [[10, 50], [290, 50], [100, 100], [112, 100], [95, 100]].map(([x, y], index) => ({ x, y, name: `run ${index}` }));
  const placed = placeLabels(points, { width: 300 });
  assert.deepEqual(placed.map(({ index, side }) => [index, side]), [[0, 1], [1, -1], [3, 1], [4, -1]]);
});

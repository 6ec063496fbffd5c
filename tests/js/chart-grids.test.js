"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const bins = require("../../templates/assets/js/charts/chart-bins.js");
const boxes = require("../../templates/assets/js/charts/chart-boxes.js");
const cells = require("../../templates/assets/js/charts/chart-cells.js");
const heat = require("../../templates/assets/js/charts/chart-heat.js");
const correlation = require("../../templates/assets/js/charts/chart-correlation.js");
const histograms = require("../../templates/assets/js/charts/chart-histograms.js");

test("few numbers stand by themselves in order, what is missing comes last", () => {
  assert.deepEqual(bins.bin([8, 2, null, 16, 2], "number"), { labels: ["2", "8", "16", "not set"], places: [1, 0, 3, 2, 0], binned: false });
});

test("many numbers fall into ranges, by logarithm when they span much", () => {
  const linear = bins.bin(Array.from({ length: 71 }, (_, index) => index), "number");
  assert.equal(linear.binned, true);
  assert.deepEqual([linear.labels.length, linear.labels[0], linear.places[70], linear.places[10]], [7, "0 – 10", 6, 1]);
  const log = bins.bin(Array.from({ length: 15 }, (_, index) => 10 ** (index / 2)), "number");
  assert.deepEqual(log.labels[0], "1 – 10");
});

test("ranges of numbers that are close have labels that differ", () => {
  assert.equal(new Set(bins.rangeLabels([1.0001, 1.0002, 1.0003, 1.0004])).size, 3);
});

test("many categories leave the rarest to one for all others", () => {
  const values = [...Array.from({ length: 20 }, (_, index) => `v${index}`), "v19", "v18"];
  const made = bins.bin(values, "category", { most: 4 });
  assert.deepEqual([made.labels.length, made.labels.at(-1)], [4, "other"]);
  assert.ok(made.labels.includes("v19") && made.labels.includes("v18"));
  assert.ok(made.places.every((place) => place >= 0 && place < 4));
});

test("a box has quartiles and whiskers that leave outliers out", () => {
  const box = boxes.box([1, 2, 3, 4, 5, 6, 7, 100]);
  assert.deepEqual(box, { q1: 2.75, median: 4.5, q3: 6.25, low: 1, high: 7 });
});

test("few runs have points but no box, and points of a row lie apart", () => {
  const runs = (count) => Array.from({ length: count }, (_, index) => ({ id: String(index), color: 0, value: index }));
  const groups = [{ runs: runs(4) }, { runs: runs(5) }];
  assert.deepEqual(boxes.boxRows(groups).map(({ at }) => at), [1]);
  const points = boxes.pointRows(groups);
  assert.equal(points.length, 9);
  assert.equal(new Set(points.map(({ at }) => at)).size, 9);
  assert.ok(points.every(({ at }, index) => Math.abs(at - (index < 4 ? 0 : 1)) <= 0.25));
});

test("cells hold the mean of their runs", () => {
  const runs = [["a", 1, 2], ["a", 1, 4], ["b", 2, 6]].map(([x, y, value]) => ({ x, y, value }));
  const made = heat.grid(runs, { x: { kind: "category" }, y: { kind: "number" } });
  assert.deepEqual(made.cells.map(({ x, y, mean, runs: members }) => [x, y, mean, members.length]), [[0, 0, 3, 2], [1, 1, 6, 1]]);
});

test("a surface is for many different numbers on both axes", () => {
  const runs = Array.from({ length: 20 }, (_, index) => ({ x: index, y: 20 - index, value: index }));
  const axes = { x: { kind: "number" }, y: { kind: "number" } };
  assert.equal(heat.isContinuous(runs, axes), true);
  assert.equal(heat.isContinuous(runs.slice(0, 11), axes), false);
  assert.equal(heat.isContinuous(runs.map((run) => ({ ...run, y: run.y % 3 })), axes), false);
  assert.equal(heat.isContinuous([...runs, { x: null, y: 1, value: 1 }], axes), false);
});

test("a surface lies between the values around and ends far from any", () => {
  const points = [{ x: 0, y: 0, value: 0 }, { x: 0.2, y: 0, value: 1 }];
  const found = heat.surface(points, [20, 10], (value) => (value < 0.5 ? "low" : "high"));
  assert.ok(found.every(({ low, high }) => low >= 0 && high <= 1));
  assert.deepEqual([...new Set(found.map(({ color }) => color))].sort(), ["high", "low"]);
  assert.ok(found.every(({ x2, y }) => x2 < 0.75 && y < 0.6));
  const first = found.filter(({ y }) => y === 0);
  assert.equal(first.length, 2);
  assert.equal(first[0].x2, first[1].x);
});

test("a value far outside does not stretch the colours", () => {
  const { range, cut } = heat.colorRange([1, 2, 3, 4, 5, 6, 1e9]);
  assert.deepEqual([range, cut], [[1, 6], [false, true]]);
  assert.deepEqual(heat.colorRange([1, 1, 1]), { range: [1, 1], cut: [false, false] });
});

test("correlations are by rank, each pair once, none over too few runs", () => {
  const columns = [{ values: [1, 2, 3, 4] }, { values: [1, 10, 100, 1000] }, { values: [4, 3, 2, 1] }, { values: [1, null, null, 2] }];
  const found = correlation.pairs(columns);
  assert.deepEqual(found.map(({ row, column, r, n }) => [row, column, r === null ? null : Math.round(r * 1e9) / 1e9, n]), [[1, 0, 1, 4], [2, 0, -1, 4], [2, 1, -1, 4], [3, 0, null, 2], [3, 1, null, 2], [3, 2, null, 2]]);
  assert.deepEqual([-1, 0, 1].map(correlation.colorOf), ["var(--div-0)", "var(--div-5)", "var(--div-10)"]);
});

test("the columns that go most with the first come first", () => {
  const columns = [[1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [5, 4, 3, 2, 1], [1, 1, 1, 1, 1]].map((values, index) => ({ title: String(index), values }));
  assert.deepEqual(correlation.relevant(columns, 3).map(({ title }) => title), ["0", "2", "1"]);
  assert.deepEqual(correlation.relevant([], 3), []);
});

test("counts are spread over other edges and add up to all", () => {
  assert.deepEqual(histograms.rebin({ edges: [0, 2, 4], counts: [1, 3] }, [0, 1, 2, 3, 4]), [0.125, 0.125, 0.375, 0.375]);
  const laid = histograms.layHistograms([{ step: 10, edges: [0, 1], counts: [4] }, { step: 0, edges: [-1, 1], counts: [2] }, { step: 5, edges: [0, 1], counts: [0] }]);
  assert.deepEqual([laid.low, laid.high, laid.shown.map(({ step }) => step)], [-1, 1, [0, 10]]);
  assert.deepEqual(laid.reach, [[-5, 5], [5, 15]]);
  const total = (step) => laid.cells.filter((cell) => cell.step === step).reduce((sum, { share }) => sum + share, 0);
  assert.ok(Math.abs(total(0) - 1) < 1e-9 && Math.abs(total(10) - 1) < 1e-9);
});

test("ticks are round", () => {
  assert.deepEqual(cells.roundTicks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(cells.roundTicks(-0.31, 0.29, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(cells.roundTicks(3, 3, 4), [3]);
});

test("a surface of very many points is that of the means of squares, and quick", () => {
  const points = Array.from({ length: 100000 }, (_, index) => ({ x: (index % 317) / 316, y: Math.floor(index / 317) / 315, value: (index % 317) / 316 }));
  const found = heat.surface(points, [100, 50], (value) => Math.floor(value * 4));
  const line = found.filter(({ y }) => y === 0);
  assert.deepEqual(line.map(({ color }) => color), [0, 1, 2, 3]);
  for (const [index, cell] of line.entries()) assert.ok(Math.abs(cell.x - index / 4) < 0.03);
});

test("points of boxes are drawn of each group by its share, few all", () => {
  const group = (label, count) => ({ label, runs: Array.from({ length: count }, (_, index) => ({ id: `${label}${index}`, value: index })) });
  const drawn = boxes.pointsOf([group("many", 99000), group("some", 1000), group("few", 4)]);
  assert.deepEqual(drawn.map(({ runs }) => runs.length), [1980, 20, 4]);
  assert.deepEqual([drawn[0].runs[0].value, drawn[0].runs.at(-1).value], [0, 98999]);
});

test("correlations with and without gaps agree with each other", () => {
  const column = (values) => ({ title: "", values });
  const [a, b, gap] = [column([1, 2, 3, 4, 5, null]), column([2, 1, 4, 3, 5, null]), column([1, 2, 3, 4, 5])];
  const [whole] = correlation.pairs([gap, column([2, 1, 4, 3, 5])]);
  const [holed] = correlation.pairs([a, b]);
  assert.equal(whole.n, 5);
  assert.equal(holed.n, 5);
  assert.ok(Math.abs(whole.r - 0.8) < 1e-12 && Math.abs(holed.r - 0.8) < 1e-12);
});

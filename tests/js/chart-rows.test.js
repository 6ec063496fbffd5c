"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const rows = require("../../templates/assets/js/chart-rows.js");

const run = (values) => ({ id: "a", name: "gb", color: 0, dash: 0, ...values });
const lines = (values, options) => rows.series([run(values)], options);

test("a value that is no number breaks the line", () => {
  const [line] = lines({ step: [0, 1, 2, 3, 4], value: [1, NaN, 2, Infinity, null] });
  assert.deepEqual(line.y, [1, null, 2, null, null]);
});

test("a log axis shows nothing at or below zero", () => {
  const [line] = lines({ step: [0, 1, 2], value: [-1, 0, 2] }, { log: true });
  assert.deepEqual(line.y, [null, null, 2]);
});

test("points are in the order of steps, those of one step in the order logged", () => {
  const [line] = lines({ step: [2, 0, 2, 1], value: [10, 20, 30, 40] });
  assert.deepEqual(line.x, [0, 1, 2, 2]);
  assert.deepEqual(line.y, [20, 40, 10, 30]);
});

test("time counts in the unit of the axis", () => {
  const [line] = lines({ step: [0, 1], time: [0, 120], value: [1, 2] }, { xKind: "time", unit: { size: 60 } });
  assert.deepEqual(line.x, [0, 2]);
});

test("a long time reads in a larger unit", () => {
  const names = [10, 600, 4 * 3600, 5 * 86400].map((seconds) => rows.timeUnit(seconds).name);
  assert.deepEqual(names, ["s", "min", "h", "d"]);
});

test("zooming keeps one point more on each side", () => {
  const [line] = lines({ step: [0, 1, 2, 3, 4, 5], value: [0, 1, 2, 3, 4, 5] });
  assert.deepEqual(rows.clip(line, [1.5, 3]).x, [1, 2, 3, 4]);
  assert.deepEqual(rows.clip(line, [7, 9]).x, [5]);
  assert.equal(rows.clip(line, null), line);
});

test("a point without a neighbour is drawn as a point", () => {
  const made = rows.curveRows(lines({ step: [0, 1, 2, 3, 4], value: [1, NaN, 2, 3, null] }));
  assert.deepEqual(made.map((row) => row.lone), [true, false, false, false, false]);
});

test("rows carry colour and dash", () => {
  const [row] = rows.curveRows(lines({ step: [0], value: [1], color: 12, dash: 1 }));
  assert.equal(row.color, "var(--run-2)");
  assert.deepEqual(row.dash, [7, 3]);
});

test("what a chart leaves out is said in words", () => {
  assert.deepEqual(rows.missingNotes([run({ value: [1, null, 2] })], false), []);
  assert.deepEqual(rows.missingNotes([run({ value: [NaN, 1] })], false), ["1 value is NaN or infinite and left a gap."]);
  assert.deepEqual(rows.missingNotes([run({ value: [NaN, Infinity, 0, -1] })], true), [
    "2 values are NaN or infinite and left gaps.",
    "2 values are not above zero and can’t be shown on a logarithmic axis.",
  ]);
});

test("the legend is in the order in which lines end", () => {
  const ends = rows.lineEnds([
    { id: "low", x: [0, 1], y: [9, 1] },
    { id: "none", x: [0], y: [null] },
    { id: "high", x: [0, 1], y: [3, null] },
  ]);
  assert.deepEqual(ends.map((line) => [line.id, line.last]), [["high", 3], ["low", 1], ["none", null]]);
});

test("the nearest place skips gaps", () => {
  const y = [1, null, null, 4];
  const has = (place) => y[place] !== null;
  assert.equal(rows.nearestPlace([0, 1, 2, 3], 1.9, has), 3);
  assert.equal(rows.nearestPlace([0, 1, 2, 3], 1.2, has), 0);
  assert.equal(rows.nearestPlace([0, 1, 2, 3], -5), 0);
  assert.equal(rows.nearestPlace([0, 1, 2, 3], 99), 3);
  assert.equal(rows.nearestPlace([], 1), -1);
});

test("a line that does not reach the pointer is not read there", () => {
  const all = [
    { id: "long", x: [0, 5, 10], y: [1, 2, 3] },
    { id: "short", x: [0, 1], y: [5, 6] },
    { id: "gap", x: [9, 10], y: [7, null] },
  ];
  const found = rows.pointsAt(all, 10, 0.5);
  assert.deepEqual(found.map((point) => [point.line.id, point.x, point.y]), [["long", 10, 3]]);
  assert.deepEqual(rows.pointsAt(all, 0, 0.5).map((point) => point.line.id), ["short", "long"]);
});

test("a wide range of positive numbers is logarithmic", () => {
  assert.equal(rows.scatterKind("number", [1, 2, 3]), "scatter-quantitative");
  assert.equal(rows.scatterKind("number", [1e-5, 0.1]), "scatter-log");
  assert.equal(rows.scatterKind("number", [0, 1e-5, 0.1]), "scatter-quantitative");
  assert.equal(rows.scatterKind("number", []), "scatter-quantitative");
  assert.equal(rows.scatterKind("category", ["a"]), "scatter-nominal");
});

test("points without a value are left out and counted", () => {
  const points = [[1, 2], [null, 2], [1, null], [NaN, 1]].map(([x, y]) => run({ x, y }));
  const made = rows.scatterRows(points, "number");
  assert.deepEqual(made.rows.map((row) => [row.x, row.y]), [[1, 2]]);
  assert.deepEqual([made.withoutX, made.withoutY], [2, 1]);
});

test("categories sort numbers as numbers before texts", () => {
  const points = ["10", "b", "9", "a", "", "9"].map((x) => run({ x, y: 1 }));
  const made = rows.scatterRows(points, "category");
  assert.deepEqual(made.categories, ["9", "10", "", "a", "b"]);
  assert.deepEqual(made.rows.map((row) => row.x), ["0", "0", "1", "2", "3", "4"]);
});

test("bars keep their order and name what is missing", () => {
  const made = rows.barRows([run({ value: -2 }), run({ value: null }), run({ value: NaN }), run({ value: 0.61213 })]);
  assert.deepEqual(made.map((row) => row.text), ["-2", "—", "NaN", "0.6121"]);
  assert.deepEqual(made.map((row) => [row.value, row.end, row.side]), [[-2, -2, -1], [null, 0, 1], [null, 0, 1], [0.61213, 0.61213, 1]]);
});

test("the arrow of a title tells what is better", () => {
  assert.deepEqual(["rmse ↓", "r2 ↑", "r2"].map(rows.titleDirection), ["down", "up", null]);
});

const values = { high: 2, none: null, low: 1, middle: 1.5 };
const parallelRuns = Object.entries(values).map(([id, value]) => run({ id, value, positions: [0.5, null] }));

test("the best run lies on top and is thicker", () => {
  for (const [direction, best] of [["down", "low"], ["up", "high"]]) {
    const made = rows.parallelRows(parallelRuns, direction);
    assert.equal(made[0].run, "none");
    assert.equal(made.at(-1).run, best);
    assert.deepEqual(made.map((row) => row.width), [1.75, 1.75, 1.75, 1.75, 1.75, 1.75, 3, 3]);
  }
});

test("among equals there is no best", () => {
  const alike = [1, 1].map((value) => run({ value, positions: [0] }));
  assert.equal(rows.findBest(alike, "down"), null);
  assert.equal(rows.findBest(parallelRuns, null), null);
  assert.equal(rows.findBest(parallelRuns, "up").id, "high");
  assert.deepEqual(rows.parallelRows(alike, "down").map((row) => row.width), [1.75, 1.75]);
});

test("a missing value lies below the axis and is named", () => {
  const dimensions = [{ title: "lr", ticks: [{ position: 0, label: "0" }] }, { title: "depth", ticks: [] }];
  assert.deepEqual(rows.parallelRows(parallelRuns, null).slice(0, 2).map((row) => row.level), [0.5, rows.NOT_SET]);
  assert.deepEqual(rows.tickRows(dimensions, parallelRuns), [
    { at: 0, level: 0, label: "0" },
    { at: 1, level: rows.NOT_SET, label: "not set" },
  ]);
});

test("lines are coloured from the lowest to the highest value", () => {
  const colors = Object.fromEntries(rows.parallelRows(parallelRuns, null).map((row) => [row.run, row.color]));
  assert.deepEqual(colors, { low: "var(--seq-0)", middle: "var(--seq-6)", high: "var(--seq-11)", none: "var(--muted)" });
});

test("brushes pick the runs that pass through all of them", () => {
  const runs = [[0, 0.5], [0.2, null], [0.9, 0.5]].map((positions, index) => run({ id: String(index), positions }));
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 0, low: 0, high: 0.3 }]), ["0", "1"]);
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 0, low: 0, high: 0.3 }, { at: 1, low: 0, high: 1 }]), ["0"]);
  assert.deepEqual(rows.brushedRuns(runs, [{ at: 1, low: -0.2, high: -0.1 }]), ["1"]);
});

test("the distance to a line is that to its nearest part", () => {
  const line = [[0, 0], [10, 0], [10, 10]];
  assert.equal(rows.distanceTo(line, 5, 3), 3);
  assert.equal(rows.distanceTo(line, 13, 14), 5);
  assert.equal(rows.distanceTo([[4, 4], [4, 4]], 4, 6), 2);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const rows = require("../../templates/assets/js/charts/chart-lines.js");

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
  assert.deepEqual(made.map((row) => [row.step, row.piece]), [[0, 0], [2, 1], [3, 1]]);
  assert.deepEqual(rows.loneRows(made).map((row) => row.step), [0]);
  assert.equal(rows.loneRows(rows.curveRows(lines({ step: [7, 7], value: [1, 1] }))).length, 2);
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

test("a run's own places come before its steps", () => {
  const [line] = lines({ places: [3, 4], step: [0, 1], value: [1, 2] });
  assert.deepEqual(line.x, [3, 4]);
});

test("a logarithmic x axis shows places above zero only, with what belongs to them", () => {
  const band = { low: [0, 1, 2], high: [2, 3, 4], n: [3, 3, 2] };
  const [line] = lines({ step: [0, 1, 2], value: [1, 2, 3], band, ghost: { places: [0, 5], value: [7, 8] } }, { xLog: true });
  assert.deepEqual([line.x, line.y, line.band.n], [[1, 2], [2, 3], [3, 2]]);
  assert.deepEqual([line.ghost.x, line.ghost.y], [[5], [8]]);
});

test("a ghost has the colour of its line", () => {
  const [row] = rows.ghostRows(lines({ color: 4, step: [0], value: [1], ghost: { places: [0], value: [2] } }));
  assert.deepEqual(row, { run: "a", color: "var(--run-4)", piece: 0, step: 0, value: 2 });
});

test("a band ends where there is none, and on a log axis at the least value shown", () => {
  const banded = lines({ step: [0, 1, 2], value: [1, 2, 3], band: { low: [-1, NaN, 2], high: [3, NaN, 5], n: [2, 1, 2] } });
  const ends = (log) => rows.bandRows(banded, log).map(({ low, high }) => [low, high]);
  assert.deepEqual(ends(false), [[-1, 3], [null, null], [2, 5]]);
  assert.deepEqual(ends(true), [[1, 3], [null, null], [2, 5]]);
});

test("in a reduced curve values that are no numbers are not counted", () => {
  assert.deepEqual(rows.missingNotes([run({ total: 9, value: [NaN, 1] })], false), ["Some values are NaN or infinite and left gaps."]);
});

test("a zoomed line ends at its last value in view", () => {
  const lines = [{ id: "a", x: [1, 2, 3], y: [9, 8, 7] }];
  assert.deepEqual(rows.lineEnds(lines, 2).map(({ last }) => last), [8]);
  assert.deepEqual(rows.lineEnds(lines, 0).map(({ last }) => last), [null]);
});

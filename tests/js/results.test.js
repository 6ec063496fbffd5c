"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const results = require("../../templates/assets/js/results/results.js");
const confusion = require("../../templates/assets/js/results/chart-confusion.js");
const curves = require("../../templates/assets/js/results/chart-results.js");

const entry = (step, ...labels) => ({ step, curves: labels.map((label) => ({ label, scores: {}, x: [0, 1], y: [0, 1] })) });
const run = (id, color, dash = 0) => ({ id, name: `run ${id}`, href: `${id}.html`, color, dash });

test("a step shows the last entry up to it, no step the last of all", () => {
  const entries = [entry(0), entry(5), entry(9)];
  assert.equal(results.entryAt(entries, null).step, 9);
  assert.equal(results.entryAt(entries, 7).step, 5);
  assert.equal(results.entryAt(entries, 0).step, 0);
  assert.equal(results.entryAt(entries, -1), null);
  assert.equal(results.entryAt([entry(null)], 3).step, null);
});

test("steps of all results are offered once, in order", () => {
  const loaded = [{ results: { matrices: [{ entries: [{ step: 10 }, { step: 2 }] }], curves: [{ entries: [entry(2), entry(null)] }] } }];
  assert.deepEqual(results.stepsOf(loaded), [2, 10]);
});

test("results of one name and kind share a panel, of any name", () => {
  const part = (name, kind) => ({ name, kind, entries: [entry(null, null)] });
  const loaded = [
    { run: run("a", 1), results: { curves: [part("__proto__", "roc"), part("x", null)], matrices: [] } },
    { run: run("b", 2), results: { curves: [part("__proto__", "roc"), part("x", "pr")], matrices: [] } },
  ];
  const groups = results.byName(loaded, "curves");
  assert.deepEqual(groups.map(({ name, members }) => [name, members.length]), [["__proto__", 2], ["x", 1], ["x", 1]]);
});

test("runs keep their colours and classes are dashed", () => {
  const result = { entries: [entry(null, "cat", null)] };
  const drawn = results.curvesOf([{ run: run("a", 3), result }, { run: run("b", 4, 1), result }], null);
  assert.deepEqual(drawn.map(({ color, dash, name, label }) => [color, dash, name, label]), [[3, 1, "run a", "cat"], [3, 0, "run a", null], [4, 2, "run b", "cat"], [4, 1, "run b", null]]);
  assert.equal(new Set(drawn.map(({ id }) => id)).size, 4);
});

test("the classes of one run are told apart by colour", () => {
  const drawn = results.curvesOf([{ run: run("a", 3), result: { entries: [entry(null, "cat", "dog")] } }], null);
  assert.deepEqual(drawn.map(({ color, name }) => [color, name]), [[0, ""], [1, ""]]);
  const [alone] = results.curvesOf([{ run: run("a", 3), result: { entries: [entry(null, null)] } }], null);
  assert.deepEqual([alone.color, alone.name, alone.href], [3, "run a", null]);
});

test("matrices side by side share the greatest count at a step", () => {
  const member = (...entries) => ({ result: { entries: entries.map(([step, counts]) => ({ step, counts })) } });
  const members = [member([0, [[1, 9]]], [5, [[4, 2]]]), member([5, [[7, 0]]])];
  assert.deepEqual([null, 5, 0].map((step) => results.greatestOf(members, step)), [7, 7, 9]);
});

test("cells tell counts, or the share of their true class", () => {
  const counts = [[3, 1], [0, 0]];
  assert.deepEqual(confusion.cellsOf(counts, false).map(({ level }) => level), [1, 1 / 3, 0, 0]);
  assert.deepEqual(confusion.cellsOf(counts, true).map(({ share, level }) => [share, level]), [[0.75, 0.75], [0.25, 0.25], [null, 0], [null, 0]]);
  assert.deepEqual(confusion.cellsOf(counts, false, 6).map(({ level }) => level), [0.5, 1 / 6, 0, 0]);
  assert.deepEqual(confusion.cellsOf([[0]], false).map(({ level }) => level), [0]);
});

test("a matrix in words names what is confused most", () => {
  const counts = [[5, 1, 3], [0, 4, 0], [0, 2, 9]];
  assert.deepEqual(confusion.confused(["a", "b", "c"], counts, 2), [{ from: "a", to: "c", count: 3 }, { from: "c", to: "b", count: 2 }]);
  assert.equal(confusion.describe(["a", "b", "c"], counts), "3 classes. Most often: a taken for c 3 times, c taken for b 2 times, a taken for b 1 times.");
  assert.equal(confusion.describe(["a"], [[1]]), "1 classes. No class was taken for another.");
});

test("shares read as percent with three digits", () => {
  assert.deepEqual([null, 0, 1, 0.12345, 0.0123].map(confusion.percent), ["—", "0 %", "100 %", "12.3 %", "1.2 %"]);
});

const curve = (id, scores = {}) => ({ id, color: 2, dash: 1, x: [0, 1], y: [0.5, 0.5], scores });

test("curves are listed best first, by what is better for their kind", () => {
  const ids = (kind, key) => curves.ranked(kind, [curve("low", { [key]: 0.1 }), curve("none"), curve("high", { [key]: 0.9 })]).map(({ id }) => id);
  assert.deepEqual(ids("roc", "auc"), ["high", "low", "none"]);
  assert.deepEqual(ids("calibration", "brier"), ["low", "high", "none"]);
  assert.deepEqual(ids(null, "auc"), ["low", "none", "high"]);
  assert.equal(curves.scoreOf("constructor"), null);
});

test("each kind is drawn over what it is compared with", () => {
  const ends = (kind, list) => curves.referencesOf(kind, list).map(({ run: id, y, color }) => [id, y, color]);
  assert.deepEqual(ends("roc", [curve("a")]), [["", 0, "var(--muted)"], ["", 1, "var(--muted)"]]);
  assert.deepEqual(ends(null, [curve("a")]), []);
  assert.deepEqual(ends("pr", [curve("a")]), []);
  const same = [curve("a", { base_rate: 0.2 }), curve("b", { base_rate: 0.2 })];
  assert.deepEqual(ends("pr", same), [["", 0.2, "var(--muted)"], ["", 0.2, "var(--muted)"]]);
  const two = ends("pr", [curve("a", { base_rate: 0.2 }), curve("b", { base_rate: 0.4 })]);
  assert.deepEqual(two.map(([id, y, color]) => [id, y, color]), [["a", 0.2, "var(--run-2)"], ["a", 0.2, "var(--run-2)"], ["b", 0.4, "var(--run-2)"], ["b", 0.4, "var(--run-2)"]]);
});

test("points keep their order, and those of a calibration curve are dots", () => {
  const [first, second] = curves.rowsOf("calibration", [{ ...curve("a"), x: [1, 0] }]);
  assert.deepEqual([first.x, first.place, first.dot, second.place], [1, 0, true, 1]);
  assert.equal(curves.rowsOf("roc", [curve("a")])[0].dot, false);
  assert.equal(curves.rowsOf("roc", [{ ...curve("a"), x: [1], y: [1] }])[0].dot, true);
});

test("rates reach from 0 to 1, other curves as far as they go", () => {
  assert.deepEqual(curves.signalsOf("pr"), { shape: "step-before", x_low: 0, x_high: 1, y_low: 0, y_high: 1 });
  assert.deepEqual(curves.signalsOf(null), { shape: "linear", x_low: null, x_high: null, y_low: null, y_high: null });
});

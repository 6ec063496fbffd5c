const assert = require("node:assert");
const { test } = require("node:test");

const { show, align, describe, range, heat, delta, spreadText, summarize } = require("../../templates/assets/js/table/table-cells.js");
const { compose } = require("../../templates/assets/js/table/table-lines.js");
const { choose, chooseNarrow, write, move, constant, parseWidths, formatWidths } = require("../../templates/assets/js/table/table-columns.js");
const { shorten, need, fit } = require("../../templates/assets/js/table/table-print.js");
const { next } = require("../../templates/assets/js/table/table-headings.js");
const { rank, order, joinKeys, splitKeys } = require("../../templates/assets/js/workspace/columns.js");

const column = (values, more = {}) => ({ key: "metrics.loss", kind: "number", group: "Metrics", direction: "down", values, ...more });

test("a cell shows four digits and has the whole value behind them", () => {
  assert.deepEqual(show(column([0.123456789]), 0), { text: "0.1235", full: "0.123456789" });
  assert.deepEqual(show(column([NaN]), 0), { text: "NaN", full: null });
  assert.deepEqual(show(column([null]), 0), { text: "—", full: null });
});

test("a parameter shows its number, and in full what was logged", () => {
  const values = column([1e-5, null], { group: "Parameters", texts: ["1.0e-05", "null"] });
  assert.deepEqual(show(values, 0), { text: "1e-5", full: "1.0e-05" });
  assert.deepEqual(show(values, 1), { text: "null", full: null });
});

test("times, durations and statuses show as on all pages", () => {
  assert.deepEqual(show(column([1795486257805298], { kind: "time" }), 0), { text: "24 Nov 2026 02:10", full: "2026-11-24T02:10:57Z" });
  assert.deepEqual(show(column([125], { kind: "duration" }), 0), { text: "2 min 5 s", full: "125 s" });
  assert.deepEqual(show(column(["KILLED"], { kind: "status" }), 0), { text: "stopped", full: null });
});

test("decimal points stand under each other", () => {
  assert.equal(align("12", 2), "12\u2008\u2007\u2007");
  assert.equal(align("0.5", 3), "0.5\u2007\u2007");
  assert.equal(align("1e-7", 3), "1e-7");
  assert.equal(describe(column([0.5, 100, 0.0125]), [0], []).widest, 4);
});

test("the best value is that of runs that did not break off, and none where all are alike", () => {
  assert.equal(describe(column([0.5, 0.1, 0.3, NaN, null]), [], [0, 2, 3, 4]).best, 0.3);
  assert.equal(describe(column([0.5, 0.1], { direction: "up" }), [], [0, 1]).best, 0.5);
  assert.equal(describe(column([0.5, 0.5]), [], [0, 1]).best, null);
  assert.equal(describe(column([0.5, 0.1], { direction: null }), [], [0, 1]).best, null);
});

test("heat is strongest for the best, and for nothing but numbers", () => {
  const facts = { low: 0, high: 10 };
  assert.equal(heat(facts, 0, "down"), 1);
  assert.equal(heat(facts, 10, "up"), 1);
  assert.equal(heat(facts, 5, null), 0.5);
  assert.equal(heat(facts, 99, "up"), 1);
  assert.equal(heat(facts, NaN, "up"), null);
  assert.equal(heat({ low: 1, high: 1 }, 1, "up"), null);
  const values = [...Array(100).keys(), 1e9, NaN, null];
  assert.deepEqual(range(column(values), values.map((_, index) => index)), { low: 2, high: 98 });
});

test("a difference tells size, share and whether it is for the better", () => {
  assert.deepEqual(delta(0.4, 0.5, "down"), { text: "−0.1 −20.0 %", better: true });
  assert.deepEqual(delta(0.4, 0.5, "up"), { text: "−0.1 −20.0 %", better: false });
  assert.deepEqual(delta(-1, -2, null), { text: "+1 +50.0 %", better: null });
  assert.deepEqual(delta(3, 0, "down"), { text: "+3", better: false });
  assert.equal(delta(3, 3, "down"), null);
  assert.equal(delta(NaN, 3, "down"), null);
});

test("a group shows its mean with the deviation of two digits or more", () => {
  assert.equal(spreadText({ mean: 0.61234, deviation: 0.0123 }), "0.6123 ± 0.0123");
  assert.equal(spreadText({ mean: 200, deviation: 115.47 }), "200 ± 115");
  assert.equal(spreadText({ mean: 2, deviation: Math.SQRT2 }), "2 ± 1.4");
  assert.equal(spreadText({ mean: 2, deviation: 0.0961 }), "2 ± 0.096");
  assert.equal(spreadText({ mean: 2, deviation: 0 }), "2 ± 0");
  assert.equal(spreadText({ mean: 5, deviation: 0.003 }), "5 ± 0.003");
  assert.equal(spreadText({ mean: 5, deviation: null }), "5");
  assert.equal(spreadText({ mean: null, deviation: null }), "");
});

test("a group shows what its runs that did not break off have", () => {
  const group = { members: [0, 1, 2], counted: [0, 1] };
  assert.deepEqual(summarize(column([1, 2, 100]), group), { text: "1.5 ± 0.71", full: "1.5 ± 0.7071067811865476: mean ± standard deviation of 2", mean: 1.5, isShared: false });
  assert.equal(summarize(column([null, null, 1]), group).text, "");
  assert.equal(summarize(column([0.5, 0.5, 1], { group: "Parameters" }), group).text, "0.5");
  assert.deepEqual(summarize(column(["a", "a", "a"], { kind: "text" }), group), { text: "a", full: null, mean: null, isShared: true });
  assert.equal(summarize(column(["a", "b", null], { kind: "text" }), group).text, "3 values");
});

test("paper has as many columns as have room, and shortened texts", () => {
  assert.equal(fit([100, 200, 300], 300), 2);
  assert.equal(fit([100, 200], 300), 2);
  assert.equal(need(["ab cd", "abc"]), need(["abc"]));
  assert.ok(need(["abcd"]) > need(["abc"]));
  assert.equal(shorten("x".repeat(50)).length, 40);
});

const line = (run, depth = 0, children = 0, context = false) => ({ run, depth, children, context });
const shown = (lines, { open = [], folded = [], brush = null, groups = null, pinned = [], aside = new Set(), rows = [] } = {}) => compose({ lines, rows, brush, groups, pinned, aside }, { open: new Set(open), folded: new Set(folded), statuses: [] }).lines;

test("what lies under a folded run is left out, however deep", () => {
  const lines = [line(0, 0, 2), line(1, 1, 1), line(2, 2), line(3, 1), line(4)];
  assert.deepEqual(shown(lines), [0, 1, 2, 3, 4]);
  assert.deepEqual(shown(lines, { folded: [1] }), [0, 1, 3, 4]);
  assert.deepEqual(shown(lines, { folded: [0, 1] }), [0, 4]);
});

test("a brush leaves the runs it holds, under their parents", () => {
  assert.deepEqual(shown([line(0, 0, 2, true), line(1, 1), line(2, 1), line(3)], { brush: new Set([2]) }), [0, 2]);
  assert.deepEqual(shown(null, { rows: [3, 2, 1], brush: new Set([1, 3]) }), [3, 1]);
});

test("groups are folded unless they were opened, and pinned runs stand above them", () => {
  const groups = [{ key: "a", members: [0, 2] }, { key: "b", members: [1] }];
  assert.deepEqual(shown([], { groups }), ["a", "b"]);
  assert.deepEqual(shown([], { groups, open: ["a"] }), ["a", 0, 2, "b"]);
  assert.deepEqual(shown([], { groups, open: ["a"], pinned: [2] }), [2, "a", 0, "b"]);
  assert.deepEqual(shown([], { groups, brush: new Set([1]) }), ["b"]);
});

test("a pinned run that does not match stands above as context, whatever is brushed", () => {
  const view = { lines: null, rows: [4, 1, 2], pinned: [3, 4], aside: new Set([3]), groups: null, brush: null };
  const found = compose(view, { open: new Set(), folded: new Set(), statuses: [] });
  assert.deepEqual(found.lines, [3, 4, 1, 2]);
  assert.deepEqual([3, 4].map((index) => found.facts.get(index).context), [true, false]);
  assert.deepEqual(shown(null, { ...view, brush: new Set([1]) }), [3, 1]);
});

const COLUMNS = [
  { key: "attributes.name", shown: true },
  { key: "attributes.status", shown: true },
  { key: "metrics.loss", shown: true },
  { key: "params.a,b", shown: false },
  { key: "params.__proto__", shown: false },
];

test("columns are those chosen, else the usual ones, pinned first", () => {
  assert.deepEqual(choose(COLUMNS, {}).shown, ["attributes.status", "metrics.loss"]);
  assert.deepEqual(choose(COLUMNS, { pin: "metrics.loss" }).shown, ["metrics.loss", "attributes.status"]);
  assert.deepEqual(choose(COLUMNS, { cols: "params.a%2Cb,params.__proto__,gone,attributes.name" }).shown, ["params.a,b", "params.__proto__"]);
  assert.deepEqual(chooseNarrow(COLUMNS, "loss").shown, ["attributes.status", "metrics.loss"]);
  assert.deepEqual(chooseNarrow(COLUMNS, null).shown, ["attributes.status"]);
});

test("the fragment tells columns only where they are not the usual ones", () => {
  assert.deepEqual(write(COLUMNS, { shown: ["attributes.status", "metrics.loss"], pinned: [] }), { cols: "", pin: "" });
  const few = write(COLUMNS, { shown: ["params.a,b"], pinned: ["params.a,b"] });
  assert.deepEqual(choose(COLUMNS, few), { shown: ["params.a,b"], pinned: ["params.a,b"] });
  assert.deepEqual(choose(COLUMNS, write(COLUMNS, { shown: [], pinned: [] })).shown, []);
});

test("a column moves to another place, no further than the ends", () => {
  assert.deepEqual(move(["a", "b", "c"], "a", 2), ["b", "c", "a"]);
  assert.deepEqual(move(["a", "b", "c"], "c", -1), ["c", "a", "b"]);
  assert.deepEqual(move(["a", "b", "c"], "b", 9), ["a", "c", "b"]);
});

test("constant columns are those of one value in the rows that show", () => {
  const columns = [{ key: "x", values: [1, 1, 2] }, { key: "y", values: [NaN, NaN, 1] }, { key: "z", values: [1, 2, 3] }];
  assert.deepEqual(constant(columns, [0, 1]), ["x", "y"]);
  assert.deepEqual(constant(columns, [0, 1, 2]), []);
  assert.deepEqual(constant(columns, [0]), []);
  assert.deepEqual(constant([{ key: "x", values: [null, 1, 1] }, { key: "y", values: [null, 1, 2] }], [0, 1, 2]), ["x"]);
});

test("widths survive the fragment", () => {
  const widths = new Map([["metrics.a:b", 120], ["params.c", 80]]);
  assert.deepEqual(parseWidths(formatWidths(widths)), widths);
  assert.equal(parseWidths("x:-1,y:99999,z").size, 0);
});

test("a heading sorts up, down, not at all; with Shift beside the others", () => {
  const up = next([], "a", false);
  assert.deepEqual(up, [{ key: "a", descending: false }]);
  assert.deepEqual(next(up, "a", false), [{ key: "a", descending: true }]);
  assert.deepEqual(next(next(up, "a", false), "a", false), []);
  const two = next(up, "b", true);
  assert.deepEqual(two.map(({ key }) => key), ["a", "b"]);
  assert.deepEqual(next(two, "a", true)[0], { key: "a", descending: true });
  assert.deepEqual(next(two, "c", false).map(({ key }) => key), ["c"]);
});

test("texts sort in natural order and equal values keep their places", () => {
  const ranks = rank(["lr 10", "lr 2", null, "lr 100", "lr 2"], false);
  assert.deepEqual(order([{ ranks, descending: false }], [0, 1, 2, 3, 4]), [1, 4, 0, 3, 2]);
  assert.deepEqual(order([{ ranks, descending: true }], [0, 1, 2, 3, 4]), [3, 0, 1, 4, 2]);
});

test("infinities sort at the ends, before NaN and what is missing", () => {
  const ranks = rank([null, NaN, Infinity, 1, -Infinity], true);
  assert.deepEqual(order([{ ranks, descending: false }], [0, 1, 2, 3, 4]), [4, 3, 2, 1, 0]);
  assert.deepEqual(order([{ ranks, descending: true }], [0, 1, 2, 3, 4]), [2, 3, 4, 1, 0]);
});

test("keys with commas and percent signs survive a list", () => {
  const keys = ["metrics.a,b", "params.50%", "tags.%2C"];
  assert.deepEqual(splitKeys(joinKeys(keys)), keys);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const data = require("../../templates/assets/js/relations/relation-data.js");
const bars = require("../../templates/assets/js/relations/relation-bars.js");
const parallel = require("../../templates/assets/js/relations/relation-parallel.js");

const workspace = (view, rest = {}) => ({ view: { rows: [2, 0, 1], selected: [], groups: null, aggregates: new Map(), ...view }, brush: null, statuses: ["FINISHED", "FAILED", "RUNNING"], ...rest });

test("runs that broke off are left out unless they are ticked, or all did", () => {
  assert.deepEqual(data.subjects(workspace({})), [2, 0]);
  assert.deepEqual(data.subjects(workspace({ selected: [1, 2] })), [1, 2]);
  assert.deepEqual(data.subjects(workspace({ rows: [1] })), [1]);
  assert.deepEqual([workspace({}), workspace({ selected: [1, 2] }), workspace({ rows: [1] })].map(data.leftOut), [1, 0, 0]);
});

test("a brush picks among the runs drawn, but not for the chart it is drawn in", () => {
  const brushed = workspace({}, { brush: new Set([0, 1]) });
  assert.deepEqual(data.subjects(brushed), [0]);
  assert.deepEqual(data.subjects(brushed, { brushed: false }), [2, 0]);
});

const column = (key, group, kind = "number", constant = false) => ({ key, title: key, group, kind, constant });

test("columns are offered under their headings, without constants and ids", () => {
  const columns = [column("metrics.a", "Metrics"), column("params.b", "Parameters", "text"), column("params.c", "Parameters", "number", true), column("attributes.id", "Run", "text")];
  assert.deepEqual(data.choices(columns), [{ group: "Parameters", choices: [["params.b", "params.b"]] }, { group: "Metrics", choices: [["metrics.a", "metrics.a"]] }]);
  assert.deepEqual(data.choices(columns, data.isNumeric).map(({ group }) => group), ["Metrics"]);
  assert.equal(data.pick("params.c", data.choices(columns), "metrics.a"), "metrics.a");
  assert.equal(data.pick("params.b", data.choices(columns), "metrics.a"), "params.b");
  assert.equal(data.pick(undefined, data.choices(columns), ""), "");
});

test("an axis reads the aggregate that the table shows, times in milliseconds, texts as logged", () => {
  const columns = new Map([
    ["metrics.a.min", { title: "a ↓", kind: "number", values: [1], direction: "down" }],
    ["attributes.start", { title: "started", kind: "time", values: [5e6, null] }],
    ["params.p", { title: "p", kind: "text", values: ["x"], texts: ["x "] }],
  ]);
  const one = workspace({ aggregates: new Map([["metrics.a", "min"]]) }, { column: (key) => columns.get(key) ?? null });
  assert.deepEqual([data.readAxis(one, "metrics.a").title, data.readAxis(one, "metrics.a").values], ["a ↓ (min)", [1]]);
  const start = data.readAxis(one, "attributes.start");
  assert.deepEqual([start.kind, start.values, start.format(0)], ["time", [5000, null], "1970-01-01 00:00 UTC"]);
  assert.deepEqual(data.readAxis(one, "params.p").values, ["x "]);
  assert.equal(data.readAxis(one, "params.none"), null);
});

test("brushes survive the fragment, whatever is in their names", () => {
  const brushes = [{ key: "params.a,b:c~d", from: "0.1", to: "1e-7" }, { key: "tags.%", from: "", to: "x~y" }];
  assert.deepEqual(data.parseBrushes(data.formatBrushes(brushes)), brushes);
  assert.deepEqual(data.parseBrushes("nonsense,params.a:1"), []);
  assert.deepEqual(data.parseBrushes("%zz:1~2"), [{ key: "%zz", from: "1", to: "2" }]);
});

test("runs pass by number, by category and by having no value", () => {
  const columns = new Map([["lr", [1, 2, 3, null]], ["opt", ["b", "a", "c", "a"]]]);
  const passing = (...brushes) => [...data.passing([0, 1, 2, 3], brushes, (key) => columns.get(key) ?? null)];
  assert.deepEqual(passing({ key: "lr", from: "1.5", to: "3" }), [1, 2]);
  assert.deepEqual(passing({ key: "opt", from: "a", to: "b" }), [0, 1, 3]);
  assert.deepEqual(passing({ key: "lr", from: "", to: "1" }), [0, 3]);
  assert.deepEqual(passing({ key: "lr", from: "1", to: "2" }, { key: "opt", from: "a", to: "a" }), [1]);
  assert.deepEqual(passing({ key: "gone", from: "1", to: "2" }), [0, 1, 2, 3]);
  assert.deepEqual(passing({ key: "opt", from: "gone", to: "b" }), [0, 1, 2, 3]);
});

test("groups are bars of their means with an interval, best first, empty ones left out", () => {
  const groups = [{ key: "x", label: "x", color: 1, members: [0, 1] }, { key: "y", label: "y", color: 2, members: [2, 3] }, { key: "z", label: "z", color: 3, members: [4] }];
  const made = bars.groupBars(groups, [3, 5, 1, NaN, null], "down", () => true);
  assert.deepEqual(made.map(({ name, value }) => [name, value]), [["y (1)", 1], ["x (2)", 4]]);
  assert.equal(made[0].low, null);
  assert.ok(made[1].low < 4 && made[1].high > 4);
  assert.deepEqual(bars.groupBars(groups, [3, 5, 1, 2, null], "up", (index) => index !== 1).map(({ name }) => name), ["x (1)", "y (2)"]);
});

test("an axis moves to another place", () => {
  assert.deepEqual(parallel.moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(parallel.moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
});

test("runs by rank are those of the view, best first", () => {
  const runs = { count: 4, rank: [3, 0, 2, 1], statuses: ["FINISHED", "FINISHED", "FAILED", "FINISHED"], brush: null, view: { rows: [0, 1, 2, 3], selected: [] } };
  assert.deepEqual(data.ranked(runs), [3, 0, 1]);
  assert.deepEqual(data.ranked({ ...runs, view: { rows: [0, 1], selected: [2, 1] } }), [2, 1]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { namesOf, valuesOf, examplesOf, splitAt, isUnfinished, unknownFields, take } = require("../../templates/assets/js/table/filter-help.js");
const { parse, compile, complete } = require("../../templates/assets/js/filter/filter-complete.js");

const column = (key, kind, more = {}) => ({ key, name: key.slice(key.indexOf(".") + 1), kind, group: "Parameters", constant: false, shown: true, ...more });

// A workspace of runs in columns, the first of them the best.
const workspaceOf = (values, { primary = "rmse", direction = "down", statuses = null } = {}) => {
  const columns = Object.keys(values).map((key) => column(key, values[key].every((one) => one === null || typeof one === "number") ? "number" : "text", key.startsWith("metrics.") ? { group: "Metrics" } : {}));
  const count = Object.values(values)[0].length;
  const source = {
    count,
    column: (entity, name) => {
      const found = values[`${entity}.${name}`];
      if (!found) return null;
      return entity === "params" ? { texts: found.map((one) => (one === null ? null : String(one))), numbers: found.map((one) => (typeof one === "number" ? one : null)) } : { numbers: found, texts: found };
    },
  };
  return {
    columns,
    primary,
    rank: Array.from({ length: count }, (_, index) => index),
    statuses: statuses ?? new Array(count).fill("FINISHED"),
    direction: () => direction,
    metric: (name) => values[`metrics.${name}`] ?? null,
    column: (key) => (values[key] ? { ...columns.find((one) => one.key === key), values: values[key] } : null),
    source: () => source,
  };
};

const WINE = { "metrics.rmse": [0.5851, 0.61, 0.69, 0.79], "params.model": ["it's", "forest", "ridge", "linear"], "params.max depth": [16, 6, null, null], "params.depth`": [3, 2, 1, 1] };

const matches = (text, workspace) => {
  const { tree, error } = parse(text);
  assert.equal(error, null, text);
  const test = compile(tree, workspace.source());
  return workspace.rank.filter((index) => test(index));
};

test("names are those of the experiment's columns, by entity", () => {
  const columns = [column("params.lr", "number"), column("metrics.a.min", "number"), column("tags.__proto__", "text"), column("attributes.name", "text")];
  assert.deepEqual(namesOf(columns), { metrics: ["a.min"], params: ["lr"], tags: ["__proto__"] });
});

test("values come the most common first, numbers among equals by size", () => {
  assert.deepEqual(valuesOf({ texts: ["b", "a", "b", null, "__proto__"], numbers: [null, null, null, null, null] }, "params"), ["b", "__proto__", "a"]);
  assert.deepEqual(valuesOf({ texts: ["10", "2", "x"], numbers: [10, 2, null] }, "params"), [2, 10, "x"]);
  assert.deepEqual(valuesOf({ lists: [["wine"], [], ["wine", "beer"]] }, "datasets"), ["wine", "beer"]);
  assert.deepEqual(valuesOf(null, "params"), []);
});

test("many values of a metric are told by their quarters", () => {
  const numbers = Array.from({ length: 101 }, (_, index) => index / 3).concat([null, NaN, Infinity]);
  assert.deepEqual(valuesOf({ numbers }, "metrics"), [0, 8.333, 16.67, 25, 33.33]);
});

test("of a hundred thousand values two thousand are kept", () => {
  const texts = Array.from({ length: 100_000 }, (_, index) => `run ${index}`);
  assert.equal(valuesOf({ texts }, "attributes").length, 2000);
});

test("examples are about the experiment's own runs, and the best run matches them", () => {
  const workspace = workspaceOf(WINE);
  const examples = examplesOf(workspace);
  assert.deepEqual(examples, ["metrics.rmse < 0.61 and params.model = 'it''s'", "metrics.rmse < 0.61", "params.model = 'it''s'", "params.`max depth` >= 16"]);
  for (const text of examples) assert.equal(matches(text, workspace)[0], 0, text);
  assert.equal(examplesOf(workspaceOf({ "params.depth`": [3, 2] })).at(0), "params.`depth``` >= 3");
});

test("an example of a metric that should rise asks for more, and failed runs get one of their own", () => {
  const up = workspaceOf({ "metrics.val/acc": [0.957, 0.91, 0.5, 0.11] }, { primary: "val/acc", direction: "up", statuses: ["FINISHED", "FINISHED", "FINISHED", "FAILED"] });
  assert.deepEqual(examplesOf(up), ["metrics.val/acc > 0.91", "status != 'FINISHED'"]);
  assert.deepEqual(matches(examplesOf(up)[0], up), [0]);
});

test("there are no examples of what would not help", () => {
  assert.deepEqual(examplesOf(workspaceOf({ "metrics.rmse": [1, 1] })), []);
  assert.deepEqual(examplesOf(workspaceOf({ "metrics.rmse": [1, null, NaN] })), []);
  assert.deepEqual(examplesOf(workspaceOf({ "params.note": ["two\nlines", "b"] }, { primary: null })), []);
  assert.deepEqual(examplesOf(workspaceOf({ "params.note": ["x".repeat(50), "b"] }, { primary: null })), []);
});

test("a mistake is cut out at its column, counted in code points", () => {
  const text = "params.`😀` <> 1";
  const { error } = parse(text);
  assert.deepEqual(splitAt(text, error), ["params.`😀` ", "<>", " 1"]);
  assert.deepEqual(splitAt("status =", parse("status =").error), ["status =", "", ""]);
});

test("a mistake at the end may only not be finished", () => {
  for (const text of ["metrics", "metrics.rmse", "metrics.rmse <", "status = 'FIN", "stat", "status = 'A' or ", "status IN ('A'"]) assert.ok(isUnfinished(text, parse(text).error), text);
  for (const text of ["metrics.rmse << 0.7", "statsu = 'A'", "&& status = 'A'"]) assert.ok(!isUnfinished(text, parse(text).error), text);
});

test("a field that no run has is told, with one that is meant", () => {
  const workspace = workspaceOf(WINE);
  const names = namesOf(workspace.columns);
  const told = (text) => unknownFields(parse(text).tree, workspace.source(), names);
  assert.equal(told("metrics.rmse < 1 and status = 'A' and datasets.name = 'x'"), null);
  assert.equal(told("not (status = 'A' or metrics.rsme < 1)"), "No run has metrics.rsme. Did you mean metrics.rmse?");
  assert.equal(told("params.rmse = 1"), "No run has params.rmse. Did you mean metrics.rmse?");
  assert.equal(told("params.`max dept` = 1"), "No run has params.`max dept`. Did you mean params.`max depth`?");
  assert.equal(told("tags.team = 'x'"), "No run has tags.team.");
  assert.equal(told("metrics.rmse.min < 1"), null);
});

test("a suggestion takes the place of the word, and the caret goes behind it", () => {
  const text = "params.mod = 'x'";
  const found = complete(text, 10, { params: ["model"] });
  assert.deepEqual(take(text, found, found.suggestions[0].text), { text: "params.model = 'x'", caret: 12 });
});

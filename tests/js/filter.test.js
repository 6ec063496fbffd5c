"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { parse, parseOrder } = require("../../templates/assets/js/filter/filter-syntax.js");
const { compile } = require("../../templates/assets/js/filter/filter-evaluate.js");
const { order } = require("../../templates/assets/js/filter/filter-order.js");
const { makeSource } = require("./filter-source.js");
const vectors = require("../vectors/filters.json");

const source = makeSource(vectors.runs);
const ids = vectors.runs.map((run) => run.run_id);
const { now } = vectors;

const checkError = (error, { column, expected }) => {
  assert.equal(error.column, column);
  assert.ok(error.message.includes(expected), error.message);
  assert.ok(error.message.includes(`column ${column}`));
  assert.ok(!error.message.includes("\n"));
};

for (const one of vectors.cases) {
  test(`a filter has its tree and its runs: ${JSON.stringify(one.filter)}`, () => {
    const { tree, error } = parse(one.filter);
    assert.equal(error, null);
    assert.deepEqual(tree, one.ast);
    const matches = compile(tree, source, { now });
    assert.deepEqual(ids.filter((_, index) => matches(index)), one.matches);
  });
}

for (const one of vectors.errors) {
  test(`a mistake is told by column: ${JSON.stringify(one.filter)}`, () => {
    const { tree, error } = parse(one.filter);
    assert.equal(tree, null);
    checkError(error, one);
  });
}

for (const one of vectors.orders) {
  test(`an order sorts all runs: ${JSON.stringify(one.order_by)}`, () => {
    const places = order(parseOrder(one.order_by).keys, source);
    assert.deepEqual(places.map((place) => ids[place]), one.ids);
  });
}

for (const one of vectors.order_errors) {
  test(`a mistake in an order is told by column: ${JSON.stringify(one.order_by)}`, () => {
    checkError(parseOrder(one.order_by).error, one);
  });
}

test("the vectors are all there", () => {
  const counts = ["cases", "errors", "orders", "order_errors"].map((name) => vectors[name].length > 0);
  assert.deepEqual(counts, [true, true, true, true]);
});

test("a mistake has a column and a length in code points", () => {
  const { error } = parse("tags.a = '😀' AND statsu = 'x'");
  assert.deepEqual([error.column, error.length], [18, 6]);
  assert.deepEqual(parse("status = ").error, { message: `The filter fails at column 9: found the end, expected a number or a quoted text.`, column: 9, length: 0 });
});

test("a filter may be nested a hundred times, and no depth ends the script", () => {
  const nested = (depth) => "(".repeat(depth) + "user = 'ada'" + ")".repeat(depth);
  assert.deepEqual(compile(parse(nested(100)).tree, source)(0), true);
  for (const text of [nested(101), nested(20_000), "(".repeat(49_000), `${"NOT ".repeat(12_000)}user = 'a'`]) assert.ok(parse(text).error);
  assert.match(parse(nested(101)).error.message, /at most 100 parentheses and NOTs inside each other/);
});

test("a filter that is too long is refused", () => {
  const long = (length) => `note = '${"😀".repeat(length - 9)}'`;
  assert.equal(parse(long(50_000)).error, null);
  assert.match(parse(long(50_001)).error.message, /at most 50000 characters/);
});

test("relative times count from the time that is said, else from now", () => {
  const recent = { count: 2, column: () => ({ numbers: [Date.now() * 1000 - 60e6, 0] }) };
  const found = (text, options) => [0, 1].map(compile(parse(text).tree, recent, options));
  assert.deepEqual(found("start_time > '1 hour ago'"), [true, false]);
  assert.deepEqual(found("start_time > '1 hour ago'", { now: 3600e6 - 1 }), [true, true]);
  assert.deepEqual(found("start_time >= 'today'", { now: 1 }), [true, true]);
});

test("columns may be typed arrays, and undefined is missing too", () => {
  const columns = { loss: { numbers: new Float64Array([1, NaN, 3]) }, lr: { texts: ["1", undefined, "2"], numbers: [undefined, undefined, 2] } };
  const some = { count: 3, column: (_, name) => columns[name] ?? null };
  const found = (text) => [0, 1, 2].map(compile(parse(text).tree, some));
  assert.deepEqual(found("metrics.loss != 1"), [false, true, true]);
  assert.deepEqual(found("params.lr <= 2"), [true, false, true]);
  assert.deepEqual(order(parseOrder(["params.lr DESC"]).keys, some), [0, 2, 1]);
});

test("texts are compared and ordered by code point", () => {
  const some = { count: 3, column: (entity) => (entity === "tags" ? { texts: ["😀", "\uff41", "z"] } : null) };
  const found = (text) => [0, 1, 2].map(compile(parse(text).tree, some));
  assert.deepEqual(found("tags.a > '\uff41'"), [true, false, false]);
  assert.deepEqual(found("tags.a BETWEEN 'z' AND '\uff41'"), [false, true, true]);
  assert.deepEqual(order(parseOrder(["tags.a"]).keys, some), [2, 1, 0]);
});

test("half a character is a character that can't be read", () => {
  assert.match(parse("\ud800").error.message, /found '\\ud800'/);
});

test("the scripts find each other in a page", () => {
  const { readFileSync } = require("node:fs");
  const names = ["mistakes", "times", "rules", "syntax", "patterns", "evaluate", "order", "complete"];
  const read = (name) => readFileSync(`${__dirname}/../../templates/assets/js/filter/filter-${name}.js`, "utf-8");
  const page = { runfolio: {} };
  require("node:vm").runInNewContext(names.map(read).join("\n"), page);
  assert.deepEqual(Object.keys(page.runfolio.filter), ["parse", "parseOrder", "compile", "order", "complete"]);
  assert.equal(page.runfolio.filter.parse("status = 'a'").error, null);
});

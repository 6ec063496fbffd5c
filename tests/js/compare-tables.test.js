"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { keyColumns, rightness, joinTables, isSame } = require("../../templates/assets/js/compare/compare-tables.js");

const table = (columns, ...rows) => ({ columns, rows, total: rows.length });
const kinds = (joined) => joined.rows.map((row) => [row.key, row.kind]);

test("a key has a value of its own in each row of both tables", () => {
  const a = table(["id", "label", "n"], ["x", "1", 1], ["y", "1", 2]);
  assert.deepEqual(keyColumns(a, table(["id", "label", "n"], ["x", "1", 1], ["z", "2", 1])), ["id"]);
  assert.deepEqual(keyColumns(a, table(["other"], ["x"])), []);
  assert.deepEqual(keyColumns(table(["id"], ["1"], ["1.0"]), table(["id"], ["1"])), []);
  assert.deepEqual(keyColumns(table(["id"], [null]), table(["id"], ["1"])), []);
});

test("predictions against labels tell what was fixed and what was broken", () => {
  const a = table(["id", "label", "prediction"], [1, "cat", "dog"], [2, "cat", "cat"], [3, "cat", "dog"], [4, "cat", "cat"], [5, "cat", "cat"]);
  const b = table(["id", "label", "prediction"], [1, "cat", "cat"], [2, "cat", "dog"], [3, "cat", "cow"], [4, "cat", "cat"], [6, "cat", "cat"]);
  const joined = joinTables(a, b, "id");
  assert.deepEqual(kinds(joined), [["1", "fixed"], ["2", "broken"], ["3", "changed"], ["4", "same"], ["5", "removed"], ["6", "added"]]);
  assert.deepEqual(joined.counts, { fixed: 1, broken: 1, changed: 1, added: 1, removed: 1, same: 1 });
  assert.deepEqual(joined.rows[0].cells, [{ name: "prediction", a: "dog", b: "cat" }]);
  assert.match(joined.told, /“prediction” equals “label”/);
});

test("a column of truth values says what is right", () => {
  const a = table(["id", "correct"], ["a", "True"], ["b", "False"]);
  const b = table(["id", "correct"], ["a", "False"], ["b", "True"]);
  assert.deepEqual(kinds(joinTables(a, b, "id")), [["a", "broken"], ["b", "fixed"]]);
  assert.match(rightness(a, b).words, /“correct”/);
  assert.equal(rightness(table(["correct"], ["maybe"]), table(["correct"], ["no"])), null);
});

test("where nothing tells right from wrong, rows have only changed", () => {
  const a = table(["id", "score"], ["a", 0.1], ["b", 0.2]);
  const b = table(["id", "score"], ["a", 0.1], ["b", 0.3]);
  const joined = joinTables(a, b, "id");
  assert.deepEqual(kinds(joined), [["a", "same"], ["b", "changed"]]);
  assert.equal(joined.told, null);
});

test("predicted numbers that never equal their target are not called wrong", () => {
  const a = table(["id", "target", "prediction"], [1, 0.5, 0.51], [2, 0.7, 0.69]);
  const b = table(["id", "target", "prediction"], [1, 0.5, 0.52], [2, 0.7, 0.69]);
  assert.equal(joinTables(a, b, "id").told, null);
});

test("without a key rows are joined by their number", () => {
  const joined = joinTables(table(["v"], ["x"], ["x"]), table(["v"], ["x"], ["y"], ["z"]));
  assert.deepEqual(kinds(joined), [["1", "same"], ["2", "changed"], ["3", "added"]]);
});

test("numbers are the same however they are written, empty and missing alike", () => {
  assert.ok(isSame("1.0", 1));
  assert.ok(isSame(null, undefined));
  assert.ok(!isSame("1.0x", 1));
  assert.ok(!isSame("", 0));
});

test("columns in another order or named like what objects inherit are found", () => {
  const a = table(["__proto__", "constructor"], ["a", 1]);
  const b = table(["constructor", "__proto__"], [2, "a"]);
  const joined = joinTables(a, b, "__proto__");
  assert.deepEqual(joined.rows[0], { key: "a", kind: "changed", cells: [{ name: "constructor", a: 1, b: 2 }] });
});

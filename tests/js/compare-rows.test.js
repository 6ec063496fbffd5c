"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { textRows, change, metricRows, leadMetric, tellApart, countWords, fateWords } = require("../../templates/assets/js/compare/compare-rows.js");

const run = (params, metrics, primary = null) => ({ params, metrics, primary });
const metric = (last, direction = "down") => ({ last, direction });

test("parameters that differ come first, missing ones count as different", () => {
  const rows = textRows([run({ a: "1", b: "2" }), run({ a: "1", b: "3", c: "4" })], "params");
  assert.deepEqual(rows.map((row) => [row.key, row.differs]), [["b", true], ["c", true], ["a", false]]);
  assert.deepEqual(rows[1].values, [null, "4"]);
});

test("a parameter named like something objects inherit is missing unless it was logged", () => {
  const rows = textRows([run({ constructor: "x" }), run({})], "params");
  assert.deepEqual(rows[0].values, ["x", null]);
});

test("a change has an amount, a share and a verdict by direction", () => {
  assert.deepEqual(change(0.6, 0.8, "down").verdict, "better");
  assert.deepEqual(change(0.6, 0.8, "up").verdict, "worse");
  assert.equal(change(0.6, 0.8, null).verdict, null);
  assert.equal(change(1, 1, "up").verdict, "same");
  assert.ok(Math.abs(change(0.6, 0.8, "down").share + 0.25) < 1e-12);
});

test("a change from zero has no share, from what is no number there is none", () => {
  assert.equal(change(1, 0, "up").share, null);
  assert.equal(change(NaN, 1, "up"), null);
  assert.equal(change(1, null, "up"), null);
});

test("a share of a negative baseline keeps the direction of the change", () => {
  assert.equal(change(-1, -2, "up").share, 0.5);
});

test("metric rows mark the best value and leave the baseline without a change", () => {
  const rows = metricRows([run({}, { rmse: metric(0.8) }), run({}, { rmse: metric(0.6) }), run({}, {})], 0);
  assert.equal(rows[0].best, 0.6);
  assert.equal(rows[0].changes[0], null);
  assert.equal(rows[0].changes[1].verdict, "better");
  assert.equal(rows[0].values[2], null);
});

test("a run that broke off is never best unless all did", () => {
  const of = (last, status) => ({ ...run({}, { a: metric(last) }), status, name: String(last) });
  const best = (...runs) => metricRows(runs, 0)[0].best;
  assert.equal(best(of(3, "FINISHED"), of(2, "RUNNING"), of(1, "KILLED")), 2);
  assert.equal(best(of(3, "FAILED"), of(1, "KILLED")), 1);
  const mixed = [of(3, "FINISHED"), of(2, "RUNNING"), of(1, "KILLED")];
  assert.equal(countWords(mixed), "3 runs, 1 broke off");
  assert.equal(countWords(mixed.slice(0, 1)), "1 run");
  assert.equal(fateWords(mixed), " 1 was stopped and does not count.");
  assert.equal(fateWords([...mixed, of(5, "FAILED")]), " 2 of 4 runs broke off and do not count.");
  assert.equal(fateWords([of(3, "FAILED"), of(1, "KILLED")]), " All of these runs broke off.");
  assert.equal(fateWords(mixed.slice(0, 2)), "");
});

test("values that are no number are shown but never best", () => {
  const rows = metricRows([run({}, { acc: metric("NaN", "up") }), run({}, { acc: metric(0.5, "up") }), run({}, { acc: metric(0.4, "up") })], 1);
  assert.ok(Number.isNaN(rows[0].values[0]));
  assert.equal(rows[0].best, 0.5);
});

test("no value is best when all are equal", () => {
  assert.equal(metricRows([run({}, { a: metric(1) }), run({}, { a: metric(1) })], 0)[0].best, null);
});

test("the verdict is about what most runs logged, and at least two of them as a number", () => {
  const [both, one] = [{ a: metric(1), b: metric(2) }, { b: metric(3) }];
  assert.equal(leadMetric([run({}, both, "a"), run({}, both, "a"), run({}, one), run({}, {})]), "b");
  assert.equal(leadMetric([run({}, both, "a"), run({}, { a: metric(1) }), run({}, {})]), "a");
  assert.equal(leadMetric([run({}, { "train/a": metric(1), "val/a": metric(2) }), run({}, { "train/a": metric(2), "val/a": metric(3) })]), "val/a");
  assert.equal(leadMetric([run({}, { a: metric("NaN"), c: metric(1, null) }), run({}, { a: metric(1), c: metric(2, null) })]), null);
});

test("runs of one name are told apart by their ids", () => {
  const named = (id, name) => ({ id, name });
  const told = tellApart([named("0123456789abcdef", "x"), named("fedcba9876543210", "x"), named("0000000000000000", "y")]);
  assert.deepEqual(told.map((one) => one.name), ["x · 01234567", "x · fedcba98", "y"]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const points = require("../../templates/assets/js/charts/chart-points.js");

const run = (values) => ({ id: "a", name: "gb", color: 0, ...values });
const number = (title = "x") => ({ title, kind: "number" });
const lay = (pairs, x = number(), y = number("y")) => points.layPoints({ x, y, points: pairs.map(([x, y], index) => run({ id: String(index), x, y })) });

test("a wide range of positive numbers is logarithmic unless told otherwise", () => {
  assert.equal(points.scaleOf(number(), [1, 2, 3]), "quantitative");
  assert.equal(points.scaleOf(number(), [1e-5, 0.1]), "log");
  assert.equal(points.scaleOf(number(), [0, 1e-5, 0.1]), "quantitative");
  assert.equal(points.scaleOf(number(), []), "quantitative");
  assert.equal(points.scaleOf({ ...number(), scale: "linear" }, [1e-5, 0.1]), "quantitative");
  assert.equal(points.scaleOf({ ...number(), scale: "log" }, [1, 2]), "log");
  assert.equal(points.scaleOf({ ...number(), scale: "log" }, [-1, 0]), "quantitative");
  assert.equal(points.scaleOf({ title: "x", kind: "category" }, ["a"]), "nominal");
  assert.equal(points.scaleOf({ title: "x", kind: "time" }, [1]), "time");
});

test("points without a value are left out and counted", () => {
  const laid = lay([[1, 2], [null, 2], [1, null], [NaN, 1], [2, Infinity]]);
  assert.deepEqual(laid.shown.map((point) => [point.x, point.y]), [[1, 2]]);
  assert.deepEqual([laid.withoutX, laid.withoutY], [2, 2]);
});

test("a logarithmic axis has no place for zero and below", () => {
  const laid = lay([[0, 1], [-1, 1], [10, 1]], { ...number(), scale: "log" });
  assert.equal(laid.kind, "scatter-log-quantitative");
  assert.deepEqual([laid.shown.length, laid.withoutX], [1, 2]);
});

test("categories sort numbers as numbers before texts and lie at their places", () => {
  const laid = lay(["10", "b", "9", "a", "", "__proto__"].map((x) => [x, 1]), { title: "x", kind: "category" });
  assert.deepEqual(laid.x.categories, ["9", "10", "", "__proto__", "a", "b"]);
  const made = points.pointRows(laid, laid.shown, points.paint(laid.shown, null), points.sizer(laid.shown, null));
  assert.deepEqual(made.map((row) => row.x), [1, 5, 0, 4, 2, 3]);
  assert.deepEqual([...new Set(made.map((row) => row.size))], [points.PLAIN_SIZE]);
});

test("a category colours by ten, with the rest and the missing in grey", () => {
  const many = Array.from({ length: 12 }, (_, index) => run({ tint: `c${String(index).padStart(2, "0")}` }));
  const paint = points.paint([...many, run({ tint: null })], { title: "c", kind: "category" });
  assert.deepEqual(paint.legend.map(({ name }) => name), [...many.slice(0, 9).map(({ tint }) => tint), "other", "not set"]);
  assert.equal(paint.of(many[2]), "var(--run-2)");
  assert.equal(paint.of(many[11]), "var(--muted)");
  assert.equal(paint.of(run({ tint: null })), "var(--muted)");
});

test("a number colours along a ramp that tells its ends", () => {
  const paint = points.paint([1, 5, 9].map((tint) => run({ tint })), { title: "depth", kind: "number" });
  assert.deepEqual([paint.ramp.title, paint.ramp.low, paint.ramp.high, paint.ramp.colors.length], ["depth", "1", "9", 12]);
  assert.deepEqual([paint.of(run({ tint: 1 })), paint.of(run({ tint: 9 })), paint.of(run({ tint: NaN }))], ["var(--seq-0)", "var(--seq-11)", "var(--muted)"]);
});

test("a given legend keeps the colours of the points", () => {
  const paint = points.paint([run({ color: 3 })], { title: "group", kind: "given", legend: [{ name: "adam", color: 3 }] });
  assert.deepEqual(paint.legend, [{ name: "adam", color: "var(--run-3)", dash: [] }]);
  assert.equal(paint.of(run({ color: 3 })), "var(--run-3)");
});

test("sizes grow with the number; without one a point is small", () => {
  const sizes = points.sizer([1, 3].map((size) => run({ size })), { title: "s" });
  assert.ok(sizes.of(run({ size: 1 })) < sizes.of(run({ size: 2 })) && sizes.of(run({ size: 2 })) < sizes.of(run({ size: 3 })));
  assert.equal(sizes.of(run({ size: null })), sizes.of(run({ size: 1 })));
});

test("facets keep the commonest values and share their axes by ghosts", () => {
  const all = [...Array(14).keys()].flatMap((value) => Array.from({ length: value < 2 ? 1 : 2 }, () => [value, value]));
  const laid = lay(all);
  laid.shown.forEach((point) => (point.facet = point.x));
  const { groups, left } = points.facets(laid.shown);
  assert.equal(left, 2);
  assert.deepEqual(groups.map(({ name }) => name), [...Array(12).keys()].map((value) => String(value + 2)));
  const ghosts = points.ghosts(laid, laid.shown, groups[0].points);
  assert.equal(ghosts.length, laid.shown.length - 2);
  assert.ok(ghosts.every((row) => row.run === ""));
});

test("a trend is the least-squares line over the axes as they are drawn", () => {
  const line = points.trend(lay([[0, 1], [1, 3], [2, 5], [3, 7]]));
  assert.ok(Math.abs(line.r - 1) < 1e-12);
  assert.deepEqual(line.ends.map(({ x, y }) => [x, Math.round(y * 1e9) / 1e9]), [[0, 1], [3, 7]]);
  const log = points.trend(lay([[1, 1], [10, 2], [100, 3]], { ...number(), scale: "log" }));
  assert.ok(Math.abs(log.r - 1) < 1e-12);
  assert.ok(Math.abs(log.ends[1].x - 100) < 1e-9);
  assert.equal(points.trend(lay([[1, 1], [2, 2]])), null);
  assert.equal(points.trend(lay([[1, 1], [1, 2], [1, 3]])), null);
  assert.equal(points.trend(lay([["a", 1], ["b", 2], ["c", 3]], { title: "x", kind: "category" })), null);
});

test("a trend is told in words with r and the number of runs", () => {
  const laid = lay([[1, 9], [10, 5], [100, 4], [1000, 0]]);
  const words = points.trendWords(points.trend(laid), laid);
  assert.match(words, /^Trend: a very strong fall, r = −0\.9\d over 4 runs \(least squares, x logarithmic\)\.$/);
  assert.equal(points.signed(-0.001), "0.00");
});

test("a category keeps its colour whatever the filter leaves", () => {
  const color = { kind: "category", title: "model", order: ["vit", null, "cnn", "mlp"] };
  const all = points.paint(["cnn", "mlp", "vit", null].map((tint) => ({ tint })), color);
  const few = points.paint([{ tint: "mlp" }], color);
  assert.equal(few.of({ tint: "mlp" }), all.of({ tint: "mlp" }));
  assert.equal(all.of({ tint: "cnn" }), "var(--run-2)");
  assert.deepEqual(few.legend.map(({ name }) => name), ["mlp"]);
  assert.deepEqual(all.legend.map(({ name }) => name), ["cnn", "mlp", "vit", "not set"]);
});

test("each facet's trend is told by itself", () => {
  const laid = lay([[1, 1], [2, 2], [3, 3], [4, 9]]);
  const parts = [{ name: "vit", trend: { r: 0.9, n: 3 } }, { name: "cnn", trend: { r: -0.1, n: 4 } }, { name: "mlp", trend: null }];
  assert.equal(points.facetTrendWords(parts, laid), "Trends: vit: a very strong rise, r = 0.90 over 3 runs; cnn: no clear trend, r = −0.10 over 4 runs (least squares).");
  assert.equal(points.facetTrendWords([{ name: "mlp", trend: null }], laid), null);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const settings = require("../../templates/assets/js/curves/curve-settings.js");

test("without a word in the fragment the usual view is shown", () => {
  const view = settings.read(Object.create(null), "curve");
  assert.deepEqual([view.x, view.log, view.xLog, view.smoothing, view.centre, view.band, view.runs], [null, false, false, null, "mean", "ci", 10]);
  assert.deepEqual(view.size, settings.SIZES.medium);
});

test("settings are read by their prefix", () => {
  const view = settings.read({ curvex: "metric.epoch", curvescale: "log", curvesmooth: "mean-9", curveruns: "25", systemx: "wall" }, "curve");
  assert.deepEqual([view.x, view.log, view.smoothing, view.runs], ["metric.epoch", true, { kind: "mean", amount: 9 }, 25]);
  assert.equal(settings.read({ systemx: "wall" }, "system").x, "wall");
});

test("what makes no sense is left out", () => {
  const view = settings.read({ curvex: "constructor", curveband: "toString", curvecentre: "__proto__", curvesize: "9x9", curveruns: "-2" }, "curve");
  assert.deepEqual([view.x, view.band, view.centre, view.size, view.runs], [null, "ci", "mean", settings.SIZES.medium, 10]);
});

test("a dragged size is width and height", () => {
  assert.deepEqual(settings.readSize("512x300"), [512, 300]);
  assert.deepEqual(settings.readSize("small"), settings.SIZES.small);
});

test("folded sections come back, whatever their names", () => {
  const names = new Set(["", "a,b", "ä/ö", "train"]);
  const text = settings.writeFolds(names);
  assert.deepEqual(settings.read({ curvefold: text }, "curve").folds, names);
});

test("metrics are in sections by what stands before their last slash", () => {
  const found = settings.sections(["loss", "val/loss", "train/loss", "train/acc", "a/b/c", "system/gpu/0"], "val/loss");
  assert.deepEqual(found, [
    { prefix: "val", metrics: ["val/loss"] },
    { prefix: "", metrics: ["loss"] },
    { prefix: "a/b", metrics: ["a/b/c"] },
    { prefix: "train", metrics: ["train/acc", "train/loss"] },
    { prefix: "system", metrics: ["system/gpu/0"] },
  ]);
});

test("the primary metric begins its section", () => {
  assert.deepEqual(settings.sections(["b", "a", "z"], "z")[0].metrics, ["z", "a", "b"]);
});

test("names like those that objects inherit are plain names", () => {
  assert.deepEqual(settings.sections(["__proto__/x", "constructor"]).map(({ prefix }) => prefix), ["", "__proto__"]);
});

test("a search finds names by all of its words", () => {
  assert.ok(settings.matches("train/Loss", "loss tr"));
  assert.ok(!settings.matches("train/loss", "loss val"));
  assert.ok(settings.matches("x", ""));
});

test("a panel says how many points it shows of how many", () => {
  const text = (one) => settings.pointsText({ reduced: false, long: true, zoomed: false, ...one });
  assert.equal(text({ drawn: 1000, total: 250_000, reduced: true }), "1,000 of 250,000 points, highs and lows kept");
  assert.equal(text({ drawn: 300, total: 300, zoomed: true }), "full data: 300 points in this range");
  assert.match(text({ drawn: 1000, total: 20_000, zoomed: true }), /^1,000 of 20,000 points in this range, reduced from the full data/);
  assert.equal(text({ drawn: 300, total: 300, long: false }), "");
});

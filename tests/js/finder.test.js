"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const finder = require("../../templates/assets/js/site/finder-search.js");

const SHARD = {
  reports: { href: ["reports/on-wine.html"], title: ["About Chablis"], authors: ["Ada"] },
  experiments: { id: ["e1", "e2"], name: ["wine quality", "digits"], runs: [3, 1] },
  models: { id: ["5f21f5864ff9"], name: ["sommelier"], detail: ["3 versions, champion is 2"] },
  runs: { id: ["a1b2c3d4e5f60718", "b1", "c1", "d1"], name: ["ridge 1", "ridge 10", "gradient boosting", "cnn"], experiment: [0, 0, 0, 1], unfinished: { KILLED: [1], RUNNING: [3] } },
  terms: {
    kind: ["metric", "parameter", "parameter", "parameter", "tag", "tag"],
    key: ["val/loss", "model", "model", "id", "team", "it's"],
    value: [null, null, "ridge", null, null, "o'neil"],
    runs: [3, 3, 2, 1, 1, 1],
    experiment: [0, 0, 0, 0, 1, 1],
  },
};
const entries = finder.prepare(SHARD);
const texts = (query, limits) => finder.search(entries, query, limits).map((one) => one.text);

test("all words must be there, in any case and order", () => {
  assert.deepEqual(texts("QUALITY wine"), ["wine quality"]);
  assert.deepEqual(texts("wine digits"), []);
  assert.deepEqual(texts("   "), []);
});

test("what begins with the word comes before what holds it, kinds in their order", () => {
  assert.deepEqual(texts("ridge"), ["ridge 1", "ridge 10", "model = ridge"]);
  assert.deepEqual(texts("in"), ["wine quality", "gradient boosting"]);
});

test("just what was asked for comes first, whatever its kind", () => {
  assert.deepEqual(texts("id"), ["id", "model = ridge", "ridge 1", "ridge 10"]);
  assert.deepEqual(texts("Ridge 10"), ["ridge 10"]);
});

test("a registered model is found by its name, and leads to its page", () => {
  const [model, ...others] = finder.search(entries, "somm");
  assert.deepEqual([model.kind, model.text, model.detail, model.href], ["model", "sommelier", "3 versions, champion is 2", "models/5f21f5864ff9.html"]);
  assert.deepEqual(others, []);
});

test("a report is found by its title", () => {
  const [report, ...others] = finder.search(entries, "chab");
  assert.deepEqual([report.kind, report.text, report.detail, report.href], ["report", "About Chablis", "Ada", "reports/on-wine.html"]);
  assert.deepEqual(others, []);
});

test("spaces around an equals sign don't matter", () => {
  for (const query of ["model=ridge", "model = ridge", "MODEL= ri"]) assert.deepEqual(texts(query), ["model = ridge"]);
});

test("runs that did not finish are found by what became of them", () => {
  assert.deepEqual(["killed", "Stopped", "running", "failed"].map((query) => texts(query)), [["ridge 10"], ["ridge 10"], ["cnn"], []]);
});

test("a run is found by the beginning of its id, from four signs on", () => {
  assert.deepEqual(texts("a1b2c3"), ["ridge 1"]);
  assert.deepEqual(texts("a1b"), []);
});

test("each kind has a limit of its own", () => {
  const limits = { experiment: 0, run: 1, parameter: 0, metric: 0, tag: 0 };
  assert.deepEqual(texts("ridge", limits), ["ridge 1"]);
});

test("a parameter's value leads to the runs that have it, a name to those that have any", () => {
  const [value] = finder.search(entries, "model = ridge");
  assert.equal(value.href, "experiments/e1.html#filter=params.model+%3D+%27ridge%27");
  assert.equal(value.detail, "2 runs of wine quality");
  const [metric] = finder.search(entries, "loss");
  assert.equal(new URLSearchParams(metric.href.split("#")[1]).get("filter"), "metrics.`val/loss` IS NOT NULL");
});

test("names and values that need quotes get them", () => {
  assert.equal(finder.filterOf("tag", "it's", "o'neil"), "tags.`it's` = 'o''neil'");
  assert.equal(finder.filterOf("parameter", "a`b", "x"), "params.`a``b` = 'x'");
});

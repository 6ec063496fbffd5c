"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { groupRuns, gather, usualChoice, choices, furtherChoices, groupRow, groupRows } = require("../../templates/assets/js/compare/compare-groups.js");
const { textRows, leadMetric, changeWords } = require("../../templates/assets/js/compare/compare-rows.js");

const run = (params, metrics = {}, { tags = {}, experiment = "wine", primary = null, status = "FINISHED", start = 0, id = "" } = {}) => ({
  id,
  status,
  start,
  params,
  tags,
  primary,
  experiment: { name: experiment },
  metrics: Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last, direction: "down" }])),
});
const seeds = (model, losses) => losses.map((loss, seed) => run({ model, seed: String(seed) }, { loss }));

test("runs are grouped by a parameter, a tag or their experiment, in the order they come", () => {
  const runs = [run({ m: "b" }), run({ m: "a" }, {}, { tags: { t: "1" } }), run({ m: "b" }, {}, { experiment: "other" })];
  const shape = (choice) => groupRuns(runs, choice).map((group) => [group.label, group.runs.length]);
  assert.deepEqual(shape("params.m"), [["m = b", 2], ["m = a", 1]]);
  assert.deepEqual(shape("tags.t"), [["t = not set", 2], ["t = 1", 1]]);
  assert.deepEqual(shape("experiment"), [["experiment = wine", 2], ["experiment = other", 1]]);
});

test("keys separated by commas group by all of them", () => {
  const runs = [run({ m: "a", "x,y": "1" }), run({ m: "a", "x,y": "2" }), run({ m: "a" }, {}, { status: "KILLED" }), run({ m: "a", "x,y": "1" })];
  const labels = (choice) => groupRuns(runs, choice)?.map((group) => group.label) ?? null;
  assert.deepEqual(labels("params.m,params.x%2Cy"), ["m = a, x,y = 1", "m = a, x,y = 2", "m = a, x,y = not set"]);
  assert.deepEqual(labels("attributes.status"), ["status = FINISHED", "status = KILLED"]);
  assert.equal(labels("params.m,params.none"), null);
});

test("a grouping can be made finer, up to three keys", () => {
  const all = [["none", "nothing"], ["params.a", "a"], ["params.b", "b"], ["-params.a", "all but a"], ["tags.t", "tag t"]];
  assert.deepEqual(furtherChoices(all, "none"), []);
  assert.deepEqual(furtherChoices(all, "-params.a"), []);
  assert.deepEqual(furtherChoices(all, "params.a"), [["params.a", [["params.a,params.b", "b"], ["params.a,tags.t", "tag t"]]]]);
  assert.deepEqual(furtherChoices(all, "params.a,tags.t").at(-1), ["params.a,tags.t", [["params.a,tags.t,params.b", "b"]]]);
  assert.equal(furtherChoices(all, "params.a,tags.t,params.b").length, 2);
});

test("groups take their colours by their earliest run, or as their experiment's table counts them", () => {
  const runs = [run({ m: "late" }, {}, { start: 9, id: "x" }), run({ m: "early" }, {}, { start: 2, id: "y" })];
  const colors = (numbers) => groupRuns(runs, "params.m", numbers).map(({ label, color, dash }) => [label, color, dash]);
  assert.deepEqual(colors(null), [["m = late", 1, 0], ["m = early", 0, 0]]);
  assert.deepEqual(colors(new Map([["x", 3], ["y", 12]])), [["m = late", 3, 0], ["m = early", 2, 1]]);
});

test("runs that broke off count in no mean, and a group of these alone is not the best", () => {
  const off = (model, loss) => run({ model }, { loss }, { status: "KILLED" });
  const groups = groupRuns([...seeds("a", [3, 4]), off("a", 0), ...seeds("b", [5]), off("c", 0)], "params.model");
  const row = groupRow(groups, 0, "loss");
  assert.deepEqual(row.summaries.map((one) => [one.n, one.mean]), [[2, 3.5], [1, 5], [1, 0]]);
  assert.deepEqual([row.best, row.counts], [3.5, [true, true, false]]);
});

test("a minus groups by all parameters that differ but one", () => {
  const runs = [...seeds("gb", [1, 2]), ...seeds("rf", [3])];
  assert.deepEqual(groupRuns(runs, "-params.seed").map((group) => group.label), ["model = gb", "model = rf"]);
  assert.deepEqual(groupRuns(seeds("gb", [1, 2]), "-params.seed").map((group) => group.label), ["all runs"]);
});

test("what the runs don't have groups nothing", () => {
  for (const choice of ["none", "", undefined, "params.other", "metrics.loss", "params.__proto__"]) assert.equal(groupRuns([run({ m: "a" })], choice), null);
});

test("a name with dots and a missing value make groups like others", () => {
  const groups = groupRuns([run({ "a.b": "1" }), run({}), run({ "a.b": "null" })], "params.a.b");
  assert.deepEqual(groups.map((group) => group.label), ["a.b = 1", "a.b = not set", "a.b = null"]);
});

test("seeds are grouped unless they tell nothing", () => {
  assert.equal(usualChoice(seeds("gb", [1, 2])), "-params.seed");
  assert.equal(usualChoice([run({ model: "a", seed: "1" }), run({ model: "b", seed: "2" })]), "none");
  assert.equal(usualChoice([run({ model: "a", hidden_state: "1" }), run({ model: "a", hidden_state: "2" })]), "none");
  assert.equal(usualChoice([run({ random_state: "1" }), run({ random_state: "2" })]), "-params.random_state");
});

test("one can group by what differs, and by all but that", () => {
  const found = choices([...seeds("gb", [1, 2]), ...seeds("rf", [3])]).map(([value]) => value);
  assert.deepEqual(found, ["none", "-params.seed", "params.model", "-params.model"]);
});

test("groups compare by their means, and call noise noise", () => {
  const groups = groupRuns([...seeds("a", [1, 1.1, 0.9, 1.05, 0.95]), ...seeds("b", [0.5, 0.6, 0.4, 0.55, 0.45]), ...seeds("c", [0.97, 1.06, 0.9, 1.1, 1])], "params.model");
  const row = groupRow(groups, 0, "loss");
  assert.equal(row.best, row.summaries[1].mean);
  assert.deepEqual(row.differences.map((one) => one && [one.verdict, one.withinNoise]), [null, ["better", false], [null, true]]);
  assert.ok(Math.abs(row.differences[1].share + 0.5) < 1e-12);
  assert.match(row.differences[1].method, /Welch/);
});

test("two runs a group are too few to tell, and get no verdict", () => {
  const row = groupRow(groupRuns([...seeds("a", [1, 1]), ...seeds("b", [0.5, 0.5])], "params.model"), 0, "loss");
  assert.deepEqual([row.differences[1].verdict, row.differences[1].withinNoise, row.differences[1].low], [null, null, null]);
});

test("a metric that a group lacks has no difference there", () => {
  const runs = [...seeds("a", [1, 2, 3]), run({ model: "b", seed: "0" }, { other: 1 })];
  const [loss, other] = groupRows(groupRuns(runs, "params.model"), 0);
  assert.deepEqual([loss.key, loss.summaries[1].mean, loss.differences[1]], ["loss", null, null]);
  assert.deepEqual([other.key, other.differences[1]], ["other", null]);
});

test("a group shows the values of its runs", () => {
  const runs = [...seeds("a", [1, 2]), run({ model: "b" })];
  const groups = groupRuns(runs, "params.model");
  const seed = textRows(runs, "params").find((row) => row.key === "seed");
  assert.deepEqual(gather(seed, { runs, groups }).values, ["0, 1", null]);
  const many = seeds("a", [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(gather(textRows(many, "params")[0], { runs: many, groups: groupRuns(many, "params.model") }).values, ["7 values"]);
});

test("the verdict is about a metric that all have, the primary one first", () => {
  assert.equal(leadMetric([run({}, { a: 1, b: 1 }, { primary: "b" }), run({}, { a: 1, b: 1 }, { primary: "a" })]), "b");
  assert.equal(leadMetric([run({}, { a: 1 }, { primary: "a" }), run({}, { c: 1 })]), null);
  assert.equal(leadMetric([run({}, { a: 1, c: 1 }, { primary: "a" }), run({}, { c: 1 })]), "c");
});

test("a change in words", () => {
  const write = String;
  assert.equal(changeWords({ amount: -0.2, share: -0.2213 }, write), "22 % lower than");
  assert.equal(changeWords({ amount: 0.02, share: 0.0213 }, write), "2.1 % higher than");
  assert.equal(changeWords({ amount: 3, share: null }, write), "3 higher than");
  assert.equal(changeWords({ amount: 300, share: 30 }, write), "300 higher than");
  assert.equal(changeWords({ amount: 0, share: 0 }, write), "the same as");
});

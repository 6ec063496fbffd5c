const assert = require("node:assert");
const { test } = require("node:test");

const { sound, countRuns } = require("../../templates/assets/js/workspace/workspace-rows.js");
const { loadWhole } = require("../../templates/assets/js/workspace/workspace-model.js");
const { model, viewer, parseSort, formatSort, parseAggregates, shorten, drawn } = require("../../templates/assets/js/workspace/workspace.js");

const descriptor = (key, kind, more = {}) => ({ key, title: key, name: key.slice(key.indexOf(".") + 1), group: "Metrics", kind, direction: null, constant: false, shown: true, ...more });

// Six runs: a sweep without the metric with two children, one broken off, one not a number.
const shard = (changes = {}) => ({
  id: "e1",
  name: "wine",
  primary: "rmse",
  colors: [2, 2],
  curves: ["rmse"],
  count: 6,
  runs: {
    id: ["aaaaaaaa00000000", "aaaaaaaa11111111", "bbbbbbbb00000000", "cccccccc00000000", "dddddddd00000000", "eeeeeeee00000000"],
    name: ["sweep", "depth 10", "depth 2", "linear", "broken", "odd"],
  },
  starts: { first: 1000, steps: [1, 2, 3, 4, 5] },
  parents: [-1, 0, 0, -1, -1, -1],
  rank: [2, 3, 1, 4, 0, 5],
  columns: [
    descriptor("attributes.name", "text", { group: "Run" }),
    descriptor("attributes.status", "status", { group: "Run" }),
    descriptor("attributes.start", "time", { group: "Run" }),
    descriptor("metrics.rmse", "number", { direction: "down" }),
    descriptor("params.depth", "number", { group: "Parameters" }),
    descriptor("params.__proto__", "text", { group: "Parameters", shown: false }),
    descriptor("tags.seed", "text", { group: "Tags", shown: false }),
  ],
  data: {
    "attributes.status": { words: ["FINISHED", "FAILED"], letters: "AAAABA" },
    "metrics.rmse": { values: [null, 0.7, 0.5, 0.6, 0.1, "NaN"] },
    "params.depth": { words: [10, 2], letters: ".AB..." },
    ["params.__proto__"]: { words: ["x"], letters: "A....." },
    "tags.seed": { words: ["1", "2"], letters: "AABBAB" },
  },
  aggregates: { "metrics.rmse": { min: { values: [null, 0.2, 0.4, 0.6, 0.1, 0.3] }, max: "last", mean: "last", first: "last", count: { same: 3 } } },
  texts: { "params.depth": { words: ["10.0"], letters: ".A...." } },
  numbers: {},
  datasets: { words: [[["wine", "d1", null]]], letters: "A....." },
  more: false,
  ...changes,
});

const filter = {
  parse: (text) => (text === "?" ? { tree: null, error: { message: "no" } } : { tree: text, error: null }),
  compile: (tree, source) => {
    const { numbers } = source.column("metrics", "rmse", "last");
    return (index) => numbers[index] !== null && numbers[index] < Number(tree);
  },
};

const view = (state, runs = model(shard())) => viewer(runs, filter)(state, 0, null);
const named = (runs, rows) => rows.map((index) => runs.names[index]);

test("columns are read as they were written", () => {
  const runs = model(shard());
  assert.deepEqual(runs.starts, [1000, 1001, 1003, 1006, 1010, 1015]);
  assert.deepEqual(runs.column("metrics.rmse").values, [null, 0.7, 0.5, 0.6, 0.1, NaN]);
  assert.deepEqual(runs.column("params.depth").values, [null, 10, 2, null, null, null]);
  assert.deepEqual(runs.column("params.depth").texts, [null, "10.0", "2", null, null, null]);
  assert.deepEqual(runs.column("params.__proto__").values, ["x", null, null, null, null, null]);
  assert.equal(runs.column("params.toString"), null);
  assert.deepEqual(runs.statuses, ["FINISHED", "FINISHED", "FINISHED", "FINISHED", "FAILED", "FINISHED"]);
});

test("runs have stable colours, and dashes when colours come round again", () => {
  const runs = model(shard());
  assert.deepEqual(runs.colors, [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(runs.dashes, [0, 0, 1, 1, 0, 0]);
});

test("a metric has its aggregates, the best by its direction", () => {
  const runs = model(shard());
  assert.deepEqual(runs.metric("rmse", "best"), runs.metric("rmse", "min"));
  assert.deepEqual(runs.metric("rmse", "max"), runs.metric("rmse"));
  assert.deepEqual(runs.column("metrics.rmse.min").values[1], 0.2);
  assert.equal(runs.metric("other"), null);
  assert.equal(runs.direction("rmse"), "down");
});

test("a filter finds what it asks for", () => {
  const source = model(shard()).source();
  assert.deepEqual(source.column("attributes", "run_name").texts[3], "linear");
  assert.deepEqual(source.column("attributes", "parent_id").texts[1], "aaaaaaaa00000000");
  assert.deepEqual(source.column("attributes", "start_time").numbers[1], 1001);
  assert.deepEqual(source.column("params", "depth").texts[1], "10.0");
  assert.deepEqual(source.column("datasets", "name").lists.slice(0, 2), [["wine"], []]);
  assert.equal(source.column("tags", "none"), null);
});

test("without a wish the best come first, and a sweep stands where its best child does", () => {
  const runs = model(shard());
  assert.deepEqual(named(runs, view({}, runs).rows), ["sweep", "depth 2", "depth 10", "linear", "broken", "odd"]);
});

test("children are sorted within their parent", () => {
  const runs = model(shard());
  assert.deepEqual(named(runs, view({ sort: "attributes.name" }, runs).rows), ["broken", "linear", "odd", "sweep", "depth 2", "depth 10"]);
  assert.deepEqual(named(runs, view({ sort: "-attributes.name" }, runs).rows), ["sweep", "depth 10", "depth 2", "odd", "linear", "broken"]);
});

test("numbers sort as numbers, NaN after them and what is missing last, whatever the direction", () => {
  const runs = model(shard({ parents: null }));
  assert.deepEqual(named(runs, view({ sort: "metrics.rmse" }, runs).rows), ["broken", "depth 2", "linear", "depth 10", "odd", "sweep"]);
  assert.deepEqual(named(runs, view({ sort: "-metrics.rmse" }, runs).rows), ["depth 10", "linear", "depth 2", "broken", "odd", "sweep"]);
});

test("an attribute may be named alone, as older links do", () => {
  const runs = model(shard({ parents: null }));
  const found = view({ sort: "-name" }, runs);
  assert.equal(runs.names[found.rows[0]], "sweep");
  assert.deepEqual(found.sort, [{ key: "attributes.name", descending: true }]);
});

test("a second column breaks the ties of the first", () => {
  const runs = model(shard({ parents: null }));
  assert.deepEqual(named(runs, view({ sort: "tags.seed,-metrics.rmse" }, runs).rows), ["depth 10", "broken", "sweep", "linear", "depth 2", "odd"]);
});

test("a parent of a run that matches stays as context", () => {
  const runs = model(shard());
  const found = view({ filter: "0.55" }, runs);
  assert.deepEqual(found.lines.map(({ run, depth, context }) => [runs.names[run], depth, context]), [["sweep", 0, true], ["depth 2", 1, false], ["broken", 0, false]]);
  assert.deepEqual(named(runs, found.rows), ["depth 2", "broken"]);
});

test("a filter that is wrong says so and hides nothing", () => {
  const found = view({ filter: "?" });
  assert.equal(found.error.message, "no");
  assert.equal(found.rows.length, 6);
});

test("a search finds every word in any column and case", () => {
  const runs = model(shard());
  assert.deepEqual(named(runs, view({ q: "FAILED brok" }, runs).rows), ["broken"]);
  assert.deepEqual(named(runs, view({ q: "10.0" }, runs).rows), ["depth 10"]);
});

test("pinned runs come first, hidden ones not at all, and count only where they match", () => {
  const runs = model(shard());
  const found = view({ top: "eeeeeeee,cccccccc", hide: "bbbbbbbb,cccccccc", filter: "0.3" }, runs);
  assert.deepEqual(named(runs, found.rows), ["broken"]);
  assert.deepEqual([...found.hidden], [2, 3]);
  assert.deepEqual(found.pinned, [5]);
  assert.deepEqual([...found.aside], [5]);
  const all = view({ top: "eeeeeeee" }, runs);
  assert.equal(all.rows[0], 5);
  assert.equal(all.aside.size, 0);
});

test("runs are named by unique beginnings of ids, old links by whole ids", () => {
  const runs = model(shard());
  assert.deepEqual(view({ runs: "bbbbbbbb,cccccccc00000000,aaaaaaaa,zzzzzzzz,aaaaaaaa11111111" }, runs).selected, [2, 3, 1]);
  const short = shorten(runs.ids);
  assert.deepEqual([0, 2].map(short), ["aaaaaaaa00000000", "bbbbbbbb"]);
  assert.deepEqual(named(runs, view({ runs: "*,-bbbbbbbb", filter: "0.65" }, runs).selected), ["linear", "broken"]);
});

test("groups have their members, and colours that do not depend on the filter", () => {
  const runs = model(shard());
  const all = view({ group: "tags.seed" }, runs);
  assert.deepEqual(all.groups.map(({ label, members }) => [label, named(runs, members)]), [["2", ["depth 2", "linear", "odd"]], ["1", ["depth 10", "broken", "sweep"]]]);
  const some = view({ group: "tags.seed", filter: "0.65", hide: "dddddddd" }, runs);
  assert.deepEqual(some.groups.map(({ label, color }) => [label, color]), [["2", all.groups[0].color]]);
  assert.equal(view({}, runs).groups, null);
  assert.equal(view({ group: "params.none" }, runs).groups, null);
});

test("a group is told by what its runs lack", () => {
  const labels = (group) => view({ group }).groups.map(({ label }) => label);
  assert.deepEqual(labels("params.depth").sort(), ["10", "2", "depth not set"]);
  assert.ok(labels("tags.seed,params.depth").includes("seed 1, depth not set"));
});

test("how many runs there are tells of those that broke off", () => {
  const statuses = ["FINISHED", "FAILED", "KILLED", "RUNNING"];
  assert.equal(countRuns([0, 1, 2, 3], statuses), "4 runs, 2 broke off");
  assert.equal(countRuns([1, 2], statuses), "2 runs, all broke off");
  assert.equal(countRuns([1], statuses), "1 run, 1 broke off");
  assert.equal(countRuns([0, 3], statuses), "2 runs");
  assert.deepEqual(sound([0, 1, 2, 3], statuses), [0, 3]);
  assert.deepEqual(sound([1, 2], statuses), [1, 2]);
});

test("groups follow the sorting by their mean, without runs that broke off", () => {
  const labels = (sort) => view({ group: "tags.seed", sort }).groups.map(({ label }) => label);
  assert.deepEqual(labels("metrics.rmse"), ["2", "1"]);
  assert.deepEqual(labels("-metrics.rmse"), ["1", "2"]);
});

test("charts draw the selected runs, else the best that did not break off", () => {
  const runs = model(shard());
  assert.deepEqual(named(runs, drawn(runs, view({}, runs), 2, "rmse")), ["depth 2", "linear"]);
  assert.deepEqual(named(runs, drawn(runs, view({ runs: "dddddddd" }, runs), 2, "rmse")), ["broken"]);
});

test("a large experiment's other columns come with the second shard", () => {
  const whole = shard();
  const { "tags.seed": seed, ...data } = whole.data;
  const runs = model({ ...whole, data, aggregates: undefined, more: 2 });
  assert.equal(runs.column("tags.seed"), null);
  assert.equal(runs.metric("rmse", "min"), null);
  assert.equal(runs.complete(), false);
  const expected = model(whole);
  const [seeds, least] = [expected.column("tags.seed").values, expected.metric("rmse", "min")];
  const slice = (from, to) => ({
    count: to - from,
    data: { "tags.seed": { values: seeds.slice(from, to) } },
    aggregates: { "metrics.rmse": { min: { values: least.slice(from, to) }, max: "last", count: "last" } },
  });
  runs.absorb(slice(0, 2), slice(2, whole.count));
  assert.deepEqual(runs.column("tags.seed").values, seeds);
  assert.deepEqual(runs.metric("rmse", "min"), least);
  assert.deepEqual(runs.metric("rmse", "max"), runs.metric("rmse"));
  assert.equal(runs.complete(), true);
});

test("numbers are searched where most runs share them, however they are written", () => {
  const { data, ...whole } = shard({ columns: [...shard().columns, descriptor("params.fold", "number", { group: "Parameters", shown: false })] });
  const count = whole.count;
  const searched = (...pieces) => {
    const runs = model({ ...whole, data, more: pieces.length });
    runs.absorb(...pieces.map(([size, encoded]) => ({ count: size, data: { "params.fold": encoded }, aggregates: {} })));
    return runs.searchable().map((text) => / 7\b/.test(text));
  };
  const all = (...values) => values.map(Boolean);
  assert.equal(count, 6);
  assert.deepEqual(searched([6, { words: [7, 8], letters: "AAABBB" }]), all(1, 1, 1, 0, 0, 0));
  assert.deepEqual(searched([3, { same: 7 }], [3, { same: 8 }]), all(1, 1, 1, 0, 0, 0));
  assert.deepEqual(searched([3, null], [3, { same: 7 }]), all(0, 0, 0, 1, 1, 1));
  assert.deepEqual(searched([4, { words: [8, 7], letters: "AABB" }], [2, { values: [7, 8] }]), all(0, 0, 1, 1, 1, 0));
  assert.deepEqual(searched([6, { values: [7, 1, 2, 3, 4, 5] }]), all(0, 0, 0, 0, 0, 0));
  assert.deepEqual(searched([3, { same: 7 }], [3, { same: 7 }]), all(0, 0, 0, 0, 0, 0));
});

// The shard of the six runs in scripts of two, as a large experiment has them: best first.
const BEST_FIRST = [2, 3, 1, 4, 0, 5];
const scripts = (changes = {}) => {
  const whole = model(shard());
  const { runs, starts, parents, rank, data, ...first } = shard(changes);
  return [0, 2, 4].map((from, number) => {
    const rows = BEST_FIRST.slice(from, from + 2);
    const of = (values) => ({ values: rows.map((row) => (Number.isNaN(values[row]) ? "NaN" : values[row])) });
    return {
      ...(number ? {} : { ...first, total: 6, parts: 2 }),
      count: 2,
      runs: { id: rows.map((row) => runs.id[row]), name: rows.map((row) => runs.name[row]) },
      starts: { first: whole.starts[rows[0]], steps: [whole.starts[rows[1]] - whole.starts[rows[0]]] },
      parents: rows.map((row) => (parents[row] < 0 ? -1 : BEST_FIRST.indexOf(parents[row]))),
      marks: rows,
      data: Object.fromEntries(Object.keys(data).filter((key) => number < 2 || key !== "params.__proto__").map((key) => [key, of(whole.column(key).values)])),
      aggregates: { "metrics.rmse": number ? { min: of(whole.metric("rmse", "min")), max: "last", count: { same: 3 } } : { min: "last", max: "last", count: { same: 3 } } },
      texts: {},
      datasets: null,
    };
  });
};

test("a large experiment begins with its best runs", () => {
  const [first] = scripts();
  const runs = model(first);
  assert.deepEqual([runs.count, runs.total, runs.wholeRows()], [2, 6, false]);
  assert.deepEqual(named(runs, view({}, runs).rows), ["depth 2", "linear"]);
  assert.deepEqual([runs.parents, runs.colors], [[-1, -1], [0, 1]]);
});

test("once all runs of a large experiment are there, all else is as in one script", () => {
  const [first, ...rest] = scripts();
  const [runs, alone] = [model(first), model(shard())];
  const compute = viewer(runs, filter);
  compute({ hide: "aaaaaaaa00000000" }, 0, null);
  assert.equal(runs.index("aaaaaaaa00000000"), -1);
  runs.absorbRows(rest);
  assert.equal(runs.wholeRows(), true);
  const states = [{}, { sort: "metrics.rmse" }, { sort: "-metrics.rmse" }, { filter: "0.65" }, { q: "depth" }, { hide: "aaaaaaaa00000000" }, { runs: "eeeeeeee,cccccccc" }];
  for (const state of states) {
    const [found, expected] = [compute(state, 1, null), view(state, alone)];
    for (const part of ["rows", "selected"]) assert.deepEqual(named(runs, found[part]), named(alone, expected[part]), JSON.stringify(state));
  }
  const byId = (all, values) => Object.fromEntries(all.ids.map((id, index) => [id, values[index]]));
  for (const part of ["starts", "statuses", "colors", "dashes", "names"]) assert.deepEqual(byId(runs, runs[part]), byId(alone, alone[part]), part);
  const parents = (all) => byId(all, all.column("attributes.start") && all.parents.map((parent) => all.ids[parent] ?? null));
  assert.deepEqual(parents(runs), parents(alone));
  assert.deepEqual(byId(runs, runs.metric("rmse", "max")), byId(alone, alone.metric("rmse", "max")));
  assert.deepEqual(runs.metric("rmse", "min").slice(2), BEST_FIRST.slice(2).map((row) => alone.metric("rmse", "min")[row]));
});

test("a model is whole with the scripts of rows and, where columns are lacking, the others", async () => {
  const more = scripts().map(({ count, data, aggregates }) => ({ count, data: { "tags.seed": data["tags.seed"] }, aggregates }));
  const [first, ...rest] = scripts({ more: 3 }).map(({ data, ...one }) => ({ ...one, data: { ...data, "tags.seed": undefined } }));
  for (const one of [first, ...rest]) delete one.data["tags.seed"];
  const shards = { e: first, "e-rows-1": rest[0], "e-rows-2": rest[1], "e-more": more[0], "e-more-rows-1": more[1], "e-more-rows-2": more[2] };
  const asked = [];
  const load = async (name) => (asked.push(name), shards[name]);
  assert.equal((await loadWhole("e", load)).count, 6);
  assert.deepEqual(asked, ["e", "e-rows-1", "e-rows-2"]);
  const runs = await loadWhole("e", load, (all) => Boolean(all.column("tags.seed")));
  assert.deepEqual(runs.column("tags.seed").values, BEST_FIRST.map((row) => model(shard()).column("tags.seed").values[row]));
});

test("a sort order survives its text, with commas in names", () => {
  const keys = [{ key: "metrics.a,b%2C", descending: true }, { key: "params.lr", descending: false }];
  assert.deepEqual(parseSort(formatSort(keys)), keys);
  assert.deepEqual(parseSort(""), []);
});

test("an aggregate that there is none of leaves the last value", () => {
  assert.deepEqual([...parseAggregates("metrics.rmse.min,metrics.a%2Cb.mean")], [["metrics.rmse", "min"], ["metrics.a,b", "mean"]]);
  assert.deepEqual([...parseAggregates("metrics.rmse.foo,metrics.rmse.constructor,metrics.rmse,x")], []);
});

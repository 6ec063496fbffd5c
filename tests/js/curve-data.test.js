"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { makeLines } = require("../../templates/assets/js/curves/curve-data.js");
const { reduce } = require("../../templates/assets/js/curves/curve-ranges.js");
const { read } = require("../../templates/assets/js/curves/curve-settings.js");
const { exponential } = require("../../templates/assets/js/curves/curve-smoothing.js");

const PART = 2000;
const LENGTH = 10_000;
const all = Float64Array.from({ length: LENGTH }, (_, place) => Math.sin(place / 300) + (place % 13) / 20);

// A site of one long run with its parts, and of two short ones; `asked` lists what was loaded.
const makeSite = (extra = {}) => {
  const kept = reduce(all, 1000);
  const place = (step) => step / 10;
  const parts = Array.from({ length: LENGTH / PART }, (_, part) => [part * PART, (part + 1) * PART - 1, place(part * PART), place((part + 1) * PART - 1), PART]);
  const long = { total: LENGTH, step: kept, time: kept.map(place), value: kept.map((at) => all[at]), points: { values: "points/long/0", axis: "points/long/a0" }, parts };
  const short = (value, more) => ({ total: value.length, step: [...value.keys()], time: [...value.keys()], value, ...more });
  const runs = {
    long: { start: 1_000_000, curves: { loss: long } },
    one: { start: 2_000_000, curves: { loss: short([1, 2, NaN, 4], extra), epoch: short([0, 10, 20, 30]) } },
    two: { start: 3_000_000, curves: { loss: short([3, 4, 5]) } },
  };
  const asked = [];
  const load = async (name) => {
    asked.push(name);
    const [, id, part] = name.split("/");
    if (name.startsWith("runs/")) return runs[id];
    const from = Number(part.split("-")[1]) * PART;
    if (part.startsWith("a")) return { step: { from, by: 1, count: PART }, time: Array.from({ length: PART }, (_, at) => place(from + at)) };
    return { value: Array.from(all.slice(from, from + PART)) };
  };
  return { load, asked };
};

const line = (...members) => ({ id: members.join(), name: members.join(), color: 0, dash: 0, href: null, members });
const make = async (lines, fragment = {}, { grouped = false, extra } = {}) => {
  const site = makeSite(extra);
  const made = await makeLines({ lines, grouped }, "loss", read(fragment, "curve"), { usual: "step", load: site.load });
  return { ...made, asked: site.asked.filter((name) => name.startsWith("points/")) };
};

test("the whole of a long curve is drawn from its overview, and says of how many points", async () => {
  const made = await make([line("long")]);
  assert.deepEqual(made.asked, []);
  assert.equal(made.points.total, LENGTH);
  assert.ok(made.points.drawn <= 1000 && made.points.reduced && made.points.long);
});

test("a range is drawn from the full data, which is read where the range is", async () => {
  const made = await make([line("long")], { curverange: "2500~3000~step" });
  assert.deepEqual(made.asked, ["points/long/a0-1", "points/long/0-1"]);
  const [drawn] = made.lines;
  assert.deepEqual(made.points, { drawn: 501, total: 501, reduced: false, long: true, zoomed: true });
  for (let step = 2500; step <= 3000; step += 1) assert.equal(drawn.value[drawn.places.indexOf(step)], all[step]);
});

test("a range of time reads the parts of that time", async () => {
  assert.deepEqual((await make([line("long")], { curvex: "time", curverange: "900~910~time" })).asked, ["points/long/a0-4", "points/long/0-4"]);
  const wall = await make([line("long")], { curvex: "wall", curverange: "901000~911000~wall" });
  assert.deepEqual(wall.asked, ["points/long/a0-4", "points/long/0-4"]);
});

test("a range of another axis is none", async () => {
  assert.equal((await make([line("long")], { curverange: "2500~3000~time" })).range, null);
});

test("smoothing is over all points, with the raw line as ghost", async () => {
  const made = await make([line("long")], { curvesmooth: "ema-0.9" });
  assert.equal(made.asked.length, 10);
  const expected = exponential(all, 0.9);
  const [drawn] = made.lines;
  drawn.places.forEach((step, place) => assert.equal(drawn.value[place], expected[step]));
  drawn.ghost.places.forEach((step, place) => assert.equal(drawn.ghost.value[place], all[step]));
  assert.ok(drawn.places.length <= 1000 && drawn.ghost.places.length <= 1000);
});

test("a smoothed range is smooth over all points too", async () => {
  const made = await make([line("long")], { curvesmooth: "ema-0.9", curverange: "2500~2600~step" });
  const expected = exponential(all, 0.9);
  made.lines[0].places.forEach((step, place) => assert.equal(made.lines[0].value[place], expected[step]));
});

test("a group has its mean, and counts the runs at each place", async () => {
  const made = await make([line("one", "two")], {}, { grouped: true });
  assert.deepEqual(made.lines[0].value, [2, 3, 5, 4]);
  assert.deepEqual([...made.lines[0].band.n], [2, 2, 1, 1]);
});

test("a metric is drawn over the axis it names, unless another is asked for", async () => {
  const own = await make([line("one")], {}, { extra: { x: "epoch" } });
  assert.equal(own.kind, "metric.epoch");
  assert.deepEqual([...own.lines[0].places], [0, 10, 20, 30]);
  assert.equal((await make([line("one")], { curvex: "step" }, { extra: { x: "epoch" } })).kind, "step");
});

test("a run without the metric of the axis, or without this one, is left out", async () => {
  const made = await make([line("one"), line("two")], { curvex: "metric.epoch" });
  assert.deepEqual(made.lines.map(({ id }) => id), ["one"]);
});

test("names that objects inherit are no metrics", async () => {
  const made = await makeLines({ lines: [line("one")] }, "constructor", read({}, "curve"), { usual: "step", load: makeSite().load });
  assert.deepEqual([made.lines, made.whole], [[], null]);
});

test("a gap stays one, and is told from a missing value", async () => {
  const made = await make([line("one")]);
  assert.deepEqual(made.lines[0].value, [1, 2, NaN, 4]);
  assert.deepEqual(made.whole, [0, 3]);
});

test("where all points are too many, smoothing is over the overview and says so", async () => {
  const site = makeSite();
  const load = async (name) => {
    const shard = await site.load(name);
    return name === "runs/long" ? { ...shard, curves: { loss: { ...shard.curves.loss, total: 5e6 } } } : shard;
  };
  const made = await makeLines({ lines: [line("long")] }, "loss", read({ curvesmooth: "ema-0.5" }, "curve"), { usual: "step", load });
  assert.equal(made.partial, true);
  assert.deepEqual(made.points.reduced && made.points.total, 5e6);
  assert.deepEqual(site.asked, ["runs/long"]);
});

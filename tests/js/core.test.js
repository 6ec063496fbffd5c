"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const runfolio = require("../../templates/assets/js/site/core.js");

test("a registered shard is loaded without a script", async () => {
  runfolio.register("runs/0", '{"name":"a"}');
  assert.deepEqual(await runfolio.loadShard("runs/0"), { name: "a" });
});

test("curves of one axis get its steps and times back", async () => {
  runfolio.register("runs/1", '{"axes":[{"step":[0,1],"time":[0,2]}],"curves":{"a":{"axis":0,"value":[3,4]}}}');
  const { curves } = await runfolio.loadShard("runs/1");
  assert.deepEqual(curves.a, { axis: 0, value: [3, 4], step: [0, 1], time: [0, 2] });
});

test("only scripts of the site's own data and assets may run", () => {
  for (const path of ["data/runs/0a.js", "../data/experiments/1.js", "assets/vega.0123.js"]) {
    assert.equal(runfolio.isOwnScript(path), true, path);
  }
  for (const path of ["https://x/data/a.js", "//x/data/a.js", "data/../../x.js", "data/a.html", "javascript:alert(1)//data/a.js", "../../data/a.js"]) {
    assert.equal(runfolio.isOwnScript(path), false, path);
  }
});

test("numbers that JSON can't hold come as text", () => {
  assert.equal(runfolio.number("Infinity"), Infinity);
  assert.ok(Number.isNaN(runfolio.number("NaN")));
  assert.equal(runfolio.number(null), null);
});

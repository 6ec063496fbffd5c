"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const runfolio = require("../../templates/assets/js/site/core.js");

test("a registered shard is loaded without a script", async () => {
  runfolio.register("runs/0", '{"name":"a"}');
  assert.deepEqual(await runfolio.loadShard("runs/0"), { name: "a" });
});

test("the shards of a folder are read in their own way", async () => {
  runfolio.readShards("ones", ({ number }) => number + 1);
  runfolio.register("ones/1", '{"number":1}');
  assert.equal(await runfolio.loadShard("ones/1"), 2);
});

test("only scripts of the site's own data and assets may run", () => {
  for (const path of ["data/runs/0a.js", "../data/experiments/1.js", "assets/vega.0123.js"]) {
    assert.equal(runfolio.isOwnScript(path), true, path);
  }
  for (const path of ["https://x/data/a.js", "//x/data/a.js", "data/../../x.js", "data/a.html", "javascript:alert(1)//data/a.js", "../../data/a.js"]) {
    assert.equal(runfolio.isOwnScript(path), false, path);
  }
});

test("what deceives shows as its code, as in Python", () => {
  for (const [text, shown] of require("../vectors/deceiving.json")) assert.equal(runfolio.marked(text), shown);
});

"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

// A page that is one file: what it has to load is there, and the rest of the site isn't.
const body = { dataset: { alone: "", root: "" } };
const made = (tag) => {
  const element = { tag, attributes: {}, setAttribute: (name, value) => (element.attributes[name] = value), append: () => {} };
  return element;
};
globalThis.document = { body, createElement: made };
const runfolio = require("../../templates/assets/js/site/core.js");

test("a page in one file loads nothing", async () => {
  await runfolio.loadScript("");
  await assert.rejects(runfolio.loadScript("assets/vega.0.js"), /not in this file/);
  await assert.rejects(runfolio.loadShard("runs/0"), /not in this file/);
  runfolio.register("runs/1", '{"name":"a"}');
  assert.deepEqual(await runfolio.loadShard("runs/1"), { name: "a" });
});

test("it makes no link to other pages", () => {
  const linked = (href) => runfolio.make("a", { href }).attributes.href;
  for (const href of ["runs/0.html", "../index.html", "compare.html#runs=a", "javascript:alert(1)", "//a.org"]) assert.equal(linked(href), undefined);
  for (const href of ["#curves", "https://a.org/x", "data:text/plain,x", "blob:null/1", "mailto:a@b.c"]) assert.equal(linked(href), href);
});

test("a page of a site links as it is told to", () => {
  delete body.dataset.alone;
  assert.equal(runfolio.standsAlone(), false);
  assert.equal(runfolio.make("a", { href: "runs/0.html" }).attributes.href, "runs/0.html");
});

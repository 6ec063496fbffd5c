"use strict";

const test = require("node:test");
const assert = require("node:assert");
const { concerns, isBusy } = require("../../templates/assets/js/serve/live.js");

const CALM = { typing: false, dialog: false, selecting: false, pressed: false, since: Infinity };

test("a change concerns a page that has loaded one of its files", () => {
  const loaded = new Set(["/runs/a.html", "/data/runs/a.js", "/data/experiments/e-order.js"]);
  assert.equal(concerns(["/data/runs/a.js", "/index.html"], loaded), true);
  assert.equal(concerns(["/runs/b.html", "/index.html"], loaded), false);
  assert.equal(concerns([], loaded), false);
});

test("what may be anything concerns every page", () => assert.equal(concerns(null, new Set()), true));

test("the ranks of other runs are no reason to show a page anew", () => {
  assert.equal(concerns(["/data/experiments/e-order.js"], new Set(["/data/experiments/e-order.js"])), false);
});

test("nobody is interrupted", () => {
  assert.equal(isBusy(CALM), false);
  for (const busy of ["dialog", "selecting", "pressed"]) assert.equal(isBusy({ ...CALM, [busy]: true }), true);
  assert.equal(isBusy({ ...CALM, since: 100 }), true);
  assert.equal(isBusy({ ...CALM, typing: true, since: 10_000 }), true);
  assert.equal(isBusy({ ...CALM, typing: true }), false, "a field that was left alone keeps nobody waiting");
});

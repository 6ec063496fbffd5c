"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const state = require("../../templates/assets/js/site/state.js");

test("a fragment becomes an object of texts", () => {
  const parsed = state.parse("#q=gb%20300&sort=-metrics.rmse");
  assert.equal(parsed.q, "gb 300");
  assert.equal(parsed.sort, "-metrics.rmse");
});

test("a fragment that names a place on the page is no state", () => {
  assert.deepEqual(Object.keys(state.parse("#overview")), []);
  assert.deepEqual(Object.keys(state.parse("")), []);
});

test("names that objects inherit are plain keys", () => {
  const parsed = state.parse("#__proto__=x&constructor=y");
  assert.equal(parsed.__proto__, "x");
  assert.equal({}.x, undefined);
  assert.equal(parsed.constructor, "y");
});

test("formatting sorts the names and leaves out what is empty", () => {
  assert.equal(state.format({ sort: "a", q: "", runs: "1,2", x: null }), "#runs=1%2C2&sort=a");
  assert.equal(state.format({}), "");
});

test("what is formatted is parsed back", () => {
  const view = { q: "a=b&c #%+ü", columns: '["metrics.x y"]' };
  assert.deepEqual({ ...state.parse(state.format(view)) }, view);
});

test("a list leaves out what is empty", () => {
  assert.deepEqual(state.list("a,,b,"), ["a", "b"]);
  assert.deepEqual(state.list(undefined), []);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { fillSpec } = require("../../templates/assets/js/charts/chart-host.js");

const spec = {
  width: 1,
  axes: [{ title: "__x__", note: "about __x__" }, { title: "__y__" }],
  data: [{ name: "rows" }, { name: "derived", source: "rows" }],
  signals: [{ name: "emphasis", value: [] }, { name: "least_step", value: 1 }],
};

test("titles, data, parameters and size are filled in", () => {
  const filled = fillSpec(spec, { titles: { __x__: "step", __y__: "loss" }, data: { rows: [{ run: "a" }] }, signals: { least_step: 0 }, width: 300, height: 200 });
  assert.deepEqual(filled.axes, [{ title: "step", note: "about __x__" }, { title: "loss" }]);
  assert.deepEqual(filled.data, [{ name: "rows", values: [{ run: "a" }] }, { name: "derived", source: "rows" }]);
  assert.deepEqual(filled.signals, [{ name: "emphasis", value: [] }, { name: "least_step", value: 0 }]);
  assert.deepEqual([filled.width, filled.height], [300, 200]);
});

test("the spec itself stays as it was", () => {
  const before = structuredClone(spec);
  fillSpec(spec, { titles: { __x__: "step" }, data: { rows: [1] }, signals: { emphasis: ["a"] }, width: 2, height: 2 });
  assert.deepEqual(spec, before);
});

test("a title is text, whatever it says", () => {
  const filled = fillSpec(spec, { titles: { __x__: '{"signal": "1"}', __y__: "__x__" } });
  assert.deepEqual(filled.axes.map((axis) => axis.title), ['{"signal": "1"}', "__x__"]);
});

test("names that objects inherit are no titles", () => {
  assert.equal(fillSpec({ data: [], title: "constructor" }, {}).title, "constructor");
  for (const title of ["constructor", "toString", "__proto__"]) assert.equal(fillSpec({ data: [], title: "__x__" }, { titles: { __x__: title } }).title, `${title} `);
});

test("texts of titles, data and parameters show what deceives, and data without such is as it was", () => {
  const spec = { title: "__x__", data: [{ name: "rows" }], signals: [{ name: "emphasis", value: [] }] };
  const plain = { run: "b", value: 1 };
  const rows = [{ run: "a\u202e", value: null, tip: ["c\u200b"] }, plain];
  const filled = fillSpec(spec, { titles: { __x__: "lo\u00adss" }, data: { rows }, signals: { emphasis: ["a\u202e"] }, width: 1, height: 1 });
  assert.equal(filled.title, "lo⟨U+00AD⟩ss");
  assert.deepEqual(filled.data[0].values, [{ run: "a⟨U+202E⟩", value: null, tip: ["c⟨U+200B⟩"] }, plain]);
  assert.equal(filled.data[0].values[1], plain);
  assert.deepEqual(filled.signals[0].value, ["a⟨U+202E⟩"]);
});

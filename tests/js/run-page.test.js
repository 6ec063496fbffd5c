"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

const script = (name) => require(`../../templates/assets/js/${name}.js`);
const { around, known, pack } = script("site/order");
const { order, toNumber } = script("site/sortable");
const { allowed, tagOf } = script("site/nodes");
const { move } = script("run/run-tabs");
const { buildTree, sorted, formatBytes } = script("run/run-files");
const { search } = script("run/run");

const ids = ["a", "b", "c"].map((letter) => letter.repeat(16));

test("a run's neighbours are those of the table", () => {
  assert.deepEqual(around(ids, ids[1]), { place: 2, count: 3, previous: ids[0], next: ids[2] });
  assert.deepEqual(around(ids, ids[0]), { place: 1, count: 3, previous: null, next: ids[1] });
  assert.deepEqual(around(ids, ids[2]).next, null);
  assert.equal(around(ids, "d".repeat(16)), null);
  assert.equal(around([], ids[0]), null);
});

test("only ids come back from what was kept", () => {
  assert.deepEqual(known(pack(ids)), ids);
  assert.deepEqual(known(`${ids[0]},javascript:alert(1),../x`), [ids[0]]);
  assert.deepEqual(known(null), []);
});

test("numbers sort as numbers, texts naturally, nothing last", () => {
  const texts = ["10", "—", "9.5", "1,234", "∞", "-∞", "x2", "x10", "NaN"];
  const by = (descending) => order(texts, descending).map((place) => texts[place]);
  assert.deepEqual(by(false), ["-∞", "9.5", "10", "1,234", "∞", "x2", "x10", "—", "NaN"]);
  assert.deepEqual(by(true), ["∞", "1,234", "10", "9.5", "-∞", "x10", "x2", "—", "NaN"]);
});

test("names that objects inherit sort as texts", () => {
  const texts = ["toString", "b", "constructor", "1", "__proto__"];
  assert.deepEqual(order(texts, false).map((place) => texts[place]), ["1", "__proto__", "b", "constructor", "toString"]);
});

test("equal values keep their places both ways", () => {
  assert.deepEqual(order(["1", "1", "0"], false), [2, 0, 1]);
  assert.deepEqual(order(["1", "1", "0"], true), [0, 1, 2]);
});

test("texts that begin with a number count as it", () => {
  assert.equal(toNumber("1,234,567"), 1234567);
  assert.equal(toNumber("6, 1 NaN"), 6);
  assert.equal(toNumber("1.5e-7"), 1.5e-7);
  assert.deepEqual(["67 MB", "900 kB", "999 B"].map(toNumber), [67_000_000, 900_000, 999]);
});

test("a shard's markup can't do anything", () => {
  assert.equal(tagOf("script"), "span");
  assert.equal(tagOf("iframe"), "span");
  assert.equal(tagOf("pre"), "pre");
  assert.deepEqual(allowed("p", { onclick: "x", style: "y", class: "z" }), [["class", "z"]]);
  assert.deepEqual(allowed("a", { href: "javascript:alert(1)" }), []);
  assert.deepEqual(allowed("a", { href: "https://example.org" }), [["href", "https://example.org"], ["rel", "noopener noreferrer nofollow"]]);
  assert.deepEqual(allowed("img", { src: "https://example.org/x.png" }), []);
  assert.deepEqual(allowed("img", { src: "data:image/png;base64,AA" }), [["src", "data:image/png;base64,AA"]]);
});

test("arrow keys go round the tabs", () => {
  assert.equal(move("ArrowRight", 2, 3), 0);
  assert.equal(move("ArrowLeft", 0, 3), 2);
  assert.equal(move("End", 0, 3), 2);
  assert.equal(move("toString", 0, 3), null);
});

test("files form folders with sizes", () => {
  const tree = buildTree([
    { path: "a/b/x.txt", bytes: 10 },
    { path: "a/y10.txt", bytes: 5 },
    { path: "a/y9.txt", bytes: 1 },
    { path: "__proto__/z", bytes: 2 },
    { path: "top", bytes: 3 },
  ]);
  assert.equal(tree.bytes, 21);
  const { folders, files } = sorted(tree);
  assert.deepEqual(folders.map((one) => [one.name, one.bytes]), [["__proto__", 2], ["a", 16]]);
  assert.deepEqual(files.map((one) => one.name), ["top"]);
  assert.deepEqual(sorted(folders[1]).files.map((one) => one.name), ["y9.txt", "y10.txt"]);
});

test("sizes have three digits", () => {
  assert.deepEqual([0, 999, 1000, 1234, 12345, 999999, 5e9].map(formatBytes), ["0 B", "999 B", "1 kB", "1.23 kB", "12.3 kB", "1 MB", "5 GB"]);
});

test("packages are found by every word", () => {
  const lines = ["numpy==2.0", "scikit-learn==1.5", "scipy==1.0"];
  assert.deepEqual(search(lines, "SCI 1.0"), ["scipy==1.0"]);
  assert.deepEqual(search(lines, " "), lines);
});

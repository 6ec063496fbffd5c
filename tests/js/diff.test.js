"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { lines, countChanges, fold, sides, json, names } = require("../../templates/assets/js/compare/diff.js");

const written = (rows) => rows.map((row) => ({ same: " ", added: "+", removed: "-" })[row.kind] + row.text);
const side = (rows, dropped) => rows.filter((row) => row.kind !== dropped).map((row) => row.text);

let state = 11;
const random = (below) => {
  state = (state * 48271) % 2147483647;
  return state % below;
};
const randomLines = (most, kinds) => Array.from({ length: random(most) }, () => String(random(kinds)));

const longestCommon = (a, b) => {
  let row = new Array(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    b.forEach((other, place) => next.push(one === other ? row[place] + 1 : Math.max(row[place + 1], next[place])));
    row = next;
  }
  return row[b.length];
};

test("a changed line is removed and added", () => {
  assert.deepEqual(written(lines("a\nb\nc\n", "a\nx\nc\n")), [" a", "-b", "+x", " c"]);
  assert.deepEqual(countChanges(lines("a\nb", "a")), { added: 0, removed: 1 });
});

test("line numbers count in each text", () => {
  assert.deepEqual(lines("a\nc", "a\nb\nc").map((row) => [row.a, row.b]), [[1, 1], [null, 2], [2, 3]]);
});

test("a missing last line break, and nothing at all, are no lines", () => {
  assert.deepEqual(written(lines("a\n", "a")), [" a"]);
  assert.deepEqual(lines("", ""), []);
  assert.deepEqual(written(lines("", "a\nb")), ["+a", "+b"]);
});

test("both texts can be read off any difference, and no shorter one exists", () => {
  for (let trial = 0; trial < 400; trial += 1) {
    const [a, b] = [randomLines(24, 5), randomLines(24, 5)];
    const rows = lines(a.join("\n"), b.join("\n"));
    const [left, right] = [a, b].map((one) => (one.join("\n") === "" ? [] : one));
    assert.deepEqual(side(rows, "added"), left);
    assert.deepEqual(side(rows, "removed"), right);
    assert.equal(rows.filter((row) => row.kind === "same").length, longestCommon(left, right));
  }
});

test("long texts with much changed are told apart in time, by the lines both have once", () => {
  const a = Array.from({ length: 10000 }, (_, place) => (place % 3 ? `old ${random(4)}` : `line ${place}`));
  const b = Array.from({ length: 10000 }, (_, place) => (place % 3 ? `new ${random(4)}` : `line ${place}`));
  const rows = lines(a.join("\n"), b.join("\n"));
  assert.deepEqual(side(rows, "added"), a);
  assert.deepEqual(side(rows, "removed"), b);
  assert.equal(rows.filter((row) => row.kind === "same").length, 3334);
});

test("long texts that have nothing in common are replaced", () => {
  const a = Array.from({ length: 10000 }, (_, place) => `a${place}`).join("\n");
  const b = a.replaceAll("a", "b");
  assert.deepEqual(countChanges(lines(a, b)), { added: 10000, removed: 10000 });
});

test("what is far from a change is folded", () => {
  const a = Array.from({ length: 20 }, (_, place) => `line ${place}`);
  const rows = fold(lines(a.join("\n"), a.with(10, "else").join("\n")));
  assert.deepEqual(rows.map((row) => row.kind), ["fold", "same", "same", "same", "removed", "added", "same", "same", "same", "fold"]);
  assert.deepEqual([rows[0].count, rows.at(-1).count], [7, 6]);
});

test("a removed line faces the added one in its place", () => {
  const pairs = sides(lines("a\nb\nc", "a\nx\ny\nc"));
  assert.deepEqual(pairs.map((pair) => pair.map((one) => one && one.text)), [["a", "a"], ["b", "x"], [null, "y"], ["c", "c"]]);
});

test("JSON differs by path", () => {
  const found = json({ a: { b: [1, 2], c: "x" }, "odd key": 1 }, { a: { b: [1, 3, 4] }, "odd key": null });
  assert.deepEqual(found, [
    { path: "a.b[1]", a: "2", b: "3" },
    { path: "a.b[2]", a: null, b: "4" },
    { path: "a.c", a: '"x"', b: null },
    { path: '["odd key"]', a: "1", b: "null" },
  ]);
  assert.deepEqual(json([1], { 0: 1 }), [{ path: "(all of it)", a: "[1]", b: '{"0":1}' }]);
  assert.deepEqual(json({ x: 1 }, { x: 1 }), []);
});

test("names that objects inherit are names like others", () => {
  const before = JSON.parse('{"__proto__": "1", "numpy": "2.0"}');
  assert.deepEqual(names(before, { numpy: "2.1", constructor: "3" }), [
    { key: "__proto__", a: "1", b: null },
    { key: "constructor", a: null, b: "3" },
    { key: "numpy", a: "2.0", b: "2.1" },
  ]);
  assert.equal(names({ a: "1" }, { a: "1" }, { all: true }).length, 1);
  const odd = json(JSON.parse('{"__proto__": 1}'), {});
  assert.deepEqual(odd, [{ path: "__proto__", a: "1", b: null }]);
});

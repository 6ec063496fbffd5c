"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { automaton, compileLike } = require("../../templates/assets/js/filter/filter-patterns.js");

// Numbers that look random, the same at each call.
const random = (() => {
  let state = 1;
  return (below) => (state = (state * 48271) % 2147483647) % below;
})();
const draw = (letters, length) => Array.from({ length: random(length + 1) }, () => letters[random(letters.length)]).join("");

test("short and long patterns match alike", () => {
  let matched = 0;
  for (let round = 0; round < 5000; round += 1) {
    const [pattern, text] = [draw([..."ab%%__\n😀"], 8), draw([..."ab\n😀"], 8)];
    const expected = compileLike(pattern)(text);
    assert.equal(automaton(pattern)(text), expected, JSON.stringify([pattern, text]));
    matched += expected;
  }
  assert.ok(matched > 200);
});

test("a pattern's signs stand for themselves", () => {
  for (const sign of "\\^$.*+?()[]{}|/-&~") {
    assert.ok(compileLike(`%${sign}`)(`a${sign}`), sign);
    assert.ok(!compileLike(`%${sign}`)("ab"), sign);
  }
});

test("a pattern that matches nowhere takes no long time", () => {
  const text = "a".repeat(50_000);
  for (const pattern of [`${"%a".repeat(90)}b`, `${"%a".repeat(300)}b`, `%${"a".repeat(190)}b`, `${"%".repeat(40_000)}b`]) {
    const start = performance.now();
    assert.equal(compileLike(pattern)(text), false);
    assert.equal(compileLike(pattern, true)(text), false);
    // A tenth of a second at most; a pattern that backtracks would take for ever.
    assert.ok(performance.now() - start < 5000);
  }
});

test("letters are the same but for case as in the store's search", () => {
  for (const [a, b] of [["k", "\u212a"], ["ſ", "S"], ["İ", "i"], ["ı", "I"], ["ß", "ẞ"], ["ς", "Σ"], ["ﬅ", "ﬆ"]]) {
    assert.ok(compileLike(a, true)(b), a);
    assert.ok(compileLike(b, true)(a), b);
    assert.ok(!compileLike(a)(b), a);
  }
  assert.ok(!compileLike("ß", true)("SS"));
});

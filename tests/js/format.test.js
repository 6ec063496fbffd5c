"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { number, duration, count } = require("../../templates/assets/js/site/format.js");

const value = (given) => (typeof given === "string" ? Number(given) : given);

for (const [write, vectors] of [
  [number, require("../vectors/numbers.json")],
  [duration, require("../vectors/durations.json")],
]) {
  for (const [given, text] of vectors) {
    test(`${write.name} of ${given} is ${text}`, () => assert.equal(write(value(given)), text));
  }
}

test("a number's text is the number to four digits", () => {
  for (let power = -320; power < 309; power += 1) {
    const given = 1.23456789 * 10 ** power;
    if (given === 0) continue;
    assert.ok(Math.abs(Number(number(given)) - given) <= 6e-4 * given, `${given} as ${number(given)}`);
  }
});

test("what is undefined is missing, as null is", () => {
  assert.equal(number(undefined), "—");
  assert.equal(duration(undefined), "—");
});

test("one is singular", () => {
  assert.equal(count(1, "run"), "1 run");
  assert.equal(count(0, "run"), "0 runs");
});

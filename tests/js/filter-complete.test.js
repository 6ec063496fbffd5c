"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { complete, parse } = require("../../templates/assets/js/filter/filter-complete.js");

const VALUES = {
  "attributes.status": ["FINISHED", "FAILED"],
  "params.model": ["cnn", "rnn", "it's", "two\nlines"],
  "params.lr": [0.1, "0.01", "auto"],
  "metrics.loss": [0.5, NaN, -Infinity],
};
const NAMES = {
  metrics: ["loss", "loss.max", "val loss", "accuracy", "system/cpu"],
  params: ["lr", "model", "-x-", "__proto__"],
  tags: ["team", "mlflow.user", "lo-fi"],
  values: (entity, name) => VALUES[`${entity}.${name}`],
};

// What is suggested at the | of a text.
const at = (text, names = NAMES) => complete(text.replace("|", ""), text.indexOf("|"), names);
const texts = (text, names) => at(text, names).suggestions.map((one) => one.text);
const kinds = (text) => new Set(at(text).suggestions.map((one) => one.kind));

// The text after a suggestion was taken.
const take = (text, label) => {
  const { from, to, suggestions } = at(text);
  const whole = text.replace("|", "");
  return whole.slice(0, from) + suggestions.find((one) => one.label === label).text + whole.slice(to);
};

test("an empty filter begins with an entity, an attribute or NOT", () => {
  assert.deepEqual(texts("|").slice(0, 5), ["metrics.", "params.", "tags.", "attributes.", "datasets."]);
  assert.deepEqual(kinds("|"), new Set(["entity", "attribute", "keyword"]));
  for (const text of ["status = 'a' AND |", "status = 'a' OR |", "(|", "NOT |"]) assert.deepEqual(texts(text), texts("|"), text);
});

test("a name is found without its entity, what begins with it first", () => {
  assert.deepEqual(texts("lo|"), ["metrics.loss ", "metrics.loss.max ", "metrics.`val loss` ", "tags.lo-fi ", "tags.mlflow.user "]);
  assert.deepEqual(texts("STA|"), ["status ", "start_time "]);
  assert.deepEqual(texts("met|"), ["metrics."]);
});

test("an entity offers its own names only, under the word that was written", () => {
  assert.deepEqual(texts("params.|"), ["params.lr ", "params.model ", "params.`-x-` ", "params.__proto__ "]);
  assert.deepEqual(texts("attr.git_b|"), ["attr.git_branch "]);
  assert.deepEqual(texts("datasets.|"), ["datasets.name ", "datasets.digest ", "datasets.context "]);
  assert.deepEqual(texts("metrics.`val|"), ["metrics.`val loss` "]);
  assert.deepEqual(texts("metrics.'val|"), ["metrics.`val loss` "]);
});

test("a metric in full offers its aggregates, quoted where a whole name is in the way", () => {
  assert.deepEqual(texts("metrics.loss.m|"), ["metrics.loss.min ", "metrics.`loss`.max ", "metrics.loss.mean ", "metrics.loss.max "]);
  assert.deepEqual(texts("metrics.`val loss`.mi|"), ["metrics.`val loss`.min "]);
  assert.ok(kinds("metrics.loss|").has("aggregate"));
  assert.ok(!kinds("metrics.lo|").has("aggregate"));
});

test("names of any kind are written so that they are read again", () => {
  const names = ["a b", "a`b", "`a`", "``", "é.min", "a.b.", "-", "x-", "it's", 'say "hi"', "1", "and", "__proto__", "a\nb", "😀", "a.`b`"];
  for (const [word, list, entity] of [["metrics", "metrics", "metric"], ["params", "params", "param"], ["tags", "tags", "tag"]]) {
    const found = at(`${word}.|`, { [list]: names }).suggestions;
    assert.equal(found.length, names.length);
    found.forEach(({ text }, place) => {
      const { tree, error } = parse(`${text}!= ${word === "metrics" ? 1 : "'x'"}`);
      assert.equal(error, null, text);
      const { key, aggregate } = tree.field;
      assert.deepEqual([tree.field.entity, aggregate ? `${key}.${aggregate}` : key], [entity, names[place]]);
    });
  }
});

test("operators are those of the field's type", () => {
  assert.ok(!texts("metrics.loss |").includes("LIKE "));
  assert.equal(texts("metrics.loss |")[0], "< ");
  assert.equal(texts("status |")[0], "= ");
  assert.ok(texts("params.model |").includes("CONTAINS "));
  assert.deepEqual(texts("metrics.loss <|"), ["< ", "<= "]);
  assert.deepEqual(texts("duration NOT |"), ["IN ", "BETWEEN "]);
  assert.deepEqual(texts("status not li|"), ["LIKE "]);
  assert.deepEqual(texts("status IS |"), ["NULL ", "NOT NULL "]);
  assert.deepEqual(texts("statsu |"), []);
  for (const field of ["metrics.loss", "params.model", "status", "start_time", "duration", "datasets.name"]) {
    for (const operator of texts(`${field} |`)) {
      const value = { start_time: "'now'", duration: "1", "metrics.loss": "1" }[field] ?? "'a'";
      const rest = operator.includes("NULL") ? "" : operator.includes("BETWEEN") ? `${value} AND ${value}` : operator.includes("IN ") ? `(${value})` : value;
      assert.equal(parse(`${field} ${operator}${rest}`).error, null, operator);
    }
  }
});

test("values are those of the column, in quotes where they are texts", () => {
  assert.deepEqual(texts("status = |"), ["'FINISHED' ", "'FAILED' "]);
  assert.deepEqual(texts('status = "fai|'), ['"FAILED" ']);
  assert.deepEqual(texts("params.model = |"), ["'cnn' ", "'rnn' ", "'it''s' "]);
  assert.deepEqual(texts("params.lr = |"), ["0.1 ", "0.01 ", "'auto' "]);
  assert.deepEqual(texts("params.lr = '|"), ["'0.1' ", "'0.01' ", "'auto' "]);
  assert.deepEqual(texts("metrics.loss > |"), ["0.5 ", "-inf "]);
  assert.deepEqual(texts("tags.team = |"), []);
  assert.ok(texts("start_time > |").includes("'7 days ago' "));
  for (const field of ["start_time", "duration"]) for (const value of texts(`${field} > |`)) assert.equal(parse(`${field} > ${value}`).error, null);
});

test("a list goes on with values of one type, commas and its end", () => {
  assert.deepEqual(texts("status IN |"), ["("]);
  assert.deepEqual(texts("status IN (|"), ["'FINISHED'", "'FAILED'"]);
  assert.deepEqual(texts("status IN ('FAILED' |"), [", ", ") "]);
  assert.deepEqual(texts("params.lr IN (0.5, |"), ["0.1", "0.01"]);
  assert.deepEqual(texts("params.lr IN ('a', |"), ["'0.1'", "'0.01'", "'auto'"]);
});

test("after a comparison come AND and OR, and what closes a parenthesis", () => {
  assert.deepEqual(texts("metrics.loss < 1 |"), ["AND ", "OR "]);
  assert.deepEqual(texts("metrics.loss < 1 a|"), ["AND "]);
  assert.deepEqual(texts("(metrics.loss < 1 |"), ["AND ", "OR ", ") "]);
  assert.deepEqual(texts("metrics.loss BETWEEN 1 |"), ["AND "]);
});

test("the whole word around the caret is replaced, and no more", () => {
  assert.equal(take("sta|tsu = 'a'", "status"), "status = 'a'");
  assert.equal(take("status = 'FI|N' AND note = 'a'", "FINISHED"), "status = 'FINISHED' AND note = 'a'");
  assert.equal(take("status = 'FI| AND note = 'a'", "FINISHED"), "status = 'FINISHED' AND note = 'a'");
  assert.equal(take("metrics.loss <|= 1", "<"), "metrics.loss < 1");
  assert.equal(take("metrics.`val l|oss` < 1", "metrics.val loss"), "metrics.`val loss` < 1");
});

test("nothing is suggested inside what can't be read, nor behind a closed quote", () => {
  for (const text of ["status = 'a' 'b' |", "&& |", "status = 'FINISHED'|", "metrics.loss < 1 ) |", "1 > |"]) {
    assert.deepEqual(at(text).suggestions, [], text);
  }
});

test("a thousand names are cut to what a list can show", () => {
  const metrics = Array.from({ length: 1000 }, (_, place) => `m${place}`);
  assert.equal(texts("metrics.|", { metrics }).length, 50);
  assert.equal(texts("metrics.m999|", { metrics })[0], "metrics.m999 ");
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { choose } = require("../../templates/assets/js/curves/curves-workspace.js");

const workspace = (count, view = {}) => ({
  ids: Array.from({ length: count }, (_, index) => `id${index}`),
  names: Array.from({ length: count }, (_, index) => `run ${index}`),
  colors: Array.from({ length: count }, (_, index) => index % 10),
  dashes: new Array(count).fill(0),
  statuses: new Array(count).fill("FINISHED"),
  view: { selected: [], groups: null, brush: null, ...view },
  drawn(limit) {
    const all = this.view.selected.length ? this.view.selected : Array.from({ length: count }, (_, index) => index);
    return all.slice(0, limit);
  },
});
const address = (id) => `${id}.html`;

test("the best runs are drawn, and it is said of how many", () => {
  const choice = choose(workspace(1250), "loss", 10, address);
  assert.equal(choice.text, "best 10 of 1,250 runs");
  assert.equal(choice.more, true);
  assert.deepEqual(choice.lines[0], { id: "id0", name: "run 0", color: 0, dash: 0, href: "id0.html", members: ["id0"] });
});

test("few runs are all drawn", () => {
  const choice = choose(workspace(1), "loss", 10, address);
  assert.deepEqual([choice.text, choice.more], ["1 run", false]);
});

test("selected runs come first", () => {
  assert.equal(choose(workspace(9, { selected: [4, 2] }), "loss", 10, address).text, "2 selected runs");
});

test("groups are drawn as one line each, with the number of their runs", () => {
  const groups = [
    { key: "a", label: "adam", color: 0, dash: 0, members: [0, 1] },
    { key: "b", label: "sgd", color: 1, dash: 0, members: [2] },
  ];
  const choice = choose(workspace(3, { groups }), "loss", 10, address);
  assert.equal(choice.text, "2 groups of 3 runs");
  assert.deepEqual(choice.lines.map(({ name, members }) => [name, members]), [["adam (2 runs)", ["id0", "id1"]], ["sgd (1 run)", ["id2"]]]);
});

test("of very many runs some are read for a group, and it says so", () => {
  const members = Array.from({ length: 400 }, (_, index) => index);
  const [line] = choose(workspace(400, { groups: [{ key: "a", label: "adam", color: 0, dash: 0, members }] }), "loss", 10, address).lines;
  assert.equal(line.members.length, 200);
  assert.equal(line.name, "adam (200 of 400 runs)");
});

test("runs brushed in another chart are brought forward", () => {
  assert.deepEqual(choose(workspace(5, { brush: new Set([3]) }), "loss", 10, address).emphasis, ["id3"]);
});

test("a group's curve leaves out the runs that broke off, and says so", () => {
  const groups = [{ key: "a", label: "a", color: 0, dash: 0, members: [0, 1, 2] }];
  const some = { ...workspace(3, { groups }), statuses: ["FINISHED", "KILLED", "RUNNING"] };
  const [line] = choose(some, "loss", 10, address).lines;
  assert.deepEqual(line.members, ["id0", "id2"]);
  assert.equal(line.name, "a (3 runs, 1 broke off)");
});

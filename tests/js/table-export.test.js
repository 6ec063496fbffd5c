"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { toCsv, toMarkdown, orderOf } = require("../../templates/assets/js/table-export.js");

const column = (key, kind, values, more = {}) => ({ key, column: { key, title: key.slice(key.indexOf(".") + 1), kind, group: "Metrics", values, ...more } });

const COLUMNS = [
  column("attributes.name", "text", ["=cmd", "a|b", 'say "hi"']),
  column("attributes.status", "status", ["FINISHED", "FAILED", "RUNNING"]),
  column("metrics.rmse.min", "number", [0.123456789012345, NaN, null]),
  column("params.lr", "number", [1e-7, -2, null], { group: "Parameters", texts: ["1e-07", "-2", "auto"] }),
  column("params.seed", "number", [12345678901234567000, 1, 2], { group: "Parameters", texts: ["12345678901234567890", "1", "2"] }),
  column("attributes.duration", "duration", [61.5, null, 2]),
  column("attributes.start", "time", [1764115200000000, 1764115201500000, null]),
];

test("CSV has the rows and columns shown, all digits, and no formulas", () => {
  assert.equal(
    toCsv(COLUMNS, [2, 0, 1]),
    [
      "name,status,metrics.rmse.min,params.lr,params.seed,duration,start_time",
      '"say ""hi""",RUNNING,,auto,2,2,',
      "'=cmd,FINISHED,0.123456789012345,1e-7,12345678901234567890,61.5,2025-11-26T00:00:00Z",
      "a|b,FAILED,NaN,-2,1,,2025-11-26T00:00:01Z",
      "",
    ].join("\n"),
  );
});

test("Markdown has the texts that the table shows", () => {
  const lines = toMarkdown(COLUMNS.slice(0, 4), [1, 0]).split("\n");
  assert.deepEqual(lines, [
    "| name | status   | rmse.min |   lr |",
    "| ---- | -------- | -------: | ---: |",
    "| a\\|b | failed   |      NaN |   -2 |",
    "| =cmd | finished |   0.1235 | 1e-7 |",
    "",
  ]);
});

test("runs stand in the order of the table: group by group, and only those brushed", () => {
  assert.deepEqual(orderOf({ rows: [3, 1, 2], groups: null, brush: null }), [3, 1, 2]);
  assert.deepEqual(orderOf({ rows: [3, 1, 2], groups: [{ members: [1, 2] }, { members: [3] }], brush: null }), [1, 2, 3]);
  assert.deepEqual(orderOf({ rows: [3, 1, 2], groups: null, brush: new Set([2, 3]) }), [3, 2]);
});

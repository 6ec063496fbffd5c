"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { toCsv, toMarkdown } = require("../../templates/assets/js/table/table-export.js");
const { compose } = require("../../templates/assets/js/table/table-lines.js");

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

const table = (columns, lines) => ({ columns, lines, facts: new Map(), ids: ["r0", "r1", "r2"], statuses: ["FINISHED", "FAILED", "RUNNING"], keys: [] });

test("CSV has the rows and columns shown, all digits, and no formulas", () => {
  assert.equal(
    toCsv(table(COLUMNS, [2, 0, 1])),
    [
      "run_id,name,status,metrics.rmse.min,params.lr,params.seed,duration,start_time",
      'r2,"say ""hi""",RUNNING,,auto,2,2,',
      "r0,'=cmd,FINISHED,0.123456789012345,1e-7,12345678901234567890,61.5,2025-11-26T00:00:00Z",
      "r1,a|b,FAILED,NaN,-2,1,,2025-11-26T00:00:01Z",
      "",
    ].join("\n"),
  );
});

test("Markdown has the texts that the table shows", () => {
  const lines = toMarkdown(table(COLUMNS.slice(0, 4), [1, 0])).split("\n");
  assert.deepEqual(lines, [
    "| name | status   | rmse.min |   lr |",
    "| ---- | -------- | -------: | ---: |",
    "| a\\|b | failed   |      NaN |   -2 |",
    "| =cmd | finished |   0.1235 | 1e-7 |",
    "",
  ]);
});

// Two groups by model; of the first one run broke off, the second is unfolded.
const MODEL = column("params.model", "text", ["ridge", "ridge", "ridge", "tree"], { group: "Parameters" });
const grouped = () => {
  const statuses = ["FINISHED", "FINISHED", "FAILED", "FINISHED"];
  const groups = [{ key: "a", label: "ridge", members: [0, 1, 2] }, { key: "b", label: "tree", members: [3] }];
  const shown = compose({ groups, pinned: [], aside: new Set(), brush: null }, { open: new Set(["b"]), folded: new Set(), statuses });
  const columns = [column("attributes.name", "text", ["r 1", "r 2", "r 3", "t 1"]), MODEL, column("params.data", "text", ["x", "y", "x", "x"]), column("metrics.rmse", "number", [1, 2, 100, 4])];
  return { ...shown, columns, statuses, ids: ["r0", "r1", "r2", "r3"], keys: [MODEL] };
};

test("CSV of groups has their means, deviations and counts, and the runs of those unfolded", () => {
  assert.deepEqual(toCsv(grouped()).trimEnd().split("\n"), [
    "run_id,params.model,name,runs,broke_off,params.data,metrics.rmse.mean,metrics.rmse.std,metrics.rmse.count",
    ",ridge,ridge,3,1,2 values,1.5,0.7071067811865476,2",
    ",tree,tree,1,0,x,4,,1",
    "r3,tree,t 1,1,0,x,4,,1",
  ]);
});

test("Markdown of groups has what the table shows", () => {
  assert.deepEqual(toMarkdown(grouped()).trimEnd().split("\n"), [
    "| name                        | model | data     |       rmse |",
    "| --------------------------- | ----- | -------- | ---------: |",
    "| ridge (3 runs, 1 broke off) | ridge | 2 values | 1.5 ± 0.71 |",
    "| tree (1 run)                | tree  | x        |          4 |",
    "| t 1                         | tree  | x        |          4 |",
  ]);
});

"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { parse, write, pivot, usual } = require("../../templates/assets/js/table/pivot-rows.js");
const { formatter, headings, toMarkdown, toLatex, toCsv } = require("../../templates/assets/js/table/pivot-texts.js");
const { markdown, latex, exact } = require("../../templates/assets/js/table/table-texts.js");

const column = (name, values, more = {}) => ({ key: `params.${name}`, name, group: "Parameters", kind: typeof values.find((one) => one !== null) === "number" ? "number" : "text", constant: false, values, ...more });

const MODEL = column("model", ["ridge", "ridge", "gb", "gb", "gb", "lasso"]);
const DEPTH = column("depth", [10, 10, 2, 2, 10, null], { texts: ["10", "10", "2", "2", "10", null] });
const RMSE = [0.7, 0.72, 0.6, 0.64, 0.5, NaN];
const ALL = [0, 1, 2, 3, 4, 5];
const WHOLE = ALL.map(() => "FINISHED");

const tableOf = (changes = {}) => {
  const given = { rows: [MODEL], columns: [DEPTH], values: RMSE, direction: "down", scope: "table", runs: ALL, statuses: WHOLE, ...changes };
  return { ...pivot(given), rowNames: given.rows.map(({ name }) => name), columnNames: given.columns.map(({ name }) => name), title: "rmse ↓" };
};
const means = ({ cells }) => cells.map((line) => line.map(({ mean }) => mean));
const bests = ({ cells }) => cells.map((line) => line.map(({ best }) => best));
const texts = (side) => side.map((one) => one.texts.join("/"));

test("rows and columns stand in the order of their values, numbers by size and what is missing last", () => {
  const { rows, columns } = tableOf();
  assert.deepEqual(texts(rows), ["gb", "lasso", "ridge"]);
  assert.deepEqual(texts(columns), ["2", "10", "not set"]);
  const sizes = column("x", [100, 2, 10, NaN, null]);
  assert.deepEqual(texts(pivot({ rows: [sizes], columns: [], values: [1, 1, 1, 1, 1], direction: null, scope: "table", runs: [0, 1, 2, 3, 4], statuses: WHOLE }).rows), ["2", "10", "100", "NaN", "not set"]);
});

test("a cell holds mean, sample deviation and count of its finite values", () => {
  const { cells, runs } = tableOf();
  assert.equal(runs, 6);
  assert.ok(Math.abs(cells[0][0].mean - 0.62) < 1e-12);
  assert.ok(Math.abs(cells[0][0].deviation - Math.sqrt(0.0008)) < 1e-12);
  assert.equal(cells[0][0].count, 2);
  assert.deepEqual(cells[0][1], { count: 1, mean: 0.5, deviation: null, off: 0, cut: false, best: true });
  assert.deepEqual(cells[1], [0, 0, 0].map(() => ({ count: 0, mean: null, deviation: null, off: 0, cut: false, best: false })));
});

test("runs without the metric make no row, and a pivot may have no columns", () => {
  const { rows, columns, cells } = tableOf({ values: [0.7, null, null, null, null, 1], columns: [] });
  assert.deepEqual([texts(rows), columns.length], [["lasso", "ridge"], 1]);
  assert.deepEqual(cells.map(([{ mean }]) => mean), [1, 0.7]);
});

test("only the given runs count", () => {
  assert.deepEqual(means(tableOf({ runs: [2, 4] })), [[0.6, 0.5]]);
});

test("the best is marked in the whole table or in each column, by direction", () => {
  assert.deepEqual(bests(tableOf()), [[false, true, false], [false, false, false], [false, false, false]]);
  assert.deepEqual(bests(tableOf({ direction: "up" })), [[false, false, false], [false, false, false], [false, true, false]]);
  const values = [0.7, 0.72, 0.6, 0.64, 0.5, 0.9];
  const rows = [column("set", ["a", "a", "a", "b", "b", "b"])];
  assert.deepEqual(bests(tableOf({ rows, values, scope: "column" })), [[true, false, false], [false, true, false]]);
  assert.deepEqual(bests(tableOf({ direction: null })).flat().includes(true), false);
});

test("runs that broke off count only where all of a cell did, and such a cell is not the best", () => {
  const statuses = ["FINISHED", "FAILED", "FINISHED", "FINISHED", "KILLED", "FINISHED"];
  const { cells, off } = tableOf({ columns: [], statuses });
  assert.deepEqual(cells.map(([{ count, off: left, cut }]) => [count, left, cut]), [[2, 1, false], [0, 0, false], [1, 1, false]]);
  assert.equal(off, 2);
  assert.deepEqual(bests(tableOf({ statuses })), [[true, false, false], [false, false, false], [false, false, false]]);
  assert.equal(tableOf({ statuses }).cells[0][1].cut, true);
  assert.ok(toMarkdown(tableOf({ columns: [], statuses })).startsWith("rmse ↓ by model, mean ± standard deviation (runs), 2 broke off\n"));
});

test("equal best values are all marked, but not when all are equal", () => {
  assert.deepEqual(bests(tableOf({ columns: [], values: [1, 1, 1, 1, 1, 2] })), [[true], [false], [true]]);
  assert.deepEqual(bests(tableOf({ columns: [], values: [1, 1, 1, 1, 1, 1] })), [[false], [false], [false]]);
});

test("several parameters a side are all their combinations that occur", () => {
  const table = tableOf({ rows: [column("seed", [1, 1, 1, 1, 1, 1])], columns: [MODEL, DEPTH] });
  assert.deepEqual(texts(table.columns), ["gb/2", "gb/10", "lasso/not set", "ridge/10"]);
  assert.deepEqual(headings(table), [
    [{ text: "gb", span: 2 }, { text: "lasso", span: 1 }, { text: "ridge", span: 1 }],
    [{ text: "2", span: 1 }, { text: "10", span: 1 }, { text: "not set", span: 1 }, { text: "10", span: 1 }],
  ]);
});

test("names and values that objects inherit, and texts of odd numbers, are values like others", () => {
  const odd = column("x", [null, null, null, 1, 1, 2], { texts: ["__proto__", "auto", "__proto__", "1", "1", "2"] });
  assert.deepEqual(texts(tableOf({ rows: [odd], columns: [], values: [1, 2, 3, 4, 5, 6] }).rows), ["1", "2", "__proto__", "auto"]);
});

test("more rows and columns than a page can hold are left out and counted", () => {
  const many = Array.from({ length: 1000 }, (_, index) => index);
  const one = column("x", many);
  const { rows, columns, left } = tableOf({ rows: [one], columns: [one], values: many, runs: many, statuses: many.map(() => "FINISHED") });
  assert.deepEqual([rows.length, columns.length, left], [200, 40, [800, 960]]);
});

test("the state of a pivot is read as it was written, whatever the names", () => {
  const settings = { rows: ["params.a;b,c%", "tags.__proto__"], cols: ["params.x y"], metric: "val/acc;%2C", aggregate: "max", scope: "column" };
  assert.deepEqual(parse(write(settings)), settings);
  assert.deepEqual(parse("params.model;;rmse;last"), { rows: ["params.model"], cols: [], metric: "rmse", aggregate: "last", scope: "table" });
  assert.equal(write(parse("params.model;;rmse;last")), "params.model;;rmse;last");
  assert.deepEqual(parse("a;b;c;sum;row"), { rows: ["a"], cols: ["b"], metric: "c", aggregate: "last", scope: "table" });
  assert.equal(parse(""), null);
});

test("a pivot begins with a text against what varies within it, and never with a seed", () => {
  const runs = [0, 1, 2, 3];
  const seed = column("seed", [1, 2, 3, 4]);
  const lone = column("label", ["a", "a", "a", "b"]);
  const lr = column("lr", [0.1, 0.2, 0.1, 0.2]);
  const model = column("model", ["x", "x", "y", "y"]);
  assert.deepEqual(usual([seed, lr, model, lone], runs), { rows: ["params.model"], cols: ["params.lr"] });
  assert.deepEqual(usual([seed, lr], runs), { rows: ["params.lr"], cols: [] });
  const status = { key: "attributes.status", name: "status", group: "Run", kind: "status", constant: false, values: ["FINISHED"] };
  assert.deepEqual(usual([status, seed], runs), { rows: ["attributes.status"], cols: [] });
});

test("all means have the same decimals, deviations as many or what shows them", () => {
  const write = formatter([[{ mean: 0.5, deviation: 0.123456, count: 2 }, { mean: 0.61234, deviation: 1e-9, count: 2 }, { mean: 12, deviation: 0, count: 3 }, { mean: 1, deviation: null, count: 1 }]]);
  assert.deepEqual(write({ mean: 0.5, deviation: 0.123456, count: 2 }), { mean: "0.5000", deviation: "0.1235", count: "2" });
  assert.deepEqual(write({ mean: 0.61234, deviation: 1e-9, count: 2 }), { mean: "0.6123", deviation: "1e-9", count: "2" });
  assert.deepEqual(write({ mean: 12, deviation: 0, count: 3 }), { mean: "12.0000", deviation: "0.0000", count: "3" });
  assert.equal(write({ mean: null, deviation: null, count: 0 }), null);
  const far = formatter([[{ mean: 1e-9, deviation: null, count: 1 }, { mean: 0.5, deviation: null, count: 1 }]]);
  assert.deepEqual(far({ mean: 1e-9, deviation: 2e-10, count: 2 }), { mean: "1e-9", deviation: "2e-10", count: "2" });
});

test("as Markdown", () => {
  assert.equal(
    toMarkdown(tableOf()),
    `rmse ↓ by model × depth, mean ± standard deviation (runs)

| model |        depth = 2 |       depth = 10 | depth = not set |
| ----- | ---------------: | ---------------: | --------------: |
| gb    | 0.62 ± 0.028 (2) |     **0.50** (1) |               — |
| lasso |                — |                — |               — |
| ridge |                — | 0.71 ± 0.014 (2) |               — |
`,
  );
});

test("as LaTeX for booktabs, with an arrow in the head", () => {
  assert.equal(
    toLatex(tableOf()),
    `% rmse $\\downarrow$ by model $\\times$ depth, mean and standard deviation (runs); needs \\usepackage{booktabs}
\\begin{tabular}{lrrr}
\\toprule
 & \\multicolumn{3}{c}{rmse $\\downarrow$ by depth} \\\\
\\cmidrule(l){2-4}
model & 2 & 10 & not set \\\\
\\midrule
gb & $0.62 \\pm 0.028$ (2) & $\\mathbf{0.50}$ (1) & --- \\\\
lasso & --- & --- & --- \\\\
ridge & --- & $0.71 \\pm 0.014$ (2) & --- \\\\
\\bottomrule
\\end{tabular}
`,
  );
  assert.ok(toLatex(tableOf({ columns: [], values: [1e-9, 1e-9, 1, 1, 1, 1] })).includes("$\\mathbf{1 \\times 10^{-9} \\pm 0}$ (2)"));
  assert.ok(toLatex(tableOf({ rows: [column("seed", [1, 1, 1, 1, 1, 1])], columns: [MODEL, DEPTH] })).includes(" & \\multicolumn{2}{c}{gb} & lasso & ridge \\\\\nseed & 2 & 10 & not set & 10 \\\\"));
});

test("as CSV with all digits, formulas quoted and numbers not", () => {
  const rows = [column("=model", ["=1+1", "=1+1", "-2", "-2", "-2", 'a,"b"'])];
  const [head, ...lines] = toCsv(tableOf({ rows })).trimEnd().split("\n");
  assert.equal(head, `'=model,"depth = 2, mean","depth = 2, std","depth = 2, runs","depth = 10, mean","depth = 10, std","depth = 10, runs","depth = not set, mean","depth = not set, std","depth = not set, runs"`);
  assert.equal(lines[0], "-2,0.62,0.028284271247461926,2,0.5,,1,,,0");
  assert.ok(lines[1].startsWith("'=1+1,,,0,0.71,"));
  assert.equal(lines[2], '"a,""b""",,,0,,,0,,,0');
  assert.ok(toCsv(tableOf({ rows: [column("seed", ALL.map(() => 1234567890123456800), { texts: ALL.map(() => "1234567890123456789") })] })).includes("\n1234567890123456789,"));
});

test("what means something in Markdown or LaTeX stands as it is", () => {
  assert.equal(markdown("a|b\n*c* <i>&amp;</i> [x](y) `z` $1$ ~~d~~ \\"), "a\\|b \\*c\\* \\<i\\>\\&amp;\\</i\\> \\[x\\](y) \\`z\\` \\$1\\$ \\~\\~d\\~\\~ \\\\");
  assert.equal(markdown("http://x.org www.x.org"), "http\\://x.org www\\.x.org");
  assert.equal(latex("\\input{x} 50% $a$ #1 a_b^c ~ & <>|\" -- [8] *"), "\\textbackslash{}input\\{x\\} 50\\% \\$a\\$ \\#1 a\\_b\\textasciicircum{}c \\textasciitilde{} \\& \\textless{}\\textgreater{}\\textbar{}'' {-}- {[}8] {*}");
  assert.equal(latex("rmse ↓ — ±"), "rmse $\\downarrow$ --- $\\pm$");
  assert.equal(markdown("a\u202eb\u0000c👩‍💻"), "a b c👩‍💻");
});

test("a long integer is written as it was logged", () => {
  assert.equal(String(exact(1234567890123456800, "1234567890123456789")), "1234567890123456789");
  assert.equal(exact(0.1, "0.10"), 0.1);
  assert.equal(exact(null, undefined), null);
});

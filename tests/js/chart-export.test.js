"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const out = require("../../templates/assets/js/charts/chart-export.js");

const color = (name) => ({ ink: "#111111", "run-0": "#2576e1" })[name] ?? "#999999";

test("CSV quotes what needs it and disarms formulas", () => {
  const text = out.csv({ columns: ["name", "=1+1"], rows: [['a "b", c', -1], ["@x", null], ["line\nbreak", NaN], ["-", 0.1]] });
  assert.equal(text, 'name,\'=1+1\n"a ""b"", c",-1\n\'@x,\n"line\nbreak",NaN\n\'-,0.1\n');
});

test("cells are disarmed as Python does it", () => {
  for (const [text, cell] of require("../vectors/spreadsheets.json").cells) {
    const written = /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    assert.equal(out.csv({ columns: ["text"], rows: [[text]] }), `text\n${written}\n`);
  }
});

test("a table of rows leaves out how they look", () => {
  assert.deepEqual(out.tableOf([{ run: "a", value: 1, color: "red", dash: [] }, { run: "b", extra: 2 }]), { columns: ["run", "value", "extra"], rows: [["a", 1, undefined], ["b", undefined, 2]] });
});

test("a title becomes the name of a file", () => {
  assert.equal(out.stem("val/loss by “lr”, 5 runs"), "val-loss-by-lr-5-runs");
  assert.equal(out.stem("../../∞"), "chart");
  assert.equal(out.stem("日本 1"), "日本-1");
});

test("colours and the font become real ones, in rows only where they mean colours", () => {
  const spec = out.resolve({ font: "system-ui, sans-serif", mark: { fill: "var(--ink)" }, expr: ["var(--none)"] }, color);
  assert.match(spec.font, /^Arial/);
  assert.deepEqual([spec.mark.fill, spec.expr[0]], ["#111111", "#999999"]);
  assert.deepEqual(out.resolveRows([{ name: "var(--ink)", color: "var(--run-0)" }], color), [{ name: "var(--ink)", color: "#2576e1" }]);
});

const part = (name) => ({
  spec: { config: { font: "x" }, params: [{ name: "emphasis", value: [] }], layer: [{ data: { name: "rows" }, encoding: { x: { title: "__x__", field: "data" } } }] },
  titles: { __x__: "lr" },
  data: { rows: [{ run: name }] },
  signals: { emphasis: ["a"] },
  width: 300,
  height: 200,
});

test("one part is one view with its data", () => {
  const lite = out.vegaLite([part("a")], { title: "t", background: "#fff", columns: 1 });
  assert.match(lite.$schema, /vega-lite\/v\d/);
  assert.deepEqual(lite.datasets, { rows: [{ run: "a" }] });
  assert.deepEqual(lite.params, [{ name: "emphasis", value: ["a"] }]);
  assert.deepEqual([lite.layer[0].encoding.x.title, lite.width, lite.background, lite.title.text], ["lr", 300, "#fff", "t"]);
});

test("several parts stand side by side with data of their own", () => {
  const lite = out.vegaLite([{ ...part("a"), title: "adam" }, { ...part("b"), title: "sgd" }], { title: "t", background: "#fff", columns: 2 });
  assert.deepEqual(lite.datasets, { "rows-1": [{ run: "a" }], "rows-2": [{ run: "b" }] });
  assert.deepEqual(lite.concat.map((view) => [view.title, view.layer[0].data.name]), [["adam", "rows-1"], ["sgd", "rows-2"]]);
  assert.equal(lite.columns, 2);
});

test("a picture holds title, legend and ramp above its parts, all as text", () => {
  const parts = [{ svg: "<svg/>", width: 200, height: 100, title: "a<b" }, { svg: "<svg/>", width: 200, height: 100, title: "c" }];
  const made = out.compose(parts, { title: 'x & "y" <z>', legend: [{ name: "<i>", color: "#123456", dash: [7, 3] }], ramp: { title: "loss", low: "1", high: "2", colors: ["#000000", "#ffffff"] }, columns: 2, ink: "#111", background: "#fff" });
  assert.match(made.svg, /^<svg xmlns=/);
  assert.ok(made.svg.includes("x &amp; &quot;y&quot; &lt;z&gt;") && made.svg.includes("a&lt;b") && made.svg.includes("&lt;i&gt;"));
  assert.ok(made.svg.includes('stroke-dasharray="7 3"') && made.svg.includes('fill="#fff"'));
  assert.ok(made.width >= 400 && made.height > 100);
  assert.equal(made.svg.match(/<g transform=/g).length, 2);
});

test("a legend breaks into lines", () => {
  const placed = out.layLegend(["one name", "another name", "a third name"].map((name) => ({ name })), 200);
  assert.ok(placed.at(-1).line > 0);
  assert.ok(placed.every(({ x }) => x < 200));
});

// On paper the runs table is a plain one of the rows and columns that show, up to a thousand, and of the
// columns as many as a sheet is wide.

(() => {
  "use strict";

  const ROOM = 680; // of a sheet's width
  const LONGEST = 40; // characters of a text, such as that of a list or an object

  const shorten = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

  // How wide a column has to be for its longest words, since its texts wrap.
  const need = (texts) => {
    const longest = texts.reduce((most, text) => text.split(" ").reduce((length, word) => Math.max(length, word.length), most), 0);
    return 14 + 6.5 * longest;
  };

  // How many columns have room beside the first, which has its own way of wrapping.
  const fit = (needs, room = ROOM) => {
    let sum = 0;
    const place = needs.findIndex((one) => (sum += one) > room);
    return place < 0 ? needs.length : place;
  };

  if (typeof module === "object") module.exports = { shorten, need, fit };
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show, summarize } = runfolio.cells;
  const { countRuns } = runfolio.rows;
  const { factsOf } = runfolio.tableLines;
  const MOST = 1000;
  const SAMPLE = 100; // rows by which widths are judged
  const NAMES = 130; // the room of the first column

  const sideOf = ({ kind }) => (["number", "duration"].includes(kind) ? "num" : "text");

  const paper = (table) => {
    const { workspace, described } = table;
    const lines = table.lines.slice(0, MOST);
    const textOf = (column, line) => {
      const { group } = factsOf(table.facts, line);
      return shorten((group ? summarize(column, group) : show(column, line)).text).replace("± ", "±\u00a0");
    };
    const all = table.shown.map((key) => table.columns.get(key)).filter(Boolean);
    const title = ({ key }) => described.get(key).title;
    const count = fit(all.map((column) => need([title(column), ...lines.slice(0, SAMPLE).map((line) => textOf(column, line))])), ROOM - NAMES);
    const columns = all.slice(0, count);
    const head = make("tr", {}, make("th", { scope: "col" }, "name"), ...columns.map((column) => make("th", { scope: "col", class: sideOf(column) }, title(column))));
    const rows = lines.map((line) => {
      const { group, depth } = factsOf(table.facts, line);
      const name = group ? `${group.label} (${countRuns(group.members, workspace.statuses)})` : workspace.names[line];
      return make("tr", {}, make("th", { scope: "row" }, "\u2003".repeat(depth) + name), ...columns.map((column) => make("td", { class: sideOf(column) }, textOf(column, line))));
    });
    const left = all.slice(count).map(title);
    const note = left.length ? [make("p", { class: "aside" }, `No room on paper for ${left.length === 1 ? "a column" : `${left.length} columns`}: ${left.join(", ")}.`)] : [];
    return make("div", { class: "paper" }, make("table", { class: "listing small" }, make("thead", {}, head), make("tbody", {}, ...rows)), ...note);
  };

  runfolio.tablePrint = (table, frame) => {
    addEventListener("beforeprint", () => frame.append(paper(table)));
    addEventListener("afterprint", () => frame.querySelector(".paper")?.remove());
  };
})();

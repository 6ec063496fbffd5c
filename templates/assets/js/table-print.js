// On paper the runs table is a plain one of the rows and columns that show, up to a thousand.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show } = runfolio.cells;
  const { factsOf } = runfolio.tableLines;
  const { spread } = runfolio.rows;
  const MOST = 1000;

  const cell = (column, line, group) => {
    const numeric = ["number", "duration"].includes(column.kind);
    const text = !group ? show(column, line).text : column.kind === "number" ? runfolio.cells.spreadText(spread(column.values, group.members)) : "";
    return make("td", { class: numeric ? "num" : "text" }, text);
  };

  const paper = (table) => {
    const { workspace, described } = table;
    const columns = table.shown.map((key) => table.columns.get(key)).filter(Boolean);
    const head = make("tr", {}, make("th", { scope: "col" }, "name"), ...columns.map(({ key }) => make("th", { scope: "col" }, described.get(key).title)));
    const rows = table.lines.slice(0, MOST).map((line) => {
      const { group, depth } = factsOf(table.facts, line);
      const name = group ? `${group.label} (${group.members.length})` : workspace.names[line];
      return make("tr", {}, make("th", { scope: "row" }, "\u2003".repeat(depth) + name), ...columns.map((column) => cell(column, line, group)));
    });
    return make("table", { class: "listing small paper" }, make("thead", {}, head), make("tbody", {}, ...rows));
  };

  runfolio.tablePrint = (table, frame) => {
    addEventListener("beforeprint", () => frame.append(paper(table)));
    addEventListener("afterprint", () => frame.querySelector(".paper")?.remove());
  };
})();

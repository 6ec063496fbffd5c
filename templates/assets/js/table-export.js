// The rows and columns that the runs table shows, as CSV with all digits and as Markdown as they look.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { show } = inNode ? require("./table-cells.js") : runfolio.cells;
  const { csv } = inNode ? require("./chart-export.js") : runfolio.chartExport;
  const { markdown, markdownTable, exact } = inNode ? require("./table-texts.js") : runfolio.tableTexts;

  // The names that the whole experiment's download has for attributes.
  const NAMES = new Map([["attributes.start", "start_time"]]);
  const nameOf = (key) => NAMES.get(key) ?? key.replace(/^attributes\./, "");

  const valueOf = (column, index) => {
    const value = column.values[index];
    if (column.kind === "time") return show(column, index).full;
    return exact(value ?? column.texts?.[index] ?? null, column.texts?.[index]);
  };

  // Columns are {key, column}, where the key says the aggregate too.
  const toCsv = (columns, rows) => csv({ columns: columns.map(({ key }) => nameOf(key)), rows: rows.map((index) => columns.map(({ column }) => valueOf(column, index))) });

  const isNumeric = ({ kind }) => ["number", "duration"].includes(kind);

  const toMarkdown = (columns, rows) => {
    const head = columns.map(({ column }) => markdown(column.title));
    const lines = rows.map((index) => columns.map(({ column }) => markdown(show(column, index).text)));
    return markdownTable(head, lines, columns.map(({ column }) => isNumeric(column)));
  };

  // The runs in the order the table shows them, group by group where there are groups.
  const orderOf = ({ rows, groups, brush }) => {
    const all = groups ? groups.flatMap(({ members }) => members) : rows;
    return brush ? all.filter((index) => brush.has(index)) : all;
  };

  if (inNode) module.exports = { toCsv, toMarkdown, orderOf };
  if (typeof document === "undefined") return;

  const { make, state, takeAway } = runfolio;
  const { NAME, choose } = runfolio.tableColumns;

  const columnsOf = (workspace) => {
    const { aggregates } = workspace.view;
    return [NAME, ...choose(workspace.columns, state.read()).shown].map((key) => {
      const aggregate = aggregates.get(key);
      const asked = aggregate && aggregate !== "last" ? `${key}.${aggregate}` : key;
      const column = workspace.column(asked);
      return { key: asked, column: asked === key ? column : { ...column, title: `${column.title} ${aggregate}` } };
    });
  };

  const start = async (slot) => {
    const frame = document.querySelector("[data-runs-table]");
    const save = make("button", { type: "button", "data-save-csv": true, title: "Save the rows and columns shown, with all digits" }, "CSV");
    const copy = make("button", { type: "button", "data-copy-markdown": true, "aria-label": "Copy as Markdown", title: "Copy the rows and columns shown as a Markdown table" }, "Markdown");
    slot.append(save, copy);
    const workspace = await runfolio.workspace.open(frame.dataset.shard);
    const write = async (writer) => {
      await workspace.load();
      return writer(columnsOf(workspace), orderOf(workspace.view));
    };

    save.addEventListener("click", async () => {
      const name = `${runfolio.chartExport.stem(workspace.name)}-runs.csv`;
      const text = await write(toCsv);
      takeAway.save(text, "text/csv", name, slot);
    });
    copy.addEventListener("click", async () => takeAway.copy(await write(toMarkdown), copy, "Runs as Markdown"));
  };

  runfolio.onPage("[data-table-tools]", start);
})();

// The rows and columns that the runs table shows, as CSV with all digits and as Markdown as they look.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { show, summarize } = inNode ? require("./table-cells.js") : runfolio.cells;
  const { factsOf } = inNode ? require("./table-lines.js") : runfolio.tableLines;
  const { spread, broken, countRuns } = inNode ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const { csv } = inNode ? require("../charts/chart-export.js") : runfolio.chartExport;
  const { markdown, markdownTable, exact } = inNode ? require("./table-texts.js") : runfolio.tableTexts;

  // The names that the whole experiment's download has for attributes.
  const NAMES = new Map([["attributes.start", "start_time"]]);
  const nameOf = (key) => NAMES.get(key) ?? key.replace(/^attributes\./, "");

  const valueOf = (column, index) => {
    const value = column.values[index];
    if (column.kind === "time") return show(column, index).full;
    return exact(value ?? column.texts?.[index] ?? null, column.texts?.[index]);
  };

  // A table is {columns, lines, facts, ids, statuses, keys}: columns of {key, column}, the key with the aggregate,
  // the name first; lines and facts as table-lines.js makes them; `keys` the columns grouped by, maybe none.
  const toCsv = (table) => (table.keys.length ? groupsToCsv(table) : runsToCsv(table));

  const runsToCsv = ({ columns, lines, ids }) => csv({ columns: ["run_id", ...columns.map(({ key }) => nameOf(key))], rows: lines.map((index) => [ids[index], ...columns.map(({ column }) => valueOf(column, index))]) });

  // Of groups, and of the runs of those unfolded: what they are grouped by, how many runs, and of each number
  // its mean, standard deviation and how many have it.
  const groupsToCsv = ({ columns: [name, ...shown], lines, facts, ids, statuses, keys }) => {
    const columns = shown.filter(({ key }) => !keys.some((one) => one.key === key));
    const heads = columns.flatMap(({ key, column }) => (isNumeric(column) ? ["mean", "std", "count"].map((part) => `${nameOf(key)}.${part}`) : [nameOf(key)]));
    const cells = (column, line, { members, counted }, isGroup) => {
      if (!isNumeric(column)) {
        const { text, isShared } = summarize(column, { members, counted });
        return [isShared ? valueOf(column, members[0]) : text];
      }
      const { count, mean, deviation } = spread(column.values, counted);
      return [isGroup ? mean : valueOf(column, line), deviation, count];
    };
    const rows = lines.map((line) => {
      const { group } = factsOf(facts, line);
      const whole = group ?? { members: [line], counted: [line], label: name.column.values[line] };
      const off = whole.members.filter((index) => broken(statuses[index])).length;
      const lead = [group ? "" : ids[line], ...keys.map(({ column }) => valueOf(column, whole.members[0])), whole.label, whole.members.length, off];
      return [...lead, ...columns.flatMap(({ column }) => cells(column, line, whole, Boolean(group)))];
    });
    return csv({ columns: ["run_id", ...keys.map(({ key }) => nameOf(key)), "name", "runs", "broke_off", ...heads], rows });
  };

  const isNumeric = ({ kind }) => ["number", "duration"].includes(kind);

  const toMarkdown = ({ columns, lines, facts, statuses }) => {
    const head = columns.map(({ column }) => markdown(column.title));
    const cells = (line) => {
      const { group } = factsOf(facts, line);
      if (!group) return columns.map(({ column }) => show(column, line).text);
      return [`${group.label} (${countRuns(group.members, statuses)})`, ...columns.slice(1).map(({ column }) => summarize(column, group).text)];
    };
    return markdownTable(head, lines.map((line) => cells(line).map(markdown)), columns.map(({ column }) => isNumeric(column)));
  };

  if (inNode) module.exports = { toCsv, toMarkdown };
  if (typeof document === "undefined") return;

  const { make, state, takeAway } = runfolio;
  const { NAME, choose } = runfolio.tableColumns;
  const { compose } = runfolio.tableLines;
  const { splitKeys } = runfolio.workspace;

  const columnsOf = (workspace, keys) => {
    const { aggregates } = workspace.view;
    return keys.map((key) => {
      const aggregate = aggregates.get(key);
      const asked = aggregate && aggregate !== "last" ? `${key}.${aggregate}` : key;
      const column = workspace.column(asked);
      return { key: asked, column: asked === key ? column : { ...column, title: `${column.title} ${aggregate}` } };
    });
  };

  // All rows, also those of nested runs that are folded; of groups the rows on the screen.
  const tableOf = (workspace) => {
    const { ids, statuses, view } = workspace;
    const settings = state.read();
    const columns = columnsOf(workspace, [NAME, ...choose(workspace.columns, settings).shown]);
    const open = new Set(splitKeys(settings.open));
    const found = view.groups ? compose(view, { open, folded: new Set(), statuses }) : { facts: new Map(), lines: view.brush ? view.rows.filter((index) => view.brush.has(index)) : view.rows };
    return { ...found, columns, ids, statuses, keys: view.groups ? columnsOf(workspace, view.group) : [] };
  };

  const start = async (slot) => {
    const frame = document.querySelector("[data-runs-table]");
    const save = make("button", { type: "button", "data-save-csv": true, title: "Save the rows and columns shown, with all digits" }, "CSV");
    const copy = make("button", { type: "button", "data-copy-markdown": true, "aria-label": "Copy as Markdown", title: "Copy the rows and columns shown as a Markdown table" }, "Markdown");
    slot.append(save, copy);
    const workspace = await runfolio.workspace.open(frame.dataset.shard);
    const write = async (writer) => {
      await workspace.load();
      return writer(tableOf(workspace));
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

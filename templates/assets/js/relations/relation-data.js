// What the charts of relations draw: runs and columns of the workspace, and what a brush picks.

(() => {
  "use strict";

  const node = typeof module === "object";
  const format = node ? require("../site/format.js") : runfolio.format;
  const rows = node ? require("../charts/chart-rows.js") : runfolio.chartRows;
  const { sound } = node ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const dimensions = node ? require("../charts/chart-dimensions.js") : runfolio.chartDimensions;

  const GROUPS = ["Parameters", "Metrics", "Run", "Tags"];
  const LEFT_OUT = new Set(["attributes.id", "attributes.name", "attributes.experiment", "attributes.note"]);

  const found = new WeakMap(); // view → its subjects, brushed or not

  // The runs of charts of all runs: those ticked, else those the table shows without those that broke
  // off (unless all did), and of these what is brushed.
  const subjects = ({ view, brush, statuses }, { brushed = true } = {}) => {
    if (!found.has(view)) found.set(view, view.selected.length ? view.selected : sound(view.rows, statuses));
    return brushed && brush ? found.get(view).filter((index) => brush.has(index)) : found.get(view);
  };

  // The same runs, best first.
  const ranked = (workspace, options) => {
    const wanted = new Uint8Array(workspace.count);
    for (const index of subjects(workspace, options)) wanted[index] = 1;
    return workspace.rank.filter((index) => wanted[index]);
  };

  // How many runs that the table shows are left out because they broke off.
  const leftOut = (workspace) => (workspace.view.selected.length ? 0 : workspace.view.rows.length - subjects(workspace, { brushed: false }).length);

  const isNumeric = ({ kind }) => kind === "number" || kind === "duration";

  const written = (kind) => (kind === "duration" ? format.duration : kind === "time" ? (time) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC` : null);

  // A column as an axis {key, title, kind, values, texts, format, direction}; a metric by the aggregate
  // that the table shows. Null while it isn't loaded, or where there is none.
  const readAxis = (workspace, key) => {
    const aggregate = workspace.view.aggregates?.get(key) ?? "last";
    const column = workspace.column(aggregate === "last" ? key : `${key}.${aggregate}`);
    if (!column) return null;
    const kind = isNumeric(column) ? "number" : column.kind === "time" ? "time" : "category";
    const values = kind === "time" ? column.values.map((time) => (time === null ? null : time / 1000)) : kind === "category" && column.texts ? column.texts : column.values;
    const title = aggregate === "last" ? column.title : `${column.title} (${aggregate})`;
    return { key, title, kind, values, texts: column.texts ?? null, format: written(column.kind), direction: column.direction ?? null };
  };

  // The columns that something can be drawn by, as choices of a select under their headings.
  const choices = (columns, test = () => true) => {
    const offered = columns.filter((column) => !LEFT_OUT.has(column.key) && !column.constant && test(column));
    return GROUPS.map((group) => ({ group, choices: offered.filter((column) => column.group === group).map(({ key, title }) => [key, title]) })).filter((one) => one.choices.length);
  };

  const varyingParams = (columns) => columns.filter(({ group, constant }) => group === "Parameters" && !constant);
  const metricColumns = (columns) => columns.filter(({ group }) => group === "Metrics");

  const has = (groups, key) => groups.some((group) => group.choices.some(([one]) => one === key));
  const pick = (asked, groups, fallback) => (asked && has(groups, asked) ? asked : fallback);

  // The group of each run, where the table is grouped.
  const groupOf = ({ groups }) => new Map((groups ?? []).flatMap((group) => group.members.map((index) => [index, group])));

  // Brushes as the fragment keeps them: "params.lr:0.1~0.5,metrics.rmse:0.6~0.7".
  const part = (text) => encodeURIComponent(text).replace(/[~]/g, "%7E");
  const formatBrushes = (brushes) => brushes.map(({ key, from, to }) => `${part(key)}:${part(from)}~${part(to)}`).join(",");
  const decode = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const parseBrushes = (text) =>
    (text ? text.split(",") : []).flatMap((one) => {
      const found = /^([^:~]+):([^:~]*)~([^:~]*)$/.exec(one);
      return found ? [{ key: decode(found[1]), from: decode(found[2]), to: decode(found[3]) }] : [];
    });

  const SLACK = 1e-9;

  // The levels between which a brush lies on a placed axis; an end without a name is below the axis.
  const brushLevels = (placed, { from, to }) => {
    const [low, high] = [from, to].map((name) => (name === "" ? -1 : dimensions.findLevel(placed, name)));
    return low === null || high === null ? null : { low: low - SLACK, high: high + SLACK };
  };

  const within = (position, { low, high }) => low <= (position ?? rows.NOT_SET) && (position ?? rows.NOT_SET) <= high;

  // Which of the runs pass all brushes; runs without a value pass only where an end has no name.
  const passing = (indices, brushes, readValues) => {
    const tests = brushes.flatMap((brush) => {
      const values = readValues(brush.key);
      if (!values) return [];
      const placed = dimensions.place(indices.map((index) => values[index]));
      const levels = brushLevels(placed, brush);
      return levels ? [(place) => within(placed.positions[place], levels)] : [];
    });
    return new Set(indices.filter((_, place) => tests.every((test) => test(place))));
  };

  const data = { subjects, ranked, leftOut, readAxis, choices, pick, isNumeric, varyingParams, metricColumns, groupOf, formatBrushes, parseBrushes, brushLevels, within, passing };
  if (typeof runfolio !== "undefined") runfolio.relationData = data;
  if (node) module.exports = data;
})();

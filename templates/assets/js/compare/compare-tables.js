// Tables of two runs joined by a key: which rows were fixed, broken or changed.

(() => {
  "use strict";

  const SHOWN = 200;
  const RIGHT = /^(is_?)?(correct|right|hit|match|passed|ok)$/i;
  const PREDICTION = /^(y_?)?(pred(icted|iction)?s?|output|answer|guess|hat)$|^(predicted|pred)_(label|class)$/i;
  const LABEL = /^(y_?)?(true|label|target|truth|expected|actual|gold|reference)s?$|^(true|actual)_(label|class)$/i;

  const isNumberText = (value) => typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));

  // Values as one compares them: "1.0" and 1 are the same number.
  const plain = (value) => (isNumberText(value) ? Number(value) : (value ?? null));
  const isSame = (a, b) => plain(a) === plain(b);

  const column = (table, name) => table.rows.map((row) => row[table.columns.indexOf(name)]);

  const isUnique = (values) => values.every((value) => value !== null && value !== "") && new Set(values.map((value) => String(plain(value)))).size === values.length;

  const shared = (a, b) => a.columns.filter((name, place) => a.columns.indexOf(name) === place && b.columns.includes(name));

  // The columns that two tables can be joined by: each of their values is there once.
  const keyColumns = (a, b) => shared(a, b).filter((name) => isUnique(column(a, name)) && isUnique(column(b, name)));

  const TRUTHS = new Map([[true, true], [false, false], [1, true], [0, false], ["true", true], ["false", false], ["yes", true], ["no", false]]);
  const truth = (value) => TRUTHS.get(typeof value === "string" && !isNumberText(value) ? value.toLowerCase() : plain(value)) ?? null;

  // How a row tells whether it is right: {words, of(row of values by name)}; null where nothing tells.
  const rightness = (a, b) => {
    const names = shared(a, b);
    const marked = names.find((name) => RIGHT.test(name) && [...column(a, name), ...column(b, name)].every((value) => truth(value) !== null));
    if (marked) return { words: `“${marked}” says which rows are right`, of: (read) => truth(read(marked)) };
    const [prediction, label] = [names.find((name) => PREDICTION.test(name)), names.find((name) => LABEL.test(name))];
    if (!prediction || !label) return null;
    const of = (read) => isSame(read(prediction), read(label));
    const someRight = [a, b].some((table) => column(table, prediction).some((value, place) => isSame(value, column(table, label)[place])));
    return someRight ? { words: `a row is right where “${prediction}” equals “${label}”`, of } : null;
  };

  const reader = (table, row) => (name) => row[table.columns.indexOf(name)];

  const verdictOf = (told, kind, before, after) => {
    if (!told || kind === "added" || kind === "removed") return null;
    const [was, is] = [told.of(before), told.of(after)];
    return was === is ? null : is ? "fixed" : "broken";
  };

  // Two tables joined by the column `key`, or by the number of the row without one. Rows come as
  // {key, kind, cells}: kind is "fixed", "broken", "changed", "added", "removed" or "same", cells are the
  // columns that changed with their values before and after.
  const joinTables = (a, b, key = null) => {
    const names = shared(a, b).filter((name) => name !== key);
    const told = rightness(a, b);
    const place = (table) => new Map(table.rows.map((row, index) => [String(key === null ? index + 1 : plain(reader(table, row)(key))), row]));
    const [left, right] = [place(a), place(b)];
    const rows = [...new Set([...left.keys(), ...right.keys()])].map((one) => {
      const [before, after] = [left.get(one), right.get(one)];
      if (!before || !after) return { key: one, kind: before ? "removed" : "added", cells: [] };
      const [was, is] = [reader(a, before), reader(b, after)];
      const cells = names.filter((name) => !isSame(was(name), is(name))).map((name) => ({ name, a: was(name), b: is(name) }));
      return { key: one, kind: verdictOf(told, "both", was, is) || (cells.length ? "changed" : "same"), cells };
    });
    const counts = Object.fromEntries(["fixed", "broken", "changed", "added", "removed", "same"].map((kind) => [kind, rows.filter((row) => row.kind === kind).length]));
    return { rows, counts, told: told?.words ?? null, names };
  };

  const pure = { keyColumns, rightness, joinTables, isSame };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, compare } = runfolio;
  const { select } = runfolio.controls;
  const { section, controls, hint, plural, format, scroller, otherRun, otherSelect } = compare.view;

  const SIGNS = { fixed: "▲ fixed", broken: "▼ broken", changed: "≠ changed", added: "+ only in", removed: "− only in" };
  const ORDER = ["broken", "fixed", "changed", "removed", "added"];

  const written = (value) => (value === null || value === undefined || value === "" ? "—" : typeof value === "number" ? format(value) : String(value));

  const change = (cell) => {
    const [before, after] = [cell.a, cell.b].map((value) => make("span", { title: String(value ?? "") }, written(value)));
    return make("span", { class: "cell-change" }, make("span", { class: "aside" }, `${cell.name}: `), before, " → ", after);
  };

  const countLine = ({ counts, told }) => {
    const kinds = told ? ["fixed", "broken", "changed"] : ["changed"];
    const shown = [...kinds, ...["added", "removed"].filter((kind) => counts[kind]), "same"];
    return shown.map((kind) => `${counts[kind].toLocaleString("en")} ${kind}`).join(" · ");
  };

  const rowsTable = (path, joined, names) => {
    const ordered = ORDER.flatMap((kind) => joined.rows.filter((row) => row.kind === kind));
    if (!ordered.length) return [];
    const body = ordered.slice(0, SHOWN).map((row) => {
      const sign = SIGNS[row.kind] + (row.kind === "added" ? ` ${names[1]}` : row.kind === "removed" ? ` ${names[0]}` : "");
      return make("tr", { class: `row-${row.kind}` }, make("th", { scope: "row" }, row.key), make("td", { class: "row-kind" }, sign), make("td", {}, ...row.cells.map(change)));
    });
    const head = make("thead", {}, make("tr", {}, ...["row", "what", "changes"].map((text) => make("th", { scope: "col" }, text))));
    const left = ordered.length - SHOWN;
    return [scroller(`Changed rows of ${path}`, make("table", { class: "listing rows-table" }, head, make("tbody", {}, ...body))), left > 0 ? hint(`And ${plural(left, "row")} more.`) : ""];
  };

  const cutNote = (table, name) => (table.total > table.rows.length ? `Of ${name} the first ${table.rows.length.toLocaleString("en")} of ${plural(table.total, "row")}.` : "");

  const oneTable = (path, a, b, names, view) => {
    const keys = keyColumns(a, b);
    const key = keys.includes(view.key) ? view.key : (keys[0] ?? null);
    const joined = joinTables(a, b, key);
    const how = key === null ? "Rows are joined by their number, since no column has a value of its own in each row" : `Rows are joined by “${key}”`;
    const gone = [...a.columns.filter((name) => !b.columns.includes(name)).map((name) => `“${name}” only in ${names[0]}`), ...b.columns.filter((name) => !a.columns.includes(name)).map((name) => `“${name}” only in ${names[1]}`)];
    const notes = [`${how}${joined.told ? `; ${joined.told}` : ""}.`, gone.length ? `Columns: ${gone.join(", ")}.` : "", cutNote(a, names[0]), cutNote(b, names[1])];
    return make(
      "section",
      { class: "joined", "aria-label": path },
      make("h3", {}, path),
      make("p", { class: "counts" }, countLine(joined)),
      controls(keys.length > 1 ? select("joined by", "key", keys, key) : null),
      hint(notes.filter(Boolean).join(" ")),
      ...rowsTable(path, joined, names),
    );
  };

  const makeTables = (context, view) => {
    const other = otherRun(context, view);
    if (!other) return null;
    const [first, second] = [context.base, other].map((run) => context.extras.get(run.id)?.tables || {});
    const paths = Object.keys(first).filter((path) => Object.hasOwn(second, path)).sort();
    if (!paths.length) return null;
    const names = [context.base.name, other.name];
    return { whole: section("Tables", hint(`From ${names[0]} (baseline) to ${names[1]}.`), controls(otherSelect(context, other)), ...paths.map((path) => oneTable(path, first[path], second[path], names, view))) };
  };

  compare.tables = { make: makeTables };
})();

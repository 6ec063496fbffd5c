// Texts, JSON, code, packages and environment of two runs, as differences.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, compare, diff } = runfolio;
  const { section, controls, hint, plural, scroller, toggle, otherRun, otherSelect } = compare.view;

  const SIGNS = { added: "+", removed: "−", same: "" };
  const WORDS = { added: "added: ", removed: "removed: " };
  const OPEN = 4; // differences that stand open at first

  const spoken = (kind) => (WORDS[kind] ? make("span", { class: "hidden" }, WORDS[kind]) : "");
  const lineNumber = (number) => make("td", { class: "line-number" }, number === null ? "" : String(number));
  const sign = (kind) => make("td", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]);
  const code = (row) => make("td", { class: "line" }, spoken(row.kind), row.text || " ");
  const foldRow = (count, columns) => make("tr", { class: "fold" }, make("td", { colspan: String(columns) }, `${plural(count, "equal line")}`));

  const unified = (rows) =>
    rows.map((row) => (row.kind === "fold" ? foldRow(row.count, 4) : make("tr", { class: row.kind }, lineNumber(row.a), lineNumber(row.b), sign(row.kind), code(row))));

  const half = (row, number) => (row === null ? [make("td", { class: "line-number none" }), make("td", { class: "sign none" }), make("td", { class: "line none" })] : [lineNumber(number), sign(row.kind), code(row)]);

  // The classes of the two halves are on their cells, since one row may have a line removed and one added.
  const split = (rows) =>
    diff.sides(rows).map(([left, right]) => {
      if (left?.kind === "fold") return foldRow(left.count, 6);
      const mark = (row, cells) => {
        if (row) for (const cell of cells) cell.classList.add(row.kind);
        return cells;
      };
      return make("tr", {}, ...mark(left, half(left, left?.a ?? null)), ...mark(right, half(right, right?.b ?? null)));
    });

  const lineTable = (path, rows, sideBySide) => {
    const folded = diff.fold(rows);
    const widths = sideBySide ? ["line-number", "sign", "line", "line-number", "sign", "line"].map((name) => make("col", { class: name })) : [];
    return scroller(`Difference of ${path}`, make("table", { class: sideBySide ? "diff split" : "diff" }, ...widths, make("tbody", {}, ...(sideBySide ? split(folded) : unified(folded)))));
  };

  const pairTable = (label, names, rows, keyTitle) => {
    const cell = (value, kind) => make("td", { class: `text ${kind}` }, value ?? "—");
    const body = rows.map((row) => {
      const kind = row.a === row.b ? "same" : row.a === null ? "added" : row.b === null ? "removed" : "changed";
      const signs = { added: "+", removed: "−", changed: "≠", same: "" };
      const words = { added: "added", removed: "removed", changed: "changed", same: "the same" };
      const mark = make("td", { class: "sign" }, make("span", { "aria-hidden": "true" }, signs[kind]), make("span", { class: "hidden" }, words[kind]));
      return make("tr", { class: kind }, make("th", { scope: "row" }, row.key ?? row.path), mark, cell(row.a, row.a === row.b ? "" : "removed"), cell(row.b, row.a === row.b ? "" : "added"));
    });
    const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, keyTitle), make("td", {}), ...names.map((name) => make("th", { scope: "col" }, name))));
    return scroller(label, make("table", { class: "listing pairs-table" }, head, make("tbody", {}, ...body)));
  };

  // JSON by path; null where one of the texts is no JSON after all.
  const jsonRows = (a, b) => {
    try {
      return diff.json(JSON.parse(a.text), JSON.parse(b.text));
    } catch {
      return null;
    }
  };

  const summaryOf = (path, note) => make("summary", {}, make("span", { class: "path" }, path), " ", make("span", { class: "aside" }, note));

  // One text of both runs: how it differs in numbers, and the difference itself.
  const textDifference = (path, a, b, names, sideBySide) => {
    if (a.text === b.text) return { path, same: true };
    const found = a.kind === "json" && b.kind === "json" ? jsonRows(a, b) : null;
    if (found) return { path, note: found.length ? plural(found.length, "value") + " differ" + (found.length === 1 ? "s" : "") : "written differently, the same values", content: () => (found.length ? pairTable(`Difference of ${path}`, names, found, "path") : "") };
    const rows = diff.lines(a.text, b.text);
    const { added, removed } = diff.countChanges(rows);
    const note = added || removed ? `+${added} −${removed}` : "differs in its line ends only";
    return { path, note, content: () => (added || removed ? lineTable(path, rows, sideBySide) : "") };
  };

  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : null);

  const texts = ([first, second], names, view) => {
    const [left, right] = [first.texts || {}, second.texts || {}];
    const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    const both = paths.filter((path) => own(left, path) && own(right, path));
    const found = both.map((path) => textDifference(path, left[path], right[path], names, view.diff === "split"));
    const differing = found.filter((one) => !one.same);
    const same = found.filter((one) => one.same).map((one) => one.path);
    const lone = (mine, others, name) => {
      const kept = Object.keys(mine).filter((path) => !Object.hasOwn(others, path)).sort();
      return kept.length ? hint(`Only in ${name}: ${kept.join(", ")}.`) : "";
    };
    return [
      ...differing.map((one, index) => make("details", { class: "difference", open: index < OPEN }, summaryOf(one.path, one.note), one.content())),
      lone(left, right, names[0]),
      lone(right, left, names[1]),
      same.length ? hint(`The same in both: ${same.join(", ")}.`) : "",
    ];
  };

  // Files that are shown neither as text nor as table or picture, and differ.
  const otherFiles = ([first, second]) => {
    const shown = (path) => [first, second].some((one) => ["texts", "tables", "images"].some((part) => own(one[part] || {}, path)));
    const rows = diff.names(
      Object.fromEntries(Object.entries(first.files || {}).map(([path, [size, digest]]) => [path, `${size}, ${digest.slice(0, 8)}`])),
      Object.fromEntries(Object.entries(second.files || {}).map(([path, [size, digest]]) => [path, `${size}, ${digest.slice(0, 8)}`])),
    );
    return rows.filter((row) => !shown(row.key));
  };

  const facts = (title, names, rows, keyTitle) => {
    const changed = rows.filter((row) => row.a !== row.b).length;
    return make("details", { class: "difference", open: changed > 0 }, summaryOf(title, changed ? `${changed} of ${rows.length} shown ${changed === 1 ? "differs" : "differ"}` : "no difference"), pairTable(title, names, rows, keyTitle));
  };

  const makeTexts = (context, view) => {
    const other = otherRun(context, view);
    if (!other) return null;
    const pair = [context.base, other].map((run) => context.extras.get(run.id) || {});
    const names = [context.base.name, other.name];
    const all = { all: view.same === "1" };
    const textParts = texts(pair, names, view).filter(Boolean);
    const files = otherFiles(pair);
    const groups = [
      ["Git", diff.names(pair[0].git || {}, pair[1].git || {}, all), "fact"],
      ["Packages", diff.names(pair[0].packages || {}, pair[1].packages || {}, all), "package"],
      ["Environment", diff.names(pair[0].environment || {}, pair[1].environment || {}, all), "fact"],
    ].filter(([, rows]) => rows.length);
    const left = pair.flatMap((one, index) => (one.left || []).map((text) => `${names[index]}: ${text}`));
    const captured = pair.every((one) => one.packages || one.git || one.environment);
    if (!textParts.length && !files.length && !groups.length && !captured && !left.length) return null;
    const same = ["Git", "Packages", "Environment"].filter((title) => !groups.some(([one]) => one === title) && pair.every((one) => one[title.toLowerCase()]));
    return {
      whole: section(
        "Code, texts and environment",
        hint(`From ${names[0]} (baseline, −) to ${names[1]} (+).`),
        controls(otherSelect(context, other), textParts.length ? toggle("side by side", "diff", view.diff === "split", (on) => (on ? "split" : "")) : null),
        ...textParts,
        ...(files.length ? [make("h3", {}, "Other files"), pairTable("Other files", names, files, "file")] : []),
        ...groups.map(([title, rows, keyTitle]) => facts(title, names, rows, keyTitle)),
        same.length ? hint(`No difference in ${same.join(", ").toLowerCase()}.`) : "",
        left.length ? hint(`Too large to be shown here: ${left.join("; ")}.`) : "",
      ),
    };
  };

  compare.texts = { make: makeTexts };
})();

// The pivot table below the runs: metrics by parameters, over the runs that the table shows.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, pivotRows, pivotTexts, takeAway } = runfolio;
  const { directed } = runfolio.controls;
  const { AXIS, AGGREGATES, SCOPES, parse, write, pivot, usual } = pivotRows;

  const LONG = 28; // characters from which a value is cut, with the whole in its title
  const TITLES = { last: "last value", min: "minimum", max: "maximum", best: "best value", table: "of the table", column: "of each column" };
  const COPIES = [
    ["Markdown", "toMarkdown"],
    ["LaTeX", "toLatex"],
    ["CSV", "toCsv"],
  ];

  const { count: plural } = runfolio.format;

  // --- what is chosen ---

  const isMetric = ({ key }) => key.startsWith("metrics.");
  const isSide = ({ group, kind, name }) => ["Parameters", "Tags"].includes(group) || (group === "Run" && ["text", "status"].includes(kind) && !["name", "note"].includes(name));

  const shownRuns = ({ view }) => (view.brush ? view.rows.filter((index) => view.brush.has(index)) : view.rows);

  const usualSides = (workspace) => usual(workspace.columns.filter(isSide).map(({ key }) => workspace.column(key)), shownRuns(workspace));

  const usualMetric = ({ primary, columns }) => primary ?? columns.find(isMetric).name;

  // The settings as this experiment can follow them.
  const settle = (workspace, text) => {
    const asked = parse(text);
    const sides = workspace.columns.filter(isSide).map(({ key }) => key);
    const known = (keys) => [...new Set(keys)].filter((key) => sides.includes(key));
    const metric = workspace.columns.some((column) => isMetric(column) && column.name === asked.metric) ? asked.metric : usualMetric(workspace);
    const rows = known(asked.rows);
    const cols = known(asked.cols).filter((key) => !rows.includes(key));
    const aggregate = asked.aggregate === "best" && !workspace.direction(metric) ? AGGREGATES[0] : asked.aggregate;
    const shown = { ...asked, metric, aggregate };
    if (rows.length) return { ...shown, rows, cols };
    return { ...shown, ...(cols.length ? { rows: cols, cols: [] } : usualSides(workspace)) };
  };

  // --- the controls ---

  const choice = (label, choices, chosen, act) => {
    const box = make("select", {}, ...choices.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
    box.addEventListener("change", () => act(box.value));
    return make("label", { class: "control" }, label, box);
  };

  // One select for each parameter of a side and one more to add another; "" takes one away.
  const sideChoices = (label, keys, others, columns, act, atLeast) => {
    const options = (own) => columns.filter(({ key }) => key === own || (!keys.includes(key) && !others.includes(key))).map(({ key, name, group }) => [key, group === "Tags" ? `${name} (tag)` : name]);
    const boxes = keys.map((own, place) => {
      const none = keys.length > atLeast ? [["", "—"]] : [];
      return choice(place ? "and" : label, [...none, ...options(own)], own, (value) => act(value ? keys.map((key, at) => (at === place ? value : key)) : keys.filter((_, at) => at !== place)));
    });
    const more = options(null);
    if (keys.length < AXIS && more.length) boxes.push(choice(keys.length ? "and" : label, [["", "—"], ...more], "", (value) => value && act([...keys, value])));
    return boxes;
  };

  const controls = (workspace, settings, change) => {
    const sides = workspace.columns.filter(isSide);
    const metrics = workspace.columns.filter(isMetric);
    const { rows, cols, metric, aggregate, scope } = settings;
    const direction = workspace.direction(metric);
    const aggregates = AGGREGATES.filter((one) => one !== "best" || direction).map((one) => [one, TITLES[one]]);
    return [
      ...sideChoices("Rows", rows, cols, sides, (keys) => change({ rows: keys }), 1),
      ...sideChoices("Columns", cols, rows, sides, (keys) => change({ cols: keys }), 0),
      choice("Metric", metrics.map(({ name, direction: way }) => [name, directed(name, way)]), metric, (value) => change({ metric: value })),
      choice("Take", aggregates, aggregate, (value) => change({ aggregate: value })),
      ...(direction && cols.length ? [choice("Bold the best", SCOPES.map((one) => [one, TITLES[one]]), scope, (value) => change({ scope: value }))] : []),
    ];
  };

  // --- the table ---

  const heading = (text, attributes) => make("th", { ...attributes, title: text.length > LONG ? text : null }, make("span", { class: "cut" }, text));

  const headLines = (table) => {
    const names = table.rowNames.map((name) => heading(name, { scope: "col" }));
    if (!table.columnNames.length) return [make("tr", {}, ...names, heading(table.title, { scope: "col", class: "num" }))];
    const corner = () => make("td", { colspan: String(table.rowNames.length) });
    const over = make("tr", {}, corner(), heading(`${table.title} by ${pivotTexts.listed(table.columnNames)}`, { scope: "colgroup", colspan: String(table.columns.length), class: "over" }));
    const lines = pivotTexts.headings(table).map((line, level) => {
      const cells = line.map(({ text, span }) => heading(text, { scope: span > 1 ? "colgroup" : "col", colspan: span > 1 ? String(span) : null, class: span > 1 ? "over" : "num" }));
      return make("tr", {}, ...(level === table.columnNames.length - 1 ? names : [corner()]), ...cells);
    });
    return [over, ...lines];
  };

  const cell = (format, one) => {
    const written = format(one);
    if (!written) return make("td", { class: "num none" }, pivotTexts.MISSING);
    const { mean, deviation, count } = written;
    const full = `${one.mean}${one.deviation === null ? "" : ` ± ${one.deviation}`}, ${plural(one.count, "run")}${one.cut ? ", all broke off" : one.off ? `, ${one.off} more broke off` : ""}`;
    const value = mean + (deviation === null ? "" : ` ± ${deviation}`);
    const marked = one.best ? make("strong", {}, value, make("span", { class: "hidden" }, " (best)")) : value;
    return make("td", { class: "num", title: full }, marked, make("span", { class: "aside" }, ` (${count})`));
  };

  const draw = (table) => {
    const format = pivotTexts.formatter(table.cells);
    const lines = table.rows.map(({ texts }, place) => make("tr", {}, ...texts.map((text) => heading(text, { scope: "row" })), ...table.cells[place].map((one) => cell(format, one))));
    const told = make("p", { class: "hint", id: "pivot-told" }, `${pivotTexts.describe(table)}: ${pivotTexts.MEANING}, over ${plural(table.runs, "run")}${pivotTexts.brokeOff(table)}`);
    const drawn = make("table", { class: "listing pivot-table", "aria-labelledby": "pivot-told" }, make("thead", {}, ...headLines(table)), make("tbody", {}, ...lines));
    return [told, make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Pivot table" }, drawn)];
  };

  const tabulate = (workspace, settings, runs) => {
    const { metric, aggregate, scope } = settings;
    const [rows, columns] = [settings.rows, settings.cols].map((keys) => keys.map((key) => workspace.column(key)));
    const direction = workspace.direction(metric);
    const found = pivot({ rows, columns, values: workspace.metric(metric, aggregate), direction, scope, runs, statuses: workspace.statuses });
    const title = directed(metric, direction) + (aggregate === "last" ? "" : ` (${TITLES[aggregate]})`);
    return { ...found, title, rowNames: rows.map(({ name }) => name), columnNames: columns.map(({ name }) => name) };
  };

  const LEFT = ["row", "column"];
  const leftOut = ({ left }) => {
    const parts = left.map((count, place) => count && plural(count, LEFT[place])).filter(Boolean);
    return parts.length ? make("p", { class: "hint" }, `${parts.join(" and ")} more have no room here: choose parameters of fewer values, or filter the runs.`) : "";
  };

  const copyButtons = (table) =>
    COPIES.map(([title, writer]) => {
      const button = make("button", { type: "button", class: "quiet", "aria-label": `Copy the pivot table as ${title}` }, title);
      button.addEventListener("click", () => takeAway.copy(pivotTexts[writer](table), button, `Pivot table as ${title}`));
      return button;
    });

  const content = (workspace, settings, change) => {
    const runs = shownRuns(workspace);
    const tools = make("div", { class: "controls pivot-controls" }, ...controls(workspace, settings, change));
    if (!runs.length) return [tools, make("p", { class: "hint" }, "No run to count: the table shows none.")];
    const table = tabulate(workspace, settings, runs);
    if (!table.runs) return [tools, make("p", { class: "hint" }, `None of these runs has ${settings.metric}.`)];
    const copies = make("div", { class: "controls pivot-copies" }, make("span", { class: "aside" }, "Copy as"), ...copyButtons(table));
    return [tools, ...draw(table), leftOut(table), copies];
  };

  // --- the panel ---

  const start = async (slot) => {
    const frame = document.querySelector("[data-runs-table]");
    if ("single" in frame.dataset) return;
    const panel = make("section", { class: "pivot", id: "pivot", "aria-labelledby": "pivot-title", hidden: true });
    const button = make("button", { type: "button", "data-pivot": true, "aria-expanded": "false", "aria-controls": "pivot", title: "Means of a metric by parameters" }, "Pivot");
    slot.append(button);
    frame.after(panel);
    const workspace = await runfolio.workspace.open(frame.dataset.shard);
    const hasMetrics = workspace.columns.some(isMetric);
    button.disabled = !hasMetrics;
    let mark = [];
    let isCalled = false; // by its button, and not yet brought into sight

    const close = () => {
      state.update({ pivot: "" });
      button.focus();
    };
    const head = () => {
      const away = make("button", { type: "button", class: "quiet", "aria-label": "Close the pivot table", onclick: close }, "✕");
      return make("div", { class: "bar-of-tools" }, make("h3", { id: "pivot-title", tabindex: "-1" }, "Pivot"), away);
    };

    // What had the focus is drawn anew: the select at the same place gets it.
    const refocus = (change) => {
      const place = [...panel.querySelectorAll("select")].indexOf(document.activeElement);
      change();
      if (place >= 0) [...panel.querySelectorAll("select")].at(Math.min(place, panel.querySelectorAll("select").length - 1))?.focus();
    };

    const refresh = async () => {
      const { pivot: text } = state.read();
      const isOpen = Boolean(text) && hasMetrics;
      panel.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) return;
      await workspace.load();
      const { view } = workspace;
      const now = [state.read().pivot, view.rows, view.brush];
      if (now.every((one, place) => one === mark[place])) return;
      mark = now;
      const settings = settle(workspace, now[0]);
      const change = (changes) => state.update({ pivot: write({ ...settings, ...changes }) });
      refocus(() => panel.replaceChildren(head(), ...content(workspace, settings, change)));
      if (!isCalled) return;
      isCalled = false;
      panel.scrollIntoView({ block: "nearest" });
      panel.querySelector("h3").focus({ preventScroll: true });
    };

    button.addEventListener("click", async () => {
      if (!panel.hidden) return close();
      await workspace.load();
      isCalled = true;
      mark = [];
      return state.update({ pivot: write({ ...parse(";"), ...usualSides(workspace), metric: usualMetric(workspace) }) });
    });
    workspace.follow(refresh);
    state.follow(refresh);
  };

  runfolio.onPage("[data-table-tools]", start);
})();

// What the parts of the compare page are built of: sections, tables, changes, panels, choices.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { address, select } = runfolio.controls;

  const format = (value) => runfolio.format.number(value);
  const signed = (value, text) => (value > 0 ? `+${text}` : text.replace(/^-/, "−"));
  const signedNumber = (value) => signed(value, format(value));
  const { count: plural } = runfolio.format;

  const deltaText = ({ amount, share }) => {
    const percent = share === null || Math.abs(share) > 10 ? "" : ` (${signed(share, `${(100 * share).toFixed(1)} %`)})`;
    return signedNumber(amount) + percent;
  };

  // A change from the baseline, marked as better or worse by a sign as well as a colour.
  const delta = (one) => {
    if (!one) return "";
    if (one.verdict === "same") return make("span", { class: "delta aside" }, "same");
    const mark = { better: "▲ ", worse: "▼ " }[one.verdict] || "";
    return make("span", { class: `delta ${one.verdict || "aside"}`, title: String(one.amount) }, mark + deltaText(one));
  };

  const runName = (run) => make("a", { class: "run-name", href: address(run.id), title: run.name }, run.name);

  // What is to be said of a run that did not come to its end, with the mark that tables have.
  const statusMark = (run) => {
    if (run.status === "FINISHED") return "";
    const [word, mark] = runfolio.cells.status(run.status);
    return make("span", { class: `status status-${word}` }, make("span", { class: "mark", "aria-hidden": "true" }, mark), ` ${word}`);
  };

  const runLabel = (run) => make("span", { class: "run-label" }, runfolio.chartSwatch(run), runName(run), statusMark(run));

  // The head of a table with a column for each run, or for each group as {label, color, dash}.
  const headRow = (columns, base) => {
    const cells = columns.map((column, index) => {
      const label = column.id ? runLabel(column) : make("span", { class: "run-label", title: column.label }, runfolio.chartSwatch(column), column.label);
      const below = [column.note, index === base ? "baseline" : ""].filter(Boolean).join(", ");
      return make("th", { scope: "col", class: `run${index === base ? " baseline" : ""}` }, label, make("div", { class: "aside" }, below));
    });
    return make("thead", {}, make("tr", {}, make("td", {}), ...cells));
  };

  const scroller = (label, content) => make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, content);

  const table = (label, head, rows) => scroller(label, make("table", { class: "listing compare-table" }, head, make("tbody", {}, ...rows)));

  const textTable = (label, columns, base, rows) =>
    table(
      label,
      headRow(columns, base),
      rows.map((row) =>
        make(
          "tr",
          { class: row.differs ? "differs" : "" },
          make("th", { scope: "row" }, row.key),
          ...row.values.map((value, index) => make("td", { class: index === base ? "text baseline" : "text", title: value }, value ?? "—")),
        ),
      ),
    );

  const section = (title, ...content) => make("section", {}, make("h2", {}, title), ...content);
  const hint = (text) => make("p", { class: "hint" }, text);
  const controls = (...content) => make("div", { class: "controls" }, ...content.filter(Boolean));

  // A chart with its choices above it; `draw` is called once the panel is on the page.
  const panel = (title, choices, draw, { wide = false, note = null } = {}) => {
    const plot = make("div", { class: "plot" });
    const parts = [make("h3", {}, title), controls(...choices), plot, ...(note ? [hint(note)] : [])];
    return { whole: make("section", { class: wide ? "panel wide" : "panel", "aria-label": title }, ...parts), draw: () => runfolio.pace.whenNear(plot, () => draw(plot)) };
  };

  // A check box that keeps its choice in the fragment: "1" or nothing.
  const toggle = (label, name, checked, stateOf) => {
    const box = make("input", { type: "checkbox", "data-control": name });
    box.checked = checked;
    box.addEventListener("change", () => state.update({ [name]: stateOf(box.checked) }));
    return make("label", { class: "control" }, box, label);
  };

  // Which run is looked at beside the baseline, where a part shows two: the one chosen, else the best.
  const otherRun = ({ runs, base, lead }, view) => {
    const others = runs.filter((run) => run !== base);
    const counted = compare.rows.counted(others);
    const values = others.map((run) => (lead && counted.includes(run) ? compare.rows.lastOf(run, lead) : null));
    const best = values.indexOf(compare.rows.bestOf(values, compare.rows.directionOf(runs, lead)));
    return others.find((run) => run.id === view.with) || others[Math.max(best, 0)] || null;
  };

  const otherSelect = (context, other) => {
    const choices = context.runs.filter((run) => run !== context.base).map((run) => [run.id, run.name]);
    return choices.length > 1 ? select("beside the baseline", "with", choices, other.id) : null;
  };

  compare.view = { format, signedNumber, plural, delta, deltaText, runLabel, headRow, scroller, table, textTable, section, hint, controls, panel, toggle, otherRun, otherSelect };
})();

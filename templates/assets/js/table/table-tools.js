// The tools above the runs table: search, heat, and what can be done with the selected runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys } = runfolio.workspace;

  const MOST = 200; // runs that a comparison can take in

  const { count: plural } = runfolio.format;

  // "12 of 250 runs", "250 runs"; while those of a large experiment come, how many are there.
  const counted = ({ workspace, view }, failed = false) => {
    if (!workspace.wholeRows()) return `${workspace.loaded.toLocaleString("en")} of ${plural(workspace.total, "run")} ${failed ? "are here, the others couldn’t be loaded" : "loaded"}`;
    const all = workspace.count - view.hidden.size;
    const shown = view.brush ? view.rows.filter((index) => view.brush.has(index)).length : view.rows.length;
    return shown === all ? plural(all, "run") : `${shown.toLocaleString("en")} of ${plural(all, "run")}`;
  };

  const button = (text, act, hint = null) => make("button", { type: "button", class: "quiet", title: hint, onclick: act }, text);

  // The comparison of some runs, with the baseline and the groups that the table has.
  const comparing = ({ ids: all }, { baseline, group }, ids) => {
    const groups = group.filter((key) => /^(params|tags)\./.test(key));
    const base = baseline >= 0 ? all[baseline] : "";
    const runs = [...new Set([...ids, ...(base ? [base] : [])])].join(",");
    return `${runfolio.site().root}compare.html${state.format({ runs, base, group: joinKeys(groups) })}`;
  };

  const canCompare = () => !runfolio.isElsewhere(runfolio.site().root + "compare.html");

  const toCompare = (workspace, view) => {
    if (!canCompare()) return [];
    if (view.selected.length > MOST) return [make("span", {}, `select up to ${MOST} to compare`)];
    const ids = view.selected.map((index) => workspace.ids[index]);
    return [make("a", { href: comparing(workspace, view, ids) }, "Compare")];
  };

  const forSelected = ({ workspace, view }) => {
    const { selected, pinned } = view;
    return [
      make("strong", {}, `${selected.length.toLocaleString("en")} selected`),
      ...toCompare(workspace, view),
      button("Hide", () => state.update({ ...hiding(workspace, selected), runs: "" })),
      button("Pin", () => workspace.pinRuns([...new Set([...pinned, ...selected])]), "Keep at the top of the table"),
      ...(selected.length === 1 ? [button("Set as baseline", () => workspace.setBaseline(selected[0]), "Show every metric’s difference to this run")] : []),
      button("Clear", () => state.update({ runs: "" })),
    ];
  };

  const hiding = (workspace, indices) => ({ hide: [...new Set([...workspace.view.hidden, ...indices])].map(workspace.short).join(",") });

  const notes = ({ workspace, view }) => {
    const parts = [];
    if (view.baseline >= 0) parts.push(make("span", {}, `Baseline: ${workspace.names[view.baseline]}`), button("Remove baseline", () => workspace.setBaseline(-1)));
    if (view.pinned.length) parts.push(button(`Unpin ${view.pinned.length}`, () => workspace.pinRuns([])));
    if (view.hidden.size) parts.push(make("span", {}, `${view.hidden.size.toLocaleString("en")} hidden`), button("Show hidden", () => state.update({ hide: "" })));
    if (view.brush) parts.push(make("span", {}, "brushed in a chart"), button("Clear brush", () => workspace.setBrush(null)));
    return parts;
  };

  runfolio.tableTools = (table) => {
    const { workspace } = table;
    const search = document.querySelector("[data-search]");
    const heat = document.querySelector("[data-heat]");
    const count = document.querySelector("[data-count]");
    const selection = document.querySelector("[data-selection]");
    runfolio.tableChooser(table, document.querySelector("[data-columns-menu]"));
    // One run has nothing to be grouped or compared with.
    const groups = document.querySelector("[data-group-menu]");
    if (groups) runfolio.tableGrouping(table, groups);

    search.addEventListener("focus", () => workspace.load().then(() => workspace.searchable()));
    search.addEventListener("input", () => state.update({ q: search.value }));
    heat?.addEventListener("click", () => state.update({ heat: heat.getAttribute("aria-pressed") === "true" ? "" : "1" }));

    workspace.followRows((failed) => (count.textContent = counted(table, failed)));

    table.told = () => {
      const query = table.settings.q || "";
      if (search.value !== query) search.value = query;
      heat?.setAttribute("aria-pressed", String(table.heat));
      count.textContent = counted(table);
      const focused = selection.contains(document.activeElement);
      selection.replaceChildren(
        ...(table.view.selected.length ? forSelected(table) : workspace.count > 1 && canCompare() ? [make("span", {}, "Tick runs to compare them.")] : []),
        ...notes(table),
      );
      if (focused) selection.querySelector("button, a")?.focus();
    };
  };
})();

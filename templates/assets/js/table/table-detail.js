// Everything of one run in a dialog: on a phone what the table has no room for, and what one can do with it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show } = runfolio.cells;

  const action = (text, act, dialog) =>
    make("button", { type: "button", onclick: () => { dialog.close(); act(); } }, text);

  const values = (columns, index) => {
    const shown = columns.map((column) => [column, show(column, index)]).filter(([, { text }]) => text !== "" && text !== "—");
    const list = make("dl", { class: "pairs" });
    for (const [column, { text, full }] of shown) list.append(make("div", {}, make("dt", {}, column.title), make("dd", { title: full }, text)));
    return list;
  };

  runfolio.tableDetail = async ({ workspace, view }, index) => {
    const { names, ids, colors, dashes } = workspace;
    const dialog = make("dialog", { class: "detail", "aria-labelledby": "detail-name" });
    const isPinned = view.pinned.includes(index);
    const isBaseline = view.baseline === index;
    dialog.append(
      make("div", { class: "detail-head" },
        make("h3", { id: "detail-name" }, runfolio.tableView.swatch(colors[index], dashes[index]), make("a", { href: runfolio.controls.address(ids[index]) }, names[index])),
        make("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
      ),
      make("div", { class: "controls" },
        action(isBaseline ? "No baseline" : "Set as baseline", () => workspace.setBaseline(isBaseline ? -1 : index), dialog),
        action(isPinned ? "Unpin" : "Pin to the top", () => workspace.pinRuns(isPinned ? view.pinned.filter((one) => one !== index) : [...view.pinned, index]), dialog),
        action("Hide", () => workspace.hide([index]), dialog),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    await workspace.load();
    for (const group of ["Metrics", "Parameters", "Tags", "Run", "System"]) {
      const columns = workspace.columns.filter((column) => column.group === group && column.key !== runfolio.tableColumns.NAME).map(({ key }) => workspace.column(key)).filter(Boolean);
      const list = values(columns, index);
      if (list.children.length) dialog.append(make("h4", {}, group), list);
    }
  };
})();

// The headings of the runs table: they sort, one column or with Shift several, and move by keys.

(() => {
  "use strict";

  // The sort order after a click on a heading: ascending, descending, not at all; `more` keeps the others.
  const next = (sort, key, more) => {
    const place = sort.findIndex((one) => one.key === key);
    const now = sort[place];
    const then = !now ? { key, descending: false } : now.descending ? null : { key, descending: true };
    if (!more) return then ? [then] : [];
    if (place < 0) return [...sort, then];
    return sort.flatMap((one) => (one.key === key ? (then ? [then] : []) : [one]));
  };

  if (typeof module === "object") module.exports = { next };
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { formatSort } = runfolio.workspace;
  const NAME = runfolio.tableColumns.NAME;
  const PADDING = 10;
  const CHIP = 10; // the border and padding of an aggregate
  const AGGREGATES = { last: "", min: "min", max: "max", best: "best", mean: "mean", first: "first", count: "count" };

  // Makes headings and, on `update`, shows how the table is sorted. moveColumn(key, step) moves one.
  const headings = (table, moveColumn, measure) => {
    const made = new Map();

    const aggregateOf = (key) => AGGREGATES[table.view.aggregates.get(key) ?? "last"];
    const markOf = (key) => {
      const { sort } = table.view;
      const place = sort.findIndex((one) => one.key === key);
      return place < 0 ? "" : `${sort[place].descending ? " ▼" : " ▲"}${sort.length > 1 ? place + 1 : ""}`;
    };

    // How wide a heading is, with its aggregate and the mark of sorting.
    const need = (key) => {
      const aggregate = aggregateOf(key);
      return Math.ceil(measure(titleOf(key)) + (aggregate ? measure(` ${aggregate}`) + CHIP : 0) + measure(markOf(key)) + 2 * PADDING);
    };

    // On a phone the status is a mark, which needs no heading that shows.
    const titleOf = (key) => (table.narrow && key === "attributes.status" ? "" : table.described.get(key).title);

    const pickAll = () => {
      const box = make("input", { type: "checkbox", "data-pick-all": true, "aria-label": "Select all runs shown" });
      box.addEventListener("change", () => (box.checked ? table.workspace.selectAll() : state.update({ runs: "" })));
      made.set("pick", { box });
      return box;
    };

    const heading = (key, _, element) => {
      if (key === "pick") return pickAll();
      const column = table.described.get(key);
      const aggregate = aggregateOf(key);
      const title = titleOf(key);
      const mark = make("span", { class: "sort-mark", "aria-hidden": "true" });
      const button = make("button", { type: "button", "data-sort": key, title: column.hint }, title || make("span", { class: "hidden" }, column.title), ...(aggregate ? [make("span", { class: "aggregate" }, ` ${aggregate}`)] : []), mark);
      button.addEventListener("click", (event) => state.update({ sort: formatSort(next(table.view.sort, key, event.shiftKey)) }));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!event.altKey || !step || key === NAME) return;
        event.preventDefault();
        moveColumn(key, step);
      });
      if (["number", "duration"].includes(column.kind)) element.classList.add("num");
      made.set(key, { mark, element });
      return button;
    };

    const update = () => {
      const { sort, rows } = table.view;
      for (const [key, { mark, element }] of made) {
        if (!mark) continue;
        const place = sort.findIndex((one) => one.key === key);
        const { descending } = sort[place] ?? {};
        mark.textContent = markOf(key);
        element.setAttribute("aria-sort", place !== 0 ? "none" : descending ? "descending" : "ascending");
      }
      const all = made.get("pick")?.box;
      if (!all) return;
      const count = table.selected.size ? rows.filter((index) => table.selected.has(index)).length : 0;
      all.checked = count > 0 && count === rows.length;
      all.indeterminate = count > 0 && count < rows.length;
    };

    const focus = (key) => made.get(key)?.element?.querySelector("button")?.focus();

    return { heading, need, update, focus };
  };

  // Measures texts as an element writes them.
  const measurer = (element) => {
    const { fontFamily, fontSize } = getComputedStyle(element);
    const context = document.createElement("canvas").getContext("2d");
    context.font = `${fontSize} ${fontFamily}`;
    const known = new Map();
    return (text) => {
      if (!known.has(text)) known.set(text, context.measureText(text).width);
      return known.get(text);
    };
  };

  runfolio.tableHeadings = { make: headings, measurer };
})();

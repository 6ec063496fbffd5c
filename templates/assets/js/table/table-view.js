// The runs table in the browser: what its cells, headings and rows are made of, and moving in it by keys.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show, summarize, align, describe, range, heat, delta, status } = runfolio.cells;
  const { factsOf } = runfolio.tableLines;
  const { sound, broken, countRuns } = runfolio.rows;
  const NAME = runfolio.tableColumns.NAME;
  const SVG = "http://www.w3.org/2000/svg";
  const INDENT = 18;

  const swatch = (color, dash) => {
    const svg = document.createElementNS(SVG, "svg");
    const line = document.createElementNS(SVG, "line");
    for (const [name, value] of Object.entries({ class: `swatch run-${color} dash-${dash}`, viewBox: "0 0 16 8", width: 16, height: 8, "aria-hidden": true })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ x1: 1, y1: 4, x2: 15, y2: 4 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  const statusMark = (value, narrow) => {
    const [word, mark] = status(value);
    return make("span", { class: `status status-${word}`, title: narrow ? word : null }, make("span", { class: "mark", "aria-hidden": "true" }, mark), narrow ? make("span", { class: "hidden" }, word) : ` ${word}`);
  };

  const arrow = (better) => make("span", { "aria-hidden": "true" }, better === null ? "" : better ? "▲ " : "▼ ");

  // Draws cells from `table`: {workspace, view, facts, columns (Map by key), narrow, heat, current}.
  const cellsOf = (table) => {
    const { statuses, indices } = table.workspace;
    const contenders = sound(indices, statuses);
    const remember = (make) => {
      const known = new Map();
      return (column) => {
        if (!known.has(column.values)) known.set(column.values, make(column));
        return known.get(column.values);
      };
    };
    const factsOfColumn = remember((column) => describe(column, indices, contenders));
    const rangeOf = remember((column) => range(column, contenders));

    const tab = (line) => (line === table.current ? 0 : -1);

    const pick = (line) => {
      const { group } = factsOf(table.facts, line);
      const { names } = table.workspace;
      const members = group ? group.members : [line];
      const count = members.filter((index) => table.selected.has(index)).length;
      const box = make("input", { type: "checkbox", "data-pick": true, tabindex: tab(line), "aria-label": `Select ${group ? group.label : names[line]}` });
      box.checked = count === members.length;
      box.indeterminate = count > 0 && count < members.length;
      return box;
    };

    const fold = (line, { folded, children }, label) =>
      make("button", { type: "button", class: "fold", "data-fold": true, tabindex: tab(line), "aria-expanded": String(!folded), "aria-label": `${children} run${children === 1 ? "" : "s"} of ${label}` }, folded ? "▸" : "▾");

    const name = (line, element) => {
      const facts = factsOf(table.facts, line);
      const content = document.createDocumentFragment();
      const { names, ids, colors, dashes } = table.workspace;
      element.setAttribute("role", "rowheader");
      if (facts.depth) element.style.paddingInlineStart = `${10 + INDENT * facts.depth}px`;
      const label = facts.group ? facts.group.label : names[line];
      if (facts.children) content.append(fold(line, facts, label));
      if (facts.group) {
        const { color, dash, members } = facts.group;
        const words = countRuns(members, statuses);
        const isWhole = !members.some((index) => broken(statuses[index]));
        const told = isWhole ? String(members.length) : table.narrow ? words.replace(/ runs?/, "") : words;
        content.append(swatch(color, dash), make("span", { class: "of-two" }, make("strong", { title: label }, label), make("span", { class: "aside", title: words }, ` ${told}`)));
        return content;
      }
      content.append(swatch(colors[line], dashes[line]), make("a", { href: runfolio.controls.address(ids[line]), tabindex: tab(line), title: label, "data-open": true }, label));
      if (line === table.view.baseline) content.append(make("span", { class: "badge" }, "baseline"));
      if (facts.pinned) content.append(make("span", { class: "badge" }, "pinned"));
      content.append(make("button", { type: "button", class: "more-of-row", "data-more": true, tabindex: tab(line), "aria-label": `All of ${label}`, "aria-haspopup": "dialog" }, "⋯"));
      return content;
    };

    const tint = (element, column, value) => {
      const share = table.heat && column.group === "Metrics" ? heat(rangeOf(column), value, column.direction) : null;
      if (share === null) return;
      element.classList.add("heat");
      element.style.setProperty("--heat", `${Math.round(share * 45)}%`);
    };

    const figure = (column, index, element) => {
      const facts = factsOfColumn(column);
      const value = column.values[index];
      const { text, full } = show(column, index);
      if (full) element.title = runfolio.marked(full);
      tint(element, column, value);
      const isBest = facts.best !== null && value === facts.best;
      const main = make("span", { class: isBest ? "best" : null }, align(text, facts.widest), ...(isBest ? [make("span", { class: "hidden" }, " (best)")] : []));
      return index === table.view.baseline ? main : withDelta(column, value, main);
    };

    // What stands in a cell, over its difference from the baseline.
    const withDelta = (column, value, main) => {
      const base = table.view.baseline;
      const change = base >= 0 && column.group === "Metrics" ? delta(value, column.values[base], column.direction) : null;
      if (!change) return main;
      const tone = change.better === null ? "" : change.better ? " better" : " worse";
      return make("span", { class: "with-delta" }, main, make("span", { class: `delta${tone}` }, arrow(change.better), change.text, make("span", { class: "hidden" }, change.better === null ? " from the baseline" : ` ${change.better ? "better" : "worse"} than the baseline`)));
    };

    const summary = (column, group, element) => {
      const { text, full, mean, isShared } = summarize(column, group);
      if (full) element.title = runfolio.marked(full);
      if (mean !== null) {
        tint(element, column, mean);
        return withDelta(column, mean, make("span", {}, text));
      }
      if (column.kind === "status" && isShared) return statusMark(column.values[group.members[0]], table.narrow);
      const isMark = column.kind === "status" && table.narrow; // which several have none of
      return isShared ? document.createTextNode(runfolio.marked(text)) : make("span", { class: isMark ? "hidden" : "aside" }, text);
    };

    const value = (line, key, element) => {
      const column = table.columns.get(key);
      if (!column) return document.createTextNode("…");
      const numeric = column.kind === "number" || column.kind === "duration";
      element.classList.add(numeric ? "num" : "text");
      const { group } = factsOf(table.facts, line);
      if (group) return summary(column, group, element);
      if (column.kind === "status") return statusMark(column.values[line], table.narrow);
      if (column.kind === "number") return figure(column, line, element);
      const { text, full } = show(column, line);
      if (full) element.title = runfolio.marked(full);
      return document.createTextNode(runfolio.marked(text));
    };

    return (line, key, element) => (key === "pick" ? pick(line) : key === NAME ? name(line, element) : value(line, key, element));
  };

  // Arrow keys go to the same control of the next row; a row's other controls lie left and right.
  const CONTROLS = "[data-pick], [data-fold], [data-open], [data-more]";
  const kindOf = (control) => ["pick", "fold", "open", "more"].find((kind) => kind in control.dataset);

  const moveByKeys = (table, element) => {
    const rows = () => [...element.querySelectorAll(".tabulator-row")];
    const focus = (row, kind) => (row.querySelector(`[data-${kind}]`) ?? row.querySelector(CONTROLS))?.focus();
    element.addEventListener("focusin", ({ target }) => {
      const row = target.closest(".tabulator-row");
      const line = row && table.lineOf(row);
      if (!row || line === table.current) return;
      for (const one of element.querySelectorAll(`.tabulator-row :is(${CONTROLS})[tabindex="0"]`)) one.tabIndex = -1;
      for (const one of row.querySelectorAll(CONTROLS)) one.tabIndex = 0;
      table.current = line;
    });
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const row = event.target.closest(".tabulator-row");
      if (!row) {
        if (step !== 1 || !event.target.classList.contains("tabulator-tableholder")) return;
        const top = event.target.getBoundingClientRect().top;
        const first = rows().find((one) => one.getBoundingClientRect().top >= top - 1);
        if (first) focus(first, "open");
      } else if (step) {
        const all = rows();
        const next = all[all.indexOf(row) + step];
        if (next) focus(next, kindOf(event.target) ?? "open");
      } else if (side) {
        const controls = [...row.querySelectorAll(CONTROLS)];
        controls[controls.indexOf(event.target) + side]?.focus();
      } else if (event.key === " " && "open" in event.target.dataset) {
        row.querySelector("[data-pick]").click();
      } else return;
      event.preventDefault();
    });
  };

  // Runs `change` and puts the focus back on the control that it redrew.
  const keepFocus = (table, element, change) => {
    const { activeElement: active } = document;
    const row = element.contains(active) ? active.closest(".tabulator-row") : null;
    const line = row && table.lineOf(row);
    const kind = row && kindOf(active);
    const heading = element.contains(active) ? active.dataset.sort : null;
    change();
    if (heading && document.activeElement === document.body) [...element.querySelectorAll("[data-sort]")].find((one) => one.dataset.sort === heading)?.focus({ preventScroll: true });
    if (!kind || document.activeElement !== document.body) return;
    const again = [...element.querySelectorAll(".tabulator-row")].find((one) => table.lineOf(one) === line);
    again?.querySelector(`[data-${kind}]`)?.focus({ preventScroll: true });
  };

  runfolio.tableView = { cellsOf, moveByKeys, keepFocus, swatch, statusMark };
})();

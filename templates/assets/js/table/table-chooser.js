// The menus of the runs table: which columns show, in which order, and by what runs are grouped.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys } = runfolio.workspace;
  const { NAME, write, move, constant } = runfolio.tableColumns;
  const AGGREGATES = ["last", "best", "min", "max", "mean"];
  const SEARCHED = 12; // a list longer than this has a search

  const matches = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return ({ name, title }) => words.every((word) => `${name} ${title}`.toLowerCase().includes(word));
  };

  const iconButton = (text, label, act, more = {}) => make("button", { type: "button", class: "quiet icon", "aria-label": label, title: label, onclick: act, ...more }, text);

  // Keeps a menu's panel as the table is, while it is open, with the focus where it was.
  const menu = (details, table, fill) => {
    const panel = details.querySelector("fieldset");
    const search = make("input", { type: "search", class: "menu-search", placeholder: "Search", "aria-label": "Search the list", autocomplete: "off" });
    const body = make("div");
    panel.append(search, body);
    const draw = () => {
      if (!details.open) return;
      const focused = body.contains(document.activeElement) ? document.activeElement.dataset.what : null;
      const place = panel.scrollTop;
      body.replaceChildren(...fill(search.value, search));
      panel.scrollTop = place;
      if (focused) [...body.querySelectorAll("[data-what]")].find((one) => one.dataset.what === focused)?.focus({ preventScroll: true });
    };
    search.addEventListener("input", draw);
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      draw();
      table.workspace.load().then(draw);
    });
    document.addEventListener("click", (event) => {
      if (details.open && event.target.isConnected && !details.contains(event.target)) details.open = false;
    });
    table.menus = [...(table.menus ?? []), draw];
    return draw;
  };

  const byGroup = (columns, row) => {
    const groups = Map.groupBy ? Map.groupBy(columns, ({ group }) => group) : columns.reduce((found, one) => found.set(one.group, [...(found.get(one.group) ?? []), one]), new Map());
    return [...groups].flatMap(([name, members]) => [make("p", { class: "menu-group" }, `${name} `, make("span", { class: "aside" }, String(members.length))), ...members.map(row)]);
  };

  runfolio.tableChooser = (table, details) => {
    const { workspace } = table;
    const set = (shown, pinned = table.pinned) => state.update(write(workspace.columns, { shown, pinned }));
    const toggle = (key, on) => set(on ? [...table.shown, key] : table.shown.filter((one) => one !== key), on ? table.pinned : table.pinned.filter((one) => one !== key));
    const pin = (key) => set(table.shown, table.pinned.includes(key) ? table.pinned.filter((one) => one !== key) : [...table.pinned, key]);

    const aggregates = (column) => {
      const now = table.view.aggregates.get(column.key) ?? "last";
      const box = make("select", { "aria-label": `Value of ${column.name}`, "data-what": `aggregate ${column.key}` }, ...AGGREGATES.filter((one) => one !== "best" || column.direction).map((one) => make("option", { value: one }, one)));
      box.value = now;
      box.addEventListener("change", () => {
        const next = new Map(table.view.aggregates).set(column.key, box.value);
        state.update({ agg: joinKeys([...next].filter(([, aggregate]) => aggregate !== "last").map(([key, aggregate]) => `${key}.${aggregate}`)) });
      });
      return box;
    };

    const check = (column, on) => {
      const box = make("input", { type: "checkbox", "data-what": `show ${column.key}` });
      box.checked = on;
      box.addEventListener("change", () => toggle(column.key, box.checked));
      return make("label", { title: column.hint }, box, make("span", { class: "menu-name" }, column.title));
    };

    let dragged = null;
    const shownRow = (column) => {
      const { key, title } = column;
      const place = table.shown.indexOf(key);
      const isPinned = table.pinned.includes(key);
      const row = make("li", { draggable: "true", class: isPinned ? "pinned" : null }, make("span", { class: "grip", "aria-hidden": "true" }, "⠿"), check(column, true),
        ...(column.key.startsWith("metrics.") ? [aggregates(column)] : []),
        iconButton("↑", `Move ${title} up`, () => set(move(table.shown, key, place - 1)), { "data-what": `up ${key}`, disabled: place === 0 }),
        iconButton("↓", `Move ${title} down`, () => set(move(table.shown, key, place + 1)), { "data-what": `down ${key}`, disabled: place === table.shown.length - 1 }),
        iconButton("pin", isPinned ? `Unpin ${title}` : `Keep ${title} in sight`, () => pin(key), { "data-what": `pin ${key}`, "aria-pressed": String(isPinned) }),
      );
      row.addEventListener("dragstart", (event) => {
        dragged = key;
        event.dataTransfer.effectAllowed = "move";
      });
      row.addEventListener("dragover", (event) => dragged && event.preventDefault());
      row.addEventListener("drop", (event) => {
        event.preventDefault();
        if (dragged) set(move(table.shown, dragged, place));
        dragged = null;
      });
      return row;
    };

    const told = make("p", { class: "aside", role: "status" });
    const hideConstant = () => {
      const columns = table.shown.map((key) => table.columns.get(key)).filter(Boolean);
      const same = new Set(constant(columns, table.view.rows));
      told.textContent = same.size ? "" : "None is constant: no column shown has the same value in all runs that have it.";
      set(table.shown.filter((key) => !same.has(key)), table.pinned.filter((key) => !same.has(key)));
    };

    return menu(details, table, (query) => {
      const fits = matches(query);
      const shown = table.shown.map((key) => table.described.get(key)).filter(fits);
      const rest = workspace.columns.filter((column) => column.key !== NAME && !table.shown.includes(column.key) && fits(column));
      const list = make("ul", { class: "menu-shown" }, ...shown.map(shownRow));
      return [
        make("div", { class: "controls" },
          make("button", { type: "button", "data-what": "constant", onclick: hideConstant }, "Hide constant columns"),
          make("button", { type: "button", "data-what": "usual", onclick: () => state.update({ cols: "", pin: "", agg: "", widths: "" }) }, "Reset"),
        ),
        told,
        ...(shown.length ? [make("p", { class: "menu-group" }, "Shown, in order ", make("span", { class: "aside" }, String(shown.length))), list] : []),
        ...byGroup(rest, (column) => check(column, false)),
        ...(shown.length || rest.length ? [] : [make("p", { class: "aside" }, `No column matches “${query}”.`)]),
      ];
    });
  };

  runfolio.tableGrouping = (table, details) => {
    const { workspace } = table;
    const groupable = () => workspace.columns.filter(({ key, group, kind }) => key !== NAME && (["Parameters", "Tags"].includes(group) || kind === "status") && (table.view.group.includes(key) || !table.described.get(key).constant));
    const set = (keys) => state.update({ group: joinKeys(keys), open: "" });

    const row = (column) => {
      const box = make("input", { type: "checkbox", "data-what": `group ${column.key}` });
      const { group } = table.view;
      box.checked = group.includes(column.key);
      box.addEventListener("change", () => set(box.checked ? [...group, column.key] : group.filter((key) => key !== column.key)));
      return make("label", {}, box, make("span", { class: "menu-name" }, column.title), ...(box.checked && group.length > 1 ? [make("span", { class: "aside" }, String(group.indexOf(column.key) + 1))] : []));
    };

    const openAll = (open) => state.update({ open: open ? joinKeys(table.view.groups.map(({ key }) => key)) : "" });

    return menu(details, table, (query, search) => {
      const columns = groupable();
      search.hidden = columns.length <= SEARCHED;
      return [
        ...(table.view.groups ? [make("div", { class: "controls" },
          make("button", { type: "button", "data-what": "unfold", onclick: () => openAll(true) }, "Unfold all"),
          make("button", { type: "button", "data-what": "fold", onclick: () => openAll(false) }, "Fold all"),
          make("button", { type: "button", "data-what": "none", onclick: () => set([]) }, "No groups"),
        )] : []),
        ...byGroup(columns.filter(matches(query)), row),
        ...(columns.length ? [] : [make("p", { class: "aside" }, "All runs have the same parameters and tags.")]),
      ];
    });
  };
})();

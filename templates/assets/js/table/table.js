// The runs table: follows the workspace's view and shows it in place of the table without scripts.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys, splitKeys } = runfolio.workspace;
  const { NAME, choose, chooseNarrow, write, move, parseWidths, formatWidths } = runfolio.tableColumns;
  const { compose, factsOf } = runfolio.tableLines;
  const { cellsOf, moveByKeys, keepFocus } = runfolio.tableView;
  const { summarize } = runfolio.cells;
  const { countRuns } = runfolio.rows;
  const { tableHeadings } = runfolio;
  const { measurer } = tableHeadings;

  const ROW = 33;
  const ROW_WITH_DELTA = 47;
  const RULE = 1;
  const PICK = 34;
  const PADDING = 10;
  const LEAST = 72;
  const STATUS = 30; // on a phone, where it is a mark
  const TWO_NUMBERS = 156; // a value with its difference
  const OF_NAME = 80; // what stands before and after a group's name
  const STAR = 16; // before the best value
  const BOLD = 1.1; // times as wide
  const NARROW = matchMedia("(max-width: 640px)");

  // Where the least and the greatest number are; nothing where there is none.
  const extremes = (values) => {
    let [least, greatest] = [-1, -1];
    for (let index = 0; index < values.length; index += 1) {
      if (!Number.isFinite(values[index])) continue;
      if (least < 0 || values[index] < values[least]) least = index;
      if (greatest < 0 || values[index] > values[greatest]) greatest = index;
    }
    return least < 0 ? [] : [least, greatest];
  };

  // How wide a column has to be for some of its values, the least and the greatest among them.
  const estimate = (column, measure) => {
    const { values } = column;
    const places = extremes(values);
    const step = Math.max(1, Math.floor(values.length / 50));
    for (let index = 0; index < values.length; index += step) places.push(index);
    const decimals = runfolio.cells.describe(column, [...values.keys()], []).widest;
    const widest = Math.max(0, ...places.map((index) => measure(runfolio.cells.align(runfolio.cells.show(column, index).text, decimals))));
    const best = column.direction ? STAR + (BOLD - 1) * widest : 0;
    return Math.min(240, widest + 2 * PADDING + best);
  };

  const start = async (frame, workspace) => {
    const fixed = frame.querySelector(".runs-table");
    const widths = new Map([...fixed.tHead.rows[0].cells].filter((cell) => cell.offsetWidth).map((cell) => [cell.dataset.key || "pick", cell.getBoundingClientRect().width]));
    const listed = fixed.tBodies[0].rows.length; // the runs that these widths are made for
    const described = new Map(workspace.columns.map((column) => [column.key, column]));
    const table = { workspace, described, view: workspace.view, facts: new Map(), lines: [], columns: new Map(), selected: new Set(workspace.view.selected), narrow: NARROW.matches, heat: false, current: null, shown: [], pinned: [] };
    const element = make("div", { class: "runs-grid", id: "runs-grid", "aria-label": fixed.caption.textContent });
    const rows = new WeakMap();
    table.lineOf = (row) => rows.get(row);
    const nothing = make("p", { class: "nothing", role: "status", hidden: true });

    const chosen = (settings) => (table.narrow ? chooseNarrow(workspace.columns, workspace.primary) : choose(workspace.columns, settings));

    // Columns with the aggregates the reader chose.
    const read = () => {
      table.columns = new Map(
        table.shown.map((key) => {
          const aggregate = table.view.aggregates.get(key);
          return [key, workspace.column(aggregate && aggregate !== "last" ? `${key}.${aggregate}` : key)];
        }),
      );
    };

    let laid = new Map(); // widths by key, without those the reader chose
    const definitions = (settings) => {
      const own = table.narrow ? new Map() : parseWidths(settings.widths);
      const groups = [...table.facts.values()].flatMap(({ group }) => group ?? []);
      const needed = (column) => {
        const difference = !table.narrow && table.view.baseline >= 0 && column?.group === "Metrics" ? TWO_NUMBERS : 0;
        if (!column || !groups.length || column.kind === "status") return difference;
        return groups.reduce((most, group) => Math.max(most, measure(summarize(column, group).text) + 2 * PADDING), difference);
      };
      const named = groups.reduce((most, { label, members }) => Math.max(most, BOLD * measure(`${label} ${countRuns(members, workspace.statuses)}`) + OF_NAME), 0);
      const natural = (key) => {
        const column = table.described.get(key);
        if (table.narrow && column.kind === "status") return STATUS;
        const values = table.columns.get(key);
        const laidOut = table.narrow ? undefined : widths.get(key);
        const room = laidOut && values?.values.length <= listed ? laidOut : Math.max(laidOut ?? LEAST, values ? estimate(values, measure) : 100);
        return Math.max(key === NAME ? named : needed(values), headings.need(key), room);
      };
      const width = (key) => own.get(key) ?? natural(key);
      const fields = [{ field: "pick", width: widths.get("pick") ?? PICK, minWidth: 20, frozen: true, resizable: false, cssClass: "pick" }, { field: NAME, width: width(NAME), frozen: true, minWidth: 90, cssClass: "name" }];
      for (const key of table.shown) fields.push({ field: key, width: width(key), frozen: table.pinned.includes(key), minWidth: STATUS });
      const spare = frame.clientWidth - fields.reduce((sum, one) => sum + one.width, 0);
      if (!own.has(NAME)) fields[1].width = Math.max(120, table.narrow ? fields[1].width + spare : Math.min(fields[1].width + Math.max(0, spare), 420));
      laid = new Map(fields.filter(({ field }) => !own.has(field)).map((one) => [one.field, one.width]));
      return fields;
    };

    const moveColumn = (key, step) => {
      const shown = move(table.shown, key, table.shown.indexOf(key) + step);
      state.update(write(workspace.columns, { ...table, shown }));
      headings.focus(key);
    };
    const headings = tableHeadings.make(table, moveColumn, measurer(fixed.tHead.rows[0].cells[1]));
    const measure = measurer(fixed.tBodies[0].rows[0].cells[1]);

    const height = () => {
      const limit = Math.min(760, Math.max(320, innerHeight * 0.7));
      const header = element.querySelector(".tabulator-header")?.offsetHeight || ROW;
      const row = rowHeight() + RULE;
      const holder = element.querySelector(".tabulator-tableholder");
      const bar = holder ? holder.offsetHeight - holder.clientHeight : 0;
      element.style.height = `${Math.min(limit, header + table.lines.length * row + bar)}px`;
      element.style.setProperty("--row-height", `${rowHeight()}px`);
    };
    const rowHeight = () => (table.view.baseline >= 0 ? ROW_WITH_DELTA : ROW);

    const arrange = () => {
      const { lines, facts } = compose(table.view, { open: new Set(splitKeys(table.settings.open)), folded: new Set(state.list(table.settings.fold).map(workspace.index)), statuses: workspace.statuses });
      const same = lines === table.lines || (lines.length === table.lines.length && lines.every((line, place) => line === table.lines[place]));
      Object.assign(table, { lines, facts, current: lines.includes(table.current) ? table.current : lines[0] });
      return same;
    };

    table.settings = state.read();
    table.view = workspace.view;
    Object.assign(table, chosen(table.settings));
    read();
    arrange();
    frame.append(element, nothing);
    height();
    const grid = await runfolio.grid(element, {
      columns: definitions(table.settings),
      rowHeight: rowHeight(),
      cell: cellsOf(table),
      heading: headings.heading,
      dress: (line, row) => {
        rows.set(row, line);
        const facts = factsOf(table.facts, line);
        row.dataset.line = typeof line === "number" ? workspace.ids[line] : "";
        row.classList.toggle("picked", table.selected.has(line));
        row.classList.toggle("context", facts.context);
        row.classList.toggle("of-group", Boolean(facts.group));
        row.classList.toggle("is-baseline", line === table.view.baseline);
        row.setAttribute("aria-selected", String(table.selected.has(line)));
      },
      moved: (fields) => state.update(write(workspace.columns, { ...table, shown: fields.filter((field) => field !== "pick" && field !== NAME) })),
      resized: (key, width) => state.update({ widths: formatWidths(new Map([...parseWidths(state.read().widths), [key, width]])) }),
    });
    fixed.closest(".scroller").remove();

    const markOf = (settings) => [settings.cols, settings.pin, settings.widths, settings.agg, table.narrow, table.view.baseline >= 0, table.view.group, Boolean(table.view.groups)].join("\n");
    let mark = markOf(table.settings);
    const describeLook = () => [table.view.baseline, table.heat, table.narrow, table.shown.map((key) => (table.columns.get(key) ? 1 : 0)).join("")].join();

    const tellNothing = () => {
      const { view } = table;
      element.hidden = !table.lines.length;
      nothing.hidden = Boolean(table.lines.length);
      if (table.lines.length) return;
      const clear = make("button", { type: "button", class: "link", onclick: () => (view.brush ? workspace.setBrush(null) : state.update({ q: "", filter: "" })) }, view.brush ? "clear the brush" : "clear the filter");
      nothing.replaceChildren(...(view.hidden.size === workspace.count ? ["All runs are hidden."] : ["No run matches: ", clear]));
    };

    // Draws the lines, with other columns or keeping the place where one has scrolled to.
    const draw = ({ columns, keepPlace }) => {
      tellNothing();
      grid.setRowHeight(rowHeight());
      height();
      if (columns) grid.setColumns(columns, table.lines);
      else grid.show(table.lines, keepPlace);
      height();
      tellMore();
    };

    let look = null;
    let drawn = false;
    const refresh = () => {
      const settings = state.read();
      const before = table.view;
      const { view } = workspace;
      const selected = view.selected === before.selected ? table.selected : new Set(view.selected);
      Object.assign(table, { settings, view, selected, heat: settings.heat === "1" });
      Object.assign(table, chosen(settings));
      read();
      const sameLines = arrange();
      keepFocus(table, element, () => {
        const now = markOf(settings);
        const nowLook = describeLook();
        const changed = before !== table.view || nowLook !== look;
        if (changed || !sameLines) grid.stale();
        if (now !== mark || table.view.sort.some(({ key }) => laid.has(key) && headings.need(key) > laid.get(key))) draw({ columns: definitions(settings) });
        else if (!drawn || changed || !sameLines) draw({ keepPlace: drawn && (sameLines || before.rows === table.view.rows) });
        mark = now;
        look = nowLook;
        drawn = true;
      });
      headings.update();
      table.told?.();
      for (const redraw of table.menus ?? []) redraw();
    };

    const tellMore = () => frame.classList.toggle("more-aside", grid.holder.scrollLeft + grid.holder.clientWidth < grid.holder.scrollWidth - 1);
    grid.holder.addEventListener("scroll", tellMore, { passive: true });
    moveByKeys(table, element);
    element.addEventListener("change", ({ target }) => {
      if (!("pick" in target.dataset)) return;
      const line = table.lineOf(target.closest(".tabulator-row"));
      workspace.toggle(factsOf(table.facts, line).group?.members ?? [line], target.checked);
    });
    element.addEventListener("click", ({ target }) => {
      const control = target.closest("[data-fold], [data-more]");
      if (!control) return;
      const line = table.lineOf(control.closest(".tabulator-row"));
      if ("more" in control.dataset) runfolio.tableDetail(table, line);
      else fold(line);
    });

    // A run's page leads on to the next one in this order.
    for (const kind of ["click", "auxclick"]) {
      element.addEventListener(kind, ({ target }) => {
        if (!target.closest("[data-open]")) return;
        const { groups, rows: shown } = table.view;
        const indices = groups ? groups.flatMap(({ members }) => members) : shown;
        runfolio.order.remember(workspace.id, indices.map((index) => workspace.ids[index]));
      });
    }

    const flipped = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
    const fold = (line) => {
      if (factsOf(table.facts, line).group) state.update({ open: joinKeys(flipped(splitKeys(table.settings.open), line)) });
      else state.update({ fold: flipped(state.list(table.settings.fold), workspace.short(line)).join(",") });
    };

    NARROW.addEventListener("change", () => {
      table.narrow = NARROW.matches;
      refresh();
    });
    let width = frame.clientWidth;
    new ResizeObserver(() => {
      if (frame.clientWidth === width) return;
      width = frame.clientWidth;
      draw({ columns: definitions(table.settings) });
    }).observe(frame);

    runfolio.tableTools(table);
    runfolio.tablePrint(table, frame);
    const OWN = ["cols", "pin", "widths", "heat", "open", "fold"];
    let seen = "";
    let first = true;
    workspace.follow(refresh, { first: true });
    state.follow((settings) => {
      const now = OWN.map((name) => settings[name] || "").join("\n");
      if (now === seen && !first) return;
      seen = now;
      if (!first) refresh();
      first = false;
    });
  };

  runfolio.onPage("[data-runs-table]", async (frame) => {
    try {
      await start(frame, await runfolio.workspace.openFirst(frame.dataset.shard));
      requestAnimationFrame(() => setTimeout(runfolio.workspace.tableShown));
    } catch (error) {
      runfolio.workspace.tableShown();
      frame.before(make("p", { class: "warning slim" }, `The table can’t be sorted or filtered: ${error.message}`));
      throw error;
    }
  });
})();

// The charts of an experiment that relate runs to each other: which ones show, and when they draw.
// They follow the workspace, and keep their settings in the fragment.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, pace, relationData: data } = runfolio;
  const kinds = [];

  // A kind of chart {kind, title, wide, names (of the fragment), lacks(workspace, section), usual(workspace),
  // keepsBrushed, draw(scene)}; draw resolves to {controls, draw(plot)} or {controls, empty}.
  runfolio.relations = { add: (kind) => kinds.push(kind) };

  const ORDER = ["scatter", "boxes", "heat", "bars", "importance", "correlation", "parallel"];

  const REST = 150; // milliseconds after the last change of the view until charts follow it
  const FOR_PAPER = 2000; // runs; with more of them only what was seen is printed

  const makePanel = ({ kind, title, wide }) => {
    const controls = make("div", { class: "controls", "data-controls": "" });
    const plot = make("div", { class: "plot", "data-plot": "" });
    const element = make("section", { class: wide ? "panel wide" : "panel", "data-chart": kind, "aria-label": title }, make("h3", {}, title), controls, plot);
    return { element, controls, plot };
  };

  // What a chart draws from: the page's workspace, the settings in the fragment, and columns as axes.
  const sceneOf = (workspace, settings, shard) => ({
    workspace,
    settings,
    shard,
    axis: async (key) => {
      const found = data.readAxis(workspace, key);
      if (found) return found;
      await workspace.load();
      const loaded = data.readAxis(workspace, key);
      if (!loaded) throw new Error(`There is no column ${key}.`);
      return loaded;
    },
    point: (index, groups) => new Point(workspace, index, groups.get(index)),
  });

  // A run for a chart. What only few of very many runs are asked for is read when asked for.
  class Point {
    #workspace;
    #index;
    constructor(workspace, index, group) {
      this.#workspace = workspace;
      this.#index = index;
      this.color = group?.color ?? workspace.colors[index];
    }
    get id() { return this.#workspace.ids[this.#index]; }
    get name() { return this.#workspace.names[this.#index]; }
    get dash() { return this.#workspace.dashes[this.#index]; }
    get href() { return runfolio.controls.address(this.id); }
  }

  const fill = async ({ controls, plot }, kind, scene, isCurrent) => {
    const made = await kind.draw(scene);
    if (!isCurrent()) return;
    const focused = document.activeElement?.dataset?.control;
    const inside = controls.contains(document.activeElement);
    const open = [...controls.querySelectorAll("details[open]")].map((one) => one.dataset.menu);
    controls.replaceChildren(...made.controls);
    for (const menu of controls.querySelectorAll("details")) menu.open = open.includes(menu.dataset.menu);
    if (inside && focused) [...controls.querySelectorAll("[data-control]")].find((one) => one.dataset.control === focused)?.focus();
    await pace.pause();
    if (made.empty) runfolio.chartHost.empty(plot, made.empty);
    else await made.draw(plot);
  };

  const say = (note, workspace) => {
    const ticked = workspace.view.selected.length;
    const left = data.leftOut(workspace);
    const text = ticked ? `Only the ${ticked === 1 ? "ticked run" : `${ticked} ticked runs`}; untick ${ticked === 1 ? "it" : "them"} to draw all.` : left ? `Without ${left} ${left === 1 ? "run that" : "runs that"} broke off; tick runs to draw them all the same.` : "";
    if (note.textContent !== text) note.textContent = text;
  };

  const wireToggles = (section, offered, chosen) => {
    const line = section.querySelector("[data-chart-toggles]");
    const buttons = offered.map(({ kind, title, reason }) => {
      const toggle = () => {
        const now = chosen();
        const next = now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind];
        state.update({ charts: next.length ? ORDER.filter((one) => next.includes(one)).join(",") : "none" });
      };
      return make("button", { type: "button", class: "toggle", "data-toggle": kind, disabled: reason !== null, title: reason, onclick: toggle }, title);
    });
    line.replaceChildren(...buttons);
    return (shown) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(shown.includes(button.dataset.toggle))));
  };

  const start = (section, workspace) => {
    const [place, note] = ["[data-chart-panels]", "[data-chart-note]"].map((one) => section.querySelector(one));
    const offered = ORDER.map((name) => kinds.find(({ kind }) => kind === name)).map((kind) => ({ ...kind, reason: kind.lacks(workspace, section) }));
    const able = offered.filter(({ reason }) => reason === null);
    if (!able.length) {
      place.replaceChildren(make("p", { class: "hint" }, workspace.count < 2 ? "Charts that relate runs to each other show from two runs on." : "The runs differ in nothing that could be drawn."));
      return;
    }
    let settings = state.read();
    const usual = able.filter((kind) => kind.usual(workspace)).map(({ kind }) => kind);
    const chosen = () => (settings.charts ? able.map(({ kind }) => kind).filter((kind) => settings.charts.split(",").includes(kind)) : usual);
    const press = wireToggles(section, offered, chosen);
    const panels = new Map(able.map((kind) => [kind.kind, { kind, mark: null, ...makePanel(kind) }]));
    const near = new Set();

    // What a panel shows depends on these; nothing is drawn again while all are the same.
    const markOf = ({ kind }) => {
      const { view, brush } = workspace;
      return [view.rows, view.selected, view.groups, view.aggregates, kind.keepsBrushed ? null : brush, kind.names.map((name) => settings[name] ?? "").join("\n")];
    };
    const refresh = async (panel) => {
      const mark = markOf(panel);
      if (panel.mark?.every((one, index) => one === mark[index])) return;
      panel.mark = mark;
      try {
        await fill(panel, panel.kind, sceneOf(workspace, settings, section.dataset.shard), () => panel.mark === mark);
      } catch (error) {
        panel.plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
      }
    };
    const shown = () => chosen().map((kind) => panels.get(kind));
    const drawForPaper = async () => {
      for (const panel of shown()) if (workspace.view.rows.length <= FOR_PAPER) await refresh(panel);
    };
    // One after another, those near the view; the latest call takes over.
    let turn = 0;
    const draw = async () => {
      turn += 1;
      const mine = turn;
      await pace.idle(REST);
      for (const panel of shown()) {
        if (mine !== turn) return;
        if (near.has(panel)) await refresh(panel);
      }
      pace.whenCalm(drawForPaper);
    };
    const drawSoon = pace.settled(draw);
    const watcher = pace.watcher((element, isNear) => {
      const panel = panels.get(element.dataset.chart);
      if (isNear) near.add(panel);
      else near.delete(panel);
      if (isNear) drawSoon(0);
    });
    const lay = () => {
      const now = shown();
      const mark = chosen();
      press(mark);
      if ([...place.children].map((one) => one.dataset.chart).join() === mark.join()) return;
      watcher.disconnect();
      near.clear();
      place.replaceChildren(...now.map(({ element }) => element));
      now.forEach(({ element }) => watcher.observe(element));
    };
    // What the fragment's brush picks, told to the workspace; where the table clears it, so does the fragment.
    const brushed = { text: "", rows: null, selected: null };
    const brush = () => {
      const brushes = data.parseBrushes(settings.brush);
      const text = data.formatBrushes(brushes);
      const { rows, selected } = workspace.view;
      if (text && text === brushed.text && !workspace.brush) {
        brushed.text = "";
        state.update({ brush: "" });
        return;
      }
      if (text === brushed.text && (!text || (rows === brushed.rows && selected === brushed.selected))) return;
      Object.assign(brushed, { text, rows, selected });
      const readValues = (key) => data.readAxis(workspace, key)?.values ?? null;
      workspace.setBrush(brushes.length ? data.passing(data.subjects(workspace, { brushed: false }), brushes, readValues) : null, "parallel");
    };
    const update = (wait) => {
      lay();
      say(note, workspace);
      brush();
      drawSoon(wait);
    };
    let seen = workspace.view;
    // Charts follow the view after the table has, and their own settings at once.
    workspace.follow((view) => {
      const changed = view !== seen;
      seen = view;
      update(changed ? REST : 0);
    });
    state.follow((next) => {
      settings = next;
      if (workspace.view === seen) update(0);
    });
    addEventListener("beforeprint", drawForPaper);
  };

  runfolio.onPage("[data-relations]", async (section) => {
    if (!section.querySelector("[data-chart-panels]")) return;
    try {
      start(section, await runfolio.workspace.open(section.dataset.shard));
    } catch (error) {
      section.querySelector("[data-chart-panels]").replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  });
})();

// Panels of curves, one per metric, in sections by the metrics' prefixes, with their settings. What
// they show is in the fragment; templates/assets/js/README.md describes the source they draw from.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, pace, state, controls, curveAxes, curveGroups, curveSettings, curveSmoothing } = runfolio;

  const REST = 150; // milliseconds after the last change until charts follow it
  const STEP_RUNS = 2.5; // how many times as many runs "more" shows

  // How curves are smoothed and, where they are, how much.
  const smoothingControls = (prefix, smoothing) => {
    const smoothers = [["", "none"], ...Object.entries(curveSmoothing.kinds).map(([kind, one]) => [`${kind}-${one.usual}`, one.name])];
    const chosen = smoothing ? smoothers.find(([value]) => value.startsWith(`${smoothing.kind}-`))[0] : "";
    const box = controls.select("smoothing", `${prefix}smooth`, smoothers, chosen);
    if (!smoothing) return [box];
    const kind = curveSmoothing.kinds[smoothing.kind];
    const words = make("output", {}, kind.words(smoothing.amount));
    const slider = make("input", { type: "range", min: kind.least, max: kind.most, step: kind.step, value: smoothing.amount, "data-control": `${prefix}amount`, "aria-label": `Amount of smoothing (${kind.name})` });
    slider.addEventListener("input", () => (words.textContent = kind.words(Number(slider.value))));
    slider.addEventListener("change", () => state.update({ [`${prefix}smooth`]: `${smoothing.kind}-${slider.value}` }));
    return [box, make("span", { class: "control" }, slider, words)];
  };

  // The select boxes and the slider above the panels.
  const settingsRow = (source, prefix, settings, grouped) => {
    const named = (name) => prefix + name;
    const metrics = source.metrics.map((metric) => [curveAxes.METRIC + metric, metric]);
    const kinds = [["", source.usual === "wall" ? "time of day" : "step, or their own axis"], ["step", "step"], ["time", "time since start"], ["wall", "time of day, UTC"], ...metrics];
    const row = [
      controls.select("over", named("x"), kinds, settings.x ?? ""),
      controls.select("x scale", named("xscale"), [["", "linear"], "log"], settings.xLog ? "log" : ""),
      controls.select("y scale", named("scale"), [["", "linear"], "log"], settings.log ? "log" : ""),
      ...smoothingControls(prefix, settings.smoothing),
    ];
    if (grouped) {
      row.push(controls.select("groups as", named("centre"), Object.entries(curveGroups.centres), settings.centre));
      row.push(controls.select("band", named("band"), Object.entries(curveGroups.bands), settings.band));
    }
    const sizes = Object.keys(curveSettings.SIZES).map((name) => [name, name]);
    if (!Object.hasOwn(curveSettings.SIZES, settings.sizeName)) sizes.push([settings.sizeName, settings.sizeName.replace("x", " × ")]);
    row.push(controls.select("size", named("size"), sizes, settings.sizeName));
    return row;
  };

  // Puts new controls in place of old ones and keeps the focus on the one that had it.
  const replaceControls = (place, fresh) => {
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.control;
    place.replaceChildren(...fresh);
    if (focused) place.querySelector(`[data-control="${focused}"]`)?.focus();
  };

  const searchBox = (prefix) => {
    const box = make("input", { type: "search", placeholder: "Search metrics", autocomplete: "off", "aria-label": "Search the metrics" });
    box.addEventListener("input", () => state.update({ [`${prefix}q`]: box.value }));
    return box;
  };

  const curvePanels = (element, source) => {
    const prefix = source.prefix ?? "curve";
    let settings = curveSettings.read(state.read(), prefix);
    const tools = {
      title: source.title,
      legend: source.legend ?? "compact",
      usual: source.usual,
      prefix,
      size: () => settings.size,
      onRange: (range, kind) => state.update({ [`${prefix}range`]: curveAxes.writeRange(range, kind) }),
      onSize: (width, height) => state.update({ [`${prefix}size`]: `${width}x${height}` }),
    };
    const search = searchBox(prefix);
    const row = make("div", { class: "controls curve-settings" });
    const shown = make("p", { class: "hint shown", role: "status" });
    const body = make("div", {});
    const nothing = make("p", { class: "empty", hidden: true });
    const panels = [];

    const near = pace.watcher((target, isNear) => {
      const panel = panels.find((one) => one.element === target);
      panel.near = isNear;
      if (isNear) drawSoon(0);
    });

    // What a panel draws depends on; while it is the same, nothing is drawn again.
    const refresh = (panel) => {
      const choice = source.choose(panel.metric, settings.runs);
      const { x, xLog, log, smoothing, centre, band, size, range } = settings;
      return panel.refresh(choice, settings, JSON.stringify([choice.lines, choice.emphasis, x, xLog, log, smoothing, centre, band, size[1], range]));
    };

    const drawNear = () => panels.filter((panel) => panel.near && !panel.element.hidden).forEach(refresh);
    const drawSoon = pace.settled(() => pace.idle(REST).then(drawNear));

    // What the machine did is folded at first, unless there is nothing else.
    const opensFirst = (name) => name !== curveSettings.SYSTEM || source.metrics.every(curveSettings.isSystem);
    const isOpen = (name) => settings.folds.has(name) !== opensFirst(name);
    const keepFold = (name, open) => {
      const folds = new Set(settings.folds);
      if (open === opensFirst(name)) folds.delete(name);
      else folds.add(name);
      state.update({ [`${prefix}fold`]: curveSettings.writeFolds(folds) });
    };

    const groups = curveSettings.sections(source.metrics, source.first).map(({ prefix: name, metrics }) => {
      const made = metrics.map((metric) => makePanel(metric));
      const grid = make("div", { class: "curve-grid" }, ...made.map((panel) => panel.element));
      const count = make("span", { class: "aside" });
      const summary = make("summary", {}, make("h3", {}, name || "metrics"), count);
      const details = make("details", { class: "curve-section", "data-section": name }, summary, grid);
      const group = { name, panels: made, details, grid, count, shown: null };
      details.addEventListener("toggle", () => {
        if (details.open !== group.shown) keepFold(name, details.open);
      });
      body.append(details);
      return group;
    });

    function makePanel(metric) {
      const panel = runfolio.curvePanel(metric, tools);
      panels.push(panel);
      near.observe(panel.element);
      return panel;
    }

    // The sections, without what the search leaves out.
    const layOut = () => {
      let found = 0;
      for (const group of groups) {
        const kept = group.panels.filter((panel) => {
          panel.element.hidden = !curveSettings.matches(panel.metric, settings.search);
          return !panel.element.hidden;
        });
        found += kept.length;
        group.details.hidden = kept.length === 0;
        group.shown = isOpen(group.name) || (settings.search !== "" && kept.length > 0);
        group.details.open = group.shown;
        group.count.textContent = kept.length === group.panels.length ? String(kept.length) : `${kept.length} of ${group.panels.length}`;
        group.grid.style.setProperty("--panel", `${settings.size[0]}px`);
        for (const panel of kept) panel.resize(settings.size);
      }
      nothing.hidden = found > 0;
      nothing.textContent = `No metric matches “${runfolio.marked(settings.search)}”.`;
    };

    const describe = () => {
      const choice = source.choose(null, settings.runs);
      const more = () => state.update({ [`${prefix}runs`]: String(Math.round(settings.runs * STEP_RUNS)) });
      replaceControls(shown, [choice.text ?? "", ...(choice.more ? [" · ", make("button", { type: "button", class: "quiet", "data-control": `${prefix}runs`, onclick: more }, "more")] : [])]);
      return choice.grouped;
    };

    // All of it, once per frame however often it is asked for; the charts after the shortest wait.
    let least = null;
    const update = (wait) => {
      const asked = least !== null;
      least = Math.min(least ?? wait, wait);
      if (asked) return;
      requestAnimationFrame(() => {
        const soon = least;
        least = null;
        settings = curveSettings.read(state.read(), prefix);
        if (document.activeElement !== search) search.value = settings.search;
        layOut();
        replaceControls(row, settingsRow(source, prefix, settings, describe()));
        if (soon) drawSoon(soon);
        else drawNear();
      });
    };

    const singles = source.singles?.length ? [make("p", { class: "hint" }, `One value each, see the table: ${source.singles.join(", ")}.`)] : [];
    if (!panels.length) {
      element.replaceChildren(make("p", { class: "empty" }, "No metric has more than one step yet, so there is no curve to draw."), ...singles);
      return;
    }
    const keys = make("p", { class: "hint keys" }, "Drag to zoom, with Shift to move, double click for all. Or: Ctrl (⌘) and wheel; keys + − ← → 0.");
    element.replaceChildren(make("div", { class: "bar-of-tools" }, search, shown), row, body, nothing, ...singles, keys);
    // Its own settings show at once, other runs after the table has shown them.
    let seen = null;
    state.follow((values) => {
      const own = JSON.stringify(Object.entries(values).filter(([name]) => name.startsWith(prefix)));
      if (own === seen) return;
      seen = own;
      update(0);
    });
    source.follow?.(() => update(REST));
  };

  Object.assign(runfolio, { curvePanels, smoothingControls });
})();

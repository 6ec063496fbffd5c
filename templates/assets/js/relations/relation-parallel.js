// Parallel coordinates of an experiment: axes chosen and ordered by the reader, brushes that pick rows
// of the table.

(() => {
  "use strict";

  const node = typeof module === "object";

  const MOST = 200; // categories of an axis that can be read as such

  // A list with one thing moved to another place.
  const moved = (list, from, to) => {
    const rest = list.filter((_, index) => index !== from);
    return [...rest.slice(0, to), list[from], ...rest.slice(to)];
  };

  if (node) module.exports = { moved };
  if (typeof document === "undefined") return;

  const { make, pace, controls, state, chartDimensions, chartRows, relationData: data, workspace: fragment } = runfolio;
  const PARAMS = 5;
  const AXES = 12;
  const LINES = 500; // runs drawn at most

  // Parameters with several values, then those that some runs only have; at last the metric.
  const usualAxes = (workspace, metric) => {
    const keys = data.varyingParams(workspace.columns).map(({ key }) => key);
    const differs = (key) => new Set(workspace.column(key).values.filter((value) => value !== null)).size > 1;
    const several = keys.filter(differs);
    return [...(several.length ? several : keys).slice(0, PARAMS), metric];
  };

  const write = (keys) => state.update({ parallel: fragment.joinKeys(keys) });

  // The axes that the fragment names, at most so many; null where it names fewer than two.
  const readKeys = (text, titles) => {
    const asked = fragment.splitKeys(text).filter((key, place, all) => titles.has(key) && all.indexOf(key) === place);
    return asked.length > 1 ? asked.slice(0, AXES) : null;
  };

  const axesMenu = (groups, titles, keys) => {
    // The menu is made anew a little after a choice, so each choice starts from what was chosen last.
    const change = (next) => write(next(readKeys(state.read().parallel, titles) ?? keys));
    const chosen = keys.map((key, place) => {
      const move = (by, label, arrow) => make("button", { type: "button", class: "quiet", "aria-label": `Move ${titles.get(key)} ${label}`, disabled: place + by < 0 || place + by >= keys.length, "data-control": `${label} ${key}`, onclick: () => change((now) => (now.includes(key) ? moved(now, now.indexOf(key), now.indexOf(key) + by) : now)) }, arrow);
      const drop = make("button", { type: "button", class: "quiet", "aria-label": `Remove ${titles.get(key)}`, disabled: keys.length <= 2, "data-control": `drop ${key}`, onclick: () => change((now) => now.filter((one) => one !== key)) }, "✕");
      return make("li", {}, make("span", {}, titles.get(key)), move(-1, "left", "←"), move(1, "right", "→"), drop);
    });
    const rest = groups.map(({ group, choices }) => ({ group, choices: choices.filter(([key]) => !keys.includes(key)) })).filter(({ choices }) => choices.length);
    const add = controls.select("add", "paralleladd", [["", "an axis"], ...rest], "");
    add.querySelector("select").addEventListener("change", (event) => {
      event.stopImmediatePropagation();
      if (event.target.value) change((now) => [...now, event.target.value]);
    }, true);
    return controls.menu("Axes", make("ol", { class: "axis-list" }, ...chosen), ...(keys.length < AXES ? [add] : []));
  };

  const textsOf = (axis, index) => {
    const value = axis.values[index];
    if (value === null || value === undefined) return null;
    if (axis.kind === "category") return String(value);
    return axis.format ? axis.format(value) : runfolio.format.number(value);
  };

  // The runs that are drawn of all: evenly by rank, the best by colour among them.
  const choose = (indices, { values, direction }) => {
    const chosen = chartRows.thin(indices, LINES);
    if (chosen === indices || !direction) return chosen;
    const sign = direction === "up" ? -1 : 1;
    const best = indices.filter((index) => Number.isFinite(values[index])).reduce((one, other) => (one === null || sign * (values[other] - values[one]) < 0 ? other : one), null);
    return best === null || chosen.includes(best) ? chosen : [best, ...chosen.slice(1)];
  };

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const groups = data.choices(columns);
    const metrics = data.choices(columns, ({ group }) => group === "Metrics");
    const metric = data.pick(settings.parallelcolor, metrics, `metrics.${primary}`);
    const titles = new Map(columns.map(({ key, title }) => [key, title]));
    const keys = readKeys(settings.parallel, titles) ?? usualAxes(workspace, metric);
    const [color, ...axes] = await Promise.all([metric, ...keys].map((key) => axis(key)));
    const indices = data.ranked(workspace, { brushed: false });
    const placed = [];
    for (const one of axes) {
      placed.push(chartDimensions.place(indices.map((index) => (one.kind === "category" && one.values[index] !== null ? String(one.values[index]) : one.values[index]))));
      await pace.pause();
    }
    const places = new Map(indices.map((index, place) => [index, place]));
    const brushes = data.parseBrushes(settings.brush).flatMap((brush) => {
      const at = keys.indexOf(brush.key);
      const levels = at < 0 ? null : data.brushLevels(placed[at], brush);
      return levels ? [{ at, low: levels.low, high: levels.high }] : [];
    });
    const members = data.groupOf(view);
    const named = (at, level) => (level < -0.02 ? "" : chartDimensions.nameLevel(placed[at], Math.min(Math.max(level, 0), 1)));
    const onBrush = (now) => state.update({ brush: data.formatBrushes(now.map(({ at, low, high }) => ({ key: keys[at], from: named(at, low), to: named(at, high) }))) });
    return {
      controls: [controls.select("colour by", "parallelcolor", metrics, metric), axesMenu(groups, titles, keys)],
      draw: (plot) =>
        runfolio.charts.parallel(plot, {
          dimensions: axes.map((one, at) => ({ key: one.key, title: one.title, ticks: placed[at].ticks.length > MOST ? [] : placed[at].ticks.map((tick) => (one.format && one.kind !== "category" ? { ...tick, label: one.format(Number(chartDimensions.nameLevel(placed[at], tick.position))) } : tick)) })),
          runs: choose(indices, color).map((index) =>
            Object.assign(point(index, members), { positions: placed.map((one) => one.positions[places.get(index)]), value: color.values[index], texts: axes.map((one) => textsOf(one, index)) }),
          ),
          total: indices.length,
          pickedIn: (now) => indices.reduce((count, _, place) => count + Number(now.every((brush) => data.within(placed[brush.at].positions[place], brush))), 0),
          listed: () => indices.map((index) => [workspace.ids[index], workspace.names[index], ...axes.map((one) => one.values[index])]),
          colorTitle: color.title,
          direction: color.direction,
          brushes,
          onBrush,
          onMove: (from, to) => write(moved(keys, from, to)),
        }),
    };
  };

  runfolio.relations.add({
    kind: "parallel",
    title: "Parallel coordinates",
    wide: true,
    names: ["parallel", "parallelcolor", "brush"],
    keepsBrushed: true,
    lacks: ({ columns, count }) => (count < 2 ? "Needs two runs." : data.varyingParams(columns).length + data.metricColumns(columns).length > 1 ? null : "Needs two columns that differ between runs."),
    usual: ({ columns }) => data.varyingParams(columns).length > 1,
    draw,
  });
})();

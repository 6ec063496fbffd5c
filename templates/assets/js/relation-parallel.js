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

  const { make, controls, state, chartDimensions, relationData: data, workspace: fragment } = runfolio;
  const PARAMS = 5;
  const AXES = 12;

  const usualAxes = ({ columns }, metric) => [...data.varyingParams(columns).slice(0, PARAMS).map(({ key }) => key), metric];

  const write = (keys) => state.update({ parallel: fragment.joinKeys(keys) });

  const axesMenu = (groups, titles, keys) => {
    const chosen = keys.map((key, place) => {
      const move = (by, label, arrow) => make("button", { type: "button", class: "quiet", "aria-label": `Move ${titles.get(key)} ${label}`, disabled: place + by < 0 || place + by >= keys.length, "data-control": `${label} ${key}`, onclick: () => write(moved(keys, place, place + by)) }, arrow);
      const drop = make("button", { type: "button", class: "quiet", "aria-label": `Remove ${titles.get(key)}`, disabled: keys.length <= 2, "data-control": `drop ${key}`, onclick: () => write(keys.filter((one) => one !== key)) }, "✕");
      return make("li", {}, make("span", {}, titles.get(key)), move(-1, "left", "←"), move(1, "right", "→"), drop);
    });
    const rest = groups.map(({ group, choices }) => ({ group, choices: choices.filter(([key]) => !keys.includes(key)) })).filter(({ choices }) => choices.length);
    const add = controls.select("add", "paralleladd", [["", "an axis"], ...rest], "");
    add.querySelector("select").addEventListener("change", (event) => {
      event.stopImmediatePropagation();
      if (event.target.value) write([...keys, event.target.value]);
    }, true);
    return controls.menu("Axes", make("ol", { class: "axis-list" }, ...chosen), ...(keys.length < AXES ? [add] : []));
  };

  const textsOf = (axis, index) => {
    const value = axis.values[index];
    if (value === null || value === undefined) return null;
    if (axis.kind === "category") return String(value);
    return axis.format ? axis.format(value) : runfolio.format.number(value);
  };

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const groups = data.choices(columns);
    const metrics = data.choices(columns, ({ group }) => group === "Metrics");
    const metric = data.pick(settings.parallelcolor, metrics, `metrics.${primary}`);
    const titles = new Map(columns.map(({ key, title }) => [key, title]));
    const asked = fragment.splitKeys(settings.parallel).filter((key, place, all) => titles.has(key) && all.indexOf(key) === place);
    const keys = asked.length > 1 ? asked.slice(0, AXES) : usualAxes(workspace, metric);
    const [color, ...axes] = await Promise.all([metric, ...keys].map((key) => axis(key)));
    const indices = data.subjects(workspace, { brushed: false });
    const placed = axes.map((one) => chartDimensions.place(indices.map((index) => (one.kind === "category" && one.values[index] !== null ? String(one.values[index]) : one.values[index]))));
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
          runs: indices.map((index, place) => ({ ...point(index, members), positions: placed.map((one) => one.positions[place]), value: color.values[index], texts: axes.map((one) => textsOf(one, index)), values: axes.map((one) => one.values[index]) })),
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

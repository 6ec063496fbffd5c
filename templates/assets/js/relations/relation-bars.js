// Bars of an experiment: a metric by run or as the mean of each group, and how much parameters matter.

(() => {
  "use strict";

  const node = typeof module === "object";
  const statistics = node ? require("../charts/statistics.js") : runfolio.statistics;

  const SHOWN = 20;
  const MOST = 200; // of those ticked

  const byValue = (direction) => (a, b) => (direction === "up" ? -1 : 1) * (a.value - b.value);

  // The mean of each group with its 95 % interval, best first.
  const groupBars = (groups, values, direction, keep) =>
    groups
      .map((group) => ({ group, found: statistics.summary(group.members.filter(keep).map((index) => values[index])) }))
      .filter(({ found }) => found.n > 0)
      .map(({ group, found }) => ({ id: group.key, name: `${group.label} (${found.n})`, color: group.color, href: null, value: found.mean, low: found.low, high: found.high, runs: found.n }))
      .sort(byValue(direction));

  if (node) module.exports = { groupBars };
  if (typeof document === "undefined") return;

  const { controls, chartText, relationData: data } = runfolio;

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const numbers = data.choices(columns, data.isNumeric);
    const key = data.pick(settings.bar, numbers, `metrics.${primary}`);
    const { title, values, direction } = await axis(key);
    const plain = chartText.plainTitle(title);
    const chosen = [controls.select("metric", "bar", numbers, key)];
    const indices = data.subjects(workspace);
    if (view.groups) {
      const kept = new Set(indices);
      const bars = groupBars(view.groups, values, direction, (index) => kept.has(index));
      const shown = bars.slice(0, SHOWN);
      const which = shown.length < bars.length ? `the best ${shown.length} of ${bars.length} groups` : runfolio.format.count(bars.length, "group");
      return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `mean ${plain} of ${which}`, xTitle: title, what: "group", note: "Lines: 95 % interval of the mean (Student’s t), from two runs on. In brackets: runs.", bars: shown }) };
    }
    const known = indices.filter((index) => Number.isFinite(values[index]));
    const ordered = known.sort((a, b) => (direction === "up" ? values[b] - values[a] : values[a] - values[b]));
    const shown = ordered.slice(0, view.selected.length ? MOST : SHOWN).map((index) => Object.assign(point(index, new Map()), { value: values[index] }));
    const which = shown.length < known.length ? `${direction ? "the best " : ""}${shown.length} of ${runfolio.format.count(known.length, "run")}` : runfolio.format.count(known.length, "run");
    return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `${plain} of ${which}`, xTitle: title, bars: shown }) };
  };

  runfolio.relations.add({
    kind: "bars",
    title: "Bars",
    names: ["bar"],
    lacks: ({ count }) => (count < 2 ? "Needs two runs." : null),
    usual: () => true,
    draw,
  });

  const HEADING = "share of what the parameters explain";

  const drawImportance = async ({ workspace, settings, shard }) => {
    const { metrics, left } = await runfolio.loadShard(`${shard}-importance`);
    const names = metrics.map(([name]) => name);
    const asked = names.includes(settings.importance) ? settings.importance : names[0];
    const { items, method, trusted, runs } = metrics.find(([name]) => name === asked)[1];
    const more = left ? ` Worked out for ${runfolio.format.count(names.length, "metric")}; ${left} more left out.` : "";
    const doubt = trusted ? "" : "Hardly to be trusted: the parameters explain little of this metric. ";
    const chosen = [controls.select("of", "importance", names.map((name) => [name, controls.directed(name, workspace.direction(name))]), asked)];
    if (!items.length) return { controls: chosen, empty: `${method}${more}` };
    const bars = items.map(([name, share, effect]) => ({ id: name, name, color: 0, href: null, value: share, text: `${Math.max(1, Math.round(share * 100))} %  ${chartText.shortenMiddle(effect, 230)}`, note: effect }));
    return { controls: chosen, draw: (plot) => runfolio.charts.bars(plot, { title: `importance of parameters for ${asked}, ${runfolio.format.count(runs, "run")}`, xTitle: HEADING, what: "parameter", note: `${doubt}${method} All runs, whatever is filtered.${more}`, bars }) };
  };

  runfolio.relations.add({
    kind: "importance",
    title: "Importance",
    names: ["importance"],
    lacks: (workspace, section) => ("importance" in section.dataset ? null : "Needs at least six runs with a parameter and a metric that differ."),
    usual: () => false,
    draw: drawImportance,
  });
})();

// The curves of an experiment: of the selected runs, the best of those the table shows, or its groups.

(() => {
  "use strict";

  const node = typeof module === "object";
  const { count: plural } = node ? require("../site/format.js") : runfolio.format;
  const { sound, countRuns } = node ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const MOST_MEMBERS = 200; // runs read for groups

  // All runs that the panels of a metric could draw, found once for each view.
  const found = new WeakMap();
  const drawable = (workspace, metric) => {
    if (!found.has(workspace.view)) found.set(workspace.view, new Map());
    const known = found.get(workspace.view);
    if (!known.has(metric)) known.set(metric, workspace.drawn(Infinity, metric));
    return known.get(metric);
  };

  const groupLine = (workspace, group, share) => {
    const able = sound(group.members, workspace.statuses);
    const kept = able.slice(0, Math.max(Math.ceil(able.length * share), 1));
    const count = `${kept.length < able.length ? `${kept.length} of ` : ""}${countRuns(group.members, workspace.statuses)}`;
    const { key, label, color, dash } = group;
    return { id: `group ${key}`, name: `${label} (${count})`, color, dash, href: null, members: kept.map((index) => workspace.ids[index]) };
  };

  const chooseGroups = (workspace, limit) => {
    const { groups } = workspace.view;
    const count = groups.reduce((sum, group) => sum + group.members.length, 0);
    const lines = groups.slice(0, limit).map((group) => groupLine(workspace, group, Math.min(1, MOST_MEMBERS / count)));
    const more = lines.length < groups.length;
    return { lines, grouped: true, emphasis: [], more, text: `${more ? `${lines.length} of ` : ""}${plural(groups.length, "group")} of ${plural(count, "run")}` };
  };

  // Which runs the panels of a metric draw (of any, without one), and what the page says about it.
  const choose = (workspace, metric, limit, address) => {
    const { view, ids, names, colors, dashes } = workspace;
    if (view.groups) return chooseGroups(workspace, limit);
    const all = drawable(workspace, metric);
    const indices = all.slice(0, limit);
    const lines = indices.map((index) => ({ id: ids[index], name: names[index], color: colors[index], dash: dashes[index], href: address(ids[index]), members: [ids[index]] }));
    const emphasis = indices.filter((index) => view.brush?.has(index)).map((index) => ids[index]);
    const more = indices.length < all.length;
    const count = plural(all.length, view.selected.length ? "selected run" : "run");
    const text = more ? `${view.selected.length ? "" : "best "}${indices.length} of ${count}` : count;
    return { lines, grouped: false, emphasis, more, text };
  };

  if (typeof module === "object") module.exports = { choose };
  if (typeof document === "undefined") return;

  const { controls } = runfolio;

  runfolio.onPage('[data-curves="experiment"]', async (element) => {
    try {
      const workspace = await runfolio.workspace.open(element.dataset.shard);
      const metrics = workspace.columns.filter(({ group }) => group === "Metrics").map(({ key }) => key.replace(/^metrics\./, ""));
      const system = (await runfolio.loadShard(element.dataset.shard)).system ?? [];
      runfolio.curvePanels(element, {
        metrics: [...workspace.curves, ...system],
        singles: metrics.filter((metric) => !workspace.curves.includes(metric)),
        first: workspace.primary,
        usual: "step",
        title: (metric) => controls.directed(metric, workspace.direction(metric)),
        choose: (metric, limit) => choose(workspace, system.includes(metric) ? null : metric, limit, controls.address),
        follow: workspace.follow,
      });
    } catch (error) {
      element.replaceChildren(runfolio.make("p", { class: "warning slim" }, error.message));
    }
  });
})();

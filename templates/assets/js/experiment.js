// The charts of an experiment: they follow the selection and keep their settings in the fragment.

(() => {
  "use strict";

  const SHOWN_RUNS = 10;
  const SHOWN_BARS = 20;
  const SHOWN_DIMENSIONS = 5;

  // The runs a chart shows: those selected, else the best ones that have the metric.
  const choose = (shard, selected, metric, count) => {
    const place = new Map(shard.runs.id.map((id, index) => [id, index]));
    const has = (index) => shard.metrics[metric] && shard.metrics[metric].values[index] !== null;
    const picked = selected.filter((id) => place.has(id)).map((id) => place.get(id));
    if (picked.length) return picked;
    const kept = new Set(sound(shard));
    return shard.runs.rank.map((id) => place.get(id)).filter((index) => kept.has(index) && has(index)).slice(0, count);
  };

  // The runs a chart of all runs shows: those that did not break off, unless all did.
  const sound = (shard) => {
    const all = shard.runs.id.map((_, index) => index);
    const kept = all.filter((index) => !["FAILED", "KILLED"].includes(shard.runs.status[index]));
    return kept.length ? kept : all;
  };

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const valid = (wanted, among, fallback) => (among.includes(wanted) ? wanted : fallback);

  const pure = { choose, sound, valid };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const run = (shard, index) => ({
    id: shard.runs.id[index],
    name: shard.runs.name[index],
    color: shard.runs.color[index],
    dash: shard.runs.dash[index],
  });

  // "5 runs", "the best 10 of 15 runs", and how many broke off and are left out.
  const among = (shown, all, broken, best) => {
    const plural = (count) => (count === 1 ? "run" : "runs");
    const count = shown === all ? `${shown} ${plural(shown)}` : `${best ? "the best " : ""}${shown} of ${all} ${plural(all)}`;
    return broken ? `${count}, without ${broken} that broke off` : count;
  };

  const { select: control, address, directed } = runfolio.controls;
  const arrow = (shard, key) => directed(key, own(shard.directions, key) ? shard.directions[key] : null);

  const counted = (shard, selected, shown, metric) => {
    if (selected.length) return among(shown, shown, 0, false);
    const kept = sound(shard);
    const having = kept.filter((index) => shard.metrics[metric].values[index] !== null).length;
    return among(shown, Math.max(having, shown), shard.runs.id.length - kept.length, true);
  };

  const drawers = {
    async curves(shard, view, selected) {
      const metric = valid(view.curve, shard.curves, shard.curves.includes(shard.primary) ? shard.primary : shard.curves[0]);
      if (!metric) return { empty: "No metric has more than one step yet, so there is no curve to draw." };
      const indices = choose(shard, selected, metric, SHOWN_RUNS);
      const shards = await Promise.all(indices.map((index) => runfolio.loadShard(`runs/${shard.runs.id[index]}`)));
      const runs = shards
        .filter((one) => own(one.curves, metric))
        .map((one) => ({ ...one, ...one.curves[metric], href: address(one.id), value: one.curves[metric].value.map(runfolio.number) }));
      const x = valid(view.curvex, ["step", "time"], "step");
      const scale = valid(view.curvescale, ["linear", "log"], "linear");
      return {
        controls: [
          control("metric", "curve", shard.curves, metric),
          control("over", "curvex", [["step", "step"], ["time", "time since start"]], x),
          control("scale", "curvescale", ["linear", "log"], scale),
        ],
        draw: (plot) =>
          runfolio.charts.curves(plot, {
            title: `${metric} by ${x === "time" ? "time" : "step"}, ${counted(shard, selected, runs.length, metric)}`,
            yTitle: arrow(shard, metric),
            direction: shard.directions[metric],
            runs,
            log: scale === "log",
            xKind: x,
          }),
      };
    },

    async scatter(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters, so there is nothing to compare with." };
      const x = valid(view.x, params, params[0]);
      const y = valid(view.y, metrics, shard.primary);
      const indices = selected.length ? choose(shard, selected, y, 0) : sound(shard);
      const points = indices.map((index) => ({
        ...run(shard, index),
        href: address(shard.runs.id[index]),
        x: shard.params[x].kind === "number" ? runfolio.number(shard.params[x].values[index]) : shard.params[x].values[index],
        y: runfolio.number(shard.metrics[y].values[index]),
      }));
      return {
        controls: [control("x", "x", params, x), control("y", "y", metrics, y)],
        draw: (plot) =>
          runfolio.charts.scatter(plot, { x: { title: x, kind: shard.params[x].kind }, y: { title: arrow(shard, y) }, points }),
      };
    },

    async parallel(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters." };
      const metric = valid(view.par, metrics, shard.primary);
      const dimensions = [...params.slice(0, SHOWN_DIMENSIONS).map((key) => [key, key, shard.params[key]]), [metric, arrow(shard, metric), shard.metrics[metric]]];
      const indices = selected.length ? choose(shard, selected, metric, 0) : sound(shard);
      return {
        controls: [control("colour by", "par", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.parallel(plot, {
            dimensions: dimensions.map(([key, title, column]) => ({ key, title, ticks: column.ticks })),
            runs: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              positions: dimensions.map(([, , column]) => column.positions[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
            colorTitle: arrow(shard, metric),
          }),
      };
    },

    async bars(shard, view, selected) {
      const metrics = Object.keys(shard.metrics);
      const metric = valid(view.bar, metrics, shard.primary);
      const direction = shard.directions[metric];
      const indices = choose(shard, selected, metric, Infinity)
        .filter((index) => shard.metrics[metric].values[index] !== null)
        .sort((a, b) => (direction === "up" ? -1 : 1) * (shard.metrics[metric].values[a] - shard.metrics[metric].values[b]))
        .slice(0, selected.length ? Infinity : SHOWN_BARS);
      return {
        controls: [control("metric", "bar", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.bars(plot, {
            title: `${metric} of ${counted(shard, selected, indices.length, metric)}`,
            xTitle: arrow(shard, metric),
            direction,
            bars: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
          }),
      };
    },
  };

  const settings = { curves: ["curve", "curvex", "curvescale", "runs"], scatter: ["x", "y", "runs"], parallel: ["par", "runs"], bars: ["bar", "runs"] };

  const fill = async (panel, shard, view) => {
    const kind = panel.dataset.chart;
    const plot = panel.querySelector("[data-plot]");
    const controls = panel.querySelector("[data-controls]");
    const known = new Set(shard.runs.id);
    const selected = state.list(view.runs).filter((id) => known.has(id));
    try {
      const chart = await drawers[kind](shard, view, selected);
      const focused = document.activeElement?.dataset?.control;
      controls.replaceChildren(...(chart.controls || []));
      if (focused) controls.querySelector(`[data-control="${focused}"]`)?.focus();
      if (chart.empty) plot.replaceChildren(make("p", { class: "empty" }, chart.empty));
      else await chart.draw(plot);
    } catch (error) {
      plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  };

  runfolio.onPage("[data-charts]", (section) => {
    const table = document.querySelector("[data-runs-table]");
    const panels = [...section.querySelectorAll("[data-chart]")];
    if (!table || !panels.length) return;
    const seen = new WeakMap();
    let view = state.read();
    const refresh = async (panel) => {
      const mark = settings[panel.dataset.chart].map((name) => view[name] || "").join("\n");
      if (seen.get(panel) === mark) return;
      seen.set(panel, mark);
      const shard = await runfolio.loadShard(table.dataset.shard);
      await fill(panel, shard, view);
    };
    const visible = new Set();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting) visible.add(entry.target);
          else visible.delete(entry.target);
          if (entry.isIntersecting) refresh(entry.target);
        }
      },
      { rootMargin: "300px" },
    );
    panels.forEach((panel) => watcher.observe(panel));
    state.follow((next) => {
      view = next;
      for (const panel of visible) refresh(panel);
    });
  });
})();

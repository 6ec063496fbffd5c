// The scatter plot of an experiment: what is on its axes, and what colours, sizes and facets say.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, relationData: data } = runfolio;
  const NONE = ["", "none"];
  const SCALES = [["", "automatic"], ["linear", "linear"], ["log", "logarithmic"]];

  const usual = ({ columns, primary }) => {
    const params = data.varyingParams(columns);
    const metrics = data.metricColumns(columns).filter(({ name }) => name !== primary);
    return { x: params[0]?.key ?? metrics[0]?.key ?? "attributes.start", y: `metrics.${primary}` };
  };

  const draw = async ({ workspace, settings, axis, point }) => {
    const { columns, view } = workspace;
    const any = data.choices(columns);
    const onY = data.choices(columns, ({ kind }) => kind !== "time");
    const numbers = data.choices(columns, data.isNumeric);
    const few = data.choices(columns, ({ kind, group }) => kind !== "time" && group !== "Metrics");
    const defaults = usual(workspace);
    const chosen = {
      x: data.pick(settings.scatterx, any, defaults.x),
      y: data.pick(settings.scattery, onY, defaults.y),
      color: data.pick(settings.scattercolor, any, ""),
      size: data.pick(settings.scattersize, numbers, ""),
      facet: data.pick(settings.scatterfacet, few, ""),
    };
    const [x, y, color, size, facet] = await Promise.all(["x", "y", "color", "size", "facet"].map((name) => (chosen[name] ? axis(chosen[name]) : null)));
    const groups = data.groupOf(view);
    const tinted = color ? { title: color.title, kind: color.kind === "category" ? "category" : "number", format: color.format, order: color.kind === "category" ? workspace.categories(chosen.color) : null } : view.groups && { title: "group", kind: "given", legend: view.groups.map((group) => ({ name: group.label, color: group.color, dash: group.dash })) };
    const points = data.ranked(workspace).map((index) => Object.assign(point(index, groups), {
      x: x.values[index],
      y: y.values[index],
      tint: color ? color.values[index] : (groups.get(index)?.label ?? null),
      size: size ? size.values[index] : null,
      facet: facet ? facet.values[index] : null,
    }));
    const more = [
      controls.select("colour", "scattercolor", [["", view.groups ? "group" : "run"], ...any], chosen.color),
      controls.select("size", "scattersize", [NONE, ...numbers], chosen.size),
      controls.select("one chart for each", "scatterfacet", [NONE, ...few], chosen.facet),
      ...(x.kind === "number" ? [controls.select("x scale", "scatterxscale", SCALES, settings.scatterxscale ?? "")] : []),
      ...(y.kind === "number" ? [controls.select("y scale", "scatteryscale", SCALES, settings.scatteryscale ?? "")] : []),
      controls.tick("trend line", "scattertrend", settings.scattertrend === "1"),
    ];
    return {
      controls: [controls.select("x", "scatterx", any, chosen.x), controls.select("y", "scattery", onY, chosen.y), controls.menu("Options", ...more)],
      draw: (plot) =>
        runfolio.charts.scatter(plot, {
          x: { ...x, scale: settings.scatterxscale },
          y: { ...y, scale: settings.scatteryscale },
          points,
          color: tinted,
          size,
          facet,
          trend: settings.scattertrend === "1",
        }),
    };
  };

  runfolio.relations.add({
    kind: "scatter",
    title: "Scatter",
    names: ["scatterx", "scattery", "scattercolor", "scattersize", "scatterfacet", "scatterxscale", "scatteryscale", "scattertrend"],
    lacks: ({ columns, count }) => (count < 2 ? "Needs two runs." : data.varyingParams(columns).length || data.metricColumns(columns).length > 1 ? null : "Needs a parameter that differs between runs, or a second metric."),
    usual: ({ columns }) => data.varyingParams(columns).slice(0, 1).some(data.isNumeric),
    draw,
  });
})();

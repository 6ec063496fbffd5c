// Box plots by parameter, heat maps and correlations of an experiment.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, pace, chartBins, chartText, chartCorrelation, relationData: data } = runfolio;
  const MOST = ["5", "10", "20"]; // columns of a matrix

  const needsParams = (least) => ({ columns, count }) => {
    if (count < 2) return "Needs two runs.";
    return data.varyingParams(columns).length >= least ? null : `Needs ${least === 1 ? "a parameter that differs" : "two parameters that differ"} between runs.`;
  };

  const metricChoices = (columns) => data.choices(columns, ({ group, kind }) => group === "Metrics" || kind === "duration");
  const byChoices = (columns) => data.choices(columns, ({ group, kind }) => group !== "Metrics" && kind !== "time" && kind !== "duration");

  const boxes = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const [params, metrics] = [byChoices(columns), metricChoices(columns)];
    const by = await axis(data.pick(settings.boxby, params, data.varyingParams(columns)[0].key));
    const metric = await axis(data.pick(settings.boxmetric, metrics, `metrics.${primary}`));
    const indices = data.ranked(workspace).filter((index) => Number.isFinite(metric.values[index]));
    const { labels, places, binned } = chartBins.bin(indices.map((index) => by.values[index]), by.kind);
    const groups = labels.map((label) => ({ label, runs: [] }));
    const members = data.groupOf(view);
    indices.forEach((index, place) => groups[places[place]].runs.push(Object.assign(point(index, members), { by: by.values[index], value: metric.values[index] })));
    return {
      controls: [controls.select("metric", "boxmetric", metrics, metric.key), controls.select("by", "boxby", params, by.key), controls.tick("logarithmic", "boxlog", settings.boxlog === "1")],
      draw: (plot) =>
        runfolio.charts.boxes(plot, {
          title: `${chartText.plainTitle(metric.title)} by ${by.title}, ${runfolio.format.count(indices.length, "run")}`,
          xTitle: metric.title,
          yTitle: by.title,
          log: settings.boxlog === "1",
          note: binned ? `${by.title} in ranges.` : "",
          groups,
        }),
    };
  };

  const heat = async ({ workspace, settings, axis, point }) => {
    const { columns, primary, view } = workspace;
    const [params, metrics] = [byChoices(columns), metricChoices(columns)];
    const [first, second] = data.varyingParams(columns);
    const x = await axis(data.pick(settings.heatx, params, first.key));
    const y = await axis(data.pick(settings.heaty, params, second.key));
    const z = await axis(data.pick(settings.heatmetric, metrics, `metrics.${primary}`));
    const members = data.groupOf(view);
    return {
      controls: [controls.select("metric", "heatmetric", metrics, z.key), controls.select("x", "heatx", params, x.key), controls.select("y", "heaty", params, y.key)],
      draw: (plot) => runfolio.charts.heat(plot, { x, y, z, runs: data.ranked(workspace).map((index) => Object.assign(point(index, members), { x: x.values[index], y: y.values[index], value: z.values[index] })) }),
    };
  };

  const correlation = async ({ workspace, settings, axis }) => {
    const { columns, primary } = workspace;
    const able = [...data.metricColumns(columns), ...data.varyingParams(columns).filter(data.isNumeric)];
    const offered = data.choices(able);
    const first = data.pick(settings.corrto, offered, `metrics.${primary}`);
    const most = MOST.includes(settings.corrmost) ? settings.corrmost : "10";
    const read = await Promise.all([first, ...able.map(({ key }) => key).filter((key) => key !== first)].map((key) => axis(key)));
    const indices = data.subjects(workspace);
    const varied = [];
    for (const one of read) {
      const column = { title: chartText.plainTitle(one.title), values: indices.map((index) => one.values[index]) };
      const first = column.values.find(Number.isFinite);
      if (!varied.length || column.values.some((value) => Number.isFinite(value) && value !== first)) varied.push(column);
      chartCorrelation.prepare(column);
      await pace.pause();
    }
    return {
      controls: [controls.select("what goes with", "corrto", offered, first), controls.select("at most", "corrmost", MOST, most)],
      draw: (plot) => runfolio.charts.correlation(plot, { columns: chartCorrelation.relevant(varied, Number(most)) }),
    };
  };

  runfolio.relations.add({ kind: "boxes", title: "Box plots", names: ["boxby", "boxmetric", "boxlog"], lacks: needsParams(1), usual: ({ columns }) => data.varyingParams(columns).slice(0, 1).some((column) => !data.isNumeric(column)), draw: boxes });
  runfolio.relations.add({ kind: "heat", title: "Heat map", names: ["heatx", "heaty", "heatmetric"], lacks: needsParams(2), usual: () => false, draw: heat });
  runfolio.relations.add({
    kind: "correlation",
    title: "Correlation",
    names: ["corrto", "corrmost"],
    lacks: ({ columns, count }) => (count < 4 ? "Needs four runs." : data.metricColumns(columns).length + data.varyingParams(columns).filter(data.isNumeric).length > 1 ? null : "Needs two columns of numbers."),
    usual: () => false,
    draw: correlation,
  });
})();

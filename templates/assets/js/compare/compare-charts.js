// The charts of a comparison: curves, their difference from the baseline's, scatter, parallel coordinates.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./compare-rows.js") : runfolio.compare.rows;
  const groups = node ? require("../curves/curve-groups.js") : runfolio.curveGroups;
  const smoothing = node ? require("../curves/curve-smoothing.js") : runfolio.curveSmoothing;

  const DIMENSIONS = 7;
  const WIDE_FROM = 5; // more axes than this take the whole width, and so does what stands beside them

  // A curve as {x, y} by step; values that are no finite number leave gaps.
  const byStep = ({ step, value }) => {
    const order = step.map((_, index) => index).sort((a, b) => step[a] - step[b] || a - b);
    return { x: order.map((index) => step[index]), y: order.map((index) => (Number.isFinite(value[index]) ? value[index] : NaN)) };
  };

  // `curve` minus `base` on the steps of `base` within both; null where one of them has no value.
  const curveDifference = (base, curve) => {
    const [first, second] = [byStep(base), byStep(curve)];
    const step = [...new Set(first.x)].filter((one) => second.x[0] <= one && one <= second.x.at(-1));
    const [low, high] = [first, second].map((one) => groups.valuesAt(one, step));
    return { step, value: step.map((_, index) => (Number.isFinite(high[index] - low[index]) ? high[index] - low[index] : null)) };
  };

  // The curves of groups as one line each: the mean of the runs that count and have a value, with its
  // 95 % interval.
  const groupLines = (grouped, runs) =>
    grouped
      .map((group) => {
        const members = runs.filter((run) => group.counted.some((one) => one.id === run.id));
        const { x, y, low, high, n } = groups.gather(members.map(byStep), { centre: "mean", band: "ci" });
        return { id: group.label, name: group.label, color: group.color, dash: group.dash, href: null, step: [...x], value: [...y], band: { low, high, n } };
      })
      .filter((line) => line.step.length);

  // A line smoothed, and its band with it, above what it was made of; as it is where nothing is to be.
  const smooth = (line, xKind, how) => {
    if (!how) return line;
    const over = (column) => Array.from(smoothing.smooth(column, how));
    const places = xKind === "time" && line.time ? line.time : line.step;
    const value = over(line.value).map((one) => (Number.isFinite(one) ? one : null));
    const band = line.band && { ...line.band, low: over(line.band.low), high: over(line.band.high) };
    return { ...line, value, band, ghost: { places, value: line.value } };
  };

  const asNumber = (text) => (typeof text === "number" ? text : text.trim() === "" ? NaN : Number(text));
  const areNumbers = (values) => values.every((value) => value === null || Number.isFinite(asNumber(value)));
  const numbersOrTexts = (values) => (areNumbers(values) ? values.map((value) => (value === null ? null : asNumber(value))) : values);

  const pure = { curveDifference, groupLines, smooth, numbersOrTexts };
  if (node) module.exports = pure;
  if (typeof document === "undefined") return;

  const { compare } = runfolio;
  const { select, address, directed } = runfolio.controls;
  const { panel, plural } = compare.view;
  const valid = (wanted, among, usual) => (among.includes(wanted) ? wanted : usual);

  const curveMetrics = (runs) => rows.keysOf(runs, "curves");

  const chosenCurve = ({ runs, lead }, view) => {
    const metrics = curveMetrics(runs);
    const usual = metrics.includes(lead) ? lead : metrics.find((key) => !key.startsWith("system/")) || metrics[0];
    return valid(view.curve, metrics, usual);
  };

  const titled = (context, key) => directed(key, rows.directionOf(context.runs, key));

  const drawnRuns = ({ drawn }, metric) =>
    drawn
      .filter((run) => rows.own(run.curves, metric))
      .map((run) => ({ ...run, ...run.curves[metric], href: address(run.id) }));

  const showMeans = ({ groups: grouped }, view) => Boolean(grouped) && view.curvelines !== "runs";

  const curves = (context, view) => {
    const metrics = curveMetrics(context.runs);
    if (!metrics.length) return null;
    const metric = chosenCurve(context, view);
    const x = valid(view.curvex, ["step", "time"], "step");
    const scale = valid(view.curvescale, ["linear", "log"], "linear");
    const runs = drawnRuns(context, metric);
    const means = showMeans(context, view);
    const how = smoothing.read(view.curvesmooth);
    const choices = [
      select("metric", "curve", metrics, metric),
      context.groups && select("lines", "curvelines", [["means", "means of groups"], ["runs", "single runs"]], means ? "means" : "runs"),
      !means && select("over", "curvex", [["step", "step"], ["time", "time since start"]], x),
      select("scale", "curvescale", ["linear", "log"], scale),
      ...runfolio.smoothingControls("curve", how),
    ];
    const plain = means ? groupLines(context.groups, runs) : runs;
    const lines = plain.map((line) => smooth(line, means ? "step" : x, how));
    const counted = means ? new Set(context.groups.flatMap((group) => group.counted.map((run) => run.id))) : null;
    const shown = counted ? runs.filter((run) => counted.has(run.id)) : runs;
    const off = runs.length - shown.length;
    const title = `${metric} by ${means ? "step" : x}${how ? `, smoothed (${smoothing.words(how)})` : ""}, ${means ? `${plural(lines.length, "group")} of ` : ""}${plural(shown.length, "run")}`;
    const note = means ? `Lines are means of the runs that have a value there, bands their 95 % intervals.${off ? ` ${plural(off, "run")} that broke off ${off === 1 ? "is" : "are"} left out.` : ""}` : context.groups ? "Runs of one group share a colour." : null;
    const draw = (plot) => runfolio.charts.curves(plot, { title, yTitle: titled(context, metric), direction: rows.directionOf(runs, metric), runs: lines, log: scale === "log", xKind: means ? "step" : x });
    return panel("Curves", choices, draw, { wide: true, note });
  };

  const difference = (base, { id, name, color, dash, href, step, value }) => ({ id, name, color, dash, href, ...curveDifference(base, { step, value }) });

  const differences = (context, view) => {
    const metric = context.runs.length > 1 && chosenCurve(context, view);
    if (!metric) return null;
    const drawn = drawnRuns(context, metric);
    const means = showMeans(context, view);
    const lines = means ? groupLines(context.groups, drawn) : drawn;
    const wanted = means ? context.groups[context.baseGroup].label : context.base.id;
    const base = lines.find((line) => line.id === wanted);
    if (!base) return null;
    const runs = lines.filter((line) => line !== base).map((line) => difference(base, line)).filter((line) => line.value.some((one) => one !== null));
    if (!runs.length) return null;
    const title = `${metric} minus that of ${base.name}, by step`;
    const note = `Read at the steps of ${base.name}: between its own steps a curve is taken as a straight line, and there is no difference where one of the two has no value.`;
    const draw = (plot) => runfolio.charts.curves(plot, { title, yTitle: `Δ ${titled(context, metric)}`, runs, log: false, xKind: "step" });
    return panel("Difference from the baseline", [], draw, { wide: true, note });
  };

  // What an axis can show: parameters that differ by their name, and metrics.
  const axisChoices = ({ runs }) => [
    ...rows.differingKeys(runs, "params").map((key) => [key, key]),
    ...rows.keysOf(runs, "metrics").map((key) => [`metrics.${key}`, `metric ${key}`]),
  ];

  const axisValues = (runs, choice) => {
    const text = (run) => (rows.own(run.params, choice) ? run.params[choice] : null);
    if (runs.some((run) => text(run) !== null)) return runs.map(text);
    return runs.map((run) => rows.lastOf(run, choice.replace(/^metrics\./, "")));
  };

  // The axis that sets apart most runs with a value of `y`, with how many it places; none where it is 0.
  const usualAxis = (runs, choices, y) => {
    const reach = (choice) => {
      const known = axisValues(runs, choice).filter((value, index) => value !== null && Number.isFinite(rows.lastOf(runs[index], y)));
      return new Set(known).size > 1 ? known.length : 0;
    };
    return choices.map((choice) => [choice, reach(choice)]).sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  };

  const isLong = (runs) => rows.differingKeys(runs, "params").length > WIDE_FROM;

  const scatter = (context, view) => {
    const metrics = rows.keysOf(context.runs, "metrics");
    if (!metrics.length || context.runs.length < 2) return null;
    const y = valid(view.y, metrics, context.lead || metrics[0]);
    const choices = axisChoices(context);
    const [usual, reach] = usualAxis(context.runs, choices.map(([value]) => value).filter((value) => value !== `metrics.${y}`), y);
    const x = valid(view.x, choices.map(([value]) => value), usual);
    if (!reach && x === usual) return null;
    const values = axisValues(context.drawn, x);
    const numeric = areNumbers(values);
    const places = numbersOrTexts(values);
    const points = context.drawn.map((run, index) => ({ ...run, href: address(run.id), x: places[index], y: rows.lastOf(run, y) }));
    const draw = (plot) =>
      runfolio.charts.scatter(plot, { x: { title: x.replace(/^metrics\./, ""), kind: numeric ? "number" : "category" }, y: { title: titled(context, y) }, points });
    return panel("Scatter", [select("x", "x", choices, x), select("y", "y", metrics, y)], draw, { wide: isLong(context.runs) });
  };

  const parallel = (context, view) => {
    const params = rows.differingKeys(context.runs, "params").slice(0, DIMENSIONS);
    const metrics = rows.keysOf(context.runs, "metrics");
    if (!params.length || !metrics.length || context.runs.length < 2) return null;
    const metric = valid(view.par, metrics, context.lead || metrics[0]);
    const columns = [...params.map((key) => axisValues(context.runs, key)), context.runs.map((run) => rows.lastOf(run, metric)).map((value) => (Number.isFinite(value) ? value : null))];
    const placed = columns.map((values) => runfolio.chartDimensions.place(numbersOrTexts(values)));
    const title = titled(context, metric);
    const dimensions = [...params, title].map((key, index) => ({ key, title: key, ticks: placed[index].ticks }));
    const runs = context.drawn.map((run, index) => ({
      id: run.id,
      name: run.name,
      color: run.color,
      dash: run.dash,
      href: address(run.id),
      positions: placed.map((one) => one.positions[index]),
      value: columns.at(-1)[index],
    }));
    const draw = (plot) => runfolio.charts.parallel(plot, { dimensions, runs, colorTitle: title, direction: rows.directionOf(context.runs, metric) });
    return panel("Parallel coordinates", [select("colour by", "par", metrics, metric)], draw, { wide: isLong(context.runs) });
  };

  compare.charts = { curves, differences, scatter, parallel };
})();

// ROC, precision-recall, calibration and other curves, as runfolio/charts/result_curves.py does it.

(() => {
  "use strict";

  const node = typeof module === "object";
  const { runColor, runDash } = node ? require("../charts/chart-rows.js") : runfolio.chartRows;

  // What a curve of each kind comes to: the score's key, how it reads, and which is better.
  const SCORES = {
    roc: { key: "auc", title: "AUC", direction: "up" },
    pr: { key: "average_precision", title: "average precision", direction: "up" },
    calibration: { key: "brier", title: "Brier score", direction: "down" },
  };
  const scoreOf = (kind) => (Object.hasOwn(SCORES, kind ?? "") ? SCORES[kind] : null);

  // The curves, best score first; those without one stay behind in their order.
  const ranked = (kind, curves) => {
    const score = scoreOf(kind);
    const sign = score?.direction === "down" ? 1 : -1;
    const scored = curves.map((curve) => ({ ...curve, score: score ? (curve.scores?.[score.key] ?? null) : null }));
    return scored.sort((a, b) => (a.score === null) - (b.score === null) || (a.score === null ? 0 : sign * (a.score - b.score)));
  };

  const rowsOf = (kind, curves) =>
    curves.flatMap(({ id, x, y, color, dash }) =>
      x.map((at, place) => ({ run: id, place, x: at, y: y[place], color: runColor(color), dash: runDash(dash), dot: kind === "calibration" || x.length === 1 })),
    );

  // What curves are to be compared with: chance, or what was predicted coming true.
  const referencesOf = (kind, curves) => {
    const line = (run, ends, color) => ends.map(([x, y]) => ({ run, x, y, color }));
    if (kind === "roc" || kind === "calibration") return line("", [[0, 0], [1, 1]], "var(--muted)");
    const known = kind === "pr" ? curves.filter((curve) => Number.isFinite(curve.scores?.base_rate)) : [];
    if (!known.length) return [];
    const flat = ({ id, color, scores }, own) => line(own ? id : "", [[0, scores.base_rate], [1, scores.base_rate]], own ? runColor(color) : "var(--muted)");
    const rates = new Set(known.map((curve) => curve.scores.base_rate.toFixed(6)));
    return rates.size === 1 ? flat(known[0], false) : known.flatMap((curve) => flat(curve, true));
  };

  const signalsOf = (kind) => {
    const [low, high] = scoreOf(kind) ? [0, 1] : [null, null];
    return { shape: kind === "pr" ? "step-before" : "linear", x_low: low, x_high: high, y_low: low, y_high: high };
  };

  const NOTES = {
    roc: "The dashed line is guessing at random.",
    pr: "Dashed: the precision of guessing at random, which is the share of positive cases.",
    calibration: "On the dashed line, what was predicted came true as often as it said.",
  };

  const pure = { scoreOf, ranked, rowsOf, referencesOf, signalsOf };
  if (node) module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, chartHost, chartLines, chartText, format } = runfolio;
  const BESIDE = 520; // pixels from which on the legend stands at the side
  const LEGEND = 220;
  const [WIDEST, HEIGHT] = [480, 360];

  const legendItem = (curve, emphasise, room) => {
    const text = chartText.shortenMiddle(curve.name, room);
    const name = curve.href ? make("a", { href: curve.href }, text) : make("span", {}, text);
    name.title = runfolio.marked(curve.name);
    const [on, off] = [() => emphasise([curve.id]), () => emphasise([])];
    const value = curve.score === null ? "" : make("span", { class: "value", title: String(curve.score) }, format.number(curve.score));
    return make("li", { onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(curve), name, value);
  };

  const summary = (title, score, ordered) => {
    const listed = ordered.slice(0, 5).map((curve) => (curve.score === null ? curve.name : `${curve.name} ${format.number(curve.score)}`));
    const more = ordered.length > 5 ? `, and ${ordered.length - 5} more` : "";
    return `${title}. ${score ? `${score.title}, best first` : "Curves"}: ${listed.join(", ")}${more}.`;
  };

  // Draws curves over anything but steps; options are described in templates/assets/js/README.md.
  const resultCurves = (element, { title, kind = null, xTitle, yTitle, curves }) => {
    const score = scoreOf(kind);
    const ordered = ranked(kind, curves.map((curve) => ({ ...curve, name: [curve.name, curve.label].filter(Boolean).join(", ") })));
    const lines = chartLines.series(ordered.map((curve) => ({ ...curve, step: curve.x, x: undefined, value: curve.y })));
    const table = () => ({ columns: ["curve", "name", xTitle, yTitle], rows: ordered.flatMap((curve) => curve.x.map((x, place) => [curve.id, curve.name, x, curve.y[place]])) });
    const legend = ordered.map(({ name, color, dash }) => ({ name, color: runColor(color), dash: runDash(dash) }));
    return chartHost.show(element, async (specs, width, tall) => {
      const beside = width >= BESIDE;
      const filling = {
        titles: { __x__: xTitle, __y__: yTitle },
        data: { rows: rowsOf(kind, ordered), references: referencesOf(kind, ordered) },
        signals: { ...signalsOf(kind), emphasis: [] },
        width: Math.min(beside ? width - LEGEND : width, tall ?? WIDEST),
        height: tall ?? Math.min(HEIGHT, Math.max(width * 0.8, 220)),
      };
      const chart = await chartHost.render(specs["result-curve"], filling, summary(title, score, ordered), { title, legend, table });
      runfolio.chartCrosshair.wire(chart, lines, { title: (x) => `${xTitle} ${format.number(x)}`, xText: format.number });
      const room = beside ? width - filling.width - 100 : width - 120;
      const head = score ? [make("li", { class: "head" }, make("span", {}, "curve"), make("span", { class: "value" }, score.title))] : [];
      const list = make("ul", { class: "chart-legend", "aria-label": score ? `Curves by ${score.title}` : "Curves" }, ...head, ...ordered.map((curve) => legendItem(curve, chart.emphasise, room)));
      const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, list);
      const note = score ? make("p", { class: "hint" }, NOTES[kind]) : "";
      return { content: make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), body, note), finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, resultCurves };
})();

// The live panels of a report: each takes the place of its pictures once it is drawn, so that without
// it, or should it fail, the pictures stay. What is drawn lies in the page's shard.

(() => {
  "use strict";

  const KINDS = ["curves", "scatter", "parallel", "bars"];

  // The charts of a panel by its number on the page, from 1; what can't be drawn here is null.
  const chartsOf = (shard, number) => {
    const charts = shard.panels?.[number - 1]?.charts ?? [];
    return charts.map(({ kind, options }) => (KINDS.includes(kind) ? { kind, options } : null));
  };

  const pure = { chartsOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // The text beside keeps its place while a chart takes the place of a picture.
  const draw = async (plot, { kind, options }) => {
    plot.style.minHeight = `${plot.offsetHeight}px`;
    await runfolio.charts[kind](plot, options);
    plot.classList.add("drawn");
    plot.style.minHeight = "";
  };

  const drawAll = async (panel) => {
    const plots = [...panel.querySelectorAll("[data-plot]")];
    const shard = await runfolio.loadShard(runfolio.site().shard);
    const charts = chartsOf(shard, Number(panel.dataset.panel));
    for (const [place, plot] of plots.entries()) if (charts[place]) await draw(plot, charts[place]);
  };

  const wire = (panel) =>
    runfolio.pace.whenNear(panel, () =>
      drawAll(panel).catch((error) => {
        const note = runfolio.make("p", { class: "hint", role: "status" }, `The chart could not be loaded; this is its picture. ${error.message}`);
        panel.querySelector(".panel-plots").after(note);
      }),
    );

  runfolio.narrative = pure;
  runfolio.onPage("[data-panel][data-live]", wire);
})();

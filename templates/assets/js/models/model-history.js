// The metrics of a registered model over its versions, drawn in the place of their picture; "metric=r2"
// in the address chooses one. Pure functions first, wiring below.

(() => {
  "use strict";

  const isKnown = (value) => typeof value === "number";

  // One metric as lines: all versions, and a point of its own for each version with aliases.
  const linesOf = ({ numbers, aliases }, { values }) => {
    const places = numbers.map((_, place) => place).filter((place) => isKnown(values[place]));
    const line = (id, name, color, chosen) => ({ id, name, color, dash: 0, href: null, step: chosen.map((place) => numbers[place]), value: chosen.map((place) => values[place]) });
    const named = places.filter((place) => aliases[place].length);
    return [line("versions", "latest", 0, places), ...named.map((place, index) => line(`version ${numbers[place]}`, aliases[place].join(", "), index + 1, [place]))];
  };

  const pure = { linesOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { controls, state } = runfolio;

  const wire = async (place) => {
    const history = await runfolio.loadShard(runfolio.site().shard);
    const tools = document.querySelector("[data-history-tools]");
    const draw = async ({ metric }) => {
      const shown = history.metrics.find((one) => one.key === metric) ?? history.metrics[0];
      if (history.metrics.length > 1) tools.replaceChildren(controls.select("Metric", "metric", history.metrics.map((one) => [one.key, one.label]), shown.key));
      const runs = linesOf(history, shown);
      place.style.minHeight = `${place.offsetHeight}px`;
      await runfolio.charts.curves(place, { title: `${shown.key} over ${runs[0].step.length} versions`, yTitle: shown.label, xKind: "version", dots: true, height: 260, runs });
      place.style.minHeight = "";
    };
    state.follow(draw);
  };

  runfolio.modelHistory = pure;
  runfolio.onPage("[data-history]", (place) =>
    runfolio.pace.whenNear(place, () => wire(place).catch((error) => place.after(runfolio.make("p", { class: "hint", role: "status" }, `The chart could not be loaded; this is its picture. ${error.message}`)))),
  );
})();

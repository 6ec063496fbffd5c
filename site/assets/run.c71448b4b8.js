// The curves of a run: a drawing in the page becomes a chart when it comes into view.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const draw = async (panel, shard) => {
    const key = panel.dataset.curve;
    const curve = shard.curves[key];
    if (!curve) return;
    const reduced = curve.total > curve.step.length;
    await runfolio.charts.curves(panel.querySelector("[data-plot]"), {
      title: `${key} by ${panel.dataset.x || "step"}`,
      yTitle: "",
      runs: [{ ...shard, ...curve, value: curve.value.map(runfolio.number), dash: 0, href: null }],
      log: false,
      xKind: panel.dataset.x || "step",
      legend: false,
    });
    if (reduced) {
      const text = `${curve.step.length.toLocaleString("en")} of ${curve.total.toLocaleString("en")} points, highs and lows kept`;
      panel.append(runfolio.make("p", { class: "hint" }, text));
    }
  };

  const id = location.pathname.replace(/^.*\/([0-9a-f]{16})\.html$/, "$1");
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        runfolio
          .loadShard(`runs/${id}`)
          .then((shard) => draw(entry.target, shard))
          .catch((error) => entry.target.append(runfolio.make("p", { class: "warning slim" }, error.message)));
      }
    },
    { rootMargin: "200px" },
  );
  runfolio.onPage("[data-curve]", (panel) => watcher.observe(panel));
})();

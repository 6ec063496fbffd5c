// The histograms that a run logged step by step, as one chart over its steps above the single ones.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const draw = async (plot, run, key) => {
    try {
      const { series } = await runfolio.loadShard(`histograms/${run}`);
      const found = series.find((one) => runfolio.marked(one.key) === key);
      if (found) await runfolio.charts.histograms(plot, { title: `${key} by step`, yTitle: key, histograms: found.histograms });
    } catch (error) {
      plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  };

  runfolio.onPage(".series[data-key]", (section) => {
    const run = document.querySelector("[data-run]")?.dataset.run;
    if (!run || section.querySelectorAll("svg.histogram").length < 2) return;
    const plot = make("div", { class: "plot" });
    section.querySelector("ul").before(plot);
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (!entry.isIntersecting) return;
        watcher.disconnect();
        draw(plot, run, section.dataset.key);
      },
      { rootMargin: "300px" },
    );
    watcher.observe(plot);
  });
})();

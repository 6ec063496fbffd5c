// One panel: the place of a metric's chart, drawn when it is near the view.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, curveAxes, curveData, curveSettings, curveSmoothing } = runfolio;

  // A panel for a metric: {element, refresh(choice, settings), near}. `tools` has title(metric),
  // legend, usual (axis), prefix, and onRange(range, kind) and onSize(width, height).
  const makePanel = (metric, tools) => {
    const plot = make("div", { class: "plot" });
    const note = make("p", { class: "hint points" });
    const grip = make("span", { class: "grip", title: "Drag to change the size of the panels", "aria-hidden": "true" });
    const element = make("figure", { class: "curve-panel", "data-metric": metric }, make("figcaption", {}, tools.title(metric)), plot, note, grip);
    const panel = { metric, element, near: false, mark: null };

    // What machines did belongs to times rather than to steps.
    const usual = tools.usual === "step" && curveSettings.isSystem(metric) ? "time" : tools.usual;

    const draw = async (choice, settings, mark) => {
      const made = await curveData.makeLines(choice, metric, settings, { usual, load: runfolio.loadShard });
      const { kind, range, lines } = made;
      const smooth = settings.smoothing;
      const notes = [];
      if (made.partial) notes.push(`${choice.grouped ? "Groups" : "Smooth lines"} are of the reduced curves: all points are too many to read here.`);
      await runfolio.charts.curves(plot, {
        title: `${metric} by ${curveAxes.word(kind)}${smooth ? `, smoothed (${curveSmoothing.words(smooth)})` : ""}`,
        legend: tools.legend,
        height: settings.size[1],
        runs: lines.map((line) => ({ ...line, total: made.points.reduced ? Infinity : line.there })),
        log: settings.log,
        xLog: settings.xLog,
        xKind: curveAxes.isMetric(kind) ? "metric" : kind,
        xTitle: curveAxes.isMetric(kind) ? curveAxes.metricOf(kind) : null,
        range,
        whole: made.whole,
        onRange: (next) => tools.onRange(next, kind),
        sync: `${tools.prefix} ${kind}`,
        emphasis: choice.emphasis,
        note: notes.join(" "),
      });
      if (panel.mark !== mark) return;
      const back = make("button", { type: "button", class: "quiet", onclick: () => tools.onRange(null, kind) }, "Reset zoom");
      note.replaceChildren(curveSettings.pointsText(made.points), ...(range ? [back] : []));
      element.classList.add("drawn");
    };

    // Draws what changed since the last time; the latest request wins.
    panel.refresh = async (choice, settings, mark) => {
      if (panel.mark === mark) return;
      panel.mark = mark;
      element.setAttribute("aria-busy", "true");
      try {
        await draw(choice, settings, mark);
      } catch (error) {
        if (panel.mark === mark) plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
      }
      if (panel.mark === mark) element.removeAttribute("aria-busy");
    };

    panel.resize = ([, height]) => {
      plot.style.minHeight = `${height}px`;
      plot.style.setProperty("--tall", `${height}px`);
    };

    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      const box = plot.getBoundingClientRect();
      const from = [event.clientX, event.clientY];
      const height = tools.size()[1];
      grip.setPointerCapture(event.pointerId);
      const size = (now) => [Math.round(Math.max(box.width + now.clientX - from[0], 200)), Math.round(Math.max(height + now.clientY - from[1], 100))];
      const follow = (now) => {
        const [width, tall] = size(now);
        element.style.outline = "1px dashed var(--muted)";
        plot.style.width = `${width}px`;
        plot.style.minHeight = `${tall}px`;
      };
      const stop = (now) => {
        grip.removeEventListener("pointermove", follow);
        element.style.outline = "";
        plot.style.width = "";
        if (now.type === "pointerup") tools.onSize(...size(now));
      };
      grip.addEventListener("pointermove", follow);
      for (const type of ["pointerup", "pointercancel"]) grip.addEventListener(type, stop, { once: true });
    });
    return panel;
  };

  runfolio.curvePanel = makePanel;
})();

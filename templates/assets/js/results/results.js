// The results of one run or of several: confusion matrices side by side, curves in one chart.

(() => {
  "use strict";

  const confusion = typeof module === "object" ? require("./chart-confusion.js") : runfolio.chartConfusion;

  const COLORS = 10;
  const MOST_CURVES = 40;
  const MOST_MATRICES = 12;

  // The entry of a series that is shown at a step: the last one up to it, or the last of all.
  const entryAt = (entries, step) => {
    if (step === null) return entries.at(-1);
    return entries.findLast((entry) => entry.step === null || entry.step <= step) ?? null;
  };

  // All steps that any result has, in order.
  const stepsOf = (loaded) => {
    const found = loaded.flatMap(({ results }) => [...results.matrices, ...results.curves].flatMap(({ entries }) => entries.map(({ step }) => step)));
    return [...new Set(found.filter((step) => step !== null))].sort((a, b) => a - b);
  };

  // Results of one name, with what each run has of it: [{name, members: [{run, result}]}].
  const byName = (loaded, part) => {
    const groups = new Map();
    for (const { run, results } of loaded) {
      for (const result of results[part]) {
        const name = part === "curves" ? `${result.name}\n${result.kind}` : result.name;
        if (!groups.has(name)) groups.set(name, { name: result.name, members: [] });
        groups.get(name).members.push({ run, result });
      }
    }
    return [...groups.values()];
  };

  // The curves of a chart: runs keep their colours and classes are dashed; the classes of one run are
  // told apart by colour.
  const curvesOf = (members, step) => {
    const found = members.flatMap(({ result }) => (entryAt(result.entries, step)?.curves ?? []).map(({ label }) => label));
    const labels = [...new Set(found)].sort((a, b) => (a !== null) - (b !== null));
    const alone = members.length === 1;
    return members.flatMap(({ run, result }) =>
      (entryAt(result.entries, step)?.curves ?? []).map((curve, index) => {
        const place = labels.indexOf(curve.label);
        const look = !alone ? { color: run.color, dash: run.dash + place } : labels.length > 1 ? { color: place, dash: Math.floor(place / COLORS) } : { color: run.color, dash: run.dash };
        return { ...curve, ...look, id: `${run.id}/${index}`, name: alone && curve.label !== null ? "" : run.name, href: alone ? null : run.href };
      }),
    );
  };

  // The greatest count of the matrices that stand side by side at a step: they share one scale.
  const greatestOf = (members, step) => Math.max(0, ...members.map(({ result }) => confusion.greatest(entryAt(result.entries, step)?.counts ?? [])));

  const stepWords = (entry) => (entry?.step === null || entry?.step === undefined ? "" : `, step ${entry.step}`);

  const pure = { entryAt, stepsOf, byName, curvesOf, greatestOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state, controls, charts } = runfolio;

  const drawMatrix = (plot, { run, result }, { step, normalise }, { most, several }) => {
    const entry = entryAt(result.entries, step);
    if (!entry) return runfolio.chartHost.empty(plot, `${run.name} has no ${result.name} up to step ${step}.`);
    const { labels, counts, classes, accuracy } = entry;
    const title = `${several ? `${run.name}: ` : ""}${confusion.percent(accuracy)} on the diagonal${stepWords(entry)}`;
    const note = classes > labels.length ? `The ${labels.length} of ${classes} classes that are most often taken for others.` : "";
    return charts.confusion(plot, { title, labels, counts, most, normalise, note });
  };

  const drawCurves = (plot, { name, members }, { step }) => {
    const curves = curvesOf(members, step);
    if (!curves.length) return runfolio.chartHost.empty(plot, `There is no ${name} up to step ${step}.`);
    const [{ result }] = members;
    const shown = curves.slice(0, MOST_CURVES);
    const count = shown.length < curves.length ? `the first ${shown.length} of ${curves.length} curves` : runfolio.format.count(shown.length, "curve");
    const words = result.entries.length > 1 ? stepWords(entryAt(result.entries, step)) : "";
    return charts.resultCurves(plot, { title: `${result.y_title} by ${result.x_title}, ${count}${words}`, kind: result.kind, xTitle: result.x_title, yTitle: result.y_title, curves: shown });
  };

  // A panel whose plots are drawn once they come near the window.
  const panel = (watch, name, wide, draws) => {
    const plots = draws.map((draw) => {
      const plot = make("div", { class: "plot" });
      watch(plot, draw);
      return plot;
    });
    return make("section", { class: `panel result-panel${wide ? " wide" : ""}`, "aria-label": name }, make("h3", {}, name), make("div", { class: plots.length > 1 ? "result-grid" : null }, ...plots));
  };

  const watcher = (choice) => {
    const tasks = new Map();
    const near = new Set();
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting && !near.has(target)) tasks.get(target)(target, choice());
          if (isIntersecting) near.add(target);
          else near.delete(target);
        }
      },
      { rootMargin: "300px" },
    );
    const watch = (plot, draw) => {
      tasks.set(plot, draw);
      seen.observe(plot);
    };
    const redraw = () => near.forEach((plot) => tasks.get(plot)(plot, choice()));
    return { watch, redraw, end: () => seen.disconnect() };
  };

  const readChoice = (values, steps) => ({
    normalise: values.cells === "share",
    step: steps.includes(Number(values.rstep)) && values.rstep !== undefined ? Number(values.rstep) : null,
  });

  const bar = (loaded, steps, choice) => {
    const matrices = loaded.some(({ results }) => results.matrices.length);
    const selects = [];
    if (matrices) selects.push(controls.select("cells show", "cells", [["", "counts"], ["share", "share of the true class"]], choice.normalise ? "share" : ""));
    if (steps.length > 1) selects.push(controls.select("step", "rstep", [["", "last"], ...steps.map((step) => [String(step), String(step)])], choice.step === null ? "" : String(choice.step)));
    return selects.length ? make("div", { class: "controls" }, ...selects) : "";
  };

  const load = async (runs) => {
    const having = runs.filter((run) => run.results).map((run) => ({ ...run, href: controls.address(run.id) }));
    const shards = await Promise.all(having.map((run) => runfolio.loadShard(`results/${run.id}`)));
    return having.map((run, index) => ({ run, results: shards[index] }));
  };

  const live = new WeakMap(); // element → what is drawn in it

  const follow = (element) => (values) => {
    const drawn = live.get(element);
    if (!drawn?.steps) return;
    const choice = readChoice(values, drawn.steps);
    const changed = choice.step !== drawn.choice.step || choice.normalise !== drawn.choice.normalise;
    drawn.choice = choice;
    for (const box of element.querySelectorAll(".controls select")) box.value = values[box.dataset.control] ?? "";
    if (changed) drawn.watching.redraw();
  };

  // Draws the results of runs, given as their shards, into an element, in the place of what it drew
  // there before. Returns whether there are any.
  const draw = async (element, runShards) => {
    const drawn = { choice: null };
    const before = live.get(element);
    live.set(element, drawn);
    const loaded = await load(runShards);
    before?.watching?.end();
    if (live.get(element) !== drawn) return false;
    drawn.steps = stepsOf(loaded);
    drawn.choice = readChoice(state.read(), drawn.steps);
    drawn.watching = watcher(() => drawn.choice);
    const { watch } = drawn.watching;
    const matrices = byName(loaded, "matrices").map(({ name, members }) => {
      const shown = members.slice(0, MOST_MATRICES);
      return panel(watch, name, members.length > 1, shown.map((member) => (plot, choice) => drawMatrix(plot, member, choice, { most: greatestOf(shown, choice.step), several: runShards.length > 1 })));
    });
    const curves = byName(loaded, "curves").map((group) => panel(watch, group.name, group.members.length > 1, [(plot, choice) => drawCurves(plot, group, choice)]));
    element.replaceChildren(bar(loaded, drawn.steps, drawn.choice), make("div", { class: "panels" }, ...curves, ...matrices));
    if (!before) state.follow(follow(element));
    return loaded.length > 0;
  };

  runfolio.results = { draw };

  runfolio.onPage("[data-results]", async (element) => {
    try {
      await draw(element, [await runfolio.loadShard(`runs/${element.dataset.results}`)]);
    } catch (error) {
      element.append(make("p", { class: "warning slim" }, error.message));
    }
  });
})();

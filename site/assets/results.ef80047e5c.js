// A confusion matrix as coloured cells, as runfolio/charts/confusion.py does it for pictures.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("../charts/chart-rows.js") : runfolio.chartRows;
  const format = node ? require("../site/format.js") : runfolio.format;

  const GAP = 0.02;

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const greatest = (counts) => counts.flat().reduce((most, count) => Math.max(most, count), 0);
  const percent = (share) => (share === null ? "—" : `${format.number(share * 100, share > 0.0995 ? 3 : 2)} %`);

  // What is known of each cell: {row, column, count, share, level}. `share` is that of its true class,
  // or null for a class without a case; `level` is what the colour tells, from 0 to 1 at `most`.
  const cellsOf = (counts, normalise, most = greatest(counts)) => {
    return counts.flatMap((line, row) => {
      const all = sum(line);
      return line.map((count, column) => {
        const share = all > 0 ? count / all : null;
        return { row, column, count, share, level: normalise ? (share ?? 0) : most > 0 ? count / most : 0 };
      });
    });
  };

  // The pairs that are taken for each other most often.
  const confused = (labels, counts, most = 3) =>
    cellsOf(counts, false)
      .filter(({ row, column, count }) => row !== column && count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, most)
      .map(({ row, column, count }) => ({ from: labels[row], to: labels[column], count }));

  const describe = (labels, counts) => {
    const found = confused(labels, counts).map(({ from, to, count }) => `${from} taken for ${to} ${format.number(count)} times`);
    const errors = found.length ? ` Most often: ${found.join(", ")}.` : " No class was taken for another.";
    return `${labels.length} classes.${errors}`;
  };

  const pure = { cellsOf, greatest, confused, describe, percent };
  if (node) module.exports = pure;
  else runfolio.chartConfusion = pure;
  if (typeof document === "undefined") return;

  const { make, chartHost, chartCells, chartText } = runfolio;
  const [NARROWEST, WIDEST] = [20, 72]; // pixels of a cell, where there is room
  const TALLEST = 44;
  const LINE = 14; // pixels a label needs
  const READABLE = 46; // pixels that the beginning and end of a label need
  const AROUND = 64; // pixels above and below the cells
  const HIGHEST = 480; // pixels of all cells, where they are many

  const thinned = (labels, height) => {
    const every = Math.ceil((LINE * labels.length) / height);
    return labels.map((label, index) => (index % every ? "" : label));
  };

  // The labels below the cells; of narrow ones only so many as can be read.
  const across = (labels, cell) => {
    const fit = labels.every((label) => chartText.textWidth(label) <= cell - 6);
    const every = fit ? 1 : Math.ceil(READABLE / cell);
    return labels.map((label, index) => (index % every ? "" : chartText.shortenMiddle(label, every * cell - 6)));
  };

  const tip = (labels, counts, { row, column, count, share }) => {
    const guessed = sum(counts.map((line) => line[column]));
    return {
      title: `true ${chartText.shortenMiddle(labels[row], 140)}, predicted ${chartText.shortenMiddle(labels[column], 140)}`,
      rows: [
        { name: "count", value: format.number(count) },
        { name: "of this true class", value: percent(share) },
        { name: "of this prediction", value: percent(guessed > 0 ? count / guessed : null) },
      ],
    };
  };

  const inkOf = ({ count, level }) => (count > 0 ? rows.countColor(level).replace("--div-", "--on-div-") : "var(--muted)");

  // Draws a confusion matrix; options are described in templates/assets/js/README.md.
  const confusion = (element, { title, labels, counts, most = greatest(counts), normalise = false, note = "" }) => {
    const size = labels.length;
    const found = cellsOf(counts, normalise, most);
    const low = normalise ? "0 %" : "0";
    const ramp = { title: normalise ? "share of the true class" : "count", low, high: normalise ? "100 %" : format.number(most), colors: rows.COUNTS };
    const table = () => ({ columns: ["true", "predicted", "count", "share of the true class"], rows: found.map(({ row, column, count, share }) => [labels[row], labels[column], count, share]) });
    return chartHost.show(element, async (specs, width, tall) => {
      const names = labels.map((label) => chartText.shortenMiddle(label, width * 0.24));
      const beside = Math.max(...names.map(chartText.textWidth)) + 24;
      const cell = Math.min(Math.max((width - beside) / size, 1), WIDEST);
      const usual = Math.min(Math.max(cell * 0.75, Math.min(NARROWEST, HIGHEST / size)), TALLEST);
      const line = tall ? (tall - AROUND) / size : usual;
      const place = ({ row, column }) => ({ x: column + 0.5, y: size - row - 0.5 });
      const texts = found.map((one) => ({ ...place(one), text: normalise ? percent(one.share) : format.number(one.count), ink: inkOf(one) }));
      const fits = line >= LINE && texts.every(({ text }) => chartText.textWidth(text) <= cell - 4);
      const cells = found.map((one) => ({
        x: one.column + GAP,
        x2: one.column + 1 - GAP,
        y: size - 1 - one.row + GAP,
        y2: size - one.row - GAP,
        color: one.count > 0 ? rows.countColor(one.level) : "transparent",
        tip: () => tip(labels, counts, one),
      }));
      const axis = { low: 0, high: size, ticks: labels.map((_, index) => index + 0.5) };
      const axes = {
        x: { ...axis, title: "predicted", labels: across(labels, cell) },
        y: { ...axis, title: "true", labels: thinned(names, line * size).reverse() },
      };
      const chart = await chartCells.draw(specs, { ...axes, cells, texts: fits ? texts : [], width: beside + cell * size, height: line * size + AROUND }, `${title}. ${describe(labels, counts)}`, { title, table, ramp });
      const notes = [note, fits ? "" : "Point at a cell to read it."].filter(Boolean);
      const hint = notes.length ? make("p", { class: "hint" }, notes.join(" ")) : "";
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), runfolio.chartRamp(ramp), chart.canvas, hint);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, confusion };
})();

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

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

// The curves of one run: those it logged itself, or (data-system) what its machine did, over the time
// of day.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, curveSettings } = runfolio;

  runfolio.onPage('[data-curves="run"]', async (element) => {
    try {
      const shard = await runfolio.loadShard(element.dataset.shard);
      const machine = element.dataset.system !== undefined;
      const line = { id: shard.id, name: shard.name, color: shard.color, dash: 0, href: null, members: [shard.id] };
      runfolio.curvePanels(element, {
        metrics: Object.keys(shard.curves).filter((metric) => curveSettings.isSystem(metric) === machine),
        first: shard.primary,
        prefix: machine ? "system" : "curve",
        legend: false,
        usual: machine ? "wall" : "step",
        title: (metric) => controls.directed(machine ? metric.slice(curveSettings.SYSTEM.length + 1) : metric, Object.hasOwn(shard.metrics, metric) ? shard.metrics[metric].direction : null),
        choose: () => ({ lines: [line], grouped: false, emphasis: [], more: false }),
      });
    } catch (error) {
      element.append(runfolio.make("p", { class: "warning slim" }, error.message));
    }
  });
})();

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

// Tables that sort by a click on a heading. Pure functions first, wiring below.

(() => {
  "use strict";

  const NONE = new Set(["", "—", "NaN", "nan", "null", "None"]);
  const INFINITE = new Map([["∞", Infinity], ["-∞", -Infinity], ["inf", Infinity], ["-inf", -Infinity]]);
  const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

  const toBytes = (text) => {
    const found = /^([\d.]+) ([kMGTP]?B)$/.exec(text);
    return found ? Number(found[1]) * 1000 ** SIZES.indexOf(found[2]) : null;
  };

  // A cell's text as a number: "1.5 kB" is 1500, "1,234" and "6, 1 NaN" begin with theirs.
  const toNumber = (text) => INFINITE.get(text) ?? toBytes(text) ?? Number(text.replace(/(\d),(?=\d{3})/g, "$1").replace(/,? .*/, "").replace("−", "-"));

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compare = (a, b, descending) => {
    if (NONE.has(a) || NONE.has(b)) return NONE.has(a) - NONE.has(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const texts = Number.isNaN(x) - Number.isNaN(y);
    if (texts) return texts;
    const order = Number.isNaN(x) ? a.localeCompare(b, "en", { numeric: true }) : x === y ? 0 : x - y;
    return descending ? -order : order;
  };

  // The order of texts as indices; equal ones keep their places.
  const order = (texts, descending) =>
    texts
      .map((text, index) => ({ text, index }))
      .sort((a, b) => compare(a.text, b.text, descending) || a.index - b.index)
      .map((one) => one.index);

  const pure = { compare, order, toNumber };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // The whole number of a cell, where the text is rounded.
  const valueOf = (cell) => (cell.title || (cell.querySelector("[title]")?.title ?? cell.textContent)).trim();

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    for (const [index, header] of [...table.tHead.rows[0].cells].entries()) {
      const button = runfolio.make("button", { type: "button" }, ...header.childNodes);
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        for (const one of table.querySelectorAll("[aria-sort]")) one.removeAttribute("aria-sort");
        if (now === "descending") return body.append(...rows);
        header.setAttribute("aria-sort", now ? "descending" : "ascending");
        const texts = rows.map((row) => valueOf(row.cells[index]));
        body.append(...order(texts, Boolean(now)).map((place) => rows[place]));
      });
    }
  };

  runfolio.sortable = { ...pure, wire };
  runfolio.onPage("table.sortable", wire);
})();

// Builds the elements that a shard carries as data: only tags and attributes that do nothing.

(() => {
  "use strict";

  const TAGS = new Set(
    (
      "p br hr h3 h4 h5 h6 strong em s code pre span a ul ol li dl dt dd blockquote div details summary " +
      "table thead tbody tr th td img"
    ).split(" "),
  );
  const ATTRIBUTES = new Set("class title tabindex role aria-label scope alt loading open start width height".split(" "));

  const allowedAddress = (tag, name, value) => {
    if (tag === "a" && name === "href") return /^(https?:|mailto:)/i.test(value);
    return tag === "img" && name === "src" && /^data:image\//.test(value);
  };

  // What of a node's attributes may stand in the page; links never tell where they come from.
  const allowed = (tag, attributes) => {
    const kept = Object.entries(attributes).filter(([name, value]) => ATTRIBUTES.has(name) || allowedAddress(tag, name, value));
    return kept.some(([name]) => name === "href") ? [...kept, ["rel", "noopener noreferrer nofollow"]] : kept;
  };

  const tagOf = (tag) => (TAGS.has(tag) ? tag : "span");

  const pure = { allowed, tagOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const build = (node) => {
    if (typeof node === "string") return node;
    const [tag, attributes, ...children] = node;
    return fill(runfolio.make(tagOf(tag), Object.fromEntries(allowed(tag, attributes))), children);
  };

  // One by one: there may be more of them than a call takes arguments.
  const fill = (element, nodes) => {
    for (const node of nodes) element.append(build(node));
    return element;
  };

  // Puts what the shard `name` holds into `element`, in place of what is there but a summary.
  const load = async (element, name) => {
    const shard = await runfolio.loadShard(name);
    const summary = element.querySelector(":scope > summary");
    element.replaceChildren(...(summary ? [summary] : []));
    fill(element, shard.nodes);
    for (const table of element.querySelectorAll("table.sortable")) runfolio.sortable.wire(table);
  };

  // Loads what is late once: when its `details` opens, or at once.
  const loadLate = (element) => {
    const name = element.dataset.late;
    delete element.dataset.late;
    if (name) return load(element, name).catch((error) => element.append(runfolio.make("p", { class: "warning slim" }, error.message)));
    return Promise.resolve();
  };

  runfolio.nodes = { build, loadLate };
  runfolio.onPage("details[data-late]", (element) => element.addEventListener("toggle", () => element.open && loadLate(element)));
})();

// The artifacts of a run as a tree beside what they hold; "artifact=PATH" in the address chooses one,
// with a slash at the end for all the steps of a series.

(() => {
  "use strict";

  const UNFOLDED = 40; // so many files begin with all folders open

  const newFolder = (name) => ({ name, folders: new Map(), files: [], bytes: 0 });

  // Folders within folders from files of { path, bytes, text }, each folder with the sum of what it holds.
  const buildTree = (files) => {
    const root = newFolder("");
    for (const file of files) {
      const parts = file.path.split("/").filter(Boolean);
      const name = parts.pop() ?? file.path;
      let folder = root;
      root.bytes += file.bytes;
      for (const part of parts) {
        if (!folder.folders.has(part)) folder.folders.set(part, newFolder(part));
        folder = folder.folders.get(part);
        folder.bytes += file.bytes;
      }
      folder.files.push({ ...file, name });
    }
    return root;
  };

  const byName = (a, b) => a.name.localeCompare(b.name, "en", { numeric: true });
  const sorted = (folder) => ({ folders: [...folder.folders.values()].sort(byName), files: [...folder.files].sort(byName) });

  // As in the page: three digits with a decimal unit.
  const formatBytes = (bytes) => {
    let value = bytes;
    let unit = 0;
    for (; Number(value.toPrecision(3)) >= 1000 && unit < 5; unit += 1) value /= 1000;
    const text = value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
    return `${text} ${["B", "kB", "MB", "GB", "TB", "PB"][unit]}`;
  };

  const pure = { buildTree, sorted, formatBytes };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const wire = (list) => {
    const single = [...list.querySelectorAll(".artifact")].map((one) => [one.querySelector(".path").textContent, one]);
    const series = [...list.querySelectorAll(".series")].map((one) => [`${one.dataset.key}/`, one]);
    const articles = new Map([...series, ...single]);
    if (articles.size < 2) return;
    const describe = (path, one) => {
      const bytes = Number(one.dataset.bytes ?? 0);
      return { path, bytes, text: one.dataset.key === undefined ? formatBytes(bytes) : `${one.querySelectorAll("li").length} steps` };
    };
    const files = [...articles].map(([path, one]) => describe(path, one));
    const links = new Map();

    const fileRow = ({ path, name, text }) => {
      const link = make("a", { href: `#artifact=${encodeURIComponent(path)}&tab=artifacts`, title: path }, name);
      links.set(path, link);
      return make("li", {}, link, make("span", { class: "aside" }, text));
    };

    const folderRow = (folder) => {
      const { name, bytes } = folder;
      const summary = make("summary", {}, make("span", { class: "folder" }, `${name}/`), make("span", { class: "aside" }, bytes ? formatBytes(bytes) : ""));
      return make("li", {}, make("details", { open: files.length <= UNFOLDED }, summary, rows(folder)));
    };

    const rows = (folder) => {
      const { folders, files: own } = sorted(folder);
      return make("ul", {}, ...folders.map(folderRow), ...own.map(fileRow));
    };

    const all = make("a", { href: "#tab=artifacts" }, "All files");
    const tree = make("nav", { class: "tree", "aria-label": "Files" }, make("p", {}, all), rows(buildTree(files)));
    const frame = make("div", { class: "files" });
    list.before(frame);
    frame.append(tree, list);

    const mark = (link, current) => (current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
    const reveal = (link) => {
      for (let at = link.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    };

    let opened = null;
    const show = (chosenPath) => {
      const path = chosenPath && runfolio.marked(chosenPath); // as the page writes it
      const chosen = articles.get(path);
      for (const [other, article] of articles) article.classList.toggle("off", Boolean(chosen) && other !== path);
      for (const [other, link] of links) mark(link, other === path);
      mark(all, !chosen);
      list.classList.toggle("one", Boolean(chosen));
      if (opened && opened !== chosen) opened.querySelector("details").open = false;
      opened = null;
      if (!chosen) return;
      reveal(links.get(path));
      const folded = chosen.querySelector(":scope > details:not([open])");
      if (folded) {
        folded.open = true;
        opened = chosen;
      }
    };

    tree.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      state.update({ tab: "artifacts", artifact: state.parse(link.hash).artifact });
    });
    // Up and down go from one visible line of the tree to the next.
    tree.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      const lines = [...tree.querySelectorAll("a, summary")].filter((one) => one.checkVisibility());
      lines[lines.indexOf(document.activeElement) + step]?.focus();
      event.preventDefault();
    });
    // A link to an artifact's own id ("#artifact-3").
    const named = (hash) => document.querySelector(`.artifact[id="${CSS.escape(hash.slice(1))}"] .path`)?.textContent;
    const choose = (hash) => {
      const artifact = named(hash);
      if (artifact !== undefined) state.update({ tab: "artifacts", artifact });
      return artifact !== undefined;
    };
    document.querySelector("main").addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#artifact-"]');
      if (link && !event.ctrlKey && !event.metaKey && choose(link.hash)) event.preventDefault();
    });
    state.follow((values) => {
      if (!choose(location.hash)) show(values.artifact);
    });
  };

  runfolio.onPage("[data-files]", wire);
})();

// The place of a run of a large experiment: its page leaves ranks and neighbours to this script, so
// that the pages of thousands of runs need not be written again with each new value.

(() => {
  "use strict";

  // How many of `values`, which ascend, are better than `own`.
  const countBetter = (values, own, direction) =>
    values.filter((value) => (direction === "down" ? value < own : value > own)).length;

  const rankText = (values, own, direction) => {
    const better = countBetter(values, own, direction);
    return better === 0 ? `best of ${values.length}` : `rank ${better + 1} of ${values.length}`;
  };

  // The run to compare `id` with: the best one, or the baseline when it is the best itself.
  const chooseOther = ({ best, baseline }, id) => [best, baseline].find((one) => one && one !== id) ?? null;

  // What the link to the compare page says; runs may share their name.
  const compareText = (shard, other, id) => {
    const nameOf = (one) => shard.name[shard.id.indexOf(one)];
    const role = other === shard.best ? "the best run" : "the baseline";
    return `Compare with ${nameOf(other) === nameOf(id) ? role : nameOf(other)}`;
  };

  if (typeof module === "object") module.exports = { rankText, chooseOther, compareText };
  if (typeof document === "undefined") return;

  const tell = (shard, nav) => {
    const id = nav.dataset.run;
    runfolio.onPage(".rank[data-rank]", (element) => {
      const { rank, value, direction } = element.dataset;
      if (shard.values[rank]) element.textContent = rankText(shard.values[rank], Number(value), direction);
    });
    const other = chooseOther(shard, id);
    const link = document.querySelector("[data-compare]");
    if (other && link) {
      link.href = link.getAttribute("href").replace(/#.*/, `#runs=${other},${id}`);
      link.textContent = runfolio.marked(compareText(shard, other, id));
    }
    runfolio.order.showRanked(nav, shard);
  };

  runfolio.onPage("[data-order][data-large]", async (nav) => {
    try {
      tell(await runfolio.loadShard(`experiments/${nav.dataset.order}-order`), nav);
    } catch {
      // The link to the experiment stays.
    }
  });
})();

// The page of a run: steps to copy, lines to wrap, packages to search, and console output that loads
// when its part is opened.

(() => {
  "use strict";

  // The lines that hold every word, in any case.
  const search = (lines, query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return lines.filter((line) => words.every((word) => line.toLowerCase().includes(word)));
  };

  if (typeof module === "object") module.exports = { search };
  if (typeof document === "undefined") return;

  runfolio.onPage("[data-copy-steps]", (button) => {
    button.addEventListener("click", async () => {
      const steps = document.querySelector("[data-steps]");
      try {
        await navigator.clipboard.writeText(steps.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(steps);
        button.textContent = "Selected: copy it with the keyboard";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
  });

  runfolio.onPage("[data-wrap]", (button) => {
    button.addEventListener("click", () => {
      const wrapped = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(wrapped));
      button.closest(".console-file").classList.toggle("wrapped", wrapped);
    });
  });

  const listPackages = async (place) => {
    const { packages } = await runfolio.loadShard(place.dataset.packages);
    const lines = Object.entries(packages).map(([name, version]) => (version ? `${name}==${version}` : name));
    const count = document.querySelector("[data-packages-count]");
    const code = runfolio.make("code", {}, lines.join("\n"));
    const box = runfolio.make("input", { type: "search", placeholder: "Search packages", "aria-label": "Search packages" });
    box.addEventListener("input", () => {
      const found = search(lines, box.value);
      code.textContent = runfolio.marked(found.join("\n"));
      count.textContent = found.length === lines.length ? `${lines.length} installed` : `${found.length} of ${lines.length}`;
    });
    place.replaceChildren(box, runfolio.make("pre", { class: "code packages", tabindex: "0" }, code));
  };

  runfolio.onPage("[data-packages]", (place) => {
    const fail = (error) => place.append(runfolio.make("p", { class: "warning slim" }, error.message));
    place.closest("section").addEventListener("shown", () => listPackages(place).catch(fail), { once: true });
  });

  runfolio.onPage("#console", (part) => {
    part.addEventListener("shown", async () => {
      for (const element of part.querySelectorAll("[data-late]")) {
        await runfolio.nodes.loadLate(element);
        element.closest(".console-file").querySelector("[data-late-hint]")?.remove();
        const text = element.querySelector("pre");
        if (text) text.scrollTop = text.scrollHeight;
      }
    });
  });
})();

// The parts of a run's page as tabs. Which one is open stands in the address as "tab=artifacts";
// a plain "#artifacts", or the id of anything within a part, opens that part too.

(() => {
  "use strict";

  // The tab that a key leads to from the one at `index` of `count`, or null for other keys.
  const move = (key, index, count) => {
    const places = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: count - 1 };
    return Object.hasOwn(places, key) ? (places[key] + count) % count : null;
  };

  const pure = { move };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { state } = runfolio;

  const wire = (list) => {
    const tabs = [...list.querySelectorAll("a")];
    const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
    const ids = panels.map((panel) => panel.id);

    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Parts of this run");
    for (const item of list.children) item.setAttribute("role", "presentation");
    tabs.forEach((tab, index) => {
      tab.id = `tab-${ids[index]}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", ids[index]);
    });
    document.documentElement.classList.add("tabbed");

    // Hidden "until-found", a part can still be found by the browser's own search, which opens it.
    const show = (index) => {
      tabs.forEach((tab, place) => {
        const open = place === index;
        tab.setAttribute("aria-selected", String(open));
        tab.tabIndex = open ? 0 : -1;
        const changes = open ? { role: "tabpanel", "aria-labelledby": tab.id, hidden: null } : { role: null, "aria-labelledby": null, hidden: "until-found" };
        for (const [name, value] of Object.entries(changes)) {
          if (value === null) panels[place].removeAttribute(name);
          else panels[place].setAttribute(name, value);
        }
      });
      panels[index].dispatchEvent(new CustomEvent("shown", { bubbles: true }));
    };

    const open = (index) => state.update({ tab: index ? ids[index] : "" });

    // Opens the part that holds the element named by a plain fragment; false when there is none.
    const goTo = (hash) => {
      const target = hash.includes("=") ? null : document.getElementById(hash.slice(1));
      const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
      if (index < 0) return false;
      open(index);
      if (target !== panels[index]) target.scrollIntoView();
      return true;
    };

    document.querySelector("main").addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (link && !list.contains(link) && !event.ctrlKey && !event.metaKey && goTo(link.hash)) event.preventDefault();
    });
    list.addEventListener("click", (event) => {
      const index = tabs.indexOf(event.target.closest("a"));
      if (index < 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(index);
    });
    list.addEventListener("keydown", (event) => {
      const next = move(event.key, tabs.indexOf(document.activeElement), tabs.length);
      if (event.key === " ") event.target.click();
      else if (next === null) return;
      else {
        tabs[next].focus();
        open(next);
      }
      event.preventDefault();
    });
    panels.forEach((panel, index) => panel.addEventListener("beforematch", () => open(index)));
    state.follow((values) => {
      if (!goTo(location.hash)) show(Math.max(ids.indexOf(values.tab), 0));
    });
  };

  runfolio.onPage("[data-tabs]", wire);
})();

// A button that copies the code beside it, or selects it where the browser refuses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  runfolio.onPage("[data-copy-code]", (button) => {
    const text = button.firstChild.data;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.firstChild.data = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.firstChild.data = "Selected: copy it with the keyboard";
      }
      setTimeout(() => (button.firstChild.data = text), 2000);
    });
  });
})();

// Runs side by side, as the fragment names them: "#runs=<id>,<id>&base=<id>".

(() => {
  "use strict";

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const keysOf = (runs, part) => [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();

  // Rows of texts with whether they differ; those that differ come first.
  const textRows = (runs, part) => {
    const rows = keysOf(runs, part).map((key) => {
      const values = runs.map((run) => (own(run[part], key) ? run[part][key] : null));
      return { key, values, differs: new Set(values).size > 1 };
    });
    return rows.sort((a, b) => b.differs - a.differs);
  };

  // The change from `base` to `value`: amount, share of the base if that makes sense, and verdict.
  const change = (value, base, direction) => {
    if (typeof value !== "number" || typeof base !== "number" || !Number.isFinite(value) || !Number.isFinite(base)) return null;
    const amount = value - base;
    const share = base === 0 ? null : amount / Math.abs(base);
    const verdict = amount === 0 ? "same" : !direction ? null : amount < 0 === (direction === "down") ? "better" : "worse";
    return { amount, share, verdict };
  };

  // A metric's values in the runs with their changes from the baseline at `base`.
  const metricRows = (runs, base) =>
    keysOf(runs, "metrics").map((key) => {
      const found = runs.map((run) => (own(run.metrics, key) ? run.metrics[key] : null));
      const direction = found.find((one) => one && one.direction)?.direction ?? null;
      const values = found.map((one) => (one ? (typeof one.last === "string" ? Number(one.last) : one.last) : null));
      const finite = values.filter((value) => Number.isFinite(value));
      const best = direction && new Set(finite).size > 1 ? (direction === "down" ? Math.min(...finite) : Math.max(...finite)) : null;
      const changes = values.map((value, index) => (index === base ? null : change(value, values[base], direction)));
      return { key, direction, values, changes, best };
    });

  const sharedPrimary = (runs) => {
    const primary = runs[0] && runs[0].primary;
    return primary && runs.every((run) => own(run.metrics, primary)) ? primary : null;
  };

  const pure = { textRows, change, metricRows, sharedPrimary };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const format = (value) => runfolio.format.number(value);
  const { select, address, directed } = runfolio.controls;
  const arrow = (row) => directed(row.key, row.direction);
  const swatch = runfolio.chartSwatch;

  const signed = (value, text) => (value > 0 ? `+${text}` : text.replace(/^-/, "−"));
  const deltaText = ({ amount, share }) => {
    const percent = share === null ? "" : ` (${signed(share, `${(100 * share).toFixed(1)} %`)})`;
    return `${signed(amount, format(amount))}${percent}`;
  };

  const delta = (one) => {
    if (!one) return "";
    if (one.verdict === "same") return make("span", { class: "delta aside" }, "same");
    const mark = { better: "▲ ", worse: "▼ " }[one.verdict] || "";
    return make("span", { class: `delta ${one.verdict || "aside"}`, title: String(one.amount) }, mark + deltaText(one));
  };

  const headRow = (runs, base, withTools) => {
    const cells = runs.map((run, index) => {
      const link = make("a", { href: address(run.id), title: run.name }, run.name);
      const about = [swatch(run), link, make("div", { class: "aside" }, run.experiment.name)];
      const tools = [];
      if (index === base) tools.push(make("span", { class: "aside" }, "baseline"));
      else tools.push(make("button", { type: "button", class: "quiet", onclick: () => state.update({ base: run.id }), "aria-label": `set as baseline: ${run.name}` }, "set as baseline"));
      const remove = () => state.update({ runs: state.list(state.read().runs).filter((id) => id !== run.id).join(",") });
      tools.push(make("button", { type: "button", class: "quiet", onclick: remove, "aria-label": `Take ${run.name} out of the comparison`, title: "Take it out of the comparison" }, "✕"));
      if (withTools) about.push(make("div", { class: "run-tools" }, ...tools));
      return make("th", { scope: "col", class: `run${index === base ? " baseline" : ""}` }, ...about);
    });
    return make("thead", {}, make("tr", {}, make("td", {}), ...cells));
  };

  const table = (label, head, rows) => {
    const content = make("table", { class: "listing compare-table" }, head, make("tbody", {}, ...rows));
    return make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, content);
  };

  const textTable = (label, runs, base, rows, withTools = false) =>
    table(
      label,
      headRow(runs, base, withTools),
      rows.map((row) =>
        make("tr", { class: row.differs ? "differs" : "" }, make("th", { scope: "row" }, row.key), ...row.values.map((value, index) => make("td", { class: index === base ? "text baseline" : "text", title: value }, value ?? "—"))),
      ),
    );

  const section = (title, ...content) => make("section", {}, make("h2", {}, title), ...content);

  const paramSection = (runs, base) => {
    const rows = textRows(runs, "params");
    const differing = rows.filter((row) => row.differs);
    const same = rows.filter((row) => !row.differs);
    const parts = [];
    if (differing.length) parts.push(textTable("Parameters that differ", runs, base, differing, true));
    else parts.push(make("p", { class: "empty" }, rows.length ? "These runs have the same parameters." : "These runs have no parameters."));
    if (same.length) {
      const pairs = same.map((row) => make("div", {}, make("dt", {}, row.key), make("dd", {}, row.values[0])));
      parts.push(make("details", { class: "constants" }, make("summary", {}, `${same.length} the same in all`), make("dl", { class: "pairs" }, ...pairs)));
    }
    return section("Parameters that differ", ...parts);
  };

  const tagSection = (runs, base) => {
    const rows = textRows(runs, "tags").filter((row) => row.differs);
    return rows.length ? section("Tags that differ", textTable("Tags that differ", runs, base, rows)) : "";
  };

  const metricSection = (runs, base) => {
    const primary = sharedPrimary(runs);
    const rows = metricRows(runs, base).sort((a, b) => (b.key === primary) - (a.key === primary));
    if (!rows.length) return section("Metrics", make("p", { class: "empty" }, "These runs have no metrics."));
    const body = rows.map((row) => {
      const cells = row.values.map((value, index) => {
        const best = row.best !== null && value === row.best ? " best" : "";
        return make("td", { class: `num${best}${index === base ? " baseline" : ""}` }, make("span", { title: value === null ? null : String(value) }, format(value)), delta(row.changes[index]));
      });
      return make("tr", {}, make("th", { scope: "row" }, arrow(row)), ...cells);
    });
    return section("Metrics", table("Metrics", headRow(runs, base, !textRows(runs, "params").some((one) => one.differs)), body));
  };

  const verdict = (runs, base) => {
    const primary = sharedPrimary(runs);
    const row = primary && metricRows(runs, base).find((one) => one.key === primary);
    if (!row || row.best === null) return make("p", { class: "facts" }, `${runs.length} run${runs.length === 1 ? "" : "s"}.`);
    const winner = row.values.indexOf(row.best);
    const lead = [make("strong", {}, runs[winner].name), ` has the best ${arrow(row)}: `, make("strong", {}, format(row.best))];
    const from = row.changes[winner];
    if (from && from.verdict !== "same") lead.push(", ", make("strong", { class: from.verdict || "" }, deltaText(from)), ` against ${runs[base].name} (${format(row.values[base])})`);
    return make("p", { class: "verdict-line" }, ...lead, ".");
  };

  const panel = (title, controls, draw, wide = false) => {
    const plot = make("div", { class: "plot" });
    const whole = make("section", { class: wide ? "panel wide" : "panel", "aria-label": title }, make("h3", {}, title), make("div", { class: "controls" }, ...controls), plot);
    return { whole, draw: () => draw(plot) };
  };

  const curvePanel = (runs, view) => {
    const metrics = keysOf(runs, "curves");
    if (!metrics.length) return null;
    const primary = sharedPrimary(runs);
    const usual = metrics.includes(primary) ? primary : metrics.find((key) => !key.startsWith("system/")) || metrics[0];
    const metric = metrics.includes(view.curve) ? view.curve : usual;
    const drawn = runs
      .filter((run) => own(run.curves, metric))
      .map((run) => ({ ...run, ...run.curves[metric], href: address(run.id), value: run.curves[metric].value.map(runfolio.number) }));
    return panel("Curves", [select("metric", "curve", metrics, metric)], (plot) =>
      runfolio.charts.curves(plot, { title: `${metric} by step, ${drawn.length} run${drawn.length === 1 ? "" : "s"}`, yTitle: metric, runs: drawn, log: false, xKind: "step" }),
      true,
    );
  };

  const scatterPanel = (runs, view) => {
    const metrics = keysOf(runs, "metrics");
    const params = textRows(runs, "params").filter((row) => row.differs).map((row) => row.key);
    if (!metrics.length || !params.length || runs.length < 2) return null;
    const x = params.includes(view.x) ? view.x : params[0];
    const y = metrics.includes(view.y) ? view.y : sharedPrimary(runs) || metrics[0];
    const texts = runs.map((run) => (own(run.params, x) ? run.params[x] : null));
    const numeric = texts.every((text) => text === null || (text.trim() !== "" && Number.isFinite(Number(text))));
    const points = runs.map((run, index) => ({
      ...run,
      href: address(run.id),
      x: texts[index] === null ? null : numeric ? Number(texts[index]) : texts[index],
      y: own(run.metrics, y) ? runfolio.number(run.metrics[y].last) : null,
    }));
    return panel("Scatter", [select("x", "x", params, x), select("y", "y", metrics, y)], (plot) =>
      runfolio.charts.scatter(plot, { x: { title: x, kind: numeric ? "number" : "category" }, y: { title: y }, points }),
    );
  };

  // Two runs may have one colour when they come from different experiments; the dash tells them apart.
  const distinct = (runs) => {
    const taken = new Set();
    return runs.map((run) => {
      let { color, dash } = run;
      for (let step = 0; taken.has(`${color}/${dash}`) && step < 40; step += 1) {
        dash = (dash + 1) % 4;
        if (dash === run.dash) color = (color + 1) % 10;
      }
      taken.add(`${color}/${dash}`);
      return { ...run, color, dash };
    });
  };

  runfolio.onPage("[data-compare]", (place) => {
    const empty = place.querySelector("[data-empty]");
    let turn = 0;
    state.follow(async (view) => {
      turn += 1;
      const mine = turn;
      const named = [...new Set(state.list(view.runs))];
      const ids = named.filter((id) => /^[0-9a-f]{16}$/.test(id));
      const loaded = await Promise.allSettled(ids.map((id) => runfolio.loadShard(`runs/${id}`)));
      if (mine !== turn) return;
      const missing = named.filter((id) => loaded[ids.indexOf(id)]?.status !== "fulfilled");
      const runs = distinct(loaded.filter((one) => one.status === "fulfilled").map((one) => one.value));
      const notes = missing.map((id) => make("p", { class: "warning slim" }, `This report has no run ${id}.`));
      if (!runs.length) {
        place.replaceChildren(empty, ...notes);
        return;
      }
      const base = Math.max(0, runs.findIndex((run) => run.id === view.base));
      const panels = [curvePanel(runs, view), scatterPanel(runs, view)].filter(Boolean);
      const focused = document.activeElement?.dataset?.control;
      place.replaceChildren(
        ...notes,
        verdict(runs, base),
        paramSection(runs, base),
        metricSection(runs, base),
        tagSection(runs, base),
        make("section", { "aria-label": "Charts" }, make("h2", {}, "Charts"), make("div", { class: "panels" }, ...panels.map((one) => one.whole))),
      );
      if (focused) place.querySelector(`[data-control="${focused}"]`)?.focus();
      for (const one of panels) await one.draw();
    });
  });
})();

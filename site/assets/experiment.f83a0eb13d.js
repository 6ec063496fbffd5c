// The table of runs: sort, search, choose columns, select runs. Pure functions first, wiring below.

(() => {
  "use strict";

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compareValues = (a, b, descending) => {
    const empty = (value) => value === "" || value === null || value === undefined || value === "nan";
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const bothNumbers = !Number.isNaN(x) && !Number.isNaN(y);
    const order = bothNumbers ? x - y : String(a).localeCompare(String(b), "en", { numeric: true });
    return descending ? -order : order;
  };

  const toNumber = (text) => {
    const infinite = { inf: Infinity, "-inf": -Infinity }[text];
    return infinite === undefined ? Number(text) : infinite;
  };

  // The order of `values` as indices; equal ones keep their places.
  const sortOrder = (values, descending) =>
    values
      .map((value, index) => ({ value, index }))
      .sort((a, b) => compareValues(a.value, b.value, descending) || a.index - b.index)
      .map((one) => one.index);

  // Whether a text holds every word of a query, in any case and order.
  const matches = (text, query) => {
    const found = text.toLowerCase();
    return query
      .toLowerCase()
      .split(/\s+/)
      .every((word) => found.includes(word));
  };

  const pure = { compareValues, sortOrder, matches };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    const search = document.querySelector("[data-search]");
    const selection = document.querySelector("[data-selection]");
    const columns = headers.map((header, index) => ({ header, index, key: header.dataset.key })).filter((one) => one.key);
    const usual = columns.filter((one) => !one.header.classList.contains("off")).map((one) => one.key);
    const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" "));
    const home = new Map(rows.map((row, index) => [row, index]));

    const cellValue = (row, index) => {
      const cell = row.cells[index];
      return cell.dataset.sort ?? (cell.querySelector("a, .status") ?? cell).textContent.trim();
    };

    const sort = (key, descending) => {
      const column = columns.find((one) => one.key === key);
      for (const one of columns) one.header.removeAttribute("aria-sort");
      const ordered = [...rows].sort((a, b) => home.get(a) - home.get(b));
      if (!column) {
        body.append(...ordered);
        return;
      }
      column.header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const values = ordered.map((row) => cellValue(row, column.index));
      body.append(...sortOrder(values, descending).map((index) => ordered[index]));
    };

    const filter = (query) => {
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = Boolean(query) && !matches(texts[index], query);
        shown += !row.hidden;
      });
      return shown;
    };

    const showColumns = (keys) => {
      for (const { header, index, key } of columns) {
        const off = !keys.includes(key);
        if (header.classList.contains("off") === off) continue;
        header.classList.toggle("off", off);
        for (const row of rows) row.cells[index].classList.toggle("off", off);
      }
      for (const box of document.querySelectorAll("[data-column]")) box.checked = keys.includes(box.dataset.column);
    };

    const pick = (ids) => {
      for (const row of rows) {
        const picked = ids.includes(row.dataset.run);
        row.classList.toggle("picked", picked);
        row.querySelector("[data-pick]").checked = picked;
      }
      const all = table.querySelector("[data-pick-all]");
      const shown = rows.filter((row) => !row.hidden);
      const count = shown.filter((row) => row.classList.contains("picked")).length;
      all.checked = count > 0 && count === shown.length;
      all.indeterminate = count > 0 && count < shown.length;
    };

    const tell = (ids, shown, query) => {
      const parts = [];
      if (query) parts.push(shown === 1 ? "1 run found." : `${shown} runs found.`);
      if (ids.length) {
        const link = make("a", { href: `${runfolio.site().root}compare.html#runs=${ids.join(",")}` }, "Compare");
        const clear = make("button", { type: "button", class: "quiet", onclick: () => state.update({ runs: "" }) }, "Clear");
        parts.push(`${ids.length} selected:`, link, clear);
      } else if (!query) {
        parts.push("Tick runs to compare them.");
      }
      selection.replaceChildren(...parts.map((part) => (typeof part === "string" ? make("span", {}, part) : part)));
    };

    const chosen = () => state.list(state.read().runs);
    const known = new Set(rows.map((row) => row.dataset.run));

    for (const { header, key } of columns) {
      const button = make("button", { type: "button", title: header.title || null }, header.textContent);
      header.removeAttribute("title");
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        const next = now === null ? key : now === "ascending" ? `-${key}` : "";
        state.update({ sort: next });
      });
    }

    const chooser = document.querySelector("[data-columns]");
    const groupOf = ({ header }) => header.dataset.group || "Run";
    const choices = columns.filter((one) => one.key !== "name");
    const groups = [...new Set(choices.map(groupOf))];
    choices.sort((a, b) => groups.indexOf(groupOf(a)) - groups.indexOf(groupOf(b)));
    let group = "";
    for (const { header, key } of choices) {
      const name = groupOf({ header });
      if (name !== group) chooser.append(make("p", {}, name));
      group = name;
      const box = make("input", { type: "checkbox", "data-column": key });
      box.addEventListener("change", () => {
        const keys = [...chooser.querySelectorAll("[data-column]")].filter((one) => one.checked).map((one) => one.dataset.column);
        const same = keys.length + 1 === usual.length && keys.every((one) => usual.includes(one));
        state.update({ columns: same ? "" : JSON.stringify(keys) });
      });
      chooser.append(make("label", {}, box, header.dataset.title));
    }

    search.addEventListener("input", () => state.update({ q: search.value }));
    table.addEventListener("change", (event) => {
      const boxes = rows.filter((row) => !row.hidden);
      if (event.target.matches("[data-pick-all]")) {
        state.update({ runs: event.target.checked ? boxes.map((row) => row.dataset.run).join(",") : "" });
      } else if (event.target.matches("[data-pick]")) {
        const id = event.target.closest("tr").dataset.run;
        const others = chosen().filter((one) => one !== id);
        state.update({ runs: (event.target.checked ? [...others, id] : others).join(",") });
      }
    });

    for (const row of rows) {
      const button = make("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": "Show all values" }, "⋯");
      button.addEventListener("click", () => {
        const open = row.classList.toggle("open");
        button.setAttribute("aria-expanded", String(open));
        for (const { header, index } of columns) row.cells[index].dataset.label = header.dataset.title;
      });
      row.querySelector("th.name").append(button);
    }

    const parseColumns = (text) => {
      try {
        const keys = JSON.parse(text);
        return Array.isArray(keys) ? ["name", ...keys] : usual;
      } catch {
        return usual;
      }
    };

    state.follow((view) => {
      const query = view.q || "";
      if (search.value !== query) search.value = query;
      const shown = filter(query.trim());
      const key = view.sort || "";
      sort(key.replace(/^-/, ""), key.startsWith("-"));
      showColumns(view.columns ? parseColumns(view.columns) : usual);
      const ids = state.list(view.runs).filter((id) => known.has(id));
      pick(ids);
      tell(ids, shown, query.trim());
    });
  };

  runfolio.onPage("[data-runs-table]", wire);
})();

// The charts of an experiment: they follow the selection and keep their settings in the fragment.

(() => {
  "use strict";

  const SHOWN_RUNS = 10;
  const SHOWN_BARS = 20;
  const SHOWN_DIMENSIONS = 5;

  // The runs a chart shows: those selected, else the best ones that have the metric.
  const choose = (shard, selected, metric, count) => {
    const place = new Map(shard.runs.id.map((id, index) => [id, index]));
    const has = (index) => shard.metrics[metric] && shard.metrics[metric].values[index] !== null;
    const picked = selected.filter((id) => place.has(id)).map((id) => place.get(id));
    if (picked.length) return picked;
    const kept = new Set(sound(shard));
    return shard.runs.rank.map((id) => place.get(id)).filter((index) => kept.has(index) && has(index)).slice(0, count);
  };

  // The runs a chart of all runs shows: those that did not break off, unless all did.
  const sound = (shard) => {
    const all = shard.runs.id.map((_, index) => index);
    const kept = all.filter((index) => !["FAILED", "KILLED"].includes(shard.runs.status[index]));
    return kept.length ? kept : all;
  };

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const valid = (wanted, among, fallback) => (among.includes(wanted) ? wanted : fallback);

  const pure = { choose, sound, valid };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const run = (shard, index) => ({
    id: shard.runs.id[index],
    name: shard.runs.name[index],
    color: shard.runs.color[index],
    dash: shard.runs.dash[index],
  });

  // "5 runs", "the best 10 of 15 runs", and how many broke off and are left out.
  const among = (shown, all, broken, best) => {
    const plural = (count) => (count === 1 ? "run" : "runs");
    const count = shown === all ? `${shown} ${plural(shown)}` : `${best ? "the best " : ""}${shown} of ${all} ${plural(all)}`;
    return broken ? `${count}, without ${broken} that broke off` : count;
  };

  const { select: control, address, directed } = runfolio.controls;
  const arrow = (shard, key) => directed(key, own(shard.directions, key) ? shard.directions[key] : null);

  const counted = (shard, selected, shown, metric) => {
    if (selected.length) return among(shown, shown, 0, false);
    const kept = sound(shard);
    const having = kept.filter((index) => shard.metrics[metric].values[index] !== null).length;
    return among(shown, Math.max(having, shown), shard.runs.id.length - kept.length, true);
  };

  const drawers = {
    async curves(shard, view, selected) {
      const metric = valid(view.curve, shard.curves, shard.curves.includes(shard.primary) ? shard.primary : shard.curves[0]);
      if (!metric) return { empty: "No metric has more than one step yet, so there is no curve to draw." };
      const indices = choose(shard, selected, metric, SHOWN_RUNS);
      const shards = await Promise.all(indices.map((index) => runfolio.loadShard(`runs/${shard.runs.id[index]}`)));
      const runs = shards
        .filter((one) => own(one.curves, metric))
        .map((one) => ({ ...one, ...one.curves[metric], href: address(one.id), value: one.curves[metric].value.map(runfolio.number) }));
      const x = valid(view.curvex, ["step", "time"], "step");
      const scale = valid(view.curvescale, ["linear", "log"], "linear");
      return {
        controls: [
          control("metric", "curve", shard.curves, metric),
          control("over", "curvex", [["step", "step"], ["time", "time since start"]], x),
          control("scale", "curvescale", ["linear", "log"], scale),
        ],
        draw: (plot) =>
          runfolio.charts.curves(plot, {
            title: `${metric} by ${x === "time" ? "time" : "step"}, ${counted(shard, selected, runs.length, metric)}`,
            yTitle: arrow(shard, metric),
            direction: shard.directions[metric],
            runs,
            log: scale === "log",
            xKind: x,
          }),
      };
    },

    async scatter(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters, so there is nothing to compare with." };
      const x = valid(view.x, params, params[0]);
      const y = valid(view.y, metrics, shard.primary);
      const indices = selected.length ? choose(shard, selected, y, 0) : sound(shard);
      const points = indices.map((index) => ({
        ...run(shard, index),
        href: address(shard.runs.id[index]),
        x: shard.params[x].kind === "number" ? runfolio.number(shard.params[x].values[index]) : shard.params[x].values[index],
        y: runfolio.number(shard.metrics[y].values[index]),
      }));
      return {
        controls: [control("x", "x", params, x), control("y", "y", metrics, y)],
        draw: (plot) =>
          runfolio.charts.scatter(plot, { x: { title: x, kind: shard.params[x].kind }, y: { title: arrow(shard, y) }, points }),
      };
    },

    async parallel(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters." };
      const metric = valid(view.par, metrics, shard.primary);
      const dimensions = [...params.slice(0, SHOWN_DIMENSIONS).map((key) => [key, key, shard.params[key]]), [metric, arrow(shard, metric), shard.metrics[metric]]];
      const indices = selected.length ? choose(shard, selected, metric, 0) : sound(shard);
      return {
        controls: [control("colour by", "par", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.parallel(plot, {
            dimensions: dimensions.map(([key, title, column]) => ({ key, title, ticks: column.ticks })),
            runs: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              positions: dimensions.map(([, , column]) => column.positions[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
            colorTitle: arrow(shard, metric),
          }),
      };
    },

    async bars(shard, view, selected) {
      const metrics = Object.keys(shard.metrics);
      const metric = valid(view.bar, metrics, shard.primary);
      const direction = shard.directions[metric];
      const indices = choose(shard, selected, metric, Infinity)
        .filter((index) => shard.metrics[metric].values[index] !== null)
        .sort((a, b) => (direction === "up" ? -1 : 1) * (shard.metrics[metric].values[a] - shard.metrics[metric].values[b]))
        .slice(0, selected.length ? Infinity : SHOWN_BARS);
      return {
        controls: [control("metric", "bar", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.bars(plot, {
            title: `${metric} of ${counted(shard, selected, indices.length, metric)}`,
            xTitle: arrow(shard, metric),
            direction,
            bars: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
          }),
      };
    },
  };

  const settings = { curves: ["curve", "curvex", "curvescale", "runs"], scatter: ["x", "y", "runs"], parallel: ["par", "runs"], bars: ["bar", "runs"] };

  const fill = async (panel, shard, view) => {
    const kind = panel.dataset.chart;
    const plot = panel.querySelector("[data-plot]");
    const controls = panel.querySelector("[data-controls]");
    const known = new Set(shard.runs.id);
    const selected = state.list(view.runs).filter((id) => known.has(id));
    try {
      const chart = await drawers[kind](shard, view, selected);
      const focused = document.activeElement?.dataset?.control;
      controls.replaceChildren(...(chart.controls || []));
      if (focused) controls.querySelector(`[data-control="${focused}"]`)?.focus();
      if (chart.empty) plot.replaceChildren(make("p", { class: "empty" }, chart.empty));
      else await chart.draw(plot);
    } catch (error) {
      plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  };

  runfolio.onPage("[data-charts]", (section) => {
    const table = document.querySelector("[data-runs-table]");
    const panels = [...section.querySelectorAll("[data-chart]")];
    if (!table || !panels.length) return;
    const seen = new WeakMap();
    let view = state.read();
    const refresh = async (panel) => {
      const mark = settings[panel.dataset.chart].map((name) => view[name] || "").join("\n");
      if (seen.get(panel) === mark) return;
      seen.set(panel, mark);
      const shard = await runfolio.loadShard(table.dataset.shard);
      await fill(panel, shard, view);
    };
    const visible = new Set();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting) visible.add(entry.target);
          else visible.delete(entry.target);
          if (entry.isIntersecting) refresh(entry.target);
        }
      },
      { rootMargin: "300px" },
    );
    panels.forEach((panel) => watcher.observe(panel));
    state.follow((next) => {
      view = next;
      for (const panel of visible) refresh(panel);
    });
  });
})();

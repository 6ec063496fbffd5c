// Runs side by side, as the fragment names them: "#runs=<id>,<id>&base=<id>&group=params.model,params.lr".

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, compare } = runfolio;
  const { rows, view: parts, groups: grouping, charts, choose } = compare;
  const { directed, select } = runfolio.controls;
  const [COLORS, DASHES] = [10, 4];
  const { section, table, textTable, headRow, toggle, controls, delta, deltaText, format, plural, hint } = parts;

  // Runs keep their colours, but for those of which another run here has the same: these take the next
  // free one, and a dash where there are more runs than colours.
  const distinct = (runs) => {
    const taken = new Set();
    return runs.map((run) => {
      let { color, dash } = run;
      for (let step = 1; taken.has(`${color}/${dash}`) && step < COLORS * DASHES; step += 1) {
        color = (run.color + step) % COLORS;
        dash = (run.dash + Math.floor(step / COLORS)) % DASHES;
      }
      if (runs.length <= COLORS) for (let dashes = 0; dashes < DASHES; dashes += 1) taken.add(`${color}/${dashes}`);
      taken.add(`${color}/${dash}`);
      return { ...run, color, dash };
    });
  };

  // What all parts are made from: the runs, the baseline, the groups, and what else the runs have.
  const contextOf = (loaded, numbers, view) => {
    const runs = distinct(rows.tellApart(loaded));
    const base = runs.find((run) => run.id === view.base) || runs[0];
    const choices = grouping.choices(runs);
    const choice = view.group === "none" || grouping.groupRuns(runs, view.group) ? view.group : grouping.usualChoice(runs);
    const groups = grouping.groupRuns(runs, choice, numbers);
    const groupOf = new Map((groups || []).flatMap((group) => group.runs.map((run) => [run.id, group])));
    const drawn = runs.map((run) => (groups ? { ...run, color: groupOf.get(run.id).color, dash: groupOf.get(run.id).dash } : run));
    return { runs, base, baseIndex: runs.indexOf(base), lead: rows.leadMetric(runs), choices, choice, groups, baseGroup: groups ? groups.indexOf(groupOf.get(base.id)) : -1, drawn, extras: null };
  };

  // Which of the values that count is best, and which of the others is next: for a best baseline the
  // verdict tells how far ahead of that it is.
  const winners = ({ best, counts, direction }, values, base) => {
    const winner = values.findIndex((value, index) => counts[index] && value === best);
    const others = values.map((value, index) => (index === winner || !counts[index] ? null : value));
    const finite = others.filter(Number.isFinite);
    const next = others.indexOf(direction === "down" ? Math.min(...finite) : Math.max(...finite));
    return { winner, told: winner === base ? next : winner };
  };

  // "gb has the best rmse ↓: 0.585, 22 % lower than the baseline linear (0.751)."
  const sentence = ({ names, values, base, winner, told, metric, direction, more = "" }, from) => {
    const lead = [make("strong", {}, names[winner]), ` has the best ${metric}: `, make("strong", {}, format(values[winner])), more];
    if (!from || from.amount === 0) return [...lead, "."];
    const words = make("strong", { class: rows.verdictOf(from.amount, direction) || "", title: deltaText(from) }, rows.changeWords(from, format).replace(/ than$/, ""));
    if (winner === base) return [...lead, `, and is the baseline; next is ${names[told]}, `, words, ` (${format(values[told])}).`];
    return [...lead, ", ", words, ` than the baseline ${names[base]} (${format(values[base])}).`];
  };

  const groupVerdict = ({ runs, groups, baseGroup, lead }) => {
    const row = grouping.groupRow(groups, baseGroup, lead);
    const { direction, differences, summaries } = row;
    if (row.best === null) return null;
    const values = summaries.map((one) => one.mean);
    const { winner, told } = winners(row, values, baseGroup);
    const found = differences[told];
    const { length } = groups[winner].counted;
    const about = { names: groups.map((group) => group.label), values, base: baseGroup, winner, told, metric: directed(lead, direction), direction, more: length > 1 ? ` on average of ${length} runs` : "" };
    return [...sentence(about, found && { amount: found.difference, share: found.share }), grouping.certainty(found), rows.fateWords(runs)];
  };

  // Where all runs with a value but one broke off, there is no best one.
  const onlyVerdict = ({ key, values, counts, direction }, runs) => {
    const whole = values.flatMap((value, index) => (counts[index] && Number.isFinite(value) ? [index] : []));
    if (whole.length !== 1 || values.filter(Number.isFinite).length < 2 || !counts.includes(false)) return null;
    return [make("strong", {}, runs[whole[0]].name), ` has ${directed(key, direction)} `, make("strong", {}, format(values[whole[0]])), " and nothing to be compared with.", rows.fateWords(runs)];
  };

  const runVerdict = ({ runs, baseIndex, lead }) => {
    const row = rows.metricRows(runs, baseIndex).find((one) => one.key === lead);
    if (!row || row.best === null) return row ? onlyVerdict(row, runs) : null;
    const { values, direction, changes } = row;
    const { winner, told } = winners(row, values, baseIndex);
    const lacking = values.filter((value) => value === null).length;
    const words = sentence({ names: runs.map((run) => run.name), values, base: baseIndex, winner, told, metric: directed(lead, direction), direction }, changes[told]);
    const running = runs[winner].status === "RUNNING" ? ` ${runs[winner].name} is still running.` : "";
    return [...words, lacking ? ` ${plural(lacking, "run")} of ${runs.length} logged none.` : "", rows.fateWords(runs), running];
  };

  const verdict = (context) => {
    const told = context.lead && context.runs.length > 1 ? (context.groups ? groupVerdict(context) : runVerdict(context)) : null;
    if (told) return make("p", { class: "verdict-line" }, ...told);
    const why = context.runs.length < 2 ? " Add another one to compare it with." : context.lead ? "" : " They share no metric that is known to be better when it is lower or higher.";
    return make("p", { class: "facts" }, `${plural(context.runs.length, "run")}.${rows.fateWords(context.runs)}${why}`);
  };

  // Rows of texts for what stands side by side: the runs, or groups with the values of their runs.
  const shownRows = (context, part) => {
    const list = rows.textRows(context.runs, part);
    return context.groups ? list.map((row) => grouping.gather(row, context)) : list;
  };

  const differing = (context, view) => {
    const all = view.same === "1";
    const [params, tags] = ["params", "tags"].map((part) => shownRows(context, part));
    const [columns, base] = context.groups ? [grouping.columns(context.groups), context.baseGroup] : [context.runs, context.baseIndex];
    const shown = (list) => list.filter((row) => all || row.differs);
    const same = params.filter((row) => !row.differs).length;
    const title = all ? "Parameters" : "Parameters that differ";
    const content = [];
    if (shown(params).length) content.push(textTable(title, columns, base, shown(params)));
    else content.push(make("p", { class: "empty" }, params.length ? "These runs have the same parameters." : "These runs have no parameters."));
    if (!all && same) content.push(hint(`${same} the same in all; untick “only differences” to see ${same === 1 ? "it" : "them"}.`));
    const label = all ? "Tags" : "Tags that differ";
    if (shown(tags).length) content.push(make("h3", {}, label), textTable(label, columns, base, shown(tags)));
    return section(title, controls(toggle("only differences", "same", !all, (on) => (on ? "" : "1"))), ...content);
  };

  const runMetrics = (context) => {
    const found = rows.metricRows(context.runs, context.baseIndex).sort((a, b) => (b.key === context.lead) - (a.key === context.lead));
    const body = found.map((row) => {
      const cells = row.values.map((value, index) => {
        const best = row.best !== null && row.counts[index] && value === row.best ? " best" : "";
        const number = make("span", { title: value === null ? null : String(value) }, format(value));
        return make("td", { class: `num${best}${index === context.baseIndex ? " baseline" : ""}` }, number, delta(row.changes[index]));
      });
      return make("tr", {}, make("th", { scope: "row" }, directed(row.key, row.direction)), ...cells);
    });
    return found.length ? table("Metrics", headRow(context.drawn, context.baseIndex), body) : make("p", { class: "empty" }, "These runs have no metrics.");
  };

  // What the runs are grouped by: one select for each key, and one more for a further key.
  const groupBar = ({ choices, choice }) => {
    const further = grouping.furtherChoices(choices, choice).filter(([, rest]) => rest.length);
    const chosen = (prefix) => (choice === prefix || choice.startsWith(`${prefix},`) ? prefix : null);
    const among = (list) => list.find(([key]) => chosen(key))?.[0];
    const first = further.length && !among(choices) ? [[further[0][0], further[0][0]]] : [];
    const boxes = further.map(([prefix, rest]) => select("and by", "group", [[prefix, "nothing else"], ...rest], among(rest) ?? prefix));
    return controls(select("group runs by", "group", [...choices, ...first], among(choices) ?? further[0]?.[0] ?? choice), ...boxes);
  };

  const metrics = (context) => {
    const bar = context.runs.length > 1 && context.choices.length > 1 ? groupBar(context) : "";
    if (!context.groups) return section("Metrics", bar, runMetrics(context));
    return section("Metrics", bar, ...grouping.metricTable(context), make("details", { class: "single-runs" }, make("summary", {}, "Single runs"), runMetrics(context)));
  };

  // Confusion matrices side by side and result curves over each other, always in the same place.
  const resultsPlace = make("div", {});
  const results = ({ drawn }) => (drawn.some((run) => run.results) ? { whole: section("Results", resultsPlace), draw: () => runfolio.results.draw(resultsPlace, drawn) } : null);

  // The parts of the page in order. Each is made again only when one of the names in the fragment
  // that it follows changes, so that what one does in it stays as it is.
  const chart = (draw) => (context, view) => {
    const made = draw(context, view);
    return made && { whole: made.whole, draw: made.draw };
  };
  const whole = (build) => (context, view) => ({ whole: build(context, view) });
  const PARTS = [
    { name: "verdict", follows: ["group"], build: whole(verdict) },
    { name: "chosen", follows: ["group"], build: whole((context) => choose.chosenList(context)) },
    { name: "adder" },
    { name: "differing", follows: ["same", "group"], build: whole(differing) },
    { name: "metrics", follows: ["group"], build: whole(metrics) },
    { name: "curves", follows: ["group", "curve", "curvex", "curvescale", "curvelines", "curvesmooth"], build: chart(charts.curves), charts: true },
    { name: "differences", follows: ["group", "curve", "curvelines"], build: chart(charts.differences), charts: true },
    { name: "scatter", follows: ["group", "x", "y"], build: chart(charts.scatter), charts: true },
    { name: "parallel", follows: ["group", "par"], build: chart(charts.parallel), charts: true },
    { name: "results", follows: ["group"], build: results },
    { name: "images", follows: ["group", "images", "with"], build: compare.images.make, extras: true },
    { name: "tables", follows: ["with", "key"], build: compare.tables.make, extras: true },
    { name: "texts", follows: ["with", "same", "diff"], build: compare.texts.make, extras: true },
  ];

  // The places of the parts: charts share a grid under one heading.
  const layOut = (place) => {
    const slots = new Map(PARTS.map((part) => [part.name, { ...part, element: make("div", { class: "compare-part", "data-part": part.name }), mark: null, made: null }]));
    const grid = make("div", { class: "panels" });
    const chartsSection = make("section", { class: "compare-part", "aria-label": "Charts" }, make("h2", {}, "Charts"), grid);
    if (!runfolio.standsAlone()) slots.get("adder").element.append(choose.adder());
    const notes = make("div", {});
    const body = make("div", { hidden: true });
    for (const slot of slots.values()) {
      if (slot.charts) grid.append(slot.element);
      else body.append(slot.element);
      if (slot.name === "metrics") body.append(chartsSection);
    }
    place.append(notes, body);
    return { slots, notes, body, chartsSection };
  };

  const refresh = (slot, context, view) => {
    const mark = [context.mark, slot.extras && context.extras.size, ...slot.follows.map((name) => view[name] || "")].join("\n");
    if (slot.mark === mark) {
      slot.made?.follow?.(view);
      return null;
    }
    slot.mark = mark;
    const focused = slot.element.contains(document.activeElement) ? document.activeElement : null;
    const place = focused ? namedLike(slot.element, focused).indexOf(focused) : -1;
    slot.made = slot.build(context, view);
    slot.element.replaceChildren(...(slot.made ? [slot.made.whole] : []));
    slot.element.classList.toggle("wide", Boolean(slot.made?.whole.classList.contains("wide")));
    if (focused) refocus(slot.element, focused, place);
    return slot.made?.draw ?? null;
  };

  // The same control again, else the first one of its part.
  const namedLike = (element, { dataset }) => [...element.querySelectorAll("[data-control]")].filter((one) => one.dataset.control === dataset.control);
  const refocus = (element, focused, place) => {
    const same = namedLike(element, focused);
    (same[place] || same[0] || element.querySelector("a, button, input, select"))?.focus();
  };

  const loadAll = async (names) => {
    const done = await Promise.allSettled(names.map((name) => runfolio.loadShard(name)));
    return done.map((one) => (one.status === "fulfilled" ? one.value : null));
  };

  // What the runs have besides numbers: of all runs where there are pictures, else of the two looked at.
  const loadExtras = async (context, view) => {
    const other = parts.otherRun(context, view);
    const has = (run) => (run.extras || []).length > 0;
    const pictured = context.runs.slice(0, compare.images.MOST_RUNS).filter((run) => (run.extras || []).includes("images"));
    const wanted = [...new Set([...pictured, ...[context.base, other].filter((run) => run && has(run))])];
    const shards = await loadAll(wanted.map((run) => `compare/${run.id}`));
    const lists = [...new Set(shards.map((shard) => shard?.packages).filter(Boolean))];
    const packages = new Map((await loadAll(lists)).map((list, index) => [lists[index], list?.packages]));
    return new Map(wanted.map((run, index) => [run.id, { ...shards[index], packages: packages.get(shards[index]?.packages) }]));
  };

  // Writes shortened ids in the fragment in full where the site has one such run.
  const lengthen = async (view) => {
    const isShort = (id) => /^[0-9a-f]{8,15}$/.test(id);
    const named = state.list(view.runs);
    const short = [...named, view.base || ""].filter(isShort);
    if (!short.length) return;
    const [finder] = await loadAll(["finder"]);
    const full = new Map(short.map((id) => [id, (finder?.runs.id ?? []).filter((one) => one.startsWith(id))]));
    const whole = (id) => (full.get(id)?.length === 1 ? full.get(id)[0] : id);
    state.update({ runs: named.map(whole).join(","), base: whole(view.base || "") });
  };

  // Which group of its experiment each run is in, as the table there counts them by a choice of keys;
  // null where that has no such groups.
  const groupNumbers = async (runs, choice) => {
    const keys = choice && !choice.startsWith("-") ? runfolio.columns.splitKeys(choice) : [];
    const { id } = runs[0].experiment;
    if (!keys.length || !grouping.groupRuns(runs, choice) || runs.some((run) => run.experiment.id !== id)) return null;
    const enough = (all) => keys.every((key) => all.column(key));
    const all = await runfolio.workspaceModel.loadWhole(`experiments/${id}`, runfolio.loadShard, enough).catch(() => null);
    if (!all) return null;
    const columns = keys.map((key) => all.column(key));
    if (!columns.every(Boolean)) return null;
    return new Map(runfolio.rows.group(all.indices, columns).flatMap(({ members }, number) => members.map((index) => [all.ids[index], number])));
  };

  runfolio.onPage("[data-compare]", (place) => {
    const empty = place.querySelector("[data-empty]");
    const page = layOut(place);
    let turn = 0;

    // What stands below the comparison comes when it is there, so that nothing jumps.
    const started = () => place.classList.add("ready");

    const show = async (context, view) => {
      const draws = [...page.slots.values()].filter((slot) => slot.build).map((slot) => (slot.extras && !context.extras ? null : refresh(slot, context, view)));
      page.chartsSection.hidden = ![...page.slots.values()].some((slot) => slot.charts && slot.made);
      started();
      for (const draw of draws) await draw?.();
    };

    state.follow(async (view) => {
      turn += 1;
      const mine = turn;
      await lengthen(view);
      if (mine !== turn) return undefined;
      const named = choose.chosenIds();
      const ids = named.filter((id) => /^[0-9a-f]{16}$/.test(id));
      const loaded = await loadAll(ids.map((id) => `runs/${id}`));
      if (mine !== turn) return undefined;
      const found = loaded.filter(Boolean);
      const missing = named.filter((id) => !loaded[ids.indexOf(id)]);
      page.notes.replaceChildren(...missing.map((id) => make("p", { class: "warning slim" }, `This report has no run ${id}.`)));
      empty.hidden = found.length > 0;
      page.body.hidden = false;
      place.classList.toggle("no-runs", !found.length);
      for (const slot of page.slots.values()) slot.element.hidden = !found.length && slot.name !== "adder";
      page.chartsSection.hidden = !found.length;
      if (!found.length) return started();
      const numbers = await groupNumbers(found, view.group);
      if (mine !== turn) return undefined;
      const context = { ...contextOf(found, numbers, view), mark: `${found.map((run) => run.id).join()} ${view.base || ""}` };
      await show(context, view);
      const extras = await loadExtras(context, view);
      return mine === turn ? show({ ...context, extras }, view) : undefined;
    });
  });
})();

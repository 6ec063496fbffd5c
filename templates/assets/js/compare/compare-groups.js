// Runs in groups, such as the seeds of one setting: means with intervals, and what is within noise.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./compare-rows.js") : runfolio.compare.rows;
  const { joinKeys, splitKeys } = node ? require("../workspace/columns.js") : runfolio.columns;
  const statistics = node ? require("../charts/statistics.js") : runfolio.statistics;

  const SEED = /(^|[._/-])(random_?)?seed$|random_?state$/i;
  const COLORS = 10;
  const LISTED = 6;
  const MOST_KEYS = 3; // that one groups by

  const EXPERIMENT = { part: "experiment", key: "name" };
  const STATUS = "attributes.status";

  const read = (run, part, key) => (part === "attributes" ? run[key] : rows.own(run[part], key) ? run[part][key] : null);

  // One key of a choice as its field; null where the runs have nothing of the kind.
  const fieldOf = (runs, text) => {
    if (text === "experiment" || text === "attributes.experiment") return EXPERIMENT;
    if (text === STATUS) return { part: "attributes", key: "status" };
    const parts = /^(params|tags)\.(.+)$/s.exec(text);
    return parts && runs.some((run) => rows.own(run[parts[1]], parts[2])) ? { part: parts[1], key: parts[2] } : null;
  };

  // What a choice groups by: [{part, key}] — keys as the experiment's table has them, separated by
  // commas ("params.model,tags.team"), "experiment", or with a minus ahead all parameters that differ
  // but this one. Null where the runs have nothing of the kind.
  const fieldsOf = (runs, choice) => {
    if (!choice?.startsWith("-")) {
      const fields = splitKeys(choice).map((text) => fieldOf(runs, text));
      return fields.length && fields.every(Boolean) ? fields : null;
    }
    const field = fieldOf(runs, splitKeys(choice.slice(1))[0] ?? "");
    if (!field || !["params", "tags"].includes(field.part)) return null;
    const { part, key } = field;
    const others = rows.differingKeys(runs, part).filter((one) => one !== key);
    const experiments = new Set(runs.map((run) => run.experiment.name)).size > 1 ? [EXPERIMENT] : [];
    return [...experiments, ...others.map((one) => ({ part, key: one }))];
  };

  const labelOf = (fields, values) => fields.map(({ part, key }, place) => `${part === "experiment" ? "experiment" : key} = ${values[place] ?? "not set"}`).join(", ") || "all runs";

  // The number that each group's colour is by, as in the experiment's table: which of all groups there
  // it is, as `numbers` has it by run; else which of these, by the earliest of their runs.
  const numberGroups = (groups, numbers) => {
    const starts = groups.map((group) => Math.min(...group.runs.map((run) => run.start ?? 0)));
    const order = [...groups.keys()].sort((a, b) => starts[a] - starts[b]);
    return groups.map((group, index) => numbers?.get(group.runs[0].id) ?? order.indexOf(index));
  };

  // The runs in groups in the order in which these first come, each with those of its runs that count
  // in means; null without a choice that groups.
  const groupRuns = (runs, choice, numbers = null) => {
    const fields = fieldsOf(runs, choice);
    if (!fields) return null;
    const groups = new Map();
    for (const run of runs) {
      const values = fields.map(({ part, key }) => read(run, part, key));
      const mark = JSON.stringify(values);
      if (!groups.has(mark)) groups.set(mark, { label: labelOf(fields, values), values, runs: [] });
      groups.get(mark).runs.push(run);
    }
    const found = [...groups.values()];
    const order = numberGroups(found, numbers);
    return found.map((group, index) => ({ ...group, counted: rows.counted(group.runs), fields, color: order[index] % COLORS, dash: Math.floor(order[index] / COLORS) % 4 }));
  };

  // Runs that differ in a seed are repetitions, so they are grouped unless someone says otherwise.
  const usualChoice = (runs) => {
    for (const key of rows.differingKeys(runs, "params").filter((one) => SEED.test(one))) {
      const choice = `-${joinKeys([`params.${key}`])}`;
      if (groupRuns(runs, choice).some((group) => group.runs.length > 1)) return choice;
    }
    return "none";
  };

  // A row of texts with one text a group: the value, or the several that its runs have.
  const gather = (row, { runs, groups }) => {
    const values = groups.map((group) => {
      const held = [...new Set(runs.map((run, index) => (group.runs.includes(run) ? row.values[index] : undefined)).filter((value) => value !== undefined))];
      if (held.length > LISTED) return `${held.length} values`;
      return held.length === 1 ? held[0] : held.map((value) => value ?? "not set").join(", ");
    });
    return { ...row, values };
  };

  const choices = (runs) => {
    const params = rows.differingKeys(runs, "params");
    const tags = rows.differingKeys(runs, "tags");
    const seeds = params.filter((key) => SEED.test(key));
    const several = new Set(runs.map((run) => run.experiment.name)).size > 1;
    return [
      ["none", "nothing: single runs"],
      ...seeds.map((key) => [`-${joinKeys([`params.${key}`])}`, `all but ${key}`]),
      ...params.filter((key) => !SEED.test(key)).map((key) => [joinKeys([`params.${key}`]), key]),
      ...(params.length > 1 ? params.filter((key) => !SEED.test(key)).map((key) => [`-${joinKeys([`params.${key}`])}`, `all but ${key}`]) : []),
      ...tags.map((key) => [joinKeys([`tags.${key}`]), `tag ${key}`]),
      ...(several ? [["experiment", "experiment"]] : []),
    ];
  };

  // What a chosen grouping can be made finer by: for each place after the first the choices that stand
  // there, as [prefix, [[choice, text]]]. Only keys can be put together, and at most three.
  const furtherChoices = (all, choice) => {
    const keys = splitKeys(choice).map((key) => joinKeys([key]));
    if (choice === "none" || choice.startsWith("-")) return [];
    return keys.slice(0, MOST_KEYS - 1).map((_, place) => {
      const before = keys.slice(0, place + 1);
      const rest = all.filter(([key]) => key !== "none" && !key.startsWith("-") && !before.includes(key));
      return [before.join(","), rest.map(([key, text]) => [[...before, key].join(","), text])];
    });
  };

  // A metric in the groups: a summary of each, and its difference from the group at `base`, with a
  // verdict only where that is not within noise.
  const groupRow = (groups, base, key) => {
    const runs = groups.flatMap((group) => group.runs);
    const direction = rows.directionOf(runs, key);
    const values = groups.map((group) => group.counted.map((run) => rows.lastOf(run, key)));
    const summaries = values.map(statistics.summary);
    const differences = values.map((one, index) => {
      const found = index === base ? null : statistics.difference(values[base], one);
      if (!found) return null;
      const from = summaries[base].mean;
      const told = found.withinNoise === false;
      return { ...found, share: from === 0 ? null : found.difference / Math.abs(from), verdict: told ? rows.verdictOf(found.difference, direction) : null };
    });
    const whole = groups.map((group) => !rows.broken(group.counted[0].status));
    const counts = whole.includes(true) ? whole : groups.map(() => true);
    return { key, direction, summaries, differences, counts, best: rows.bestOf(summaries.map((one) => one.mean).filter((_, index) => counts[index]), direction) };
  };

  const groupRows = (groups, base) => rows.keysOf(groups.flatMap((group) => group.runs), "metrics").map((key) => groupRow(groups, base, key));

  const pure = { groupRuns, gather, usualChoice, choices, furtherChoices, groupRow, groupRows };
  if (node) module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, compare } = runfolio;
  const { directed } = runfolio.controls;
  const view = compare.view;
  const { format, signedNumber } = view;

  const interval = ({ low, high }) => `${signedNumber(low)} to ${signedNumber(high)}`;

  // "−0.052 (−8.1 %), 95 %: −0.07 to −0.03", and in words whether that is more than noise.
  const differenceCell = (one) => {
    if (!one) return [];
    const { difference, share, verdict, withinNoise, method, low } = one;
    const mark = { better: "▲ ", worse: "▼ " }[verdict] || "";
    const lines = [make("span", { class: `delta ${verdict && verdict !== "same" ? verdict : "aside"}`, title: String(difference) }, mark + view.deltaText({ amount: difference, share }))];
    if (low === null) lines.push(make("span", { class: "delta aside" }, method));
    else lines.push(make("span", { class: "delta aside", title: `${method}: ${low} to ${one.high}` }, `95 %: ${interval(one)}`));
    if (withinNoise) lines.push(make("strong", { class: "delta noise" }, "within noise"));
    return lines;
  };

  const meanCell = (summary, classes, difference) => {
    if (summary.mean === null) return make("td", { class: classes }, "—");
    const about = summary.deviation === null ? "one value" : `standard deviation ${format(summary.deviation)}, 95 % interval of the mean ${format(summary.low)} to ${format(summary.high)}`;
    const spread = summary.deviation === null ? "" : make("span", { class: "aside" }, ` ± ${format(summary.deviation)}`);
    return make("td", { class: classes, title: `${summary.mean}, ${about}` }, format(summary.mean), spread, ...differenceCell(difference));
  };

  const METHOD =
    "Means with standard deviations. Differences are from the baseline’s group, with 95 % intervals: Welch’s t where both have 5 runs or more; " +
    "for 3 or 4 the bootstrap with 10,000 draws, its percentiles widened for few runs; below that there are too few runs to tell. Within noise: the interval contains 0.";

  const columns = (groups) => groups.map((group) => ({ ...group, note: rows.countWords(group.runs) }));

  const metricTable = (context) => {
    const { groups, baseGroup, lead } = context;
    const found = groupRows(groups, baseGroup).sort((a, b) => (b.key === lead) - (a.key === lead));
    const body = found.map((row) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, directed(row.key, row.direction)),
        ...row.summaries.map((summary, index) => {
          const best = row.best !== null && row.counts[index] && summary.mean === row.best ? " best" : "";
          return meanCell(summary, `num${best}${index === baseGroup ? " baseline" : ""}`, row.differences[index]);
        }),
      ),
    );
    return [view.table("Metrics of groups", view.headRow(columns(groups), baseGroup), body), view.hint(METHOD)];
  };

  // How the difference of the verdict is to be taken, in words.
  const certainty = (difference) => {
    if (!difference) return "";
    if (difference.low === null) return ` There are too few runs to tell whether that is more than noise.`;
    const told = difference.withinNoise ? "That is within noise" : "That is more than noise";
    return ` ${told}: the 95 % interval of the difference is ${interval(difference)} (${difference.method.replace(/, 95 % interval$/, "")}).`;
  };

  compare.groups = { ...pure, columns, metricTable, certainty };
})();

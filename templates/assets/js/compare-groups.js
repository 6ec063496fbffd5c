// Runs in groups, such as the seeds of one setting: means with intervals, and what is within noise.

(() => {
  "use strict";

  const node = typeof module === "object";
  const rows = node ? require("./compare-rows.js") : runfolio.compare.rows;
  const statistics = node ? require("./statistics.js") : runfolio.statistics;

  const SEED = /(^|[._/-])(random_?)?seed$|random_?state$/i;
  const COLORS = 10;
  const LISTED = 6;

  const read = (run, part, key) => (rows.own(run[part], key) ? run[part][key] : null);

  // What a choice groups by: [{part, key}] — "params.model", "tags.team", "experiment", or with a minus
  // ahead all parameters that differ but this one. Null where the runs have nothing of the kind.
  const fieldsOf = (runs, choice) => {
    if (choice === "experiment") return [{ part: "experiment", key: "name" }];
    const parts = /^(-?)(params|tags)\.(.+)$/s.exec(choice || "");
    if (!parts || !runs.some((run) => rows.own(run[parts[2]], parts[3]))) return null;
    const [, minus, part, key] = parts;
    if (!minus) return [{ part, key }];
    const others = rows.differingKeys(runs, part).filter((one) => one !== key);
    const experiments = new Set(runs.map((run) => run.experiment.name)).size > 1 ? [{ part: "experiment", key: "name" }] : [];
    return [...experiments, ...others.map((one) => ({ part, key: one }))];
  };

  const labelOf = (fields, values) => fields.map(({ part, key }, place) => `${part === "experiment" ? "experiment" : key} = ${values[place] ?? "not set"}`).join(", ") || "all runs";

  // The runs in groups in the order in which these first come; null without a choice that groups.
  const groupRuns = (runs, choice) => {
    const fields = fieldsOf(runs, choice);
    if (!fields) return null;
    const groups = new Map();
    for (const run of runs) {
      const values = fields.map(({ part, key }) => read(run, part, key));
      const mark = JSON.stringify(values);
      if (!groups.has(mark)) groups.set(mark, { label: labelOf(fields, values), values, runs: [] });
      groups.get(mark).runs.push(run);
    }
    return [...groups.values()].map((group, index) => ({ ...group, fields, color: index % COLORS, dash: Math.floor(index / COLORS) % 4 }));
  };

  // Runs that differ in a seed are repetitions, so they are grouped unless someone says otherwise.
  const usualChoice = (runs) => {
    for (const key of rows.differingKeys(runs, "params").filter((one) => SEED.test(one))) {
      const choice = `-params.${key}`;
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
      ...seeds.map((key) => [`-params.${key}`, `all but ${key}`]),
      ...params.filter((key) => !SEED.test(key)).map((key) => [`params.${key}`, key]),
      ...(params.length > 1 ? params.filter((key) => !SEED.test(key)).map((key) => [`-params.${key}`, `all but ${key}`]) : []),
      ...tags.map((key) => [`tags.${key}`, `tag ${key}`]),
      ...(several ? [["experiment", "experiment"]] : []),
    ];
  };

  // A metric in the groups: a summary of each, and its difference from the group at `base`, with a
  // verdict only where that is not within noise.
  const groupRow = (groups, base, key) => {
    const runs = groups.flatMap((group) => group.runs);
    const direction = rows.directionOf(runs, key);
    const values = groups.map((group) => group.runs.map((run) => rows.lastOf(run, key)));
    const summaries = values.map(statistics.summary);
    const differences = values.map((one, index) => {
      const found = index === base ? null : statistics.difference(values[base], one);
      if (!found) return null;
      const from = summaries[base].mean;
      const told = found.withinNoise === false;
      return { ...found, share: from === 0 ? null : found.difference / Math.abs(from), verdict: told ? rows.verdictOf(found.difference, direction) : null };
    });
    return { key, direction, summaries, differences, best: rows.bestOf(summaries.map((one) => one.mean), direction) };
  };

  const groupRows = (groups, base) => rows.keysOf(groups.flatMap((group) => group.runs), "metrics").map((key) => groupRow(groups, base, key));

  const pure = { groupRuns, gather, usualChoice, choices, groupRow, groupRows };
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

  const columns = (groups) => groups.map((group) => ({ ...group, note: view.plural(group.runs.length, "run") }));

  const metricTable = (context) => {
    const { groups, baseGroup, lead } = context;
    const found = groupRows(groups, baseGroup).sort((a, b) => (b.key === lead) - (a.key === lead));
    const body = found.map((row) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, directed(row.key, row.direction)),
        ...row.summaries.map((summary, index) => {
          const best = row.best !== null && summary.mean === row.best ? " best" : "";
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

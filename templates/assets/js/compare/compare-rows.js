// What stands in the rows of the compare page: values, whether they differ, changes from the baseline.

(() => {
  "use strict";

  const { broken, countRuns, sound } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const own = (object, key) => Object.hasOwn(object, key);
  const keysOf = (runs, part) => [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();
  const number = (value) => (typeof value === "string" ? Number(value) : value);

  // Rows of texts with whether they differ; those that differ come first.
  const textRows = (runs, part) => {
    const rows = keysOf(runs, part).map((key) => {
      const values = runs.map((run) => (own(run[part], key) ? run[part][key] : null));
      return { key, values, differs: new Set(values).size > 1 };
    });
    return rows.sort((a, b) => b.differs - a.differs);
  };

  const differingKeys = (runs, part) => textRows(runs, part).filter((row) => row.differs).map((row) => row.key);

  const verdictOf = (amount, direction) => (amount === 0 ? "same" : !direction ? null : amount < 0 === (direction === "down") ? "better" : "worse");

  // The change from `base` to `value`: amount, share of the base if that makes sense, and verdict.
  const change = (value, base, direction) => {
    if (typeof value !== "number" || typeof base !== "number" || !Number.isFinite(value) || !Number.isFinite(base)) return null;
    const amount = value - base;
    return { amount, share: base === 0 ? null : amount / Math.abs(base), verdict: verdictOf(amount, direction) };
  };

  const directionOf = (runs, key) => runs.map((run) => own(run.metrics, key) && run.metrics[key].direction).find(Boolean) || null;

  const lastOf = (run, key) => (own(run.metrics, key) ? number(run.metrics[key].last) : null);

  // The best of some values, or null where none stands out or the direction is not known.
  const bestOf = (values, direction) => {
    const finite = values.filter(Number.isFinite);
    if (!direction || new Set(finite).size < 2) return null;
    return direction === "down" ? Math.min(...finite) : Math.max(...finite);
  };

  // Those of some runs that count: without those that broke off, unless all did.
  const counted = (runs) => sound([...runs.keys()], runs.map((run) => run.status)).map((place) => runs[place]);

  const countWords = (runs) => countRuns([...runs.keys()], runs.map((run) => run.status));

  // A metric's values in the runs with their changes from the baseline at `base`. Of runs that broke
  // off none is best: `counts` tells which can be.
  const metricRows = (runs, base) =>
    keysOf(runs, "metrics").map((key) => {
      const direction = directionOf(runs, key);
      const values = runs.map((run) => lastOf(run, key));
      const changes = values.map((value, index) => (index === base ? null : change(value, values[base], direction)));
      const among = new Set(counted(runs));
      const counts = runs.map((run) => among.has(run));
      return { key, direction, values, changes, counts, best: bestOf(values.filter((_, index) => counts[index]), direction) };
    });

  // The metric that the verdict is about: of those that tell better from worse between two runs the one
  // that most of them logged, rather one that is primary for a run, and rather none of training.
  const leadMetric = (runs) => {
    const count = (fits) => runs.filter(fits).length;
    const rated = keysOf(runs, "metrics").map((key) => ({ key, logged: count((run) => own(run.metrics, key)), primary: runs.findIndex((run) => run.primary === key) }));
    const rank = ({ primary }) => (primary < 0 ? runs.length : primary);
    const ofTraining = ({ key }) => /(^|[^a-z])train/i.test(key);
    const telling = ({ key, primary }) => (primary >= 0 || directionOf(runs, key)) && count((run) => Number.isFinite(lastOf(run, key))) >= Math.min(runs.length, 2);
    return rated.filter(telling).sort((a, b) => b.logged - a.logged || rank(a) - rank(b) || ofTraining(a) - ofTraining(b))[0]?.key ?? null;
  };

  // Runs that share their name are told apart by how their ids begin.
  const tellApart = (runs) => runs.map((run) => (runs.some((other) => other !== run && other.name === run.name) ? { ...run, name: `${run.name} · ${run.id.slice(0, 8)}` } : run));

  const percent = (share) => {
    const size = Math.abs(100 * share);
    return `${size >= 9.95 ? Math.round(size) : Number(size.toFixed(1))} %`;
  };

  const FATES = { FAILED: "failed", KILLED: "was stopped" };

  // What became of the runs that don't count, in words; nothing where all do.
  const fateWords = (runs) => {
    const off = runs.filter((run) => broken(run.status));
    if (!off.length) return "";
    if (off.length === runs.length) return off.length === 1 ? ` It ${FATES[off[0].status]}.` : " All of these runs broke off.";
    if (off.length === 1) return ` ${off[0].name} ${FATES[off[0].status]} and does not count.`;
    return ` ${off.length} of ${runs.length} runs broke off and do not count.`;
  };

  // "22 % lower than", "0.4 higher than": a change in words; `write` writes numbers.
  const changeWords = ({ amount, share }, write) => {
    if (amount === 0) return "the same as";
    const size = share === null || Math.abs(share) > 10 ? write(Math.abs(amount)) : percent(share);
    return `${size} ${amount < 0 ? "lower" : "higher"} than`;
  };

  const rows = { textRows, differingKeys, change, metricRows, leadMetric, tellApart, changeWords, countWords, fateWords, counted, broken, verdictOf, directionOf, lastOf, bestOf, keysOf, own };
  if (typeof runfolio !== "undefined") runfolio.compare = { rows };
  if (typeof module === "object") module.exports = rows;
})();

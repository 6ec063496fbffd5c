// Finds reports, experiments, models, runs, parameters, metrics and tags by words; pure.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("./format.js") : runfolio.format;

  const LIMITS = { report: 6, experiment: 8, model: 8, run: 12, parameter: 8, metric: 6, tag: 6 };
  const KINDS = ["report", "experiment", "model", "run", "parameter", "metric", "tag"];

  // A name in a filter: plain where the language allows it, else between backticks.
  const quoteName = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);
  const quoteText = (text) => `'${text.replaceAll("'", "''")}'`;

  const PREFIXES = { parameter: "params", metric: "metrics", tag: "tags" };

  // The filter that leaves the runs which hold a term.
  const filterOf = (kind, key, value) => {
    const field = `${PREFIXES[kind]}.${quoteName(key)}`;
    return value === null ? `${field} IS NOT NULL` : `${field} = ${quoteText(value)}`;
  };

  const words = (query) => plain(query).split(/\s+/).filter(Boolean);

  // A lower-case text in which "model = vit" and "model=vit" are the same.
  const plain = (text) => text.toLowerCase().replace(/\s*=\s*/g, "=").trim();

  const STATUSES = { running: "RUNNING", failed: "FAILED", killed: "KILLED", stopped: "KILLED" };
  const EXACT = 4;

  // How well a plain text fits: 3 begins with the first word, 2 has a word that does, 1 holds all, 0 does not.
  const fit = (text, wanted) => {
    if (!wanted.every((word) => text.includes(word))) return 0;
    const at = text.indexOf(wanted[0]);
    if (at === 0) return 3;
    return /[a-z0-9]/.test(text[at - 1]) ? 1 : 2;
  };

  // Everything to search in as one list of entries, made once from the shard.
  const prepare = (shard) => {
    const { reports, experiments, models, runs, terms } = shard;
    const statuses = new Map(Object.entries(runs.unfinished).flatMap(([status, places]) => places.map((place) => [place, status])));
    const entry = (kind, text, detail, href) => ({ kind, text, detail, href, low: plain(text) });
    const counted = (count) => format.count(count, "run");
    const page = (place) => `experiments/${experiments.id[place]}.html`;
    return [
      ...reports.href.map((href, place) => entry("report", reports.title[place], reports.authors[place], href)),
      ...experiments.id.map((_, place) => entry("experiment", experiments.name[place], counted(experiments.runs[place]), page(place))),
      ...models.id.map((id, place) => entry("model", models.name[place], models.detail[place], `models/${id}.html`)),
      ...runs.id.map((id, place) => ({ ...entry("run", runs.name[place], experiments.name[runs.experiment[place]], `runs/${id}.html`), id, status: statuses.get(place) })),
      ...terms.kind.map((kind, place) => {
        const [key, value, home] = [terms.key[place], terms.value[place], terms.experiment[place]];
        const filter = new URLSearchParams({ filter: filterOf(kind, key, value) });
        const text = value === null ? key : `${key} = ${value}`;
        return entry(kind, text, `${counted(terms.runs[place])} of ${experiments.name[home]}`, `${page(home)}#${filter}`);
      }),
    ];
  };

  // How well an entry fits: a name that is the query comes before all, a run also fits by its status and
  // by how its id begins.
  const rate = (entry, whole, wanted) => {
    if (entry.low === whole) return EXACT;
    const named = fit(entry.low, wanted);
    if (named || entry.kind !== "run") return named;
    if (entry.status !== undefined && Object.hasOwn(STATUSES, whole) && STATUSES[whole] === entry.status) return 2;
    return wanted[0].length > 3 && entry.id.startsWith(wanted[0]) ? 1 : 0;
  };

  // The best entries for a query, by kind, those kinds first that have just what was asked for; within
  // a kind the better fits first, then as they stand.
  const search = (entries, query, limits = LIMITS) => {
    const wanted = words(query);
    if (!wanted.length) return [];
    const found = new Map(KINDS.map((kind) => [kind, []]));
    const whole = plain(query);
    for (const entry of entries) {
      const score = rate(entry, whole, wanted);
      if (score) found.get(entry.kind).push({ entry, score });
    }
    for (const hits of found.values()) hits.sort((a, b) => b.score - a.score);
    const isExact = (kind) => found.get(kind)[0]?.score === EXACT;
    return [...KINDS].sort((a, b) => isExact(b) - isExact(a)).flatMap((kind) => {
      const hits = found.get(kind);
      return hits.slice(0, limits[kind]).map((hit) => hit.entry);
    });
  };

  const finder = { prepare, search, filterOf };
  if (typeof runfolio !== "undefined") runfolio.finder = finder;
  if (typeof module === "object") module.exports = finder;
})();

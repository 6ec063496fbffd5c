// What helps to write a filter for an experiment: its names and values, examples, and where a mistake is. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { parse } = inNode ? require("../filter/filter-complete.js") : runfolio.filter;
  const { nearest } = inNode ? require("../filter/filter-mistakes.js") : runfolio.filterMistakes;
  const { BARE } = inNode ? require("../filter/filter-syntax.js") : runfolio.filterSyntax;
  const { COLUMNS, resolve } = inNode ? require("../filter/filter-evaluate.js") : runfolio.filterEvaluate;

  const MOST_VALUES = 2000; // different values of a column that completion knows
  const FEW = 12; // different values of a metric that are worth a list of their own
  const LONGEST = 40; // characters of a value in an example
  const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

  // --- names and values ---

  // The names of an experiment by the entity that filters write before them.
  const namesOf = (columns) => {
    const names = { metrics: [], params: [], tags: [] };
    for (const { key, name } of columns) names[key.slice(0, key.indexOf("."))]?.push(name);
    return names;
  };

  const asList = ({ texts, numbers, lists }) => (lists ? lists.flat() : texts && numbers ? texts.map((text, index) => numbers[index] ?? text) : (numbers ?? texts));

  const sortedNumbers = (values) => Float64Array.from(values.filter(Number.isFinite)).sort();
  const at = (sorted, share) => sorted[Math.round(share * (sorted.length - 1))];

  // The values of a column of a source, the most common first; of many numbers those at the quarters.
  const valuesOf = (column, entity) => {
    if (!column) return [];
    const counts = new Map();
    const list = asList(column);
    for (const value of list) {
      if (value === null || value === undefined) continue;
      const count = counts.get(value);
      if (count !== undefined || counts.size < MOST_VALUES) counts.set(value, (count ?? 0) + 1);
    }
    if (entity === "metrics" && counts.size > FEW) {
      const sorted = sortedNumbers(list);
      return [...new Set(QUARTERS.map((share) => Number(at(sorted, share)?.toPrecision(4))))].filter(Number.isFinite);
    }
    const order = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
    return [...counts].sort((a, b) => b[1] - a[1] || order(a[0], b[0])).map(([value]) => value);
  };

  // --- examples ---

  const quoteText = (text) => `'${text.replaceAll("'", "''")}'`;
  const fieldText = (entity, name) => `${entity}.${BARE.test(name) ? name : `\`${name.replaceAll("`", "``")}\``}`;

  // A bound near a number that few digits write: two of them, rounded away from the better side.
  const bound = (value, direction) => {
    if (value === 0) return 0;
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
    return Number(((direction === "up" ? Math.floor : Math.ceil)(value / unit) * unit).toPrecision(2));
  };

  const metricExample = ({ primary, metric, direction }) => {
    const sorted = primary ? sortedNumbers(metric(primary) ?? []) : [];
    if (sorted.length < 2 || sorted[0] === sorted.at(-1)) return null;
    const isUp = direction(primary) === "up";
    const value = bound(at(sorted, isUp ? 0.75 : 0.25), isUp ? "up" : "down");
    const isBeaten = isUp ? sorted.at(-1) > value : sorted[0] < value;
    return `${fieldText("metrics", primary)} ${isUp ? ">" : "<"}${isBeaten ? "" : "="} ${value}`;
  };

  const paramExamples = ({ columns, column, rank }) =>
    columns
      .filter(({ group, constant, shown }) => group === "Parameters" && !constant && shown)
      .map(({ key, name, kind }) => {
        const value = column(key)?.values[rank[0]] ?? null;
        if (value === null || !(kind === "text" ? value.length <= LONGEST : Number.isFinite(value))) return null;
        return { kind, text: kind === "text" ? `${fieldText("params", name)} = ${quoteText(value)}` : `${fieldText("params", name)} >= ${value}` };
      })
      .filter(Boolean);

  // Filters about an experiment's own runs: each can be read, and the best run matches most of them.
  const examplesOf = (workspace) => {
    const metric = metricExample(workspace);
    const found = paramExamples(workspace);
    const [first] = [...found.filter(({ kind }) => kind === "text"), ...found];
    const number = found.find((one) => one.kind === "number" && one !== first);
    const texts = [
      metric && first && `${metric} and ${first.text}`,
      metric,
      first?.text,
      number?.text,
      workspace.statuses.some((status) => status !== "FINISHED") ? "status != 'FINISHED'" : null,
    ];
    return texts.filter((text) => text && !/\p{C}/u.test(text) && !parse(text).error);
  };

  // --- mistakes ---

  // The text before, in and behind a mistake, whose column and length count code points.
  const splitAt = (text, { column, length }) => {
    const points = [...text];
    const part = (from, to) => points.slice(from, to).join("");
    return [part(0, column - 1), part(column - 1, column - 1 + length), part(column - 1 + length)];
  };

  // Whether a mistake reaches the end, so that what is still to be written may put it right.
  const isUnfinished = (text, { column, length }) => column - 1 + length >= [...text.trimEnd()].length;

  const fieldsOf = (tree) => (tree.nodes ? tree.nodes.flatMap(fieldsOf) : tree.node ? fieldsOf(tree.node) : [tree.field]);

  // What to say of the fields that no run has, or null: they are no mistake, but they match nothing.
  const unknownFields = (tree, source, names) => {
    const missing = fieldsOf(tree).map((field) => resolve(field, source)).filter(({ entity, key }) => names[COLUMNS[entity]] && !names[COLUMNS[entity]].includes(key) );
    if (!missing.length) return null;
    const [{ entity, key }] = missing;
    const word = COLUMNS[entity];
    const elsewhere = Object.keys(names).find((one) => names[one].includes(key));
    const like = elsewhere ? fieldText(elsewhere, key) : ((found) => found && fieldText(word, found))(nearest(key, names[word]));
    return `No run has ${fieldText(word, key)}.${like ? ` Did you mean ${like}?` : ""}`;
  };

  // A text with a suggestion in place of what it replaces, and the caret behind it.
  const take = (text, { from, to }, suggestion) => ({ text: text.slice(0, from) + suggestion + text.slice(to), caret: from + suggestion.length });

  const pure = { namesOf, valuesOf, examplesOf, splitAt, isUnfinished, unknownFields, take };
  if (typeof runfolio !== "undefined") runfolio.filterHelp = pure;
  if (inNode) module.exports = pure;
})();

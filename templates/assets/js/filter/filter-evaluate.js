// Which runs a filter matches: the same as evaluation.py and columns.py in runfolio/query/language.
//
// A source has a `count` of runs and `column(entity, name, aggregate)`, null where no run has it, with
// an entity of params, metrics, tags, attributes and datasets. A column holds for each run, where null
// is missing: `texts` of tags and of attributes that are text; `numbers` of metrics, times in
// microseconds since 1970, and the duration in seconds; both for parameters, the number only where it
// was logged as one; `lists` of texts, one for each data set, for name, digest and context of datasets.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { kindOf, numberOfText } = inNode ? require("./filter-rules.js") : runfolio.filterRules;
  const { microsecondsOf } = inNode ? require("./filter-times.js") : runfolio.filterTimes;
  const { compileLike } = inNode ? require("./filter-patterns.js") : runfolio.filterPatterns;

  const COLUMNS = { metric: "metrics", param: "params", tag: "tags", attribute: "attributes", dataset: "datasets" };
  const has = (value) => value !== null && value !== undefined;

  // loss.min is a whole name where a run has such a metric, unless `loss` was quoted.
  const resolve = (field, source) => {
    if (!field.aggregate || field.quoted) return field;
    const whole = { entity: "metric", key: `${field.key}.${field.aggregate}` };
    return source.column("metrics", whole.key, "last") ? whole : field;
  };

  const columnOf = (field, source) => source.column(COLUMNS[field.entity], field.key, field.entity === "metric" ? (field.aggregate ?? "last") : null);

  // Halves of pairs stand for code points that come after all others.
  const weight = (unit) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

  // Below zero when `a` comes first by code points.
  const compareTexts = (a, b) => {
    const length = Math.min(a.length, b.length);
    let place = 0;
    while (place < length && a[place] === b[place]) place += 1;
    return place === length ? a.length - b.length : weight(a.charCodeAt(place)) - weight(b.charCodeAt(place));
  };

  const numberTest = (operator, values) => {
    const [value, other] = values;
    const set = new Set(values);
    return {
      "=": (number) => number === value,
      "!=": (number) => number !== value,
      "<": (number) => number < value,
      "<=": (number) => number <= value,
      ">": (number) => number > value,
      ">=": (number) => number >= value,
      IN: (number) => set.has(number),
      "NOT IN": (number) => !set.has(number),
      BETWEEN: (number) => number >= value && number <= other,
      "NOT BETWEEN": (number) => number < value || number > other,
    }[operator];
  };

  // What a text must be like to match an operator and its values.
  const textTest = (operator, values) => {
    if (operator.startsWith("NOT ")) {
      const positive = textTest(operator.slice(4), values);
      return (text) => !positive(text);
    }
    const [value, other] = values;
    if (operator === "LIKE" || operator === "ILIKE") return compileLike(value, operator === "ILIKE");
    const set = new Set(values);
    return {
      "=": (text) => text === value,
      "!=": (text) => text !== value,
      "<": (text) => compareTexts(text, value) < 0,
      "<=": (text) => compareTexts(text, value) <= 0,
      ">": (text) => compareTexts(text, value) > 0,
      ">=": (text) => compareTexts(text, value) >= 0,
      IN: (text) => set.has(text),
      BETWEEN: (text) => compareTexts(value, text) <= 0 && compareTexts(text, other) <= 0,
      CONTAINS: (text) => text.includes(value),
    }[operator];
  };

  // A parameter as number: logged as one, or text that reads as one. Each text is read once.
  const paramNumbers = ({ texts, numbers }) => {
    const known = new Map();
    return (index) => {
      const number = numbers?.[index];
      const text = texts[index];
      if (has(number) || !has(text)) return number;
      if (!known.has(text)) known.set(text, numberOfText(text));
      return known.get(text);
    };
  };

  // What a run has of the compared field, by index: texts, or numbers.
  const readerOf = (field, column, asTexts) => {
    if (asTexts) return (index) => column.texts[index];
    return field.entity === "param" ? paramNumbers(column) : (index) => column.numbers[index];
  };

  const compileDatasets = ({ op, values }, column) => {
    if (op === "IS NULL") return (index) => !column.lists[index]?.some(has);
    const test = op === "IS NOT NULL" ? has : textTest(op, values.map(({ text }) => text));
    return (index) => Boolean(column.lists[index]?.some((fact) => has(fact) && test(fact)));
  };

  const compileComparison = (node, source, now) => {
    const { op, values } = node;
    const field = resolve(node.field, source);
    const column = columnOf(field, source);
    if (!column) return () => op === "IS NULL";
    if (field.entity === "dataset") return compileDatasets(node, column);
    const kind = kindOf(field);
    const asTexts = kind === "text" || (kind === "param" && !values.some((value) => "number" in value));
    if (op === "IS NULL" || op === "IS NOT NULL") {
      const read = asTexts ? column.texts : column.numbers;
      return op === "IS NULL" ? (index) => !has(read[index]) : (index) => has(read[index]);
    }
    const read = readerOf(field, column, asTexts);
    const literals = values.map((value) => value.text ?? ("number" in value ? Number(value.number) : microsecondsOf(value, now)));
    const test = asTexts ? textTest(op, literals) : numberTest(op, literals);
    return (index) => {
      const value = read(index);
      return has(value) && test(value);
    };
  };

  const compileNode = (node, source, now) => {
    if (node === null) return () => true;
    if (node.op === "not") {
      const inner = compileNode(node.node, source, now);
      return (index) => !inner(index);
    }
    if (!node.nodes) return compileComparison(node, source, now);
    const tests = node.nodes.map((one) => compileNode(one, source, now));
    return node.op === "and" ? (index) => tests.every((test) => test(index)) : (index) => tests.some((test) => test(index));
  };

  // Whether the run of an index matches; relative times count from `now`, in microseconds.
  const compile = (tree, source, { now = Date.now() * 1000 } = {}) => compileNode(tree, source, now);

  const evaluate = { COLUMNS, compile, compareTexts, columnOf, resolve, has };
  if (typeof runfolio !== "undefined") runfolio.filterEvaluate = evaluate;
  if (inNode) module.exports = evaluate;
})();

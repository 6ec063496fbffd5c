// What may be written next in a filter, and the filters' one name for all pages, `runfolio.filter`.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { WORD, LETTER, SPACE, Mistake } = inNode ? require("./filter-mistakes.js") : runfolio.filterMistakes;
  const { ENTITIES, ENTITY_NAMES, ATTRIBUTES, DATASET_KEYS, AGGREGATES, PATTERNS, kindOf, numberOfText, readField } = inNode ? require("./filter-rules.js") : runfolio.filterRules;
  const { parse, parseOrder, stateAtEnd, BARE } = inNode ? require("./filter-syntax.js") : runfolio.filterSyntax;
  const { compile, COLUMNS } = inNode ? require("./filter-evaluate.js") : runfolio.filterEvaluate;
  const { order } = inNode ? require("./filter-order.js") : runfolio.filterOrder;

  const LIMIT = 50; // suggestions at most
  const LONGEST_VALUE = 100;

  const TIMES = ["today", "yesterday", "1 hour ago", "7 days ago", "30 days ago"];
  const DURATIONS = ["1 min", "10 min", "1 h", "1 day"];

  const EQUALITIES = ["=", "!="];
  const ORDERINGS = ["<", "<=", ">", ">="];
  const SETS = ["IN", "BETWEEN", "NOT IN", "NOT BETWEEN", "IS NULL", "IS NOT NULL"];
  const OPERATORS = {
    number: [...ORDERINGS, ...EQUALITIES, ...SETS],
    duration: [...ORDERINGS, ...EQUALITIES, ...SETS],
    time: [">", ">=", "<", "<=", ...EQUALITIES, ...SETS],
    param: [...EQUALITIES, ...ORDERINGS, ...PATTERNS, ...SETS],
    text: [...EQUALITIES, ...PATTERNS, ...SETS, ...ORDERINGS],
  };

  // --- the piece of text at the caret ---

  const NAME = `[${WORD}.$#@:/\\-]`;
  const OPEN = "(?:`(?:``|[^`])*`?|'(?:''|[^'])*'?|\"(?:\"\"|[^\"])*\"?)";
  const PIECE = new RegExp(`[${SPACE}]+|(?:[${LETTER}][${WORD}]*|\`[${LETTER}][${WORD}]*\`)\\.(?:${OPEN}(?:\\.[${WORD}]*)?|${NAME}*)|${OPEN}|\\+?${NAME}+|[<>=!~]+|[^]`, "uy");
  const isSigns = (text) => /^[<>=!~]/.test(text);

  // The piece that ends with the text, "" after a space, parenthesis or comma.
  const lastPiece = (text) => {
    let last = "";
    for (PIECE.lastIndex = 0; PIECE.lastIndex < text.length; ) [last] = PIECE.exec(text);
    return new RegExp(`^[${SPACE}(),]`, "u").test(last) ? "" : last;
  };

  // How much of the same piece stands behind the caret.
  const lengthBehind = (piece, behind) => {
    if (!piece) return 0;
    const quote = /['"`]/.exec(piece)?.[0] ?? "";
    const more = new RegExp(isSigns(piece) ? "^[<>=!~]*" : `^${NAME}*${quote && `${quote}?`}`, "u");
    return more.exec(behind)[0].length;
  };

  // --- names ---

  const tick = (name) => `\`${name.replaceAll("`", "``")}\``;
  const written = (name) => (BARE.test(name) ? name : tick(name));
  const suggestion = (text, label, kind) => ({ text, label, kind });

  // The key as far as it is written: out of its quotes, the closing one may be missing.
  const openKey = (key) => {
    const quote = /^['"`]/.exec(key)?.[0];
    if (!quote) return key;
    const inner = key.slice(1).replaceAll(quote + quote, "\0");
    return inner.replace(quote, "").replaceAll("\0", quote);
  };

  const aggregatesOf = (word, name, names) =>
    AGGREGATES.map((aggregate) => {
      const taken = !BARE.test(name) || names.includes(`${name}.${aggregate}`);
      const text = `${word}.${taken ? tick(name) : name}.${aggregate}`;
      return suggestion(text, text, "aggregate");
    });

  const keysOf = (entity, names) => {
    if (entity === "attribute") return [...ATTRIBUTES.keys()];
    return entity === "dataset" ? DATASET_KEYS : (names[COLUMNS[entity]] ?? []).filter((name) => name);
  };

  // The fields of one entity; a metric whose name is written in full comes with its aggregates.
  const fieldsOf = (word, entity, key, names) =>
    keysOf(entity, names).flatMap((name) => {
      const field = suggestion(`${word}.${written(name)}`, `${word}.${name}`, entity);
      const complete = entity === "metric" && (key === name || key.startsWith(`${name}.`));
      return complete ? [field, ...aggregatesOf(word, name, names.metrics)] : [field];
    });

  const suggestFields = (piece, names) => {
    const [, word, rest] = /^([^.]*)\.([^]*)$/.exec(piece) ?? [];
    const entity = ENTITIES.get((word ?? "").replaceAll("`", ""));
    if (entity) return rank(fieldsOf(word, entity, openKey(rest), names), openKey(rest), word.length + 1);
    const entities = ENTITY_NAMES.map((name) => suggestion(`${name}.`, `${name}.`, "entity"));
    const attributes = [...ATTRIBUTES.keys()].map((name) => suggestion(name, name, "attribute"));
    const all = [...entities, ...attributes, suggestion("NOT", "NOT", "keyword")];
    if (!piece) return all;
    const key = openKey(piece);
    return [...rank(all, key, 0), ...["metric", "param", "tag"].flatMap((one) => rank(fieldsOf(COLUMNS[one], one, key, names), key, COLUMNS[one].length + 1))];
  };

  // --- values ---

  const isQuotedToken = ({ type }) => !["NUMBER", "INFINITY"].includes(type);
  const isPlain = (value) => typeof value === "number" || (String(value).length <= LONGEST_VALUE && !/\p{C}/u.test(value));

  const writeNumber = (value) => (Number.isFinite(Number(value)) ? String(value) : value > 0 ? "inf" : "-inf");

  // Whether values stand in quotes: as the piece has begun, as the first of a list, else as they fit.
  const isQuoted = (value, { piece, kind, operator, literals }) => {
    if (/^['"]/.test(piece) || PATTERNS.includes(operator)) return true;
    if (kind !== "param") return kind !== "number";
    return literals.length ? isQuotedToken(literals[0]) : typeof value !== "number" && numberOfText(value) === null;
  };

  const writeValue = (value, context) => {
    if (!isQuoted(value, context)) return writeNumber(value);
    const quote = context.piece.startsWith('"') ? '"' : "'";
    return quote + String(value).replaceAll(quote, quote + quote) + quote;
  };

  const valuesOf = (field, kind, names) => {
    if (kind === "time") return TIMES;
    if (kind === "duration") return DURATIONS;
    const seen = names.values?.(COLUMNS[field.entity], field.key, field.aggregate ?? null) ?? [];
    return seen.filter((value) => isPlain(value) && !Number.isNaN(value));
  };

  const suggestValues = (field, piece, { words, literals }, names) => {
    const operator = words.map(({ text }) => text.toUpperCase()).join(" ");
    const kind = kindOf(field);
    const context = { piece, kind, operator, literals };
    const asNumber = (value) => typeof value === "number" || numberOfText(value) !== null;
    const fits = (value) => isQuoted(value, context) || asNumber(value);
    const found = valuesOf(field, kind, names).filter(fits).map((value) => suggestion(writeValue(value, context), String(value), "value"));
    return rank(found, piece.replace(/^['"]/, ""), 0);
  };

  // --- what fits ---

  const plain = (text) => text.replaceAll("`", "").toLowerCase();

  // Those whose label holds `part` behind its first letters, those that begin with it first.
  const rank = (suggestions, part, start) => {
    const placed = suggestions.map((one) => ({ one, place: plain(one.label.slice(start)).indexOf(plain(part)) }));
    const chosen = (fits) => placed.filter(({ place }) => fits(place)).map(({ one }) => one);
    return [...chosen((place) => place === 0), ...chosen((place) => place > 0)];
  };

  const words = (texts, piece, kind = "keyword") =>
    texts.filter((text) => text.toLowerCase().startsWith(piece.toLowerCase())).map((text) => suggestion(text, text, kind));

  const fieldOf = (comparison) => {
    try {
      return readField(comparison.token);
    } catch (mistake) {
      if (mistake instanceof Mistake) return null;
      throw mistake;
    }
  };

  const KEYWORDS = { notNull: ["NULL", "NOT NULL"], null: ["NULL"], list: ["("], item: [",", ")"], upper: ["AND"], end: ["AND", "OR"], close: ["AND", "OR", ")"] };

  const suggest = ({ wanted, last, comparison }, piece, names) => {
    if (wanted === "term" || (last?.type === "AND" && !comparison)) return suggestFields(piece, names);
    if (KEYWORDS[wanted]) return words(KEYWORDS[wanted], piece);
    const field = fieldOf(comparison);
    if (!field) return [];
    if (wanted === "value") return suggestValues(field, piece, comparison, names);
    const operators = OPERATORS[kindOf(field)];
    if (wanted === "operator") return words(operators, piece, "operator");
    return words(operators.filter((one) => one.startsWith("NOT ")).map((one) => one.slice(4)), piece, "operator");
  };

  // A space goes behind what is complete, unless one is there or a list goes on.
  const withSpace = ({ text, label, kind }, { comparison }, behind) => {
    const inList = kind === "value" && comparison.words.at(-1).type === "IN";
    const closed = kind === "entity" || text === "(" || inList || new RegExp(`^[${SPACE}]`, "u").test(behind);
    return suggestion(closed ? text : `${text} `, label, kind);
  };

  // {from, to, suggestions: [{text, label, kind}]}: the text of a suggestion replaces that between two
  // places of JavaScript. `names` has lists of metrics, params and tags, and may have
  // `values(entity, name, aggregate)`: what a column of a source holds, the most common first.
  const complete = (text, caret, names) => {
    const piece = lastPiece(text.slice(0, caret));
    const from = caret - piece.length;
    const to = caret + lengthBehind(piece, text.slice(caret));
    const isClosed = /^(['"])[^]*\1$/.test(piece);
    const state = isClosed ? null : stateAtEnd(text.slice(0, from));
    if (!state) return { from: caret, to: caret, suggestions: [] };
    const found = suggest(state, piece, names).slice(0, LIMIT);
    return { from, to, suggestions: found.map((one) => withSpace(one, state, text.slice(to))) };
  };

  const filter = { parse, parseOrder, compile, order, complete };
  if (typeof runfolio !== "undefined") runfolio.filter = filter;
  if (inNode) module.exports = filter;
})();

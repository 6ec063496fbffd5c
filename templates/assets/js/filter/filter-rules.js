// Fields and values of a filter: the same as rules.py, fields.py and literals.py in
// runfolio/query/language. Nodes, fields and values are those of the JSON that document.py describes.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { WORD, Mistake, size, shorten, nearest } = inNode ? require("./filter-mistakes.js") : runfolio.filterMistakes;
  const { parseDuration, parseTime } = inNode ? require("./filter-times.js") : runfolio.filterTimes;

  const ENTITIES = new Map([
    ["metrics", "metric"],
    ["metric", "metric"],
    ["params", "param"],
    ["param", "param"],
    ["parameters", "param"],
    ["parameter", "param"],
    ["tags", "tag"],
    ["tag", "tag"],
    ["attributes", "attribute"],
    ["attribute", "attribute"],
    ["attr", "attribute"],
    ["run", "attribute"],
    ["datasets", "dataset"],
    ["dataset", "dataset"],
  ]);
  const ENTITY_NAMES = ["metrics", "params", "tags", "attributes", "datasets"];

  const ATTRIBUTES = new Map([
    ["run_id", "text"],
    ["run_name", "text"],
    ["experiment", "text"],
    ["status", "text"],
    ["start_time", "time"],
    ["end_time", "time"],
    ["duration", "duration"],
    ["user_id", "text"],
    ["parent_id", "text"],
    ["note", "text"],
    ["host", "text"],
    ["source", "text"],
    ["git_commit", "text"],
    ["git_branch", "text"],
    ["git_dirty", "text"],
    ["artifact_uri", "text"],
  ]);

  const SYNONYMS = new Map([
    ["id", "run_id"],
    ["name", "run_name"],
    ["run name", "run_name"],
    ["Run name", "run_name"],
    ["Run Name", "run_name"],
    ["user", "user_id"],
    ["created", "start_time"],
    ["Created", "start_time"],
  ]);

  const DATASET_KEYS = ["name", "digest", "context"];
  const AGGREGATES = ["last", "min", "max", "mean", "first", "count", "best"];

  const ORDERINGS = ["<", "<=", ">", ">=", "BETWEEN", "NOT BETWEEN"];
  const PATTERNS = ["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "CONTAINS", "NOT CONTAINS"];

  // "text", "number", "time", "duration", or "param", which is compared as its values are.
  const kindOf = (field) => {
    if (field.entity === "metric") return "number";
    if (field.entity === "param") return "param";
    return field.entity === "attribute" ? ATTRIBUTES.get(field.key) : "text";
  };

  const takesPatterns = (field) => ["text", "param"].includes(kindOf(field));

  const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

  // The finite number that a text reads as, or null: the same texts in every language.
  const numberOfText = (text) => {
    if (!NUMBER.test(text)) return null;
    const number = Number(text);
    return Number.isFinite(number) ? number : null;
  };

  // --- fields ---

  const QUOTED = /^(`(?:``|[^`])*`|'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*")(?:\.(.*))?$/u;

  const cut = (text) => {
    const dot = text.indexOf(".");
    return dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
  };

  // What stands between two quotes, where a doubled quote stands for one.
  const unquote = (text) => text.slice(1, -1).replaceAll(text[0] + text[0], text[0]);

  // A name out of its quotes; backticks inside other quotes go as well.
  const unquoteName = (quoted) => {
    const name = unquote(quoted);
    const ticked = quoted[0] !== "`" && name.length > 1 && name.startsWith("`") && name.endsWith("`");
    return ticked ? name.slice(1, -1) : name;
  };

  const guessAttribute = (token, name) => {
    const like = nearest(name, [...ATTRIBUTES.keys(), ...SYNONYMS.keys()]);
    if (like) return `Did you mean ${like}?`;
    if (token.type === "PATH") return `Attributes are ${[...ATTRIBUTES.keys()].join(", ")}.`;
    const [entity, rest] = cut(name);
    if (rest && ENTITIES.has(entity)) return `Put only the name in quotes: ${entity}.\`${rest}\`.`;
    const key = new RegExp(`^[${WORD}]+$`, "u").test(name) ? name : `\`${name}\``;
    return `Write metrics.${key} for a metric, params.${key} for a parameter, tags.${key} for a tag.`;
  };

  const guessEntity = (token) => {
    const [word, key] = cut(token.text);
    const like = nearest(word, ENTITY_NAMES);
    if (like) return `Did you mean ${like}.${key}?`;
    return size(token.text) < 40 ? `Did you mean metrics.${token.text}?` : "";
  };

  const readAttribute = (token, name) => {
    const key = SYNONYMS.get(name) ?? name;
    if (!ATTRIBUTES.has(key)) throw new Mistake(token.start, token.text, "an attribute of runs", guessAttribute(token, key));
    return { entity: "attribute", key };
  };

  const checkKey = (token, name) => {
    if (!name) throw new Mistake(token.start, token.text, "a name between the quotes");
    return name;
  };

  const readMetric = (token, key) => {
    const quoted = QUOTED.exec(key);
    if (!quoted) {
      const dot = key.lastIndexOf(".");
      const aggregate = key.slice(dot + 1);
      return dot > 0 && AGGREGATES.includes(aggregate) ? { entity: "metric", key: key.slice(0, dot), aggregate } : { entity: "metric", key };
    }
    const [name, aggregate] = [unquoteName(quoted[1]), quoted[2]];
    if (aggregate === undefined) return { entity: "metric", key: checkKey(token, name) };
    if (!AGGREGATES.includes(aggregate)) {
      const hint = `A name with a dot is quoted as a whole: metrics.\`${name}.${aggregate}\`.`;
      const place = token.start + token.text.length - aggregate.length;
      throw new Mistake(place, aggregate, `one of ${AGGREGATES.join(", ")} after the quoted name`, hint);
    }
    return { entity: "metric", key: checkKey(token, name), aggregate, quoted: true };
  };

  const readKey = (token, key) => {
    const quoted = QUOTED.exec(key);
    if (!quoted) return key;
    if (quoted[2] !== undefined) {
      const place = token.start + token.text.length - quoted[2].length - 1;
      throw new Mistake(place, `.${quoted[2]}`, "an operator after the quoted name", "A name with a dot is quoted as a whole, dot and all.");
    }
    return checkKey(token, unquoteName(quoted[1]));
  };

  // The field that a token names; throws a `Mistake` for one that does not exist.
  const readField = (token) => {
    if (token.type !== "PATH") return readAttribute(token, token.type === "WORD" ? token.text : unquoteName(token.text));
    const [word, key] = cut(token.text);
    const entity = ENTITIES.get(word.replaceAll("`", ""));
    if (!entity) throw new Mistake(token.start, token.text, "metrics, params, tags, attributes or datasets before the dot", guessEntity(token));
    if (entity === "metric") return readMetric(token, key);
    const name = readKey(token, key);
    if (entity === "attribute") return readAttribute(token, name);
    if (entity === "dataset" && !DATASET_KEYS.includes(name)) throw new Mistake(token.start, token.text, "datasets.name, datasets.digest or datasets.context");
    return { entity, key: name };
  };

  // --- values ---

  const isText = (token) => token.type === "SINGLE" || token.type === "DOUBLE";
  const isNumber = (token) => token.type === "NUMBER" || token.type === "INFINITY";

  const refuse = (token, expected, hint) => new Mistake(token.start, token.text, expected, hint);

  // Digits of any script count; ten of them always follow each other, and none stands before a zero.
  const plainDigit = (digit) => {
    const code = digit.codePointAt(0);
    let before = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
    return String(before % 10);
  };

  const numberOf = (token) => {
    if (token.type === "INFINITY") return token.text.startsWith("-") ? -Infinity : Infinity;
    return Number(token.text.replace(/\p{Nd}/gu, plainDigit));
  };

  // JSON has no infinities, so they are told as text.
  const finite = (number) => (Number.isFinite(number) ? number : String(number));

  const readNumber = (token) => {
    if (isNumber(token)) return { number: finite(numberOf(token)) };
    const quoted = isText(token) && numberOfText(unquote(token.text)) !== null;
    throw refuse(token, "a number", quoted ? `Write ${shorten(unquote(token.text))} without quotes.` : "");
  };

  const readText = (token) => {
    if (token.type === "TRUTH") return { text: token.text.toLowerCase() };
    if (isText(token)) return { text: unquote(token.text) };
    throw refuse(token, "a quoted text", `Write '${shorten(token.text)}'.`);
  };

  const readTime = (token) => {
    if (isNumber(token)) return { instant: finite(numberOf(token) * 1000) };
    const moment = isText(token) ? parseTime(unquote(token.text)) : null;
    if (moment) return moment;
    throw refuse(token, "a time", "Write '2026-05-31', '2026-05-31 18:00', '7 days ago' or milliseconds since 1970.");
  };

  const readDuration = (token) => {
    if (isNumber(token)) return { number: finite(numberOf(token)) };
    const seconds = isText(token) ? parseDuration(unquote(token.text)) : null;
    if (seconds !== null) return { number: seconds };
    throw refuse(token, "a duration", "Write '10 min', '2h 30m' or a number of seconds without quotes.");
  };

  const READERS = {
    number: readNumber,
    text: readText,
    param: (token) => (isNumber(token) ? readNumber(token) : readText(token)),
    time: readTime,
    duration: readDuration,
  };

  const checkParam = (operator, value, first, token) => {
    const text = value.text;
    if ((text === undefined) !== (first.text === undefined)) {
      throw refuse(token, "a value of the same type as the first", "All values are numbers, or all are quoted texts.");
    }
    if (PATTERNS.includes(operator) && text === undefined) {
      throw refuse(token, `a quoted text after ${operator}`, `Write '${shorten(token.text)}'.`);
    }
    if (ORDERINGS.includes(operator) && text !== undefined && numberOfText(text) !== null) {
      throw refuse(token, "a number without quotes", `Write ${shorten(text)}; in quotes it would be compared letter by letter.`);
    }
  };

  // The values that tokens stand for beside a field; throws a `Mistake` for a wrong type.
  const readValues = (field, operator, tokens) => {
    const values = tokens.map(READERS[kindOf(field)]);
    if (kindOf(field) === "param") values.forEach((value, place) => checkParam(operator, value, values[0], tokens[place]));
    return values;
  };

  const rules = { ENTITIES, ENTITY_NAMES, ATTRIBUTES, DATASET_KEYS, AGGREGATES, PATTERNS, kindOf, takesPatterns, numberOfText, readField, readValues };
  if (typeof runfolio !== "undefined") runfolio.filterRules = rules;
  if (inNode) module.exports = rules;
})();

// What is wrong with a filter, in words: the same as runfolio/query/language/mistakes.py.

(() => {
  "use strict";

  // What \w, \s and [^\W\d] stand for in Python.
  const WORD = "\\p{L}\\p{N}_";
  const LETTER = "\\p{L}\\p{Nl}\\p{No}_";
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

  const SHOWN = 40; // characters of the filter that a message shows at most
  const LONGEST_HINT = 300;

  // What a reader would say comes next, by the place in the grammar.
  const WANTED = {
    term: "a comparison such as metrics.loss < 0.1",
    operator: "an operator: =, !=, <, <=, >, >=, LIKE, IN, BETWEEN, CONTAINS or IS NULL",
    value: "a number or a quoted text",
    null: "NULL",
    notNull: "NULL or NOT NULL",
    negated: "LIKE, ILIKE, CONTAINS, IN or BETWEEN after NOT",
    list: "a list in parentheses such as ('a', 'b')",
    item: "a comma or ) in the list",
    upper: "AND and the upper bound",
    end: "AND, OR or the end",
    close: "AND, OR or )",
    field: "a field such as metrics.loss",
    direction: "ASC, DESC or the end",
    over: "the end",
  };

  const size = (text) => [...text].length;

  // The text, cut where it is too long to be shown whole.
  const shorten = (text) => (size(text) <= SHOWN ? text : `${[...text].slice(0, SHOWN - 1).join("")}…`);

  const isPrintable = (character) => character === " " || !/[\p{C}\p{Z}]/u.test(character);

  const escapeCode = (character) => {
    const code = character.codePointAt(0);
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  };

  // A text in quotes as Python shows it.
  const quote = (text) => {
    const sign = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escapes = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [sign]: `\\${sign}` };
    return sign + [...text].map((one) => escapes[one] ?? (isPrintable(one) ? one : escapeCode(one))).join("") + sign;
  };

  // A place in a text that can't be read; places are JavaScript's, columns count code points.
  class Mistake extends Error {
    constructor(place, found, expected, hint = "") {
      super(expected);
      Object.assign(this, { place, found, expected, hint });
    }

    // The mistake as one line about a `what`, and where it is in `text`.
    describe(what, text) {
      const column = size(text.slice(0, this.place)) + 1;
      const found = this.found ? quote(shorten(this.found)) : "the end";
      const said = `${what} fails at column ${column}: found ${found}, expected ${this.expected}.`;
      const shown = this.hint && [...this.hint].every(isPrintable) && size(this.hint) <= LONGEST_HINT;
      return { message: shown ? `${said} ${this.hint}` : said, column, length: size(this.found) };
    }
  }

  // The longest stretch that two lists share within bounds, the first of several.
  const longestMatch = (a, b, [aLow, aHigh, bLow, bHigh]) => {
    let best = { a: aLow, b: bLow, size: 0 };
    let before = new Map();
    for (let i = aLow; i < aHigh; i += 1) {
      const lengths = new Map();
      for (let j = bLow; j < bHigh; j += 1) {
        if (a[i] !== b[j]) continue;
        const length = (before.get(j - 1) || 0) + 1;
        lengths.set(j, length);
        if (length > best.size) best = { a: i - length + 1, b: j - length + 1, size: length };
      }
      before = lengths;
    }
    return best;
  };

  const matching = (a, b, [aLow, aHigh, bLow, bHigh]) => {
    const found = longestMatch(a, b, [aLow, aHigh, bLow, bHigh]);
    if (!found.size) return 0;
    const left = matching(a, b, [aLow, found.a, bLow, found.b]);
    return left + found.size + matching(a, b, [found.a + found.size, aHigh, found.b + found.size, bHigh]);
  };

  // How alike two texts are, from 0 to 1, as Python's difflib tells it.
  const likeness = (one, other) => {
    const [a, b] = [[...one], [...other]];
    return (2 * matching(a, b, [0, a.length, 0, b.length])) / (a.length + b.length);
  };

  // The known word most like `word`, or null when none is.
  const nearest = (word, known) => {
    if (size(word) > SHOWN) return null;
    const bySmall = new Map(known.map((one) => [one.toLowerCase(), one]));
    let best = { score: 0.7, small: "" };
    for (const small of bySmall.keys()) {
      const score = likeness(small, word.toLowerCase());
      if (score > best.score || (score === best.score && small > best.small)) best = { score, small };
    }
    return bySmall.get(best.small) ?? null;
  };

  const FOUND = new RegExp(`(['"\`])[^]*?(?:\\1|$)|[${WORD}][${WORD}.]*|\\.|[^${WORD}${SPACE}.'"\`]+`, "uy");

  // What to show of the text at a place: a word, a run of signs, or what stands in quotes.
  const wordAt = (text, place) => {
    FOUND.lastIndex = place;
    return FOUND.exec(text)?.[0] ?? "";
  };

  const isQuoted = (found) => /^['"`]/.test(found);
  const isUnclosed = (found) => isQuoted(found) && (found.length === 1 || found.at(-1) !== found[0]);

  const SLIPS = [
    ["&", "Write AND."],
    ["|", "Write OR."],
    ["!", "Write NOT."],
    [";", "Leave the semicolon out."],
    [",", "Join comparisons with AND or OR."],
    [")", "There is no ( before it."],
    [".", "A name follows its dot at once, in backticks where it has spaces."],
    ["-", "Put a name with such signs in backticks."],
  ];

  const quoteHint = (wanted, found) => {
    if (wanted === "term" && found[0] === "'") return "Write the field first and the value after the operator.";
    if (wanted === "value") return "A text stands in ' or \" quotes; backticks are for names.";
    return wanted === "operator" ? "Put the whole name in backticks." : "";
  };

  const valueHint = (found) => {
    if (found.toUpperCase() === "NULL") return "Write IS NULL or IS NOT NULL.";
    if (found.toLowerCase() === "nan") return "NaN equals nothing; NOT metrics.loss <= inf finds it, and runs without the metric.";
    if (found.startsWith("(")) return "Write IN before a list.";
    return new RegExp(`^[${LETTER}]`, "u").test(found) ? `Put a text in quotes: '${shorten(found)}'.` : "";
  };

  const orderHint = (found) => {
    if (isQuoted(found)) return quoteHint("operator", found);
    if (found.toUpperCase() === "NULLS") return "Missing values come last in any case.";
    if (found.startsWith("-")) return "Write DESC after the field.";
    return found.startsWith(",") ? "Make each clause a text of its own." : "";
  };

  const hintFor = (wanted, found) => {
    if (["field", "direction", "over"].includes(wanted)) return orderHint(found);
    if (isQuoted(found)) return quoteHint(wanted, found);
    if (wanted === "value") return valueHint(found);
    if (wanted === "term" && /^\p{Nd}/u.test(found)) return "Write the field first and the value after the operator.";
    if (wanted === "operator" && new RegExp(`^[${WORD}]`, "u").test(found)) return "A name with spaces stands in backticks.";
    return SLIPS.find(([start]) => found.startsWith(start))?.[1] ?? "";
  };

  // The mistake at a place where the grammar wants something else.
  const unreadable = (text, place, wanted) => {
    const start = /^\.['"`]/.test(text.slice(place, place + 2)) ? place + 1 : place;
    const found = wordAt(text, start);
    if (isUnclosed(found)) return new Mistake(start, found, `a closing ${found[0]}`, "A quote inside a text is written twice.");
    return new Mistake(start, found, WANTED[wanted], hintFor(wanted, found));
  };

  const mistakes = { WORD, LETTER, SPACE, WANTED, Mistake, size, quote, shorten, nearest, unreadable };
  if (typeof runfolio !== "undefined") runfolio.filterMistakes = mistakes;
  if (typeof module === "object") module.exports = mistakes;
})();

// Times and durations as people write them: the same as runfolio/query/language/times.py.

(() => {
  "use strict";

  const { SPACE } = typeof module === "object" ? require("./filter-mistakes.js") : runfolio.filterMistakes;

  const UNITS = [
    [0.001, "ms millisecond milliseconds"],
    [1, "s sec secs second seconds"],
    [60, "m min mins minute minutes"],
    [3600, "h hr hrs hour hours"],
    [86_400, "d day days"],
    [7 * 86_400, "w week weeks"],
    [30 * 86_400, "mo month months"],
    [365 * 86_400, "y yr year years"],
  ];
  const SECONDS = new Map(UNITS.flatMap(([seconds, words]) => words.split(" ").map((word) => [word, seconds])));
  const DAYS = new Map([["yesterday", -1], ["today", 0], ["tomorrow", 1]]);
  const DAY = 86_400_000_000;

  const S = `[${SPACE}]`;
  const PART = new RegExp(`(an?(?![a-z])|[0-9]+(?:\\.[0-9]+)?)${S}*([a-z]+)(?:[${SPACE},]+(?:and${S})?)?${S}*`, "uy");
  const ISO = new RegExp(
    "^([0-9]{4})-([0-9]{2})-([0-9]{2})" +
      "(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?" +
      " ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$",
  );
  const isSpace = (character) => new RegExp(S, "u").test(character);

  // The place behind the last character that is no space.
  const endOf = (text) => {
    let end = text.length;
    while (end > 0 && isSpace(text[end - 1])) end -= 1;
    return end;
  };

  const strip = (text) => text.slice(0, endOf(text)).replace(new RegExp(`^${S}+`, "u"), "");

  // Halves go to the even number, as in Python.
  const round = (number) => (Math.abs(number % 1) === 0.5 ? 2 * Math.round(number / 2) : Math.round(number));

  // The seconds a text such as "2h 30m" names, or null when it names none.
  const parseDuration = (text) => {
    const words = strip(text).toLowerCase();
    let seconds = 0;
    for (PART.lastIndex = 0; PART.lastIndex < words.length; ) {
      const part = PART.exec(words);
      if (!part || !SECONDS.has(part[2])) return null;
      seconds += (part[1].startsWith("a") ? 1 : Number(part[1])) * SECONDS.get(part[2]);
    }
    return words && Number.isFinite(seconds * 1e6) ? seconds : null;
  };

  const minutesOf = (zone) => {
    if (!zone || /^z$/i.test(zone)) return 0;
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
    return zone[0] === "-" ? -minutes : minutes;
  };

  // Microseconds since 1970 of an ISO time; null where there is no such day or time of day.
  const parseIso = (text) => {
    const found = ISO.exec(text);
    if (!found) return null;
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part || 0));
    const zone = minutesOf(found[8]);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
    if (hour > 23 || minute > 59 || second > 59 || Math.abs(zone) >= 1440) return null;
    date.setUTCHours(hour, minute - zone, second);
    const fraction = (found[7] || "").padEnd(6, "0").slice(0, 6);
    return Number(BigInt(date.getTime()) * 1000n + BigInt(fraction));
  };

  // The moment a text names as a value of the syntax tree, or null when it names none.
  const parseTime = (text) => {
    const words = strip(text).toLowerCase();
    if (words === "now") return { ago: 0 };
    if (DAYS.has(words)) return { day: DAYS.get(words) };
    if (words.endsWith(" ago")) {
      const seconds = parseDuration(words.slice(0, -3));
      return seconds === null ? null : { ago: round(seconds * 1e6) };
    }
    const instant = parseIso(strip(text));
    return instant === null ? null : { instant };
  };

  // The time a moment stands for when the search takes place at `now`, both in microseconds.
  const microsecondsOf = (moment, now) => {
    if ("day" in moment) return (Math.floor(now / DAY) + moment.day) * DAY;
    return "ago" in moment ? now - moment.ago : Number(moment.instant);
  };

  const times = { endOf, strip, parseDuration, parseTime, microsecondsOf };
  if (typeof runfolio !== "undefined") runfolio.filterTimes = times;
  if (typeof module === "object") module.exports = times;
})();

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

// LIKE and ILIKE in bounded time: the same as runfolio/query/language/patterns.py.

(() => {
  "use strict";

  const LONG = 200; // code points from which on a pattern is matched by an automaton

  const known = new Map();
  const first = new Map();

  // One character for all that are the same but for case. Where their upper case is several, as of ß,
  // it is the one of them that came first.
  const findFold = (character) => {
    const [small] = character.toLowerCase();
    const large = small.toUpperCase();
    if ([...large].length === 1) return large;
    if (!first.has(large)) first.set(large, character);
    return first.get(large);
  };

  const fold = (character) => {
    if (!known.has(character)) known.set(character, findFold(character));
    return known.get(character);
  };

  const foldText = (text) => {
    if (/^[\x00-\x7f]*$/.test(text)) return text.toUpperCase();
    return text.replace(/[a-z]+/g, (small) => small.toUpperCase()).replace(/[^\x00-\x7f]/gu, fold);
  };

  const stretch = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("_", "[^\\n]");

  // Each % takes the shortest text that works and is never tried again: a lookahead is not left twice.
  const expression = (pattern) => {
    const [first, ...others] = pattern.split("%").map(stretch);
    if (!others.length) return `^${first}\\n?$`;
    const last = others.pop();
    const middle = others.filter((part) => part).map((part, place) => `(?=([^\\n]*?${part}))(?:\\${place + 1})`);
    return `^${first}${middle.join("")}${last && `[^\\n]*${last}\\n?$`}`;
  };

  const bitsOf = (places) => places.reduce((bits, place) => bits | (1n << BigInt(place)), 0n);

  // Where each character stands in the pattern without %, and where a % would stand in it.
  const placesOf = (pattern) => {
    const places = new Map([["%", []], ["_", []]]);
    let place = 0;
    for (const character of pattern) {
      if (!places.has(character)) places.set(character, []);
      places.get(character).push(place);
      if (character !== "%") place += 1;
    }
    return { places, length: place };
  };

  // A pattern as a machine whose states are the bits of one integer: bit i is set while the first i
  // characters of the pattern, without %, may have been read.
  const automaton = (pattern) => {
    const { places, length } = placesOf(pattern);
    const steps = new Map([...places].map(([one, found]) => [one, bitsOf(found)]));
    const [loops, any] = [steps.get("%"), steps.get("_")];
    steps.delete("%");
    steps.delete("_");
    const open = pattern.endsWith("%");
    const end = 1n << BigInt(length);
    return (text) => {
      const read = [...text];
      if (read.length < length) return false;
      let state = 1n;
      for (const [place, character] of read.entries()) {
        if (state & end && (open || (place === read.length - 1 && character === "\n"))) return true;
        const onward = (steps.get(character) ?? 0n) | (character === "\n" ? 0n : any);
        state = ((state & onward) << 1n) | (character === "\n" ? 0n : state & loops);
        if (!state) return false;
      }
      return (state & end) !== 0n;
    };
  };

  // A function that tells whether a text matches the pattern of a LIKE, or of an ILIKE.
  const compileLike = (pattern, ignoreCase = false) => {
    if (ignoreCase) {
      const match = compileLike(foldText(pattern));
      return (text) => match(foldText(text));
    }
    if ([...pattern].length > LONG) return automaton(pattern);
    const regex = new RegExp(expression(pattern), "u");
    return (text) => regex.test(text);
  };

  const patterns = { compileLike, automaton };
  if (typeof runfolio !== "undefined") runfolio.filterPatterns = patterns;
  if (typeof module === "object") module.exports = patterns;
})();

// From the text of a filter to its syntax tree: the same language as filter.lark, grammar.py and
// parsing.py in runfolio/query/language read, by hand. The tree is the JSON that document.py describes.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { WORD, LETTER, SPACE, WANTED, Mistake, size, quote, shorten, unreadable } = inNode ? require("./filter-mistakes.js") : runfolio.filterMistakes;
  const { endOf } = inNode ? require("./filter-times.js") : runfolio.filterTimes;
  const { PATTERNS, takesPatterns, readField, readValues } = inNode ? require("./filter-rules.js") : runfolio.filterRules;

  const MAX_LENGTH = 50_000; // code points of a filter
  const MAX_DEPTH = 100; // parentheses and NOTs inside each other

  // --- tokens ---

  const MATCHERS = ["LIKE", "ILIKE", "CONTAINS"];
  const KEYWORDS = ["AND", "OR", "NOT", "IN", "IS", "NULL", ...MATCHERS, "BETWEEN", "ASC", "DESC"];
  const anyCase = (word) => word.replace(/[a-z]/gi, (one) => `[${one.toLowerCase()}${one.toUpperCase()}]`);
  const BOUND = `(?![${WORD}])`;

  const name = `(?!(?:${["AND", "OR", "NOT", "IN", "IS", "NULL", "I?LIKE", "CONTAINS", "BETWEEN"].map(anyCase).join("|")})${BOUND})[${LETTER}][${WORD}]*`;
  const bare = `[${WORD}.$#@:/\\-]*[${WORD}.$#]`;
  const ticked = "`(?:``|[^`])*`";
  const single = "'(?:''|\\\\'|[^'])*'";
  const double = '"(?:""|\\\\"|[^"])*"';

  const SOURCES = {
    ...Object.fromEntries(KEYWORDS.map((word) => [word, anyCase(word) + BOUND])),
    PATH: `(?:${name}|\`${name}\`)\\.(?:${bare}|(?:${ticked}|${single}|${double})(?:\\.${name})?)`,
    WORD: name,
    TICKED: ticked,
    SINGLE: single,
    DOUBLE: double,
    NUMBER: `[+\\-]?(?:\\p{Nd}+(?:\\.\\p{Nd}*)?|\\.\\p{Nd}+)(?:[eE][+\\-]?\\p{Nd}+|${BOUND})`,
    INFINITY: `[+\\-]?${anyCase("inf")}(?:${anyCase("inity")})?${BOUND}`,
    TRUTH: `(?:${anyCase("true")}|${anyCase("false")})${BOUND}`,
    SIGN: "[<>=!~]+",
    LEFT: "\\(",
    RIGHT: "\\)",
    COMMA: ",",
  };
  const TERMINALS = new Map(Object.entries(SOURCES).map(([type, source]) => [type, new RegExp(source, "uy")]));
  const BLANK = new RegExp(`[${SPACE}]*`, "uy");

  const FIELD = ["PATH", "WORD", "TICKED", "DOUBLE"];
  const TERM = ["NOT", ...FIELD, "LEFT"];
  const VALUE = ["NUMBER", "INFINITY", "TRUTH", "SINGLE", "DOUBLE"];
  const NEGATABLE = [...MATCHERS, "IN", "BETWEEN"];

  const matchAt = (text, place, type) => {
    const terminal = TERMINALS.get(type);
    terminal.lastIndex = place;
    return terminal.exec(text)?.[0] ?? null;
  };

  // Hands out the tokens of a text; each call says which may come and what a reader would expect.
  class Scanner {
    constructor(text) {
      if (text.length > MAX_LENGTH && size(text) > MAX_LENGTH) {
        const start = [...text].slice(0, MAX_LENGTH).join("").length;
        throw new Mistake(start, text.slice(start), `at most ${MAX_LENGTH} characters`, `It has ${size(text)}; shorten it.`);
      }
      Object.assign(this, { text, place: 0, wanted: null, last: null, comparison: null });
    }

    // `vague` is what is expected where the text is no token of any kind, `atEnd` where it ends.
    next(types, wanted, { vague = wanted, atEnd = wanted } = {}) {
      const { text } = this;
      BLANK.lastIndex = this.place;
      BLANK.test(text);
      const start = BLANK.lastIndex;
      this.wanted = atEnd;
      if (start === text.length) {
        if (types.includes("END")) return { type: "END", start, text: "" };
        throw unreadable(text, endOf(text), atEnd);
      }
      for (const type of types) {
        const found = type === "END" ? null : matchAt(text, start, type);
        if (found === null) continue;
        this.place = start + found.length;
        this.last = { type, start, text: found };
        return this.last;
      }
      const known = [...TERMINALS.keys()].some((type) => matchAt(text, start, type) !== null);
      throw unreadable(text, start, known ? wanted : vague);
    }
  }

  // --- the shape of a filter ---

  const scanList = (scanner, literals) => {
    scanner.next(["LEFT"], "list");
    literals.push(scanner.next(VALUE, "value"));
    while (scanner.next(["COMMA", "RIGHT"], "item", { vague: "end" }).type === "COMMA") {
      const token = scanner.next([...VALUE, "RIGHT"], "value");
      if (token.type === "RIGHT") return;
      literals.push(token);
    }
  };

  const scanOperands = (scanner, { words, literals }) => {
    const word = words.at(-1).type;
    if (word === "NULL") return;
    if (word === "IN") {
      scanList(scanner, literals);
      return;
    }
    literals.push(scanner.next(VALUE, "value"));
    if (word !== "BETWEEN") return;
    scanner.next(["AND"], "upper", { vague: "end" });
    literals.push(scanner.next(VALUE, "value"));
  };

  // The comparison that begins with the token of a field; the scanner keeps it while it is read.
  const scanComparison = (scanner, field) => {
    const found = { kind: "comparison", start: field.start, token: field, words: [], literals: [] };
    scanner.comparison = found;
    const add = (types, wanted) => found.words.push(scanner.next(types, wanted));
    add([...NEGATABLE, "NOT", "IS", "SIGN"], "operator");
    if (found.words[0].type === "NOT") add(NEGATABLE, "negated");
    if (found.words[0].type === "IS") add(["NOT", "NULL"], "notNull");
    if (found.words[0].type === "IS" && found.words[1].type === "NOT") add(["NULL"], "null");
    scanOperands(scanner, found);
    scanner.comparison = null;
    return found;
  };

  const negate = (term, nots) => nots.reduceRight((inner, token) => ({ kind: "negation", start: token.start, token, inner }), term);

  // Lists of ORs of lists of what ANDs join, the ANDs among them. Without recursion, for any depth.
  const scanFilter = (scanner) => {
    const outer = [];
    let group = { parts: [[]] };
    for (let nots = []; ; ) {
      const part = group.parts.at(-1);
      const after = part.length > 0 && !nots.length;
      const joins = [...(nots.length ? [] : ["AND"]), ...(after ? ["OR", group.token ? "RIGHT" : "END"] : [])];
      const token = scanner.next([...joins, ...TERM], after ? "end" : "term", after && group.token ? { atEnd: "close" } : {});
      if (token.type === "END") return group.parts;
      if (token.type === "NOT") {
        nots.push(token);
      } else if (token.type === "LEFT") {
        outer.push(group);
        group = { token, nots, parts: [[]] };
        nots = [];
      } else if (token.type === "OR") {
        group.parts.push([]);
      } else if (token.type === "AND") {
        part.push({ kind: "and", start: token.start, token });
      } else if (token.type === "RIGHT") {
        const term = { kind: "group", start: group.token.start, token: group.token, parts: group.parts };
        const closed = negate(term, group.nots);
        group = outer.pop();
        group.parts.at(-1).push(closed);
      } else {
        part.push(negate(scanComparison(scanner, token), nots));
        nots = [];
      }
    }
  };

  // --- what it means ---

  const COMPARATORS = ["=", "!=", "<", "<=", ">", ">="];
  const SLIPS = new Map([["==", "="], ["<>", "!="], ["!==", "!="], ["=>", ">="], ["=<", "<="], ["===", "="]]);

  const readComparison = ({ token, words, literals }) => {
    const operator = words.map((word) => word.text.toUpperCase()).join(" ");
    if (words[0].type === "SIGN" && !COMPARATORS.includes(operator)) {
      const hint = SLIPS.has(operator) ? `Write ${SLIPS.get(operator)}.` : "";
      throw new Mistake(words[0].start, operator, "one of =, !=, <, <=, >, >=", hint);
    }
    const field = readField(token);
    if (PATTERNS.includes(operator) && !takesPatterns(field)) {
      throw new Mistake(words[0].start, operator, "a comparison of numbers", "Only texts are matched by patterns.");
    }
    return { op: operator, field, values: readValues(field, operator, literals) };
  };

  const readTerm = (term, depth) => {
    if (term.kind === "comparison") return readComparison(term);
    if (depth === MAX_DEPTH) throw new Mistake(term.start, term.token.text, `at most ${MAX_DEPTH} parentheses and NOTs inside each other`);
    return term.kind === "negation" ? { op: "not", node: readTerm(term.inner, depth + 1) } : readParts(term.parts, depth + 1);
  };

  const checkAnds = (part) => {
    part.forEach(({ kind, start, token }, place) => {
      if (place % 2 === 0 && kind === "and") throw new Mistake(start, token.text, WANTED.term);
      if (place % 2 === 1 && kind !== "and") throw new Mistake(start, token.text, "AND or OR between two comparisons");
    });
    const last = part.at(-1);
    if (part.length % 2 === 0) throw new Mistake(last.start, last.token.text, `${WANTED.term} after it`);
  };

  const join = (op, nodes) => (nodes.length > 1 ? { op, nodes } : (nodes[0] ?? null));

  const readPart = (part, depth) => {
    checkAnds(part);
    return join("and", part.filter((_, place) => place % 2 === 0).map((term) => readTerm(term, depth)));
  };

  const readParts = (parts, depth) => join("or", parts.map((part) => readPart(part, depth)));

  // What MLflow reads may have too many or too few ANDs. There IS NULL needs an AND before it, but
  // not after another IS NULL.
  const isLoose = (part) => {
    const isNull = (term) => term.words?.at(-1).type === "NULL";
    const plain = ({ kind, words }) => kind === "and" || (kind === "comparison" && words.at(-1).type !== "BETWEEN");
    const joined = (term, place) => place === 0 || !isNull(term) || part[place - 1].kind === "and" || isNull(part[place - 1]);
    return part.every((term, place) => plain(term) && joined(term, place));
  };

  const readFilter = (parts) => {
    if (parts.length > 1 || !isLoose(parts[0])) return readParts(parts, 0);
    return join("and", parts[0].filter(({ kind }) => kind !== "and").map(readComparison));
  };

  const attempt = (what, text, read) => {
    try {
      return { read: read(), error: null };
    } catch (mistake) {
      if (!(mistake instanceof Mistake)) throw mistake;
      return { read: null, error: mistake.describe(what, text) };
    }
  };

  // {tree, error}: the syntax tree, null for a filter that every run matches, or what is wrong as
  // {message, column, length}, counted in code points and the column from 1.
  const parse = (text) => {
    if (endOf(text) === 0) return { tree: null, error: null };
    const { read, error } = attempt("The filter", text, () => readFilter(scanFilter(new Scanner(text))));
    return { tree: read, error };
  };

  const readClause = (text) => {
    const scanner = new Scanner(text);
    const token = scanner.next(FIELD, "field");
    const direction = scanner.next(["ASC", "DESC", "END"], "direction");
    if (direction.type !== "END") scanner.next(["END"], "over");
    const field = readField(token);
    if (field.entity === "dataset") throw new Mistake(token.start, token.text, "metrics, params, tags or attributes", "A run may have many data sets.");
    return { field, descending: direction.type === "DESC" };
  };

  // {keys, error}: what clauses such as "metrics.loss DESC" order by, or what is wrong with one.
  const parseOrder = (clauses) => {
    const keys = [];
    for (const clause of clauses) {
      const what = `The order ${quote(shorten(clause))}`;
      const { read, error } = attempt(what, clause, () => readClause(clause));
      if (error) return { keys: null, error };
      keys.push(read);
    }
    return { keys, error: null };
  };

  // What may come at the end of a text that is the beginning of a filter, else null: the place in the
  // grammar, the last token, and the comparison that is not complete.
  const stateAtEnd = (text) => {
    if (size(text) > MAX_LENGTH) return null;
    const scanner = new Scanner(text);
    const { error } = attempt("The filter", text, () => scanFilter(scanner));
    if (error && scanner.place < endOf(text)) return null;
    return { wanted: scanner.wanted, last: scanner.last, comparison: scanner.comparison };
  };

  const syntax = { parse, parseOrder, stateAtEnd, BARE: new RegExp(`^${bare}$`, "u") };
  if (typeof runfolio !== "undefined") runfolio.filterSyntax = syntax;
  if (inNode) module.exports = syntax;
})();

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

// The order of runs: the same as runfolio/query/language/ordering.py.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { kindOf } = inNode ? require("./filter-rules.js") : runfolio.filterRules;
  const { columnOf, compareTexts, has, resolve } = inNode ? require("./filter-evaluate.js") : runfolio.filterEvaluate;

  // Numbers and texts, 0 and 1 or the other way round, come before these.
  const NAN = 2;
  const MISSING = 3;

  const LAST_KEYS = [
    { field: { entity: "attribute", key: "start_time" }, descending: true },
    { field: { entity: "attribute", key: "run_id" }, descending: false },
  ];

  // The places of texts in their order, so that each text is compared with others only once.
  const rank = (texts) => new Map([...new Set(texts)].filter(has).sort(compareTexts).map((text, place) => [text, place]));

  // Of each run its group, NUMBERS, TEXTS, NAN or MISSING, and the number or rank within it.
  const criteria = ({ field: asked, descending }, source) => {
    const field = resolve(asked, source);
    const column = columnOf(field, source);
    const groups = new Uint8Array(source.count).fill(MISSING);
    const values = new Float64Array(source.count);
    const sign = descending ? -1 : 1;
    const texts = column && kindOf(field) !== "number" && column.texts;
    const numbers = column && kindOf(field) !== "text" && column.numbers;
    const ranks = texts && rank(texts);
    for (let index = 0; index < source.count; index += 1) {
      const number = numbers ? numbers[index] : null;
      if (has(number)) {
        groups[index] = Number.isNaN(number) ? NAN : Number(descending);
        values[index] = Number.isNaN(number) ? 0 : sign * number;
      } else if (texts && has(texts[index])) {
        groups[index] = Number(!descending);
        values[index] = sign * ranks.get(texts[index]);
      }
    }
    return { groups, values };
  };

  // The indices of all runs in the order that the keys of `parseOrder` ask for.
  const order = (keys, source) => {
    const all = [...keys, ...LAST_KEYS].map((key) => criteria(key, source));
    return Array.from({ length: source.count }, (_, index) => index).sort((a, b) => {
      for (const { groups, values } of all) {
        if (groups[a] !== groups[b]) return groups[a] - groups[b];
        if (values[a] !== values[b]) return values[a] < values[b] ? -1 : 1;
      }
      return a - b;
    });
  };

  if (typeof runfolio !== "undefined") runfolio.filterOrder = { order };
  if (inNode) module.exports = { order };
})();

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

// The one workspace of an experiment's page: its runs, and the view of them that the fragment tells.
// Table and charts read the same object and follow the same view.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { matcher, pick, nest, group, spread, sound } = inNode ? require("./workspace-rows.js") : runfolio.rows;
  const { order, isMissing, joinKeys, splitKeys } = inNode ? require("./columns.js") : runfolio.columns;
  const { model, rowShards, moreShards, AGGREGATES } = inNode ? require("./workspace-model.js") : runfolio.workspaceModel;

  const WATCHED = ["q", "filter", "sort", "group", "runs", "hide", "top", "base", "agg"];
  const MANY = 500; // more runs than this are selected as all that show, not one by one

  // "-metrics.rmse,params.lr" as [{key, descending}].
  const parseSort = (text) => splitKeys(text).map((key) => (key.startsWith("-") ? { key: key.slice(1), descending: true } : { key, descending: false }));
  const formatSort = (keys) => joinKeys(keys.map(({ key, descending }) => (descending ? `-${key}` : key)));

  // {"metrics.loss": "min"} from "metrics.loss.min".
  const parseAggregates = (text) => {
    const pairs = splitKeys(text).map((key) => [key.slice(0, key.lastIndexOf(".")), key.slice(key.lastIndexOf(".") + 1)]);
    return new Map(pairs.filter(([, aggregate]) => AGGREGATES.includes(aggregate)));
  };

  // Computes views of a model; what did not change since the last one is the same object.
  const viewer = (runs, filter) => {
    const kept = new Map();
    const cached = (name, mark, make) => {
      const known = kept.get(name);
      if (known && known.mark.length === mark.length && known.mark.every((one, place) => one === mark[place])) return known.value;
      const value = make();
      kept.set(name, { mark, value });
      return value;
    };
    const idsOf = (text) => (text ? text.split(",").filter(Boolean) : []);
    const indicesOf = (text) => idsOf(text).map(runs.index).filter((index) => index >= 0);

    const matching = ({ q = "", filter: text = "" }) => {
      const { tree, error } = text.trim() ? filter.parse(text) : { tree: null, error: null };
      const tests = [];
      if (tree) tests.push(filter.compile(tree, runs.source()));
      if (q.trim()) {
        const searchable = runs.searchable();
        const matches = matcher(q);
        tests.push((index) => matches(searchable[index]));
      }
      const passes = new Uint8Array(runs.count).fill(1);
      for (const test of tests) for (let index = 0; index < runs.count; index += 1) if (passes[index] && !test(index)) passes[index] = 0;
      return { passes, error: error || null };
    };

    // Numbers tell by which aggregate a metric's column shows, sorts and groups.
    const aggregated = (aggregates, key) => (aggregates.has(key) && aggregates.get(key) !== "last" ? `${key}.${aggregates.get(key)}` : key);

    const sorting = (sort, agg) => {
      const aggregates = parseAggregates(agg);
      const keys = parseSort(sort)
        .map(({ key, descending }) => ({ ranks: runs.ranks(aggregated(aggregates, key)), descending }))
        .filter(({ ranks }) => ranks);
      return { keys, sorted: order(keys, runs.rank) };
    };

    // Whether a run has something to be sorted by.
    const counting = (keys) => {
      if (keys.length) return (index) => !isMissing(keys[0].ranks[index]);
      const values = runs.primary && runs.metric(runs.primary);
      return values ? (index) => Number.isFinite(values[index]) : () => true;
    };

    const grouping = (keys, rows, sort, agg) => {
      const columns = keys.map((key) => runs.column(key)).filter(Boolean);
      if (!columns.length) return null;
      const numbers = new Map(group(runs.indices, columns).map(({ key }, place) => [key, place]));
      const [colors, dashes] = runs.palette;
      const found = group(rows, columns).map((one) => ({
        ...one,
        label: columns.map(({ name }, place) => `${columns.length > 1 || one.values[place] === null ? `${name} ` : ""}${one.values[place] ?? "not set"}`).join(", "),
        color: numbers.get(one.key) % colors,
        dash: Math.floor(numbers.get(one.key) / colors) % dashes,
      }));
      const aggregates = parseAggregates(agg);
      const [first] = parseSort(sort);
      const by = first ? first.key : runs.primary ? `metrics.${runs.primary}` : null;
      const column = by && runs.column(aggregated(aggregates, by));
      if (!column || column.kind !== "number") return found;
      const sign = (first ? first.descending : column.direction === "up") ? -1 : 1;
      const means = new Map(found.map((one) => [one, spread(column.values, sound(one.members, runs.statuses)).mean]));
      const size = (one) => (means.get(one) === null ? Infinity : sign * means.get(one));
      return found.sort((a, b) => size(a) - size(b) || 0);
    };

    return (state, version, brush) => {
      const { q = "", filter: text = "", sort = "", agg = "", hide = "", top = "", runs: chosen = "", base = "" } = state;
      const { passes, error } = cached("matching", [q, text, version], () => matching({ q, filter: text }));
      const { keys, sorted } = cached("sorting", [sort, agg, version], () => sorting(sort, agg));
      const hidden = cached("hidden", [hide, version], () => new Set(indicesOf(hide)));
      const pinned = cached("pinned", [top, hidden], () => [...new Set(indicesOf(top))].filter((index) => !hidden.has(index)));
      const groupKeys = cached("group", [state.group, version], () => splitKeys(state.group).filter((key) => runs.has(key)));
      const shown = cached("shown", [sorted, hidden, pinned], () => {
        const top = new Set(pinned);
        return hidden.size || top.size ? sorted.filter((index) => !hidden.has(index) && !top.has(index)) : sorted;
      });
      const nested = runs.nested && !groupKeys.length;
      // Runs under their parents, where any are nested; the pinned ones stand above them all.
      const lines = cached("lines", [passes, shown, nested], () => (nested ? nest(shown, runs.parents, (index) => passes[index] === 1, counting(keys)) : null));
      const rows = cached("rows", [passes, shown, pinned, lines], () => {
        const rest = lines ? lines.filter(({ context }) => !context).map(({ run }) => run) : shown.filter((index) => passes[index]);
        const above = pinned.filter((index) => passes[index]);
        return above.length ? [...above, ...rest] : rest;
      });
      // Pinned runs stand in the table although they don't match, but count nowhere.
      const aside = cached("aside", [passes, pinned], () => new Set(pinned.filter((index) => !passes[index])));
      return {
        rows,
        lines,
        error,
        hidden,
        pinned,
        aside,
        selected: cached("selected", [chosen, rows], () => pick(idsOf(chosen), rows, runs.index)),
        baseline: base ? runs.index(base) : -1,
        group: groupKeys,
        groups: cached("groups", [rows, groupKeys, sort, agg, version], () => grouping(groupKeys, rows, sort, agg)),
        aggregates: cached("aggregates", [agg], () => parseAggregates(agg)),
        sort: cached("sort", [sort], () => parseSort(sort).map((one) => ({ ...one, key: runs.resolve(one.key) }))),
        brush,
      };
    };
  };

  // What a list of runs is in the fragment: ids, shortened where that is clear.
  const shorten = (ids) => {
    const seen = new Map();
    for (const id of ids) seen.set(id.slice(0, 8), (seen.get(id.slice(0, 8)) ?? 0) + 1);
    return (index) => (seen.get(ids[index].slice(0, 8)) === 1 ? ids[index].slice(0, 8) : ids[index]);
  };

  // The list of selected runs with some more or without them.
  const toggled = (texts, indices, on, textOf) => {
    const named = new Set(indices.map((index) => textOf([index])));
    if (texts.includes("*")) return [...texts.filter((text) => !named.has(text.slice(1))), ...(on ? [] : [...named].map((text) => `-${text}`))].join(",");
    const rest = texts.filter((text) => !named.has(text) && ![...named].some((one) => text.startsWith(one)));
    return [...rest, ...(on ? named : [])].join(",");
  };

  // The runs that a chart of single runs draws: the selected ones, else the best of those shown.
  const drawn = (runs, view, limit, metric) => {
    const values = metric ? runs.metric(metric) : null;
    const has = (index) => !values || values[index] !== null;
    if (view.selected.length) return view.selected.filter(has).slice(0, limit);
    const shown = new Uint8Array(runs.count);
    for (const index of view.rows) shown[index] = 1;
    return sound(runs.rank.filter((index) => shown[index] && has(index)), runs.statuses).slice(0, limit);
  };

  const pure = { model, viewer, parseSort, formatSort, parseAggregates, shorten, toggled, drawn };
  if (inNode) module.exports = pure;
  if (typeof document === "undefined") return;

  const { state } = runfolio;

  // Whether a view asks for what only the second shard has.
  const asksForMore = (runs, { q, filter, sort, group, agg, cols }) => {
    if (runs.complete()) return false;
    const keys = [...parseSort(sort).map(({ key }) => key), ...splitKeys(group), ...splitKeys(cols)];
    return Boolean(q || filter || agg) || keys.some((key) => runs.has(key) && !runs.isLoaded(key));
  };

  const start = async (name) => {
    const shard = await runfolio.loadShard(name);
    const runs = model(shard);
    const compute = viewer(runs, runfolio.filter);
    const listeners = [];
    let version = 0;
    let short = null;
    let loading = null;
    let rowsLoading = null;
    let mark = null;
    const watchers = [];

    // The table shows a change at once, the charts after that has been painted.
    let waiting = false;
    const notify = () => {
      for (const { listener, first } of listeners) if (first) listener(workspace.view);
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() =>
        setTimeout(() => {
          waiting = false;
          for (const { listener, first } of listeners) if (!first) listener(workspace.view);
        }),
      );
    };
    const refresh = (view) => {
      const now = WATCHED.map((one) => view[one] || "").join("\n") + version;
      if (asksForMore(runs, view)) workspace.load();
      if (now === mark) return;
      mark = now;
      workspace.view = compute(view, version, workspace.brush);
      notify();
    };
    const renew = () => {
      version += 1;
      if (workspace.view) refresh(state.read());
    };

    // The other runs of a large experiment, one script after the other, then all at once into the view.
    const readRows = async () => {
      const scripts = [];
      for (const one of rowShards(name, shard)) {
        scripts.push(await runfolio.loadShard(one));
        workspace.loaded += scripts.at(-1).count;
        for (const watch of watchers) watch();
      }
      if (!scripts.length) return;
      runs.absorbRows(scripts);
      short = null;
      renew();
    };

    const readMore = async () => {
      await workspace.loadRows();
      runs.absorb(...(await Promise.all(moreShards(name, shard).map(runfolio.loadShard))));
      renew();
    };

    const shortId = (index) => (short ??= shorten(runs.ids))(index);
    const textOf = (indices) => indices.map(shortId).join(",");

    const workspace = Object.assign(runs, {
      view: null,
      brush: null,
      setBrush(set, owner) {
        workspace.brush = set;
        workspace.brushOwner = set ? owner : null;
        workspace.view = { ...workspace.view, brush: set };
        notify();
      },
      // All columns, also those not shown at first; resolves when they are there.
      load: () => (loading ??= runs.complete() ? workspace.loadRows() : readMore()),
      // All runs; `loaded` tells how many there are so far, `followRows` when it changes.
      loaded: runs.count,
      loadRows: () => (rowsLoading ??= readRows()),
      followRows: (watch) => watchers.push(watch),
      short: shortId,
      // The distinct values of a column over all runs, in the order in which groups by it get colours.
      categories: (key) => group(runs.indices, [runs.column(key)]).map(({ values }) => values[0]),
      drawn: (limit, metric) => drawn(runs, workspace.view, limit, metric),
      select: (indices) => state.update({ runs: textOf(indices) }),
      selectAll: () => state.update({ runs: workspace.view.rows.length > MANY ? "*" : textOf(workspace.view.rows) }),
      toggle: (indices, on) => state.update({ runs: toggled(state.list(state.read().runs), indices, on, textOf) }),
      hide: (indices) => state.update({ hide: textOf([...new Set([...workspace.view.hidden, ...indices])]) }),
      pinRuns: (indices) => state.update({ top: textOf(indices) }),
      setBaseline: (index) => state.update({ base: index < 0 ? "" : textOf([index]) }),
      update: state.update,
      // Calls `listener` with the view now and when it changes; with `first` before it is painted.
      follow(listener, { first = false } = {}) {
        listeners.push({ listener, first });
        listener(workspace.view);
      },
    });
    if (asksForMore(runs, state.read())) await workspace.load();
    state.follow(refresh);
    painted.then(workspace.loadRows).catch(() => watchers.forEach((watch) => watch(true)));
    return workspace;
  };

  let opened = null;
  let tableShown = null;
  const painted = new Promise((resolve) => (tableShown = resolve));
  const openFirst = (name) => (opened ??= start(name));

  // The page's workspace, once its table shows; the table itself gets it first.
  const open = async (name) => {
    const workspace = await openFirst(name);
    if (document.querySelector("[data-runs-table]")) await painted;
    return workspace;
  };

  runfolio.workspace = { open, openFirst, tableShown, parseSort, formatSort, joinKeys, splitKeys };
})();

// The curves of an experiment: of the selected runs, the best of those the table shows, or its groups.

(() => {
  "use strict";

  const node = typeof module === "object";
  const { count: plural } = node ? require("../site/format.js") : runfolio.format;
  const { sound, countRuns } = node ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const MOST_MEMBERS = 200; // runs read for groups

  // All runs that the panels of a metric could draw, found once for each view.
  const found = new WeakMap();
  const drawable = (workspace, metric) => {
    if (!found.has(workspace.view)) found.set(workspace.view, new Map());
    const known = found.get(workspace.view);
    if (!known.has(metric)) known.set(metric, workspace.drawn(Infinity, metric));
    return known.get(metric);
  };

  const groupLine = (workspace, group, share) => {
    const able = sound(group.members, workspace.statuses);
    const kept = able.slice(0, Math.max(Math.ceil(able.length * share), 1));
    const count = `${kept.length < able.length ? `${kept.length} of ` : ""}${countRuns(group.members, workspace.statuses)}`;
    const { key, label, color, dash } = group;
    return { id: `group ${key}`, name: `${label} (${count})`, color, dash, href: null, members: kept.map((index) => workspace.ids[index]) };
  };

  const chooseGroups = (workspace, limit) => {
    const { groups } = workspace.view;
    const count = groups.reduce((sum, group) => sum + group.members.length, 0);
    const lines = groups.slice(0, limit).map((group) => groupLine(workspace, group, Math.min(1, MOST_MEMBERS / count)));
    const more = lines.length < groups.length;
    return { lines, grouped: true, emphasis: [], more, text: `${more ? `${lines.length} of ` : ""}${plural(groups.length, "group")} of ${plural(count, "run")}` };
  };

  // Which runs the panels of a metric draw (of any, without one), and what the page says about it.
  const choose = (workspace, metric, limit, address) => {
    const { view, ids, names, colors, dashes } = workspace;
    if (view.groups) return chooseGroups(workspace, limit);
    const all = drawable(workspace, metric);
    const indices = all.slice(0, limit);
    const lines = indices.map((index) => ({ id: ids[index], name: names[index], color: colors[index], dash: dashes[index], href: address(ids[index]), members: [ids[index]] }));
    const emphasis = indices.filter((index) => view.brush?.has(index)).map((index) => ids[index]);
    const more = indices.length < all.length;
    const count = plural(all.length, view.selected.length ? "selected run" : "run");
    const text = more ? `${view.selected.length ? "" : "best "}${indices.length} of ${count}` : count;
    return { lines, grouped: false, emphasis, more, text };
  };

  if (typeof module === "object") module.exports = { choose };
  if (typeof document === "undefined") return;

  const { controls } = runfolio;

  runfolio.onPage('[data-curves="experiment"]', async (element) => {
    try {
      const workspace = await runfolio.workspace.open(element.dataset.shard);
      const metrics = workspace.columns.filter(({ group }) => group === "Metrics").map(({ key }) => key.replace(/^metrics\./, ""));
      const system = (await runfolio.loadShard(element.dataset.shard)).system ?? [];
      runfolio.curvePanels(element, {
        metrics: [...workspace.curves, ...system],
        singles: metrics.filter((metric) => !workspace.curves.includes(metric)),
        first: workspace.primary,
        usual: "step",
        title: (metric) => controls.directed(metric, workspace.direction(metric)),
        choose: (metric, limit) => choose(workspace, system.includes(metric) ? null : metric, limit, controls.address),
        follow: workspace.follow,
      });
    } catch (error) {
      element.replaceChildren(runfolio.make("p", { class: "warning slim" }, error.message));
    }
  });
})();

// The lines of the runs table: runs, nested runs that can be folded, groups with their members. Pure.
// A line is the index of a run, or the key of a group.

(() => {
  "use strict";

  const { sound } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const PLAIN = { depth: 0, children: 0, context: false, pinned: false };

  // {lines, facts}: facts.get(line) says how deep it lies, whether it is folded, which group it heads:
  // one with its `members` that show and of these the `counted` ones, which did not break off.
  const compose = (view, { open, folded, statuses }) => {
    const facts = new Map(view.pinned.map((index) => [index, { ...PLAIN, pinned: true, context: view.aside.has(index) }]));
    const shows = (index) => !view.brush || view.brush.has(index);
    if (view.groups) return composeGroups(view, { open, statuses }, shows, facts);
    if (!view.lines) {
      const rows = view.brush ? view.rows.filter(shows) : view.rows;
      if (!view.aside.size) return { lines: rows, facts };
      const pinned = new Set(view.pinned);
      return { lines: [...view.pinned.filter((index) => view.aside.has(index) || shows(index)), ...rows.filter((index) => !pinned.has(index))], facts };
    }
    const lines = view.pinned.filter((index) => view.aside.has(index) || shows(index));
    let under = Infinity; // the depth of the folded line whose children are left out
    for (const { run, depth, children, context } of view.lines) {
      if (depth > under) continue;
      under = Infinity;
      if (!context && !shows(run)) continue;
      const isFolded = children > 0 && folded.has(run);
      if (isFolded) under = depth;
      lines.push(run);
      if (depth || children || context) facts.set(run, { depth, children, context, pinned: false, folded: isFolded });
    }
    return { lines, facts };
  };

  const composeGroups = ({ groups, pinned }, { open, statuses }, shows, facts) => {
    const lines = [...pinned];
    const top = new Set(pinned);
    for (const group of groups) {
      const members = group.members.filter(shows);
      if (!members.length) continue;
      const isOpen = open.has(group.key);
      lines.push(group.key);
      facts.set(group.key, { ...PLAIN, children: members.length, folded: !isOpen, group: { ...group, members, counted: sound(members, statuses) } });
      if (!isOpen) continue;
      for (const index of members) {
        if (top.has(index)) continue;
        lines.push(index);
        facts.set(index, { ...PLAIN, depth: 1 });
      }
    }
    return { lines, facts };
  };

  const factsOf = (facts, line) => facts.get(line) ?? PLAIN;

  const table = { compose, factsOf };
  if (typeof runfolio !== "undefined") runfolio.tableLines = table;
  if (typeof module === "object") module.exports = table;
})();

// Which columns of the runs table show, in which order, and which stay in sight. Pure.

(() => {
  "use strict";

  const { joinKeys, splitKeys } = typeof module === "object" ? require("../workspace/columns.js") : runfolio.columns;

  const NAME = "attributes.name"; // always first, and always in sight

  const usual = (columns) => columns.filter(({ key, shown }) => shown && key !== NAME).map(({ key }) => key);

  // The keys of the columns shown, without the name: those pinned first.
  const choose = (columns, state) => {
    const known = new Set(columns.map(({ key }) => key));
    const kept = (text) => [...new Set(splitKeys(text))].filter((key) => known.has(key) && key !== NAME);
    const pinned = kept(state.pin);
    const shown = state.cols ? kept(state.cols) : usual(columns);
    return { pinned, shown: [...pinned, ...shown.filter((key) => !pinned.includes(key))] };
  };

  // What a phone shows beside the name: the status and the primary metric.
  const chooseNarrow = (columns, primary) => {
    const keys = ["attributes.status", `metrics.${primary}`];
    return { pinned: [], shown: keys.filter((key) => columns.some((column) => column.key === key)) };
  };

  // What the fragment says of the columns shown; nothing where they are the usual ones.
  const write = (columns, { pinned, shown }) => {
    const plain = usual(columns);
    const same = shown.length === plain.length && shown.every((key, place) => key === plain[place]);
    return { cols: same ? "" : joinKeys(shown) || "-", pin: joinKeys(pinned) };
  };

  // A column at another place: before or after the one that stands there.
  const move = (keys, key, place) => {
    const rest = keys.filter((one) => one !== key);
    rest.splice(Math.max(0, Math.min(rest.length, place)), 0, key);
    return rest;
  };

  // Columns of one value in all of `rows` that have any, where there are several rows.
  const constant = (columns, rows) => {
    const isConstant = ({ values }) => {
      const [first, ...rest] = rows.map((index) => values[index]).filter((value) => value !== null);
      return rest.every((value) => Object.is(value, first));
    };
    return rows.length > 1 ? columns.filter(isConstant).map(({ key }) => key) : [];
  };

  // "metrics.loss:120" and so on, as widths by key.
  const parseWidths = (text) => {
    const pairs = splitKeys(text).map((one) => [one.slice(0, one.lastIndexOf(":")), Number(one.slice(one.lastIndexOf(":") + 1))]);
    return new Map(pairs.filter(([, width]) => width > 0 && width < 2000));
  };
  const formatWidths = (widths) => joinKeys([...widths].map(([key, width]) => `${key}:${Math.round(width)}`));

  const columns = { NAME, usual, choose, chooseNarrow, write, move, constant, parseWidths, formatWidths };
  if (typeof runfolio !== "undefined") runfolio.tableColumns = columns;
  if (typeof module === "object") module.exports = columns;
})();

// The runs table in the browser: what its cells, headings and rows are made of, and moving in it by keys.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show, summarize, align, describe, range, heat, delta, status } = runfolio.cells;
  const { factsOf } = runfolio.tableLines;
  const { sound, broken, countRuns } = runfolio.rows;
  const NAME = runfolio.tableColumns.NAME;
  const SVG = "http://www.w3.org/2000/svg";
  const INDENT = 18;

  const swatch = (color, dash) => {
    const svg = document.createElementNS(SVG, "svg");
    const line = document.createElementNS(SVG, "line");
    for (const [name, value] of Object.entries({ class: `swatch run-${color} dash-${dash}`, viewBox: "0 0 16 8", width: 16, height: 8, "aria-hidden": true })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ x1: 1, y1: 4, x2: 15, y2: 4 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  const statusMark = (value, narrow) => {
    const [word, mark] = status(value);
    return make("span", { class: `status status-${word}`, title: narrow ? word : null }, make("span", { class: "mark", "aria-hidden": "true" }, mark), narrow ? make("span", { class: "hidden" }, word) : ` ${word}`);
  };

  const arrow = (better) => make("span", { "aria-hidden": "true" }, better === null ? "" : better ? "▲ " : "▼ ");

  // Draws cells from `table`: {workspace, view, facts, columns (Map by key), narrow, heat, current}.
  const cellsOf = (table) => {
    const { statuses, indices } = table.workspace;
    const contenders = sound(indices, statuses);
    const remember = (make) => {
      const known = new Map();
      return (column) => {
        if (!known.has(column.values)) known.set(column.values, make(column));
        return known.get(column.values);
      };
    };
    const factsOfColumn = remember((column) => describe(column, indices, contenders));
    const rangeOf = remember((column) => range(column, contenders));

    const tab = (line) => (line === table.current ? 0 : -1);

    const pick = (line) => {
      const { group } = factsOf(table.facts, line);
      const { names } = table.workspace;
      const members = group ? group.members : [line];
      const count = members.filter((index) => table.selected.has(index)).length;
      const box = make("input", { type: "checkbox", "data-pick": true, tabindex: tab(line), "aria-label": `Select ${group ? group.label : names[line]}` });
      box.checked = count === members.length;
      box.indeterminate = count > 0 && count < members.length;
      return box;
    };

    const fold = (line, { folded, children }, label) =>
      make("button", { type: "button", class: "fold", "data-fold": true, tabindex: tab(line), "aria-expanded": String(!folded), "aria-label": `${children} run${children === 1 ? "" : "s"} of ${label}` }, folded ? "▸" : "▾");

    const name = (line, element) => {
      const facts = factsOf(table.facts, line);
      const content = document.createDocumentFragment();
      const { names, ids, colors, dashes } = table.workspace;
      element.setAttribute("role", "rowheader");
      if (facts.depth) element.style.paddingInlineStart = `${10 + INDENT * facts.depth}px`;
      const label = facts.group ? facts.group.label : names[line];
      if (facts.children) content.append(fold(line, facts, label));
      if (facts.group) {
        const { color, dash, members } = facts.group;
        const words = countRuns(members, statuses);
        const isWhole = !members.some((index) => broken(statuses[index]));
        const told = isWhole ? String(members.length) : table.narrow ? words.replace(/ runs?/, "") : words;
        content.append(swatch(color, dash), make("span", { class: "of-two" }, make("strong", { title: label }, label), make("span", { class: "aside", title: words }, ` ${told}`)));
        return content;
      }
      content.append(swatch(colors[line], dashes[line]), make("a", { href: runfolio.controls.address(ids[line]), tabindex: tab(line), title: label, "data-open": true }, label));
      if (line === table.view.baseline) content.append(make("span", { class: "badge" }, "baseline"));
      if (facts.pinned) content.append(make("span", { class: "badge" }, "pinned"));
      content.append(make("button", { type: "button", class: "more-of-row", "data-more": true, tabindex: tab(line), "aria-label": `All of ${label}`, "aria-haspopup": "dialog" }, "⋯"));
      return content;
    };

    const tint = (element, column, value) => {
      const share = table.heat && column.group === "Metrics" ? heat(rangeOf(column), value, column.direction) : null;
      if (share === null) return;
      element.classList.add("heat");
      element.style.setProperty("--heat", `${Math.round(share * 45)}%`);
    };

    const figure = (column, index, element) => {
      const facts = factsOfColumn(column);
      const value = column.values[index];
      const { text, full } = show(column, index);
      if (full) element.title = runfolio.marked(full);
      tint(element, column, value);
      const isBest = facts.best !== null && value === facts.best;
      const main = make("span", { class: isBest ? "best" : null }, align(text, facts.widest), ...(isBest ? [make("span", { class: "hidden" }, " (best)")] : []));
      return index === table.view.baseline ? main : withDelta(column, value, main);
    };

    // What stands in a cell, over its difference from the baseline.
    const withDelta = (column, value, main) => {
      const base = table.view.baseline;
      const change = base >= 0 && column.group === "Metrics" ? delta(value, column.values[base], column.direction) : null;
      if (!change) return main;
      const tone = change.better === null ? "" : change.better ? " better" : " worse";
      return make("span", { class: "with-delta" }, main, make("span", { class: `delta${tone}` }, arrow(change.better), change.text, make("span", { class: "hidden" }, change.better === null ? " from the baseline" : ` ${change.better ? "better" : "worse"} than the baseline`)));
    };

    const summary = (column, group, element) => {
      const { text, full, mean, isShared } = summarize(column, group);
      if (full) element.title = runfolio.marked(full);
      if (mean !== null) {
        tint(element, column, mean);
        return withDelta(column, mean, make("span", {}, text));
      }
      if (column.kind === "status" && isShared) return statusMark(column.values[group.members[0]], table.narrow);
      const isMark = column.kind === "status" && table.narrow; // which several have none of
      return isShared ? document.createTextNode(runfolio.marked(text)) : make("span", { class: isMark ? "hidden" : "aside" }, text);
    };

    const value = (line, key, element) => {
      const column = table.columns.get(key);
      if (!column) return document.createTextNode("…");
      const numeric = column.kind === "number" || column.kind === "duration";
      element.classList.add(numeric ? "num" : "text");
      const { group } = factsOf(table.facts, line);
      if (group) return summary(column, group, element);
      if (column.kind === "status") return statusMark(column.values[line], table.narrow);
      if (column.kind === "number") return figure(column, line, element);
      const { text, full } = show(column, line);
      if (full) element.title = runfolio.marked(full);
      return document.createTextNode(runfolio.marked(text));
    };

    return (line, key, element) => (key === "pick" ? pick(line) : key === NAME ? name(line, element) : value(line, key, element));
  };

  // Arrow keys go to the same control of the next row; a row's other controls lie left and right.
  const CONTROLS = "[data-pick], [data-fold], [data-open], [data-more]";
  const kindOf = (control) => ["pick", "fold", "open", "more"].find((kind) => kind in control.dataset);

  const moveByKeys = (table, element) => {
    const rows = () => [...element.querySelectorAll(".tabulator-row")];
    const focus = (row, kind) => (row.querySelector(`[data-${kind}]`) ?? row.querySelector(CONTROLS))?.focus();
    element.addEventListener("focusin", ({ target }) => {
      const row = target.closest(".tabulator-row");
      const line = row && table.lineOf(row);
      if (!row || line === table.current) return;
      for (const one of element.querySelectorAll(`.tabulator-row :is(${CONTROLS})[tabindex="0"]`)) one.tabIndex = -1;
      for (const one of row.querySelectorAll(CONTROLS)) one.tabIndex = 0;
      table.current = line;
    });
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const row = event.target.closest(".tabulator-row");
      if (!row) {
        if (step !== 1 || !event.target.classList.contains("tabulator-tableholder")) return;
        const top = event.target.getBoundingClientRect().top;
        const first = rows().find((one) => one.getBoundingClientRect().top >= top - 1);
        if (first) focus(first, "open");
      } else if (step) {
        const all = rows();
        const next = all[all.indexOf(row) + step];
        if (next) focus(next, kindOf(event.target) ?? "open");
      } else if (side) {
        const controls = [...row.querySelectorAll(CONTROLS)];
        controls[controls.indexOf(event.target) + side]?.focus();
      } else if (event.key === " " && "open" in event.target.dataset) {
        row.querySelector("[data-pick]").click();
      } else return;
      event.preventDefault();
    });
  };

  // Runs `change` and puts the focus back on the control that it redrew.
  const keepFocus = (table, element, change) => {
    const { activeElement: active } = document;
    const row = element.contains(active) ? active.closest(".tabulator-row") : null;
    const line = row && table.lineOf(row);
    const kind = row && kindOf(active);
    const heading = element.contains(active) ? active.dataset.sort : null;
    change();
    if (heading && document.activeElement === document.body) [...element.querySelectorAll("[data-sort]")].find((one) => one.dataset.sort === heading)?.focus({ preventScroll: true });
    if (!kind || document.activeElement !== document.body) return;
    const again = [...element.querySelectorAll(".tabulator-row")].find((one) => table.lineOf(one) === line);
    again?.querySelector(`[data-${kind}]`)?.focus({ preventScroll: true });
  };

  runfolio.tableView = { cellsOf, moveByKeys, keepFocus, swatch, statusMark };
})();

// The headings of the runs table: they sort, one column or with Shift several, and move by keys.

(() => {
  "use strict";

  // The sort order after a click on a heading: ascending, descending, not at all; `more` keeps the others.
  const next = (sort, key, more) => {
    const place = sort.findIndex((one) => one.key === key);
    const now = sort[place];
    const then = !now ? { key, descending: false } : now.descending ? null : { key, descending: true };
    if (!more) return then ? [then] : [];
    if (place < 0) return [...sort, then];
    return sort.flatMap((one) => (one.key === key ? (then ? [then] : []) : [one]));
  };

  if (typeof module === "object") module.exports = { next };
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { formatSort } = runfolio.workspace;
  const NAME = runfolio.tableColumns.NAME;
  const PADDING = 10;
  const CHIP = 10; // the border and padding of an aggregate
  const AGGREGATES = { last: "", min: "min", max: "max", best: "best", mean: "mean", first: "first", count: "count" };

  // Makes headings and, on `update`, shows how the table is sorted. moveColumn(key, step) moves one.
  const headings = (table, moveColumn, measure) => {
    const made = new Map();

    const aggregateOf = (key) => AGGREGATES[table.view.aggregates.get(key) ?? "last"];
    const markOf = (key) => {
      const { sort } = table.view;
      const place = sort.findIndex((one) => one.key === key);
      return place < 0 ? "" : `${sort[place].descending ? " ▼" : " ▲"}${sort.length > 1 ? place + 1 : ""}`;
    };

    // How wide a heading is, with its aggregate and the mark of sorting.
    const need = (key) => {
      const aggregate = aggregateOf(key);
      return Math.ceil(measure(titleOf(key)) + (aggregate ? measure(` ${aggregate}`) + CHIP : 0) + measure(markOf(key)) + 2 * PADDING);
    };

    // On a phone the status is a mark, which needs no heading that shows.
    const titleOf = (key) => (table.narrow && key === "attributes.status" ? "" : table.described.get(key).title);

    const pickAll = () => {
      const box = make("input", { type: "checkbox", "data-pick-all": true, "aria-label": "Select all runs shown" });
      box.addEventListener("change", () => (box.checked ? table.workspace.selectAll() : state.update({ runs: "" })));
      made.set("pick", { box });
      return box;
    };

    const heading = (key, _, element) => {
      if (key === "pick") return pickAll();
      const column = table.described.get(key);
      const aggregate = aggregateOf(key);
      const title = titleOf(key);
      const mark = make("span", { class: "sort-mark", "aria-hidden": "true" });
      const button = make("button", { type: "button", "data-sort": key, title: column.hint }, title || make("span", { class: "hidden" }, column.title), ...(aggregate ? [make("span", { class: "aggregate" }, ` ${aggregate}`)] : []), mark);
      button.addEventListener("click", (event) => state.update({ sort: formatSort(next(table.view.sort, key, event.shiftKey)) }));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!event.altKey || !step || key === NAME) return;
        event.preventDefault();
        moveColumn(key, step);
      });
      if (["number", "duration"].includes(column.kind)) element.classList.add("num");
      made.set(key, { mark, element });
      return button;
    };

    const update = () => {
      const { sort, rows } = table.view;
      for (const [key, { mark, element }] of made) {
        if (!mark) continue;
        const place = sort.findIndex((one) => one.key === key);
        const { descending } = sort[place] ?? {};
        mark.textContent = markOf(key);
        element.setAttribute("aria-sort", place !== 0 ? "none" : descending ? "descending" : "ascending");
      }
      const all = made.get("pick")?.box;
      if (!all) return;
      const count = table.selected.size ? rows.filter((index) => table.selected.has(index)).length : 0;
      all.checked = count > 0 && count === rows.length;
      all.indeterminate = count > 0 && count < rows.length;
    };

    const focus = (key) => made.get(key)?.element?.querySelector("button")?.focus();

    return { heading, need, update, focus };
  };

  // Measures texts as an element writes them.
  const measurer = (element) => {
    const { fontFamily, fontSize } = getComputedStyle(element);
    const context = document.createElement("canvas").getContext("2d");
    context.font = `${fontSize} ${fontFamily}`;
    const known = new Map();
    return (text) => {
      if (!known.has(text)) known.set(text, context.measureText(text).width);
      return known.get(text);
    };
  };

  runfolio.tableHeadings = { make: headings, measurer };
})();

// Everything of one run in a dialog: on a phone what the table has no room for, and what one can do with it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show } = runfolio.cells;

  const action = (text, act, dialog) =>
    make("button", { type: "button", onclick: () => { dialog.close(); act(); } }, text);

  const values = (columns, index) => {
    const shown = columns.map((column) => [column, show(column, index)]).filter(([, { text }]) => text !== "" && text !== "—");
    const list = make("dl", { class: "pairs" });
    for (const [column, { text, full }] of shown) list.append(make("div", {}, make("dt", {}, column.title), make("dd", { title: full }, text)));
    return list;
  };

  runfolio.tableDetail = async ({ workspace, view }, index) => {
    const { names, ids, colors, dashes } = workspace;
    const dialog = make("dialog", { class: "detail", "aria-labelledby": "detail-name" });
    const isPinned = view.pinned.includes(index);
    const isBaseline = view.baseline === index;
    dialog.append(
      make("div", { class: "detail-head" },
        make("h3", { id: "detail-name" }, runfolio.tableView.swatch(colors[index], dashes[index]), make("a", { href: runfolio.controls.address(ids[index]) }, names[index])),
        make("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
      ),
      make("div", { class: "controls" },
        action(isBaseline ? "No baseline" : "Set as baseline", () => workspace.setBaseline(isBaseline ? -1 : index), dialog),
        action(isPinned ? "Unpin" : "Pin to the top", () => workspace.pinRuns(isPinned ? view.pinned.filter((one) => one !== index) : [...view.pinned, index]), dialog),
        action("Hide", () => workspace.hide([index]), dialog),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    await workspace.load();
    for (const group of ["Metrics", "Parameters", "Tags", "Run", "System"]) {
      const columns = workspace.columns.filter((column) => column.group === group && column.key !== runfolio.tableColumns.NAME).map(({ key }) => workspace.column(key)).filter(Boolean);
      const list = values(columns, index);
      if (list.children.length) dialog.append(make("h4", {}, group), list);
    }
  };
})();

// The menus of the runs table: which columns show, in which order, and by what runs are grouped.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys } = runfolio.workspace;
  const { NAME, write, move, constant } = runfolio.tableColumns;
  const AGGREGATES = ["last", "best", "min", "max", "mean"];
  const SEARCHED = 12; // a list longer than this has a search

  const matches = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return ({ name, title }) => words.every((word) => `${name} ${title}`.toLowerCase().includes(word));
  };

  const iconButton = (text, label, act, more = {}) => make("button", { type: "button", class: "quiet icon", "aria-label": label, title: label, onclick: act, ...more }, text);

  // Keeps a menu's panel as the table is, while it is open, with the focus where it was.
  const menu = (details, table, fill) => {
    const panel = details.querySelector("fieldset");
    const search = make("input", { type: "search", class: "menu-search", placeholder: "Search", "aria-label": "Search the list", autocomplete: "off" });
    const body = make("div");
    panel.append(search, body);
    const draw = () => {
      if (!details.open) return;
      const focused = body.contains(document.activeElement) ? document.activeElement.dataset.what : null;
      const place = panel.scrollTop;
      body.replaceChildren(...fill(search.value, search));
      panel.scrollTop = place;
      if (focused) [...body.querySelectorAll("[data-what]")].find((one) => one.dataset.what === focused)?.focus({ preventScroll: true });
    };
    search.addEventListener("input", draw);
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      draw();
      table.workspace.load().then(draw);
    });
    document.addEventListener("click", (event) => {
      if (details.open && event.target.isConnected && !details.contains(event.target)) details.open = false;
    });
    table.menus = [...(table.menus ?? []), draw];
    return draw;
  };

  const byGroup = (columns, row) => {
    const groups = Map.groupBy ? Map.groupBy(columns, ({ group }) => group) : columns.reduce((found, one) => found.set(one.group, [...(found.get(one.group) ?? []), one]), new Map());
    return [...groups].flatMap(([name, members]) => [make("p", { class: "menu-group" }, `${name} `, make("span", { class: "aside" }, String(members.length))), ...members.map(row)]);
  };

  runfolio.tableChooser = (table, details) => {
    const { workspace } = table;
    const set = (shown, pinned = table.pinned) => state.update(write(workspace.columns, { shown, pinned }));
    const toggle = (key, on) => set(on ? [...table.shown, key] : table.shown.filter((one) => one !== key), on ? table.pinned : table.pinned.filter((one) => one !== key));
    const pin = (key) => set(table.shown, table.pinned.includes(key) ? table.pinned.filter((one) => one !== key) : [...table.pinned, key]);

    const aggregates = (column) => {
      const now = table.view.aggregates.get(column.key) ?? "last";
      const box = make("select", { "aria-label": `Value of ${column.name}`, "data-what": `aggregate ${column.key}` }, ...AGGREGATES.filter((one) => one !== "best" || column.direction).map((one) => make("option", { value: one }, one)));
      box.value = now;
      box.addEventListener("change", () => {
        const next = new Map(table.view.aggregates).set(column.key, box.value);
        state.update({ agg: joinKeys([...next].filter(([, aggregate]) => aggregate !== "last").map(([key, aggregate]) => `${key}.${aggregate}`)) });
      });
      return box;
    };

    const check = (column, on) => {
      const box = make("input", { type: "checkbox", "data-what": `show ${column.key}` });
      box.checked = on;
      box.addEventListener("change", () => toggle(column.key, box.checked));
      return make("label", { title: column.hint }, box, make("span", { class: "menu-name" }, column.title));
    };

    let dragged = null;
    const shownRow = (column) => {
      const { key, title } = column;
      const place = table.shown.indexOf(key);
      const isPinned = table.pinned.includes(key);
      const row = make("li", { draggable: "true", class: isPinned ? "pinned" : null }, make("span", { class: "grip", "aria-hidden": "true" }, "⠿"), check(column, true),
        ...(column.key.startsWith("metrics.") ? [aggregates(column)] : []),
        iconButton("↑", `Move ${title} up`, () => set(move(table.shown, key, place - 1)), { "data-what": `up ${key}`, disabled: place === 0 }),
        iconButton("↓", `Move ${title} down`, () => set(move(table.shown, key, place + 1)), { "data-what": `down ${key}`, disabled: place === table.shown.length - 1 }),
        iconButton("pin", isPinned ? `Unpin ${title}` : `Keep ${title} in sight`, () => pin(key), { "data-what": `pin ${key}`, "aria-pressed": String(isPinned) }),
      );
      row.addEventListener("dragstart", (event) => {
        dragged = key;
        event.dataTransfer.effectAllowed = "move";
      });
      row.addEventListener("dragover", (event) => dragged && event.preventDefault());
      row.addEventListener("drop", (event) => {
        event.preventDefault();
        if (dragged) set(move(table.shown, dragged, place));
        dragged = null;
      });
      return row;
    };

    const told = make("p", { class: "aside", role: "status" });
    const hideConstant = () => {
      const columns = table.shown.map((key) => table.columns.get(key)).filter(Boolean);
      const same = new Set(constant(columns, table.view.rows));
      told.textContent = same.size ? "" : "None is constant: no column shown has the same value in all runs that have it.";
      set(table.shown.filter((key) => !same.has(key)), table.pinned.filter((key) => !same.has(key)));
    };

    return menu(details, table, (query) => {
      const fits = matches(query);
      const shown = table.shown.map((key) => table.described.get(key)).filter(fits);
      const rest = workspace.columns.filter((column) => column.key !== NAME && !table.shown.includes(column.key) && fits(column));
      const list = make("ul", { class: "menu-shown" }, ...shown.map(shownRow));
      return [
        make("div", { class: "controls" },
          make("button", { type: "button", "data-what": "constant", onclick: hideConstant }, "Hide constant columns"),
          make("button", { type: "button", "data-what": "usual", onclick: () => state.update({ cols: "", pin: "", agg: "", widths: "" }) }, "Reset"),
        ),
        told,
        ...(shown.length ? [make("p", { class: "menu-group" }, "Shown, in order ", make("span", { class: "aside" }, String(shown.length))), list] : []),
        ...byGroup(rest, (column) => check(column, false)),
        ...(shown.length || rest.length ? [] : [make("p", { class: "aside" }, `No column matches “${query}”.`)]),
      ];
    });
  };

  runfolio.tableGrouping = (table, details) => {
    const { workspace } = table;
    const groupable = () => workspace.columns.filter(({ key, group, kind }) => key !== NAME && (["Parameters", "Tags"].includes(group) || kind === "status") && (table.view.group.includes(key) || !table.described.get(key).constant));
    const set = (keys) => state.update({ group: joinKeys(keys), open: "" });

    const row = (column) => {
      const box = make("input", { type: "checkbox", "data-what": `group ${column.key}` });
      const { group } = table.view;
      box.checked = group.includes(column.key);
      box.addEventListener("change", () => set(box.checked ? [...group, column.key] : group.filter((key) => key !== column.key)));
      return make("label", {}, box, make("span", { class: "menu-name" }, column.title), ...(box.checked && group.length > 1 ? [make("span", { class: "aside" }, String(group.indexOf(column.key) + 1))] : []));
    };

    const openAll = (open) => state.update({ open: open ? joinKeys(table.view.groups.map(({ key }) => key)) : "" });

    return menu(details, table, (query, search) => {
      const columns = groupable();
      search.hidden = columns.length <= SEARCHED;
      return [
        ...(table.view.groups ? [make("div", { class: "controls" },
          make("button", { type: "button", "data-what": "unfold", onclick: () => openAll(true) }, "Unfold all"),
          make("button", { type: "button", "data-what": "fold", onclick: () => openAll(false) }, "Fold all"),
          make("button", { type: "button", "data-what": "none", onclick: () => set([]) }, "No groups"),
        )] : []),
        ...byGroup(columns.filter(matches(query)), row),
        ...(columns.length ? [] : [make("p", { class: "aside" }, "All runs have the same parameters and tags.")]),
      ];
    });
  };
})();

// The tools above the runs table: search, heat, and what can be done with the selected runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys } = runfolio.workspace;

  const MOST = 200; // runs that a comparison can take in

  const { count: plural } = runfolio.format;

  // "12 of 250 runs", "250 runs"; while those of a large experiment come, how many are there.
  const counted = ({ workspace, view }, failed = false) => {
    if (!workspace.wholeRows()) return `${workspace.loaded.toLocaleString("en")} of ${plural(workspace.total, "run")} ${failed ? "are here, the others couldn’t be loaded" : "loaded"}`;
    const all = workspace.count - view.hidden.size;
    const shown = view.brush ? view.rows.filter((index) => view.brush.has(index)).length : view.rows.length;
    return shown === all ? plural(all, "run") : `${shown.toLocaleString("en")} of ${plural(all, "run")}`;
  };

  const button = (text, act, hint = null) => make("button", { type: "button", class: "quiet", title: hint, onclick: act }, text);

  // The comparison of some runs, with the baseline and the groups that the table has.
  const comparing = ({ ids: all }, { baseline, group }, ids) => {
    const groups = group.filter((key) => /^(params|tags)\./.test(key));
    const base = baseline >= 0 ? all[baseline] : "";
    const runs = [...new Set([...ids, ...(base ? [base] : [])])].join(",");
    return `${runfolio.site().root}compare.html${state.format({ runs, base, group: joinKeys(groups) })}`;
  };

  const canCompare = () => !runfolio.isElsewhere(runfolio.site().root + "compare.html");

  const toCompare = (workspace, view) => {
    if (!canCompare()) return [];
    if (view.selected.length > MOST) return [make("span", {}, `select up to ${MOST} to compare`)];
    const ids = view.selected.map((index) => workspace.ids[index]);
    return [make("a", { href: comparing(workspace, view, ids) }, "Compare")];
  };

  const forSelected = ({ workspace, view }) => {
    const { selected, pinned } = view;
    return [
      make("strong", {}, `${selected.length.toLocaleString("en")} selected`),
      ...toCompare(workspace, view),
      button("Hide", () => state.update({ ...hiding(workspace, selected), runs: "" })),
      button("Pin", () => workspace.pinRuns([...new Set([...pinned, ...selected])]), "Keep at the top of the table"),
      ...(selected.length === 1 ? [button("Set as baseline", () => workspace.setBaseline(selected[0]), "Show every metric’s difference to this run")] : []),
      button("Clear", () => state.update({ runs: "" })),
    ];
  };

  const hiding = (workspace, indices) => ({ hide: [...new Set([...workspace.view.hidden, ...indices])].map(workspace.short).join(",") });

  const notes = ({ workspace, view }) => {
    const parts = [];
    if (view.baseline >= 0) parts.push(make("span", {}, `Baseline: ${workspace.names[view.baseline]}`), button("Remove baseline", () => workspace.setBaseline(-1)));
    if (view.pinned.length) parts.push(button(`Unpin ${view.pinned.length}`, () => workspace.pinRuns([])));
    if (view.hidden.size) parts.push(make("span", {}, `${view.hidden.size.toLocaleString("en")} hidden`), button("Show hidden", () => state.update({ hide: "" })));
    if (view.brush) parts.push(make("span", {}, "brushed in a chart"), button("Clear brush", () => workspace.setBrush(null)));
    return parts;
  };

  runfolio.tableTools = (table) => {
    const { workspace } = table;
    const search = document.querySelector("[data-search]");
    const heat = document.querySelector("[data-heat]");
    const count = document.querySelector("[data-count]");
    const selection = document.querySelector("[data-selection]");
    runfolio.tableChooser(table, document.querySelector("[data-columns-menu]"));
    // One run has nothing to be grouped or compared with.
    const groups = document.querySelector("[data-group-menu]");
    if (groups) runfolio.tableGrouping(table, groups);

    search.addEventListener("focus", () => workspace.load().then(() => workspace.searchable()));
    search.addEventListener("input", () => state.update({ q: search.value }));
    heat?.addEventListener("click", () => state.update({ heat: heat.getAttribute("aria-pressed") === "true" ? "" : "1" }));

    workspace.followRows((failed) => (count.textContent = counted(table, failed)));

    table.told = () => {
      const query = table.settings.q || "";
      if (search.value !== query) search.value = query;
      heat?.setAttribute("aria-pressed", String(table.heat));
      count.textContent = counted(table);
      const focused = selection.contains(document.activeElement);
      selection.replaceChildren(
        ...(table.view.selected.length ? forSelected(table) : workspace.count > 1 && canCompare() ? [make("span", {}, "Tick runs to compare them.")] : []),
        ...notes(table),
      );
      if (focused) selection.querySelector("button, a")?.focus();
    };
  };
})();

// On paper the runs table is a plain one of the rows and columns that show, up to a thousand, and of the
// columns as many as a sheet is wide.

(() => {
  "use strict";

  const ROOM = 680; // of a sheet's width
  const LONGEST = 40; // characters of a text, such as that of a list or an object

  const shorten = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

  // How wide a column has to be for its longest words, since its texts wrap.
  const need = (texts) => {
    const longest = texts.reduce((most, text) => text.split(" ").reduce((length, word) => Math.max(length, word.length), most), 0);
    return 14 + 6.5 * longest;
  };

  // How many columns have room beside the first, which has its own way of wrapping.
  const fit = (needs, room = ROOM) => {
    let sum = 0;
    const place = needs.findIndex((one) => (sum += one) > room);
    return place < 0 ? needs.length : place;
  };

  if (typeof module === "object") module.exports = { shorten, need, fit };
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const { show, summarize } = runfolio.cells;
  const { countRuns } = runfolio.rows;
  const { factsOf } = runfolio.tableLines;
  const MOST = 1000;
  const SAMPLE = 100; // rows by which widths are judged
  const NAMES = 130; // the room of the first column

  const sideOf = ({ kind }) => (["number", "duration"].includes(kind) ? "num" : "text");

  const paper = (table) => {
    const { workspace, described } = table;
    const lines = table.lines.slice(0, MOST);
    const textOf = (column, line) => {
      const { group } = factsOf(table.facts, line);
      return shorten((group ? summarize(column, group) : show(column, line)).text).replace("± ", "±\u00a0");
    };
    const all = table.shown.map((key) => table.columns.get(key)).filter(Boolean);
    const title = ({ key }) => described.get(key).title;
    const count = fit(all.map((column) => need([title(column), ...lines.slice(0, SAMPLE).map((line) => textOf(column, line))])), ROOM - NAMES);
    const columns = all.slice(0, count);
    const head = make("tr", {}, make("th", { scope: "col" }, "name"), ...columns.map((column) => make("th", { scope: "col", class: sideOf(column) }, title(column))));
    const rows = lines.map((line) => {
      const { group, depth } = factsOf(table.facts, line);
      const name = group ? `${group.label} (${countRuns(group.members, workspace.statuses)})` : workspace.names[line];
      return make("tr", {}, make("th", { scope: "row" }, "\u2003".repeat(depth) + name), ...columns.map((column) => make("td", { class: sideOf(column) }, textOf(column, line))));
    });
    const left = all.slice(count).map(title);
    const note = left.length ? [make("p", { class: "aside" }, `No room on paper for ${left.length === 1 ? "a column" : `${left.length} columns`}: ${left.join(", ")}.`)] : [];
    return make("div", { class: "paper" }, make("table", { class: "listing small" }, make("thead", {}, head), make("tbody", {}, ...rows)), ...note);
  };

  runfolio.tablePrint = (table, frame) => {
    addEventListener("beforeprint", () => frame.append(paper(table)));
    addEventListener("afterprint", () => frame.querySelector(".paper")?.remove());
  };
})();

// The runs table: follows the workspace's view and shows it in place of the table without scripts.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const { joinKeys, splitKeys } = runfolio.workspace;
  const { NAME, choose, chooseNarrow, write, move, parseWidths, formatWidths } = runfolio.tableColumns;
  const { compose, factsOf } = runfolio.tableLines;
  const { cellsOf, moveByKeys, keepFocus } = runfolio.tableView;
  const { summarize } = runfolio.cells;
  const { countRuns } = runfolio.rows;
  const { tableHeadings } = runfolio;
  const { measurer } = tableHeadings;

  const ROW = 33;
  const ROW_WITH_DELTA = 47;
  const RULE = 1;
  const PICK = 34;
  const PADDING = 10;
  const LEAST = 72;
  const STATUS = 30; // on a phone, where it is a mark
  const TWO_NUMBERS = 156; // a value with its difference
  const OF_NAME = 80; // what stands before and after a group's name
  const STAR = 16; // before the best value
  const BOLD = 1.1; // times as wide
  const NARROW = matchMedia("(max-width: 640px)");

  // Where the least and the greatest number are; nothing where there is none.
  const extremes = (values) => {
    let [least, greatest] = [-1, -1];
    for (let index = 0; index < values.length; index += 1) {
      if (!Number.isFinite(values[index])) continue;
      if (least < 0 || values[index] < values[least]) least = index;
      if (greatest < 0 || values[index] > values[greatest]) greatest = index;
    }
    return least < 0 ? [] : [least, greatest];
  };

  // How wide a column has to be for some of its values, the least and the greatest among them.
  const estimate = (column, measure) => {
    const { values } = column;
    const places = extremes(values);
    const step = Math.max(1, Math.floor(values.length / 50));
    for (let index = 0; index < values.length; index += step) places.push(index);
    const decimals = runfolio.cells.describe(column, [...values.keys()], []).widest;
    const widest = Math.max(0, ...places.map((index) => measure(runfolio.cells.align(runfolio.cells.show(column, index).text, decimals))));
    const best = column.direction ? STAR + (BOLD - 1) * widest : 0;
    return Math.min(240, widest + 2 * PADDING + best);
  };

  const start = async (frame, workspace) => {
    const fixed = frame.querySelector(".runs-table");
    const widths = new Map([...fixed.tHead.rows[0].cells].filter((cell) => cell.offsetWidth).map((cell) => [cell.dataset.key || "pick", cell.getBoundingClientRect().width]));
    const listed = fixed.tBodies[0].rows.length; // the runs that these widths are made for
    const described = new Map(workspace.columns.map((column) => [column.key, column]));
    const table = { workspace, described, view: workspace.view, facts: new Map(), lines: [], columns: new Map(), selected: new Set(workspace.view.selected), narrow: NARROW.matches, heat: false, current: null, shown: [], pinned: [] };
    const element = make("div", { class: "runs-grid", id: "runs-grid", "aria-label": fixed.caption.textContent });
    const rows = new WeakMap();
    table.lineOf = (row) => rows.get(row);
    const nothing = make("p", { class: "nothing", role: "status", hidden: true });

    const chosen = (settings) => (table.narrow ? chooseNarrow(workspace.columns, workspace.primary) : choose(workspace.columns, settings));

    // Columns with the aggregates the reader chose.
    const read = () => {
      table.columns = new Map(
        table.shown.map((key) => {
          const aggregate = table.view.aggregates.get(key);
          return [key, workspace.column(aggregate && aggregate !== "last" ? `${key}.${aggregate}` : key)];
        }),
      );
    };

    let laid = new Map(); // widths by key, without those the reader chose
    const definitions = (settings) => {
      const own = table.narrow ? new Map() : parseWidths(settings.widths);
      const groups = [...table.facts.values()].flatMap(({ group }) => group ?? []);
      const needed = (column) => {
        const difference = !table.narrow && table.view.baseline >= 0 && column?.group === "Metrics" ? TWO_NUMBERS : 0;
        if (!column || !groups.length || column.kind === "status") return difference;
        return groups.reduce((most, group) => Math.max(most, measure(summarize(column, group).text) + 2 * PADDING), difference);
      };
      const named = groups.reduce((most, { label, members }) => Math.max(most, BOLD * measure(`${label} ${countRuns(members, workspace.statuses)}`) + OF_NAME), 0);
      const natural = (key) => {
        const column = table.described.get(key);
        if (table.narrow && column.kind === "status") return STATUS;
        const values = table.columns.get(key);
        const laidOut = table.narrow ? undefined : widths.get(key);
        const room = laidOut && values?.values.length <= listed ? laidOut : Math.max(laidOut ?? LEAST, values ? estimate(values, measure) : 100);
        return Math.max(key === NAME ? named : needed(values), headings.need(key), room);
      };
      const width = (key) => own.get(key) ?? natural(key);
      const fields = [{ field: "pick", width: widths.get("pick") ?? PICK, minWidth: 20, frozen: true, resizable: false, cssClass: "pick" }, { field: NAME, width: width(NAME), frozen: true, minWidth: 90, cssClass: "name" }];
      for (const key of table.shown) fields.push({ field: key, width: width(key), frozen: table.pinned.includes(key), minWidth: STATUS });
      const spare = frame.clientWidth - fields.reduce((sum, one) => sum + one.width, 0);
      if (!own.has(NAME)) fields[1].width = Math.max(120, table.narrow ? fields[1].width + spare : Math.min(fields[1].width + Math.max(0, spare), 420));
      laid = new Map(fields.filter(({ field }) => !own.has(field)).map((one) => [one.field, one.width]));
      return fields;
    };

    const moveColumn = (key, step) => {
      const shown = move(table.shown, key, table.shown.indexOf(key) + step);
      state.update(write(workspace.columns, { ...table, shown }));
      headings.focus(key);
    };
    const headings = tableHeadings.make(table, moveColumn, measurer(fixed.tHead.rows[0].cells[1]));
    const measure = measurer(fixed.tBodies[0].rows[0].cells[1]);

    const height = () => {
      const limit = Math.min(760, Math.max(320, innerHeight * 0.7));
      const header = element.querySelector(".tabulator-header")?.offsetHeight || ROW;
      const row = rowHeight() + RULE;
      const holder = element.querySelector(".tabulator-tableholder");
      const bar = holder ? holder.offsetHeight - holder.clientHeight : 0;
      element.style.height = `${Math.min(limit, header + table.lines.length * row + bar)}px`;
      element.style.setProperty("--row-height", `${rowHeight()}px`);
    };
    const rowHeight = () => (table.view.baseline >= 0 ? ROW_WITH_DELTA : ROW);

    const arrange = () => {
      const { lines, facts } = compose(table.view, { open: new Set(splitKeys(table.settings.open)), folded: new Set(state.list(table.settings.fold).map(workspace.index)), statuses: workspace.statuses });
      const same = lines === table.lines || (lines.length === table.lines.length && lines.every((line, place) => line === table.lines[place]));
      Object.assign(table, { lines, facts, current: lines.includes(table.current) ? table.current : lines[0] });
      return same;
    };

    table.settings = state.read();
    table.view = workspace.view;
    Object.assign(table, chosen(table.settings));
    read();
    arrange();
    frame.append(element, nothing);
    height();
    const grid = await runfolio.grid(element, {
      columns: definitions(table.settings),
      rowHeight: rowHeight(),
      cell: cellsOf(table),
      heading: headings.heading,
      dress: (line, row) => {
        rows.set(row, line);
        const facts = factsOf(table.facts, line);
        row.dataset.line = typeof line === "number" ? workspace.ids[line] : "";
        row.classList.toggle("picked", table.selected.has(line));
        row.classList.toggle("context", facts.context);
        row.classList.toggle("of-group", Boolean(facts.group));
        row.classList.toggle("is-baseline", line === table.view.baseline);
        row.setAttribute("aria-selected", String(table.selected.has(line)));
      },
      moved: (fields) => state.update(write(workspace.columns, { ...table, shown: fields.filter((field) => field !== "pick" && field !== NAME) })),
      resized: (key, width) => state.update({ widths: formatWidths(new Map([...parseWidths(state.read().widths), [key, width]])) }),
    });
    fixed.closest(".scroller").remove();

    const markOf = (settings) => [settings.cols, settings.pin, settings.widths, settings.agg, table.narrow, table.view.baseline >= 0, table.view.group, Boolean(table.view.groups)].join("\n");
    let mark = markOf(table.settings);
    const describeLook = () => [table.view.baseline, table.heat, table.narrow, table.shown.map((key) => (table.columns.get(key) ? 1 : 0)).join("")].join();

    const tellNothing = () => {
      const { view } = table;
      element.hidden = !table.lines.length;
      nothing.hidden = Boolean(table.lines.length);
      if (table.lines.length) return;
      const clear = make("button", { type: "button", class: "link", onclick: () => (view.brush ? workspace.setBrush(null) : state.update({ q: "", filter: "" })) }, view.brush ? "clear the brush" : "clear the filter");
      nothing.replaceChildren(...(view.hidden.size === workspace.count ? ["All runs are hidden."] : ["No run matches: ", clear]));
    };

    // Draws the lines, with other columns or keeping the place where one has scrolled to.
    const draw = ({ columns, keepPlace }) => {
      tellNothing();
      grid.setRowHeight(rowHeight());
      height();
      if (columns) grid.setColumns(columns, table.lines);
      else grid.show(table.lines, keepPlace);
      height();
      tellMore();
    };

    let look = null;
    let drawn = false;
    const refresh = () => {
      const settings = state.read();
      const before = table.view;
      const { view } = workspace;
      const selected = view.selected === before.selected ? table.selected : new Set(view.selected);
      Object.assign(table, { settings, view, selected, heat: settings.heat === "1" });
      Object.assign(table, chosen(settings));
      read();
      const sameLines = arrange();
      keepFocus(table, element, () => {
        const now = markOf(settings);
        const nowLook = describeLook();
        const changed = before !== table.view || nowLook !== look;
        if (changed || !sameLines) grid.stale();
        if (now !== mark || table.view.sort.some(({ key }) => laid.has(key) && headings.need(key) > laid.get(key))) draw({ columns: definitions(settings) });
        else if (!drawn || changed || !sameLines) draw({ keepPlace: drawn && (sameLines || before.rows === table.view.rows) });
        mark = now;
        look = nowLook;
        drawn = true;
      });
      headings.update();
      table.told?.();
      for (const redraw of table.menus ?? []) redraw();
    };

    const tellMore = () => frame.classList.toggle("more-aside", grid.holder.scrollLeft + grid.holder.clientWidth < grid.holder.scrollWidth - 1);
    grid.holder.addEventListener("scroll", tellMore, { passive: true });
    moveByKeys(table, element);
    element.addEventListener("change", ({ target }) => {
      if (!("pick" in target.dataset)) return;
      const line = table.lineOf(target.closest(".tabulator-row"));
      workspace.toggle(factsOf(table.facts, line).group?.members ?? [line], target.checked);
    });
    element.addEventListener("click", ({ target }) => {
      const control = target.closest("[data-fold], [data-more]");
      if (!control) return;
      const line = table.lineOf(control.closest(".tabulator-row"));
      if ("more" in control.dataset) runfolio.tableDetail(table, line);
      else fold(line);
    });

    // A run's page leads on to the next one in this order.
    for (const kind of ["click", "auxclick"]) {
      element.addEventListener(kind, ({ target }) => {
        if (!target.closest("[data-open]")) return;
        const { groups, rows: shown } = table.view;
        const indices = groups ? groups.flatMap(({ members }) => members) : shown;
        runfolio.order.remember(workspace.id, indices.map((index) => workspace.ids[index]));
      });
    }

    const flipped = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
    const fold = (line) => {
      if (factsOf(table.facts, line).group) state.update({ open: joinKeys(flipped(splitKeys(table.settings.open), line)) });
      else state.update({ fold: flipped(state.list(table.settings.fold), workspace.short(line)).join(",") });
    };

    NARROW.addEventListener("change", () => {
      table.narrow = NARROW.matches;
      refresh();
    });
    let width = frame.clientWidth;
    new ResizeObserver(() => {
      if (frame.clientWidth === width) return;
      width = frame.clientWidth;
      draw({ columns: definitions(table.settings) });
    }).observe(frame);

    runfolio.tableTools(table);
    runfolio.tablePrint(table, frame);
    const OWN = ["cols", "pin", "widths", "heat", "open", "fold"];
    let seen = "";
    let first = true;
    workspace.follow(refresh, { first: true });
    state.follow((settings) => {
      const now = OWN.map((name) => settings[name] || "").join("\n");
      if (now === seen && !first) return;
      seen = now;
      if (!first) refresh();
      first = false;
    });
  };

  runfolio.onPage("[data-runs-table]", async (frame) => {
    try {
      await start(frame, await runfolio.workspace.openFirst(frame.dataset.shard));
      requestAnimationFrame(() => setTimeout(runfolio.workspace.tableShown));
    } catch (error) {
      runfolio.workspace.tableShown();
      frame.before(make("p", { class: "warning slim" }, `The table can’t be sorted or filtered: ${error.message}`));
      throw error;
    }
  });
})();

// Text that leaves the page, copied or saved; where the browser refuses, it is shown to be copied by hand.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const SHOWN = 2000; // milliseconds that a button says what it did
  const OFFERED = 10000; // milliseconds that the text stays on offer beside its file

  // The text in a dialog, selected.
  const show = (title, text) => {
    const area = make("textarea", { class: "take-away", readonly: true, rows: "16", "aria-label": title, spellcheck: "false" });
    area.value = text;
    runfolio.shortcuts.openDialog(title, make("p", { class: "hint" }, "The whole text is selected: copy it with Ctrl+C or ⌘C."), area);
    area.select();
  };

  const told = new WeakMap(); // button → the timer that gives it back its own words

  const tell = (button, words) => {
    clearTimeout(told.get(button)?.timer);
    const own = told.get(button)?.own ?? [...button.childNodes];
    button.replaceChildren(words);
    const timer = setTimeout(() => {
      button.replaceChildren(...own);
      told.delete(button);
    }, SHOWN);
    told.set(button, { own, timer });
  };

  // Copies a text, and says so on the button.
  const copy = async (text, button, title) => {
    try {
      await navigator.clipboard.writeText(text);
      tell(button, "Copied");
    } catch {
      show(title, text);
    }
  };

  // A sandbox gives the page an origin of its own, and refuses downloads without a word.
  const refusesFiles = () => self.origin === "null" && location.protocol !== "file:";

  // A sandbox of the same origin refuses downloads too, but no script can see that.
  const offer = (place, name, text) => {
    place.querySelector(".offer")?.remove();
    const instead = make("button", { type: "button", class: "link", onclick: () => show(name, text) }, "Show the text");
    const note = make("p", { class: "offer", role: "status" }, `Saved as ${name}. No file? `, instead);
    place.append(note);
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, SHOWN) : note.remove());
    setTimeout(leave, OFFERED);
  };

  // Saves a text as a file, and offers the text itself at `place`.
  const save = (text, type, name, place) => {
    if (refusesFiles()) {
      show(name, text);
      return;
    }
    const address = URL.createObjectURL(new Blob([text], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    offer(place, name, text);
  };

  runfolio.takeAway = { copy, save, show };
})();

// Tables as text: Markdown and LaTeX, with everything escaped that would mean something there. Pure.

(() => {
  "use strict";

  // One line: what breaks lines or turns the direction of reading becomes a space.
  const flat = (text) => String(text).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();

  // Signs of Markdown, and links that it would make by itself.
  const markdown = (text) =>
    flat(text)
      .replace(/[\\`*_[\]<>|~&$]/g, "\\$&")
      .replace(/:(?=\/\/)|(?<=\bwww)\./gi, "\\$&");

  const TEX = new Map([
    ["\\", "\\textbackslash{}"],
    ["~", "\\textasciitilde{}"],
    ["^", "\\textasciicircum{}"],
    ["<", "\\textless{}"],
    [">", "\\textgreater{}"],
    ["|", "\\textbar{}"],
    ['"', "''"],
    ["↓", "$\\downarrow$"],
    ["↑", "$\\uparrow$"],
    ["—", "---"],
    ["±", "$\\pm$"],
    ["×", "$\\times$"],
    ["∞", "$\\infty$"],
    ...[..."{}$&#%_"].map((sign) => [sign, `\\${sign}`]),
    ...[..."-[*`"].map((sign) => [sign, `{${sign}}`]), // no dash of two, no option of the command before
  ]);
  const latex = (text) => flat(text).replace(/[\\~^<>|"↓↑—±×∞{}$&#%_[*`]|-(?=-)/g, (sign) => TEX.get(sign));

  // Lines of cells, already escaped, as a Markdown table; `right` says which columns stand to the right.
  const markdownTable = (head, lines, right) => {
    const widths = head.map((_, place) => [head, ...lines].reduce((most, line) => Math.max(most, [...line[place]].length), 3));
    const pad = (cell, place) => {
      const room = " ".repeat(widths[place] - [...cell].length);
      return right[place] ? room + cell : cell + room;
    };
    const rule = widths.map((width, place) => (right[place] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
    return [head.map(pad), rule, ...lines.map((line) => line.map(pad))].map((line) => `| ${line.join(" | ")} |\n`).join("");
  };

  // A number with all its digits: an integer too long for JavaScript's numbers as it was logged.
  const exact = (value, text) => (typeof value === "number" && /^-?\d{16,}$/.test(text) ? BigInt(text) : value);

  const texts = { flat, markdown, latex, markdownTable, exact };
  if (typeof runfolio !== "undefined") runfolio.tableTexts = texts;
  if (typeof module === "object") module.exports = texts;
})();

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

// The box for filters over the runs table: completes names and values, applies what can be read, shows mistakes.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, filter, filterHelp } = runfolio;
  const WAIT = 150; // milliseconds after the last key until a filter is applied

  const KINDS = { entity: "names of", keyword: "", operator: "", value: "value" };

  const option = ({ label, kind }, place) =>
    make(
      "li",
      { role: "option", id: `filter-option-${place}`, class: `of-${kind}`, "aria-selected": "false" },
      make("span", { class: "what", title: label.length > 40 ? label : null }, label),
      make("span", { class: "kind" }, KINDS[kind] ?? kind),
    );

  const build = (slot) => {
    const box = make("input", {
      type: "text", role: "combobox", class: "filter-text", "aria-label": "Filter the runs", "aria-expanded": "false", "aria-controls": "filter-options",
      "aria-autocomplete": "list", "aria-describedby": "filter-told", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "data-filter": true,
    });
    const mirror = make("div", { class: "filter-mirror", "aria-hidden": "true" });
    const matches = make("span", { class: "filter-matches" });
    const clear = make("button", { type: "button", class: "quiet", "aria-label": "Clear the filter", title: "Clear the filter", hidden: true }, "✕");
    const options = make("ul", { role: "listbox", id: "filter-options", class: "filter-options", "aria-label": "What may come here", hidden: true });
    const told = make("p", { class: "filter-told", id: "filter-told", role: "status" });
    box.value = state.read().filter ?? "";
    slot.append(make("div", { class: "filter-field" }, make("div", { class: "filter-line" }, box, mirror), matches, clear, options), told);
    return { box, mirror, matches, clear, options, told };
  };

  // The list of suggestions: which are open, and which of them is chosen.
  const lister = ({ box, options }) => {
    let found = { suggestions: [] };
    let chosen = -1;

    const choose = (place) => {
      const all = [...options.children];
      chosen = all.length ? (place + all.length) % all.length : -1;
      all.forEach((one, index) => one.setAttribute("aria-selected", String(index === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else {
        box.setAttribute("aria-activedescendant", all[chosen].id);
        all[chosen].scrollIntoView({ block: "nearest" });
      }
    };

    const show = (next) => {
      found = next;
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      options.replaceChildren(...found.suggestions.map(option));
      options.scrollTop = 0;
      options.hidden = !found.suggestions.length;
      box.setAttribute("aria-expanded", String(!options.hidden));
    };

    return {
      show,
      close: () => show({ suggestions: [] }),
      isOpen: () => !options.hidden,
      step: (by) => choose(chosen < 0 && by < 0 ? -1 : chosen + by),
      chosen: () => found.suggestions[chosen] ?? null,
      first: () => found.suggestions[0] ?? null,
      at: (place) => found.suggestions[place],
      replaced: () => found,
    };
  };

  const start = async (slot, parts) => {
    const workspace = await runfolio.workspace.open(document.querySelector("[data-runs-table]").dataset.shard);
    const { box, mirror, matches, clear, told } = parts;
    const list = lister(parts);
    const early = box.value; // may be typed before the runs were there
    const names = filterHelp.namesOf(workspace.columns);
    const known = new Map(); // values by column, once the columns are all there
    let written = null; // the filter that the fragment and the box agreed on last
    let insists = true; // whether a mistake at the end counts, though it may only not be finished
    let timer = null;

    const values = (...field) => {
      const key = JSON.stringify(field);
      if (!known.has(key) && workspace.complete()) known.set(key, filterHelp.valuesOf(workspace.source().column(...field), field[0]));
      return known.get(key) ?? [];
    };

    // --- what is said of the text ---

    let underlined = "";

    const underline = (error) => {
      const parts = error ? filterHelp.splitAt(box.value, error) : [];
      const now = JSON.stringify(parts);
      if (now === underlined) return;
      underlined = now;
      const [before, marked, behind] = parts;
      mirror.replaceChildren(...(error ? [before, make("mark", {}, marked || "\u00a0"), behind] : []));
      mirror.scrollLeft = box.scrollLeft;
    };

    const tell = () => {
      const text = box.value;
      const { tree, error } = filter.parse(text);
      const isMistake = error !== null && (insists || !filterHelp.isUnfinished(text, error));
      const note = tree && workspace.complete() ? filterHelp.unknownFields(tree, workspace.source(), names) : null;
      box.setAttribute("aria-invalid", String(isMistake));
      underline(isMistake ? error : null);
      told.classList.toggle("bad", isMistake);
      const words = runfolio.marked(isMistake ? error.message : (note ?? ""));
      if (told.textContent !== words) told.textContent = words; // said aloud once
      clear.hidden = text === "";
      const { view } = workspace;
      const isApplied = tree !== null && text.trim() === (state.read().filter ?? "").trim();
      matches.textContent = isApplied ? `${view.rows.length.toLocaleString("en")} of ${runfolio.format.count(workspace.count - view.hidden.size, "run")} match` : "";
      return error;
    };

    // --- what is done with it ---

    const apply = () => {
      clearTimeout(timer);
      const text = box.value.trim();
      if (tell() || text === written) return;
      written = text;
      state.update({ filter: text });
    };

    const examples = () => filterHelp.examplesOf(workspace).map((text) => ({ text, label: text, kind: "example" }));

    const suggest = () => {
      const found = filter.complete(box.value, box.selectionStart, { ...names, values });
      list.show(box.value.trim() ? found : { ...found, suggestions: [...examples(), ...found.suggestions] });
    };

    const take = ({ text }) => {
      const after = filterHelp.take(box.value, list.replaced(), text);
      box.value = after.text;
      box.setSelectionRange(after.caret, after.caret);
      box.focus();
      edited();
    };

    const edited = () => {
      insists = false;
      tell();
      suggest();
      clearTimeout(timer);
      timer = setTimeout(apply, WAIT);
    };

    const finish = () => {
      insists = true;
      list.close();
      apply();
    };

    // Tab takes what completes the word at the caret, though not a number that may be complete; else it goes on
    // to the next control.
    const completion = () => {
      const { from, to } = list.replaced();
      const begun = from < to && /^[^\d.+-]/.test(box.value.slice(from, to));
      return list.chosen() ?? (begun ? list.first() : null);
    };

    const keys = {
      ArrowDown: () => (list.isOpen() ? list.step(1) : suggest()),
      ArrowUp: () => list.isOpen() && list.step(-1),
      Enter: () => (list.chosen() ? take(list.chosen()) : finish()),
      Tab: (event) => {
        const found = event.shiftKey || !list.isOpen() ? null : completion();
        return found ? take(found) : false;
      },
      Escape: () => (list.isOpen() ? list.close() : false),
    };

    box.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !Object.hasOwn(keys, event.key)) return;
      if (keys[event.key](event) !== false) event.preventDefault();
    });
    box.addEventListener("input", edited);
    box.addEventListener("focus", async () => {
      if (!box.value) suggest();
      await workspace.load();
      if (list.isOpen() && !list.chosen()) suggest();
    });
    box.addEventListener("click", () => list.isOpen() || suggest());
    box.addEventListener("blur", finish);
    for (const moved of ["scroll", "keyup", "click", "blur"]) box.addEventListener(moved, () => requestAnimationFrame(() => (mirror.scrollLeft = box.scrollLeft)));
    parts.options.addEventListener("mousedown", (event) => event.preventDefault());
    parts.options.addEventListener("click", ({ target }) => {
      const place = [...parts.options.children].indexOf(target.closest("[role=option]"));
      if (place >= 0) take(list.at(place));
    });
    clear.addEventListener("click", () => {
      box.value = "";
      apply();
      box.focus();
    });

    const [example] = filterHelp.examplesOf(workspace);
    box.placeholder = example ? `Filter, such as ${runfolio.marked(example)}` : "Filter, such as status = 'FINISHED'";
    runfolio.shortcuts.add("f", "filter the runs", () => box.focus());
    // A link or another part of the page may set the filter; what is being written here stays.
    state.follow(({ filter: text = "" }) => {
      if (text.trim() === written) return;
      written = text.trim();
      insists = true;
      box.value = text;
      list.close();
      tell();
    });
    workspace.follow(() => tell());
    if (early === box.value) return;
    box.value = early;
    edited();
  };

  runfolio.onPage("[data-filter-box]", (slot) => start(slot, build(slot)));
})();

// The runs of an experiment by two sets of parameters: what each cell of a pivot table holds. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { spread, sound, broken } = inNode ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const { best } = inNode ? require("./table-cells.js") : runfolio.cells;

  const AGGREGATES = ["last", "min", "max", "best"];
  const SCOPES = ["table", "column"]; // among which cells the best is marked
  const AXIS = 3; // parameters a side at most
  const MAX_ROWS = 200;
  const MAX_COLUMNS = 40;
  const HANDY = 12; // values of a parameter that make a good side of a table
  const SEED = /(^|[._/-])(random_?)?seed$|random_?state$/i;

  // --- the state: "params.model;params.depth,params.lr;rmse;last;column" ---

  const escape = (key) => key.replace(/[%,;]/g, encodeURIComponent);
  const unescape = (text) => text.replace(/%25|%2C|%3B/g, decodeURIComponent);
  const pickKnown = (text, known) => (known.includes(text) ? text : known[0]);

  // {rows, cols, metric, aggregate, scope}, or null where no pivot is asked for.
  const parse = (text) => {
    if (!text) return null;
    const [rows = "", cols = "", metric = "", aggregate, scope] = text.split(";");
    const keys = (part) => part.split(",").filter(Boolean).slice(0, AXIS).map(unescape);
    return { rows: keys(rows), cols: keys(cols), metric: unescape(metric), aggregate: pickKnown(aggregate, AGGREGATES), scope: pickKnown(scope, SCOPES) };
  };

  const write = ({ rows, cols, metric, aggregate, scope }) =>
    [rows.map(escape).join(","), cols.map(escape).join(","), escape(metric), aggregate, ...(scope === SCOPES[0] ? [] : [scope])].join(";");

  // --- values of parameters ---

  // What tells runs apart by a column: its value, or the text of one that is none of its kind.
  const valueOf = ({ values, texts }, index) => values[index] ?? texts?.[index] ?? null;
  const textOf = ({ values, texts }, index) => texts?.[index] ?? (values[index] === null ? "not set" : String(values[index]));

  const natural = new Intl.Collator("en", { numeric: true });
  const kindOf = (value) => (value === null ? 3 : Number.isNaN(value) ? 2 : typeof value === "number" ? 0 : 1);
  const compareValues = (a, b) => kindOf(a) - kindOf(b) || (typeof a === "string" ? natural.compare(a, b) : a - b || 0);

  // The place of each run's value among the different values of a column, in order.
  const placesOf = (column, runs) => {
    const numbers = new Map();
    const found = runs.map((index) => {
      const value = valueOf(column, index);
      if (!numbers.has(value)) numbers.set(value, numbers.size);
      return numbers.get(value);
    });
    const sorted = [...numbers.keys()].sort(compareValues);
    const places = new Map(sorted.map((value, place) => [value, place]));
    const placeOf = [...numbers.keys()].map((value) => places.get(value));
    return { count: sorted.length, places: found.map((number) => placeOf[number]) };
  };

  // The combinations of values that some runs have, in order and at most `limit`: {sides: [{values, texts, members}], left}.
  const combine = (columns, runs, limit) => {
    const read = columns.map((column) => placesOf(column, runs));
    const found = new Map();
    runs.forEach((index, at) => {
      const key = read.reduce((sum, { count, places }) => sum * count + places[at], 0);
      const members = found.get(key);
      if (members) members.push(index);
      else found.set(key, [index]);
    });
    const keys = Float64Array.from(found.keys()).sort();
    const sides = [...keys.subarray(0, limit)].map((key) => {
      const members = found.get(key);
      return { values: columns.map((column) => valueOf(column, members[0])), texts: columns.map((column) => textOf(column, members[0])), members };
    });
    return { sides, left: keys.length - sides.length };
  };

  // --- the table ---

  // The places of the best means: of all cells, or of each column. A cell of runs that all broke off is best
  // only where all are such.
  const markBest = (cells, direction, scope) => {
    const groups = scope === "column" ? cells[0].map((_, place) => cells.map((line) => line[place])) : [cells.flat()];
    for (const group of groups) {
      const whole = group.filter(({ count, cut }) => count && !cut);
      const contenders = whole.length ? whole : group;
      const values = contenders.map(({ mean }) => mean);
      const found = best({ values, direction }, values.keys());
      for (const cell of contenders) cell.best = found !== null && cell.mean === found;
    }
  };

  // The pivot of `runs` by columns of a workspace and the values of a metric: rows and columns as {values, texts},
  // cells as {mean, deviation, count, off, cut, best}; `off` is how many runs do not count since they broke off,
  // `cut` tells that all of a cell did, `left` how many rows and columns there was no room for.
  const pivot = ({ rows, columns, values, direction, scope, runs, statuses }) => {
    const measured = runs.filter((index) => values[index] !== null);
    const down = combine(rows, measured, MAX_ROWS);
    const across = combine(columns, measured, MAX_COLUMNS);
    const place = new Int32Array(values.length).fill(-1);
    across.sides.forEach(({ members }, at) => members.forEach((index) => (place[index] = at)));
    const cells = down.sides.map(({ members }) => {
      const parts = across.sides.map(() => []);
      for (const index of members) parts[place[index]]?.push(index);
      return parts.map((part) => {
        const counted = sound(part, statuses);
        const cut = counted.length > 0 && broken(statuses[counted[0]]);
        return { ...spread(values, counted), off: part.length - counted.length, cut, best: false };
      });
    });
    if (cells.length) markBest(cells, direction, scope);
    const plain = ({ sides }) => sides.map(({ values: own, texts }) => ({ values: own, texts }));
    return { rows: plain(down), columns: plain(across), cells, runs: measured.length, off: cells.flat().reduce((sum, cell) => sum + cell.off, 0), left: [down.left, across.left] };
  };

  // --- what to begin with ---

  // How many different values some runs have of a column, counted up to one more than is handy.
  const countValues = (column, runs) => {
    const known = new Set();
    for (const index of runs) {
      const value = valueOf(column, index);
      if (value !== null) known.add(value);
      if (known.size > HANDY) break;
    }
    return known.size;
  };

  // How much a second column varies within the values of a first one.
  const varies = (first, second, runs) => {
    const [pairs, alone] = [new Set(), new Set()];
    for (const index of runs) {
      const [one, other] = [valueOf(first, index), valueOf(second, index)];
      if (one === null || other === null) continue;
      alone.add(one);
      pairs.add(`${one}\n${other}`);
    }
    return pairs.size - alone.size;
  };

  // Two parameters with some values each, a text first where there is one, and across it what varies most with it;
  // a seed is what to take the mean over.
  const usual = (columns, runs) => {
    const varying = columns
      .filter(({ group, constant, name }) => group === "Parameters" && !constant && !SEED.test(name))
      .map((column) => ({ column, size: countValues(column, runs) }))
      .filter(({ size }) => size > 1);
    const handy = varying.filter(({ size }) => size <= HANDY).map(({ column }) => column);
    const first = handy.find(({ kind }) => kind === "text") ?? handy[0] ?? varying[0]?.column ?? columns[0];
    const across = handy.filter((column) => column !== first).map((column) => ({ column, score: varies(first, column, runs) }));
    const second = across.reduce((most, one) => (one.score > most.score ? one : most), { score: 0 }).column;
    return { rows: [first.key], cols: second ? [second.key] : [] };
  };

  const pure = { AGGREGATES, SCOPES, AXIS, parse, write, pivot, usual };
  if (typeof runfolio !== "undefined") runfolio.pivotRows = pure;
  if (inNode) module.exports = pure;
})();

// A pivot table as text: its numbers, its headings, and the whole of it as Markdown, LaTeX and CSV. Pure.
//
// A table is what pivot-rows.js makes, with the names of its sides: {rowNames, columnNames, title}, the
// title that of the metric, such as "rmse ↓".

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { number } = inNode ? require("../site/format.js") : runfolio.format;
  const { decimals, deviationText } = inNode ? require("./table-cells.js") : runfolio.cells;
  const { markdown, latex, markdownTable, exact } = inNode ? require("./table-texts.js") : runfolio.tableTexts;
  const { csv } = inNode ? require("../charts/chart-export.js") : runfolio.chartExport;

  const MISSING = "—";

  // Writes the numbers of a table: means with the same decimals, each deviation with as many or more.
  const formatter = (cells) => {
    const written = cells.flat().filter(({ mean }) => mean !== null).map(({ mean }) => decimals(number(mean)));
    const isPlain = written.every((places) => places >= 0);
    const widest = Math.max(0, ...written);
    // {mean, deviation, count} as texts, the deviation null where one run has none; null without a mean.
    return ({ mean, deviation, count }) =>
      mean === null ? null : { mean: isPlain ? mean.toFixed(widest) : number(mean), deviation: deviation === null ? null : deviationText(deviation, isPlain ? widest : -1), count: String(count) };
  };

  const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join(""));

  // "rmse ↓ by model and depth", the sides apart where there are two.
  const describe = ({ title, rowNames, columnNames }) => `${title} by ${listed(rowNames)}${columnNames.length ? ` × ${listed(columnNames)}` : ""}`;

  const MEANING = "mean ± standard deviation (runs)";

  // How many runs count nowhere.
  const brokeOff = ({ off }) => (off ? `, ${off.toLocaleString("en")} broke off` : "");

  // The headings over the columns, one line for each of their parameters: equal neighbours are one of several columns.
  const headings = ({ columns, columnNames }) =>
    columnNames.map((_, level) => {
      const found = [];
      columns.forEach(({ texts }, place) => {
        const sameAbove = place > 0 && texts.slice(0, level + 1).every((text, at) => text === columns[place - 1].texts[at]);
        if (sameAbove) found.at(-1).span += 1;
        else found.push({ text: texts[level], span: 1 });
      });
      return found;
    });

  const columnTitle = ({ columnNames, title }, { texts }) => columnNames.map((name, place) => `${name} = ${texts[place]}`).join(", ") || title;

  const toMarkdown = (table) => {
    const format = formatter(table.cells);
    const cell = (one) => {
      const written = format(one);
      if (!written) return MISSING;
      const value = written.mean + (written.deviation === null ? "" : ` ± ${written.deviation}`);
      return `${one.best ? `**${value}**` : value} (${written.count})`;
    };
    const head = [...table.rowNames.map(markdown), ...table.columns.map((column) => markdown(columnTitle(table, column)))];
    const lines = table.rows.map(({ texts }, place) => [...texts.map(markdown), ...table.cells[place].map(cell)]);
    return `${markdown(describe(table))}, ${MEANING}${brokeOff(table)}\n\n${markdownTable(head, lines, head.map((_, place) => place >= table.rowNames.length))}`;
  };

  const toTex = (text) => text.replace("∞", "\\infty").replace(/e(-?\d+)$/, " \\times 10^{$1}");

  const texCell = (format, one) => {
    const written = format(one);
    if (!written) return "---";
    const value = toTex(written.mean) + (written.deviation === null ? "" : ` \\pm ${toTex(written.deviation)}`);
    return `$${one.best ? `\\mathbf{${value}}` : value}$ (${written.count})`;
  };

  // The lines of the heads, with rules under those that span columns.
  const texHead = (table) => {
    const { rowNames, columnNames, columns, title } = table;
    const own = rowNames.map(latex);
    if (!columnNames.length) return [`${[...own, latex(title)].join(" & ")} \\\\`];
    const empty = own.map(() => "");
    const over = `${[...empty, `\\multicolumn{${columns.length}}{c}{${latex(`${title} by ${listed(columnNames)}`)}}`].join(" & ")} \\\\`;
    const lines = headings(table).map((line, level) => {
      const isLast = level === columnNames.length - 1;
      const cells = line.map(({ text, span }) => (span > 1 ? `\\multicolumn{${span}}{c}{${latex(text)}}` : latex(text)));
      return `${[...(isLast ? own : empty), ...cells].join(" & ")} \\\\`;
    });
    return [over, `\\cmidrule(l){${own.length + 1}-${own.length + columns.length}}`, ...lines];
  };

  const toLatex = (table) => {
    const format = formatter(table.cells);
    const body = table.rows.map(({ texts }, place) => `${[...texts.map(latex), ...table.cells[place].map((one) => texCell(format, one))].join(" & ")} \\\\`);
    return [
      `% ${latex(describe(table))}, mean and standard deviation (runs)${brokeOff(table)}; needs \\usepackage{booktabs}`,
      `\\begin{tabular}{${"l".repeat(table.rowNames.length)}${"r".repeat(table.columns.length)}}`,
      "\\toprule",
      ...texHead(table),
      "\\midrule",
      ...body,
      "\\bottomrule",
      "\\end{tabular}",
      "",
    ].join("\n");
  };

  // Full numbers: three columns for each of the table's, mean, standard deviation and number of runs.
  const toCsv = (table) => {
    const parts = ["mean", "std", "runs"];
    const columns = [...table.rowNames, ...table.columns.flatMap((column) => parts.map((part) => `${columnTitle(table, column)}, ${part}`))];
    const rows = table.rows.map(({ values, texts }, place) => [
      ...values.map((value, at) => (value === null ? null : exact(value, texts[at]))),
      ...table.cells[place].flatMap(({ mean, deviation, count }) => [mean, deviation, count]),
    ]);
    return csv({ columns, rows });
  };

  const pure = { MISSING, MEANING, brokeOff, formatter, describe, listed, headings, toMarkdown, toLatex, toCsv };
  if (typeof runfolio !== "undefined") runfolio.pivotTexts = pure;
  if (inNode) module.exports = pure;
})();

// The pivot table below the runs: metrics by parameters, over the runs that the table shows.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state, pivotRows, pivotTexts, takeAway } = runfolio;
  const { directed } = runfolio.controls;
  const { AXIS, AGGREGATES, SCOPES, parse, write, pivot, usual } = pivotRows;

  const LONG = 28; // characters from which a value is cut, with the whole in its title
  const TITLES = { last: "last value", min: "minimum", max: "maximum", best: "best value", table: "of the table", column: "of each column" };
  const COPIES = [
    ["Markdown", "toMarkdown"],
    ["LaTeX", "toLatex"],
    ["CSV", "toCsv"],
  ];

  const { count: plural } = runfolio.format;

  // --- what is chosen ---

  const isMetric = ({ key }) => key.startsWith("metrics.");
  const isSide = ({ group, kind, name }) => ["Parameters", "Tags"].includes(group) || (group === "Run" && ["text", "status"].includes(kind) && !["name", "note"].includes(name));

  const shownRuns = ({ view }) => (view.brush ? view.rows.filter((index) => view.brush.has(index)) : view.rows);

  const usualSides = (workspace) => usual(workspace.columns.filter(isSide).map(({ key }) => workspace.column(key)), shownRuns(workspace));

  const usualMetric = ({ primary, columns }) => primary ?? columns.find(isMetric).name;

  // The settings as this experiment can follow them.
  const settle = (workspace, text) => {
    const asked = parse(text);
    const sides = workspace.columns.filter(isSide).map(({ key }) => key);
    const known = (keys) => [...new Set(keys)].filter((key) => sides.includes(key));
    const metric = workspace.columns.some((column) => isMetric(column) && column.name === asked.metric) ? asked.metric : usualMetric(workspace);
    const rows = known(asked.rows);
    const cols = known(asked.cols).filter((key) => !rows.includes(key));
    const aggregate = asked.aggregate === "best" && !workspace.direction(metric) ? AGGREGATES[0] : asked.aggregate;
    const shown = { ...asked, metric, aggregate };
    if (rows.length) return { ...shown, rows, cols };
    return { ...shown, ...(cols.length ? { rows: cols, cols: [] } : usualSides(workspace)) };
  };

  // --- the controls ---

  const choice = (label, choices, chosen, act) => {
    const box = make("select", {}, ...choices.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
    box.addEventListener("change", () => act(box.value));
    return make("label", { class: "control" }, label, box);
  };

  // One select for each parameter of a side and one more to add another; "" takes one away.
  const sideChoices = (label, keys, others, columns, act, atLeast) => {
    const options = (own) => columns.filter(({ key }) => key === own || (!keys.includes(key) && !others.includes(key))).map(({ key, name, group }) => [key, group === "Tags" ? `${name} (tag)` : name]);
    const boxes = keys.map((own, place) => {
      const none = keys.length > atLeast ? [["", "—"]] : [];
      return choice(place ? "and" : label, [...none, ...options(own)], own, (value) => act(value ? keys.map((key, at) => (at === place ? value : key)) : keys.filter((_, at) => at !== place)));
    });
    const more = options(null);
    if (keys.length < AXIS && more.length) boxes.push(choice(keys.length ? "and" : label, [["", "—"], ...more], "", (value) => value && act([...keys, value])));
    return boxes;
  };

  const controls = (workspace, settings, change) => {
    const sides = workspace.columns.filter(isSide);
    const metrics = workspace.columns.filter(isMetric);
    const { rows, cols, metric, aggregate, scope } = settings;
    const direction = workspace.direction(metric);
    const aggregates = AGGREGATES.filter((one) => one !== "best" || direction).map((one) => [one, TITLES[one]]);
    return [
      ...sideChoices("Rows", rows, cols, sides, (keys) => change({ rows: keys }), 1),
      ...sideChoices("Columns", cols, rows, sides, (keys) => change({ cols: keys }), 0),
      choice("Metric", metrics.map(({ name, direction: way }) => [name, directed(name, way)]), metric, (value) => change({ metric: value })),
      choice("Take", aggregates, aggregate, (value) => change({ aggregate: value })),
      ...(direction && cols.length ? [choice("Bold the best", SCOPES.map((one) => [one, TITLES[one]]), scope, (value) => change({ scope: value }))] : []),
    ];
  };

  // --- the table ---

  const heading = (text, attributes) => make("th", { ...attributes, title: text.length > LONG ? text : null }, make("span", { class: "cut" }, text));

  const headLines = (table) => {
    const names = table.rowNames.map((name) => heading(name, { scope: "col" }));
    if (!table.columnNames.length) return [make("tr", {}, ...names, heading(table.title, { scope: "col", class: "num" }))];
    const corner = () => make("td", { colspan: String(table.rowNames.length) });
    const over = make("tr", {}, corner(), heading(`${table.title} by ${pivotTexts.listed(table.columnNames)}`, { scope: "colgroup", colspan: String(table.columns.length), class: "over" }));
    const lines = pivotTexts.headings(table).map((line, level) => {
      const cells = line.map(({ text, span }) => heading(text, { scope: span > 1 ? "colgroup" : "col", colspan: span > 1 ? String(span) : null, class: span > 1 ? "over" : "num" }));
      return make("tr", {}, ...(level === table.columnNames.length - 1 ? names : [corner()]), ...cells);
    });
    return [over, ...lines];
  };

  const cell = (format, one) => {
    const written = format(one);
    if (!written) return make("td", { class: "num none" }, pivotTexts.MISSING);
    const { mean, deviation, count } = written;
    const full = `${one.mean}${one.deviation === null ? "" : ` ± ${one.deviation}`}, ${plural(one.count, "run")}${one.cut ? ", all broke off" : one.off ? `, ${one.off} more broke off` : ""}`;
    const value = mean + (deviation === null ? "" : ` ± ${deviation}`);
    const marked = one.best ? make("strong", {}, value, make("span", { class: "hidden" }, " (best)")) : value;
    return make("td", { class: "num", title: full }, marked, make("span", { class: "aside" }, ` (${count})`));
  };

  const draw = (table) => {
    const format = pivotTexts.formatter(table.cells);
    const lines = table.rows.map(({ texts }, place) => make("tr", {}, ...texts.map((text) => heading(text, { scope: "row" })), ...table.cells[place].map((one) => cell(format, one))));
    const told = make("p", { class: "hint", id: "pivot-told" }, `${pivotTexts.describe(table)}: ${pivotTexts.MEANING}, over ${plural(table.runs, "run")}${pivotTexts.brokeOff(table)}`);
    const drawn = make("table", { class: "listing pivot-table", "aria-labelledby": "pivot-told" }, make("thead", {}, ...headLines(table)), make("tbody", {}, ...lines));
    return [told, make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Pivot table" }, drawn)];
  };

  const tabulate = (workspace, settings, runs) => {
    const { metric, aggregate, scope } = settings;
    const [rows, columns] = [settings.rows, settings.cols].map((keys) => keys.map((key) => workspace.column(key)));
    const direction = workspace.direction(metric);
    const found = pivot({ rows, columns, values: workspace.metric(metric, aggregate), direction, scope, runs, statuses: workspace.statuses });
    const title = directed(metric, direction) + (aggregate === "last" ? "" : ` (${TITLES[aggregate]})`);
    return { ...found, title, rowNames: rows.map(({ name }) => name), columnNames: columns.map(({ name }) => name) };
  };

  const LEFT = ["row", "column"];
  const leftOut = ({ left }) => {
    const parts = left.map((count, place) => count && plural(count, LEFT[place])).filter(Boolean);
    return parts.length ? make("p", { class: "hint" }, `${parts.join(" and ")} more have no room here: choose parameters of fewer values, or filter the runs.`) : "";
  };

  const copyButtons = (table) =>
    COPIES.map(([title, writer]) => {
      const button = make("button", { type: "button", class: "quiet", "aria-label": `Copy the pivot table as ${title}` }, title);
      button.addEventListener("click", () => takeAway.copy(pivotTexts[writer](table), button, `Pivot table as ${title}`));
      return button;
    });

  const content = (workspace, settings, change) => {
    const runs = shownRuns(workspace);
    const tools = make("div", { class: "controls pivot-controls" }, ...controls(workspace, settings, change));
    if (!runs.length) return [tools, make("p", { class: "hint" }, "No run to count: the table shows none.")];
    const table = tabulate(workspace, settings, runs);
    if (!table.runs) return [tools, make("p", { class: "hint" }, `None of these runs has ${settings.metric}.`)];
    const copies = make("div", { class: "controls pivot-copies" }, make("span", { class: "aside" }, "Copy as"), ...copyButtons(table));
    return [tools, ...draw(table), leftOut(table), copies];
  };

  // --- the panel ---

  const start = async (slot) => {
    const frame = document.querySelector("[data-runs-table]");
    if ("single" in frame.dataset) return;
    const panel = make("section", { class: "pivot", id: "pivot", "aria-labelledby": "pivot-title", hidden: true });
    const button = make("button", { type: "button", "data-pivot": true, "aria-expanded": "false", "aria-controls": "pivot", title: "Means of a metric by parameters" }, "Pivot");
    slot.append(button);
    frame.after(panel);
    const workspace = await runfolio.workspace.open(frame.dataset.shard);
    const hasMetrics = workspace.columns.some(isMetric);
    button.disabled = !hasMetrics;
    let mark = [];
    let isCalled = false; // by its button, and not yet brought into sight

    const close = () => {
      state.update({ pivot: "" });
      button.focus();
    };
    const head = () => {
      const away = make("button", { type: "button", class: "quiet", "aria-label": "Close the pivot table", onclick: close }, "✕");
      return make("div", { class: "bar-of-tools" }, make("h3", { id: "pivot-title", tabindex: "-1" }, "Pivot"), away);
    };

    // What had the focus is drawn anew: the select at the same place gets it.
    const refocus = (change) => {
      const place = [...panel.querySelectorAll("select")].indexOf(document.activeElement);
      change();
      if (place >= 0) [...panel.querySelectorAll("select")].at(Math.min(place, panel.querySelectorAll("select").length - 1))?.focus();
    };

    const refresh = async () => {
      const { pivot: text } = state.read();
      const isOpen = Boolean(text) && hasMetrics;
      panel.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) return;
      await workspace.load();
      const { view } = workspace;
      const now = [state.read().pivot, view.rows, view.brush];
      if (now.every((one, place) => one === mark[place])) return;
      mark = now;
      const settings = settle(workspace, now[0]);
      const change = (changes) => state.update({ pivot: write({ ...settings, ...changes }) });
      refocus(() => panel.replaceChildren(head(), ...content(workspace, settings, change)));
      if (!isCalled) return;
      isCalled = false;
      panel.scrollIntoView({ block: "nearest" });
      panel.querySelector("h3").focus({ preventScroll: true });
    };

    button.addEventListener("click", async () => {
      if (!panel.hidden) return close();
      await workspace.load();
      isCalled = true;
      mark = [];
      return state.update({ pivot: write({ ...parse(";"), ...usualSides(workspace), metric: usualMetric(workspace) }) });
    });
    workspace.follow(refresh);
    state.follow(refresh);
  };

  runfolio.onPage("[data-table-tools]", start);
})();

// The rows and columns that the runs table shows, as CSV with all digits and as Markdown as they look.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { show, summarize } = inNode ? require("./table-cells.js") : runfolio.cells;
  const { factsOf } = inNode ? require("./table-lines.js") : runfolio.tableLines;
  const { spread, broken, countRuns } = inNode ? require("../workspace/workspace-rows.js") : runfolio.rows;
  const { csv } = inNode ? require("../charts/chart-export.js") : runfolio.chartExport;
  const { markdown, markdownTable, exact } = inNode ? require("./table-texts.js") : runfolio.tableTexts;

  // The names that the whole experiment's download has for attributes.
  const NAMES = new Map([["attributes.start", "start_time"]]);
  const nameOf = (key) => NAMES.get(key) ?? key.replace(/^attributes\./, "");

  const valueOf = (column, index) => {
    const value = column.values[index];
    if (column.kind === "time") return show(column, index).full;
    return exact(value ?? column.texts?.[index] ?? null, column.texts?.[index]);
  };

  // A table is {columns, lines, facts, ids, statuses, keys}: columns of {key, column}, the key with the aggregate,
  // the name first; lines and facts as table-lines.js makes them; `keys` the columns grouped by, maybe none.
  const toCsv = (table) => (table.keys.length ? groupsToCsv(table) : runsToCsv(table));

  const runsToCsv = ({ columns, lines, ids }) => csv({ columns: ["run_id", ...columns.map(({ key }) => nameOf(key))], rows: lines.map((index) => [ids[index], ...columns.map(({ column }) => valueOf(column, index))]) });

  // Of groups, and of the runs of those unfolded: what they are grouped by, how many runs, and of each number
  // its mean, standard deviation and how many have it.
  const groupsToCsv = ({ columns: [name, ...shown], lines, facts, ids, statuses, keys }) => {
    const columns = shown.filter(({ key }) => !keys.some((one) => one.key === key));
    const heads = columns.flatMap(({ key, column }) => (isNumeric(column) ? ["mean", "std", "count"].map((part) => `${nameOf(key)}.${part}`) : [nameOf(key)]));
    const cells = (column, line, { members, counted }, isGroup) => {
      if (!isNumeric(column)) {
        const { text, isShared } = summarize(column, { members, counted });
        return [isShared ? valueOf(column, members[0]) : text];
      }
      const { count, mean, deviation } = spread(column.values, counted);
      return [isGroup ? mean : valueOf(column, line), deviation, count];
    };
    const rows = lines.map((line) => {
      const { group } = factsOf(facts, line);
      const whole = group ?? { members: [line], counted: [line], label: name.column.values[line] };
      const off = whole.members.filter((index) => broken(statuses[index])).length;
      const lead = [group ? "" : ids[line], ...keys.map(({ column }) => valueOf(column, whole.members[0])), whole.label, whole.members.length, off];
      return [...lead, ...columns.flatMap(({ column }) => cells(column, line, whole, Boolean(group)))];
    });
    return csv({ columns: ["run_id", ...keys.map(({ key }) => nameOf(key)), "name", "runs", "broke_off", ...heads], rows });
  };

  const isNumeric = ({ kind }) => ["number", "duration"].includes(kind);

  const toMarkdown = ({ columns, lines, facts, statuses }) => {
    const head = columns.map(({ column }) => markdown(column.title));
    const cells = (line) => {
      const { group } = factsOf(facts, line);
      if (!group) return columns.map(({ column }) => show(column, line).text);
      return [`${group.label} (${countRuns(group.members, statuses)})`, ...columns.slice(1).map(({ column }) => summarize(column, group).text)];
    };
    return markdownTable(head, lines.map((line) => cells(line).map(markdown)), columns.map(({ column }) => isNumeric(column)));
  };

  if (inNode) module.exports = { toCsv, toMarkdown };
  if (typeof document === "undefined") return;

  const { make, state, takeAway } = runfolio;
  const { NAME, choose } = runfolio.tableColumns;
  const { compose } = runfolio.tableLines;
  const { splitKeys } = runfolio.workspace;

  const columnsOf = (workspace, keys) => {
    const { aggregates } = workspace.view;
    return keys.map((key) => {
      const aggregate = aggregates.get(key);
      const asked = aggregate && aggregate !== "last" ? `${key}.${aggregate}` : key;
      const column = workspace.column(asked);
      return { key: asked, column: asked === key ? column : { ...column, title: `${column.title} ${aggregate}` } };
    });
  };

  // All rows, also those of nested runs that are folded; of groups the rows on the screen.
  const tableOf = (workspace) => {
    const { ids, statuses, view } = workspace;
    const settings = state.read();
    const columns = columnsOf(workspace, [NAME, ...choose(workspace.columns, settings).shown]);
    const open = new Set(splitKeys(settings.open));
    const found = view.groups ? compose(view, { open, folded: new Set(), statuses }) : { facts: new Map(), lines: view.brush ? view.rows.filter((index) => view.brush.has(index)) : view.rows };
    return { ...found, columns, ids, statuses, keys: view.groups ? columnsOf(workspace, view.group) : [] };
  };

  const start = async (slot) => {
    const frame = document.querySelector("[data-runs-table]");
    const save = make("button", { type: "button", "data-save-csv": true, title: "Save the rows and columns shown, with all digits" }, "CSV");
    const copy = make("button", { type: "button", "data-copy-markdown": true, "aria-label": "Copy as Markdown", title: "Copy the rows and columns shown as a Markdown table" }, "Markdown");
    slot.append(save, copy);
    const workspace = await runfolio.workspace.open(frame.dataset.shard);
    const write = async (writer) => {
      await workspace.load();
      return writer(tableOf(workspace));
    };

    save.addEventListener("click", async () => {
      const name = `${runfolio.chartExport.stem(workspace.name)}-runs.csv`;
      const text = await write(toCsv);
      takeAway.save(text, "text/csv", name, slot);
    });
    copy.addEventListener("click", async () => takeAway.copy(await write(toMarkdown), copy, "Runs as Markdown"));
  };

  runfolio.onPage("[data-table-tools]", start);
})();

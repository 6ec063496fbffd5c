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

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

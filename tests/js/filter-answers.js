// What the browser's filters say about each text of {now, runs, filters, orders, patterns}, read as JSON.
"use strict";

const { readFileSync } = require("node:fs");
const { parse, parseOrder } = require("../../templates/assets/js/filter/filter-syntax.js");
const { compile } = require("../../templates/assets/js/filter/filter-evaluate.js");
const { compileLike } = require("../../templates/assets/js/filter/filter-patterns.js");
const { order } = require("../../templates/assets/js/filter/filter-order.js");
const { makeSource } = require("./filter-source.js");

const { now, runs, filters, orders, patterns } = JSON.parse(readFileSync(0, "utf-8"));
const source = makeSource(runs);

const answerFilter = (text) => {
  const { tree, error } = parse(text);
  if (error) return { column: error.column, message: error.message };
  const matches = compile(tree, source, { now });
  return { tree, matches: runs.map((_, index) => matches(index)) };
};

const answerOrder = (clauses) => {
  const { keys, error } = parseOrder(clauses);
  return error ? { column: error.column, message: error.message } : { places: order(keys, source) };
};

const answerPattern = ([pattern, ignoreCase, text]) => compileLike(pattern, ignoreCase)(text);

process.stdout.write(
  JSON.stringify({ filters: filters.map(answerFilter), orders: orders.map(answerOrder), patterns: patterns.map(answerPattern) }),
);

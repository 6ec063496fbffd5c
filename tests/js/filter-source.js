// Runs in the form of tests/vectors/filters.json as the columns that filters are compiled for.
"use strict";

const { ATTRIBUTES } = require("../../templates/assets/js/filter/filter-rules.js");

const PLACES = { name: 0, digest: 1, context: 2 };
const own = (values, key) => (values && Object.hasOwn(values, key) ? values[key] : null);
const number = (value) => (value === null ? null : Number(value));

const makeColumn = (runs, entity, name, aggregate) => {
  if (entity === "params") {
    const pairs = runs.map((run) => own(run.params, name));
    return pairs.some((pair) => pair) ? { texts: pairs.map((pair) => pair?.[0] ?? null), numbers: pairs.map((pair) => number(pair?.[1] ?? null)) } : null;
  }
  if (entity === "metrics") {
    const found = runs.map((run) => own(run.metrics, name));
    return found.some((one) => one) ? { numbers: found.map((one) => number(own(one, aggregate))) } : null;
  }
  if (entity === "datasets") return { lists: runs.map((run) => run.datasets.map((one) => one[PLACES[name]])) };
  const values = runs.map((run) => own(entity === "tags" ? run.tags : run, name));
  return entity === "tags" || ATTRIBUTES.get(name) === "text" ? { texts: values } : { numbers: values };
};

const makeSource = (runs) => ({ count: runs.length, column: (entity, name, aggregate) => makeColumn(runs, entity, name, aggregate) });

module.exports = { makeSource };

// The runs of an experiment as a table of columns, read when they are asked for. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { finder } = inNode ? require("./workspace-rows.js") : runfolio.rows;
  const { decode, decodeStarts, rank } = inNode ? require("./columns.js") : runfolio.columns;

  const AGGREGATES = ["last", "min", "max", "best", "mean", "first", "count"];
  const FEW = 64; // different numbers of a parameter that a search looks into
  const SYNONYMS = new Map([["run_name", "name"], ["start_time", "start"], ["run_id", "id"]]);

  const join = (lists) => (lists.length === 1 ? lists[0] : [].concat(...lists));

  // What tells the runs of some scripts apart. Colours go by marks: where runs were deleted, the others
  // keep theirs. A parent whose script is not there yet is none.
  const describeRows = (scripts, [colors, dashes]) => {
    const ids = join(scripts.map(({ runs }) => runs.id));
    const indices = ids.map((_, index) => index);
    const marks = scripts[0].marks ? join(scripts.map((one) => one.marks)) : indices;
    const parents = join(scripts.map((one) => one.parents || new Array(one.count).fill(-1)));
    return {
      count: ids.length,
      ids,
      names: join(scripts.map(({ runs }) => runs.name)),
      indices,
      parents: parents.map((parent) => (parent < ids.length ? parent : -1)),
      starts: join(scripts.map(({ starts }) => decodeStarts(starts))),
      nested: scripts.some((one) => one.parents),
      rank: scripts[0].rank ?? indices,
      results: join(scripts.map((one) => one.results ?? [])),
      colors: marks.map((mark) => mark % colors),
      dashes: marks.map((mark) => Math.floor(mark / colors) % dashes),
    };
  };

  // The model of an experiment's shard; of a large one it holds the first runs until `absorbRows` gets the
  // shards of all others.
  const model = (shard) => {
    let rows = describeRows([shard], shard.colors);
    const described = new Map(shard.columns.map((column) => [column.key, column]));
    const layers = [[shard]]; // the columns shown at first and the others, each in pieces of some rows
    const cache = new Map();

    const cached = (key, make) => {
      if (!cache.has(key)) cache.set(key, make());
      return cache.get(key);
    };
    const has = (one, area, key) => Boolean(one[area]) && Object.hasOwn(one[area], key);
    const piecesOf = (area, key) => layers.find((pieces) => pieces.some((one) => has(one, area, key)));
    const isLoaded = (key) => Boolean(piecesOf("data", key)) || own.has(key);
    const empty = () => new Array(rows.count).fill(null);
    const decodeAll = (area, key, numeric) => {
      const pieces = piecesOf(area, key);
      return pieces ? join(pieces.map((one) => decode(one[area]?.[key], one.count, numeric))) : empty();
    };

    const own = new Map([
      ["attributes.id", () => rows.ids],
      ["attributes.name", () => rows.names],
      ["attributes.start", () => rows.starts],
      ["attributes.parent_id", () => rows.parents.map((parent) => (parent < 0 ? null : rows.ids[parent]))],
      ["attributes.experiment", () => new Array(rows.count).fill(shard.name)],
    ]);

    let find = null;
    const index = (text) => (find ??= finder(rows.ids))(text);

    const isNumeric = (key) => !["text", "status"].includes(described.get(key)?.kind ?? "text");

    const values = (key) =>
      cached(key, () => (own.has(key) ? own.get(key)() : decodeAll("data", key, isNumeric(key))));

    const direction = (name) => described.get(`metrics.${name}`)?.direction ?? null;

    // An aggregate of a metric, by run; null where it is not there or not loaded yet.
    const metric = (name, aggregate = "last") => {
      const key = `metrics.${name}`;
      if (!described.has(key)) return null;
      if (aggregate === "last") return isLoaded(key) ? values(key) : null;
      if (aggregate === "best") return metric(name, direction(name) === "up" ? "max" : "min");
      const pieces = piecesOf("aggregates", key);
      const encoded = ({ aggregates }) => aggregates[key]?.[aggregate];
      if (!pieces || encoded(pieces[0]) === undefined) return null;
      if (pieces.every((one) => encoded(one) === "last")) return metric(name);
      return cached(`${key}\n${aggregate}`, () => {
        let end = 0;
        return join(pieces.map((one) => (end += one.count) && (encoded(one) === "last" ? values(key).slice(end - one.count, end) : decode(encoded(one), one.count, true))));
      });
    };

    // The texts of a parameter as they were logged.
    const texts = (key) =>
      cached(`${key}\ntexts`, () => {
        const shown = values(key);
        if (!isNumeric(key)) return shown;
        const odd = decodeAll("texts", key, false);
        return shown.map((value, index) => odd[index] ?? (value === null ? null : String(value)));
      });

    // An attribute may be named alone.
    const resolve = (key) => (!described.has(key) && described.has(`attributes.${key}`) ? `attributes.${key}` : key);

    // "metrics.loss.min" as ["metrics.loss", "min"]; a metric of that whole name comes first.
    const split = (asked) => {
      const key = resolve(asked);
      const place = key.lastIndexOf(".");
      const known = !described.has(key) && key.startsWith("metrics.") && AGGREGATES.includes(key.slice(place + 1));
      return known ? [key.slice(0, place), key.slice(place + 1)] : [key, "last"];
    };

    // A column with its values, or null where there is none or it is not loaded yet.
    const column = (asked) => {
      const [key, aggregate] = split(asked);
      const found = described.get(key);
      const read = key.startsWith("metrics.") ? metric(key.slice(8), aggregate) : isLoaded(key) ? values(key) : null;
      if (!found || !read) return null;
      const whole = { ...found, values: read };
      if (found.group === "Parameters") Object.defineProperty(whole, "texts", { get: () => texts(key) });
      return whole;
    };

    // The places of a column's values in ascending order; null as for `column`.
    const ranks = (asked) => {
      const found = column(asked);
      return found && cached(`${asked}\nranks`, () => rank(found.values, isNumeric(split(asked)[0])));
    };

    // Whether numbers are labels rather than measurements: several that most runs share.
    const areFew = (numbers) => {
      const found = new Set();
      for (const one of numbers) if (found.add(one).size > FEW + 1) return false;
      const count = found.size - found.has(null);
      return count > 0 && count <= FEW && count * 2 <= numbers.length && found.size > 1;
    };

    // What a search looks into: name, id, status, and texts of parameters and tags, in lower case.
    const searchable = () =>
      cached("searchable", () => {
        const searched = shard.columns.filter(({ key, kind, group }) => isLoaded(key) && (kind === "status" || (["Parameters", "Tags"].includes(group) && (kind === "text" || areFew(values(key))))));
        const columns = searched.map(({ key, group }) => (group === "Parameters" ? texts(key) : values(key)));
        return rows.indices.map((index) => {
          let text = `${rows.names[index]} ${rows.ids[index]}`;
          for (const one of columns) if (one[index] !== null) text += ` ${one[index]}`;
          return text.toLowerCase();
        });
      });

    // The runs as the filter language asks for them.
    const source = {
      get count() { return rows.count; },
      column: (entity, name, aggregate) => {
        if (entity === "metrics") {
          const numbers = metric(name, aggregate);
          return numbers && { numbers };
        }
        if (entity === "datasets") return datasets(name);
        const key = `${entity}.${entity === "attributes" ? (SYNONYMS.get(name) ?? name) : name}`;
        if (!own.has(key) && !described.has(key)) return null;
        if (entity !== "params") return isNumeric(key) ? { numbers: values(key) } : { texts: values(key) };
        const numbers = isNumeric(key) ? values(key) : cached(`${key}\nnumbers`, () => decodeAll("numbers", key, true));
        return { texts: texts(key), numbers };
      },
    };

    const datasets = (name) => {
      const place = ["name", "digest", "context"].indexOf(name);
      const pieces = layers.find((some) => some.some((one) => one.datasets)) ?? [];
      const told = cached("datasets", () => (pieces.length ? join(pieces.map((one) => decode(one.datasets, one.count, false))) : empty()));
      return { lists: cached(`datasets\n${name}`, () => told.map((list) => (list ? list.map((facts) => facts[place]) : []))) };
    };

    // Adds the columns of a large experiment that are not shown at first: shards of some rows each, in order.
    const absorb = (...more) => {
      layers.push(more);
      cache.clear();
    };

    // Adds the other runs of a large experiment, the shards in order.
    const absorbRows = (scripts) => {
      layers[0].push(...scripts);
      rows = describeRows([shard, ...scripts], shard.colors);
      cache.clear();
      find = null;
      Object.assign(runs, rows);
    };

    const runs = {
      ...rows,
      id: shard.id,
      name: shard.name,
      total: shard.total ?? shard.count,
      index,
      palette: shard.colors,
      get statuses() { return values("attributes.status"); },
      get durations() { return values("attributes.duration"); },
      primary: shard.primary,
      direction,
      columns: shard.columns,
      curves: shard.curves,
      column,
      metric,
      ranks,
      resolve,
      searchable,
      source: () => source,
      isLoaded: (asked) => Boolean(column(asked)),
      has: (asked) => described.has(split(asked)[0]),
      wholeRows: () => layers[0].length > (shard.parts ?? 0),
      complete: () => !shard.more || layers.length > 1,
      absorb,
      absorbRows,
    };
    return runs;
  };

  // The names of the shards that follow one of a large experiment: `experiments/ID-rows-1` and so on.
  const rowShards = (name, { parts = 0 }) => Array.from({ length: parts }, (_, place) => `${name}-rows-${place + 1}`);

  // The names of the shards with the columns that are not shown at first.
  const moreShards = (name, { more }) => [`${name}-more`, ...rowShards(`${name}-more`, { parts: more - 1 })];

  // The model with all runs of an experiment's shard; with `more`, also with all columns.
  const loadWhole = async (name, load, isEnough = () => true) => {
    const shard = await load(name);
    const runs = model(shard);
    const all = (names) => Promise.all(names.map(load));
    if (shard.parts) runs.absorbRows(await all(rowShards(name, shard)));
    if (!runs.complete() && !isEnough(runs)) runs.absorb(...(await all(moreShards(name, shard))));
    return runs;
  };

  const pure = { model, loadWhole, rowShards, moreShards, AGGREGATES };
  if (typeof runfolio !== "undefined") runfolio.workspaceModel = pure;
  if (inNode) module.exports = pure;
})();

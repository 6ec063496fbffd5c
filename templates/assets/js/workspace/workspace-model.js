// The runs of an experiment as a table of columns, read when they are asked for. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { finder } = inNode ? require("./workspace-rows.js") : runfolio.rows;
  const { decode, decodeStarts, rank } = inNode ? require("./columns.js") : runfolio.columns;

  const AGGREGATES = ["last", "min", "max", "best", "mean", "first", "count"];
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
    const pieces = [{ count: shard.count, parts: [shard] }]; // of rows, each with its columns in one shard or two
    const cache = new Map();

    const cached = (key, make) => {
      if (!cache.has(key)) cache.set(key, make());
      return cache.get(key);
    };
    const part = (area, key, { parts } = pieces[0]) => parts.map((one) => one[area]).find((one) => one && Object.hasOwn(one, key))?.[key];
    const isLoaded = (key) => pieces[0].parts.some((one) => Object.hasOwn(one.data, key)) || own.has(key);
    const readAll = (read) => join(pieces.map(read));
    const decodeAll = (area, key, numeric) => readAll((piece) => decode(part(area, key, piece), piece.count, numeric));

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
      if (part("aggregates", key)?.[aggregate] === undefined) return null;
      const encoded = (piece) => part("aggregates", key, piece)?.[aggregate];
      const last = (piece) => (encoded(piece) === "last" ? part("data", key, piece) : encoded(piece));
      if (pieces.every((piece) => encoded(piece) === "last")) return metric(name);
      return cached(`${key}\n${aggregate}`, () => readAll((piece) => decode(last(piece), piece.count, true)));
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

    // What a search looks into: name, id, status, and texts of parameters and tags, in lower case.
    const searchable = () =>
      cached("searchable", () => {
        const searched = shard.columns.filter(({ key, kind, group }) => isLoaded(key) && (kind === "status" || (["Parameters", "Tags"].includes(group) && (kind === "text" || part("data", key)?.words))));
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
      const lists = cached(`datasets\n${name}`, () => readAll(({ count, parts }) => decode(parts.find((one) => one.datasets)?.datasets, count, false)).map((list) => (list ? list.map((facts) => facts[place]) : [])));
      return { lists };
    };

    // Adds what a large experiment keeps in a second shard, or in as many as there are scripts of rows.
    const absorb = (...more) => {
      more.forEach((one, place) => pieces[place].parts.push(one));
      cache.clear();
    };

    // Adds the other runs of a large experiment, the shards in order.
    const absorbRows = (scripts) => {
      for (const one of scripts) pieces.push({ count: one.count, parts: [one] });
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
      wholeRows: () => pieces.length > (shard.parts ?? 0),
      complete: () => !shard.more || pieces[0].parts.length > 1,
      absorb,
      absorbRows,
    };
    return runs;
  };

  // The names of the shards that follow one of a large experiment: `experiments/ID-rows-1` and so on.
  const rowShards = (name, { parts = 0 }) => Array.from({ length: parts }, (_, place) => `${name}-rows-${place + 1}`);

  // The model with all runs of an experiment's shard; with `more`, also with all columns.
  const loadWhole = async (name, load, isEnough = () => true) => {
    const shard = await load(name);
    const runs = model(shard);
    const all = (first) => Promise.all(rowShards(first, shard).map(load));
    if (shard.parts) runs.absorbRows(await all(name));
    if (!runs.complete() && !isEnough(runs)) runs.absorb(await load(`${name}-more`), ...(await all(`${name}-more`)));
    return runs;
  };

  const pure = { model, loadWhole, rowShards, AGGREGATES };
  if (typeof runfolio !== "undefined") runfolio.workspaceModel = pure;
  if (inNode) module.exports = pure;
})();

// The runs of an experiment as a table of columns, read when they are asked for. Pure.

(() => {
  "use strict";

  const inNode = typeof module === "object";
  const { finder } = inNode ? require("./workspace-rows.js") : runfolio.rows;
  const { decode, decodeStarts, rank } = inNode ? require("./columns.js") : runfolio.columns;

  const AGGREGATES = ["last", "min", "max", "best", "mean", "first", "count"];
  const SYNONYMS = new Map([["run_name", "name"], ["start_time", "start"], ["run_id", "id"]]);

  const model = (shard) => {
    const count = shard.count;
    const ids = shard.runs.id;
    const names = shard.runs.name;
    const [colorCount, dashCount] = shard.colors;
    const indices = ids.map((_, index) => index);
    // What colours go by: where runs were deleted, the others keep theirs.
    const marks = shard.marks ?? indices;
    const parents = shard.parents || new Array(count).fill(-1);
    const starts = decodeStarts(shard.starts);
    const described = new Map(shard.columns.map((column) => [column.key, column]));
    const parts = [shard];
    const cache = new Map();

    const cached = (key, make) => {
      if (!cache.has(key)) cache.set(key, make());
      return cache.get(key);
    };
    const part = (area, key) => parts.map((one) => one[area]).find((one) => one && Object.hasOwn(one, key))?.[key];
    const isLoaded = (key) => parts.some((one) => Object.hasOwn(one.data, key)) || own.has(key);

    const own = new Map([
      ["attributes.id", () => ids],
      ["attributes.name", () => names],
      ["attributes.start", () => starts],
      ["attributes.parent_id", () => parents.map((parent) => (parent < 0 ? null : ids[parent]))],
      ["attributes.experiment", () => new Array(count).fill(shard.name)],
    ]);

    let find = null;
    const index = (text) => (find ??= finder(ids))(text);

    const isNumeric = (key) => !["text", "status"].includes(described.get(key)?.kind ?? "text");

    const values = (key) =>
      cached(key, () => (own.has(key) ? own.get(key)() : decode(part("data", key), count, isNumeric(key))));

    const direction = (name) => described.get(`metrics.${name}`)?.direction ?? null;

    // An aggregate of a metric, by run; null where it is not there or not loaded yet.
    const metric = (name, aggregate = "last") => {
      const key = `metrics.${name}`;
      if (!described.has(key)) return null;
      if (aggregate === "last") return isLoaded(key) ? values(key) : null;
      if (aggregate === "best") return metric(name, direction(name) === "up" ? "max" : "min");
      const encoded = part("aggregates", key)?.[aggregate];
      if (encoded === undefined) return null;
      return encoded === "last" ? metric(name) : cached(`${key}\n${aggregate}`, () => decode(encoded, count, true));
    };

    // The texts of a parameter as they were logged.
    const texts = (key) =>
      cached(`${key}\ntexts`, () => {
        const shown = values(key);
        if (!isNumeric(key)) return shown;
        const odd = decode(part("texts", key), count, false);
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
        return indices.map((index) => {
          let text = `${names[index]} ${ids[index]}`;
          for (const one of columns) if (one[index] !== null) text += ` ${one[index]}`;
          return text.toLowerCase();
        });
      });

    // The runs as the filter language asks for them.
    const source = {
      count,
      column: (entity, name, aggregate) => {
        if (entity === "metrics") {
          const numbers = metric(name, aggregate);
          return numbers && { numbers };
        }
        if (entity === "datasets") return datasets(name);
        const key = `${entity}.${entity === "attributes" ? (SYNONYMS.get(name) ?? name) : name}`;
        if (!own.has(key) && !described.has(key)) return null;
        if (entity !== "params") return isNumeric(key) ? { numbers: values(key) } : { texts: values(key) };
        const numbers = isNumeric(key) ? values(key) : cached(`${key}\nnumbers`, () => decode(part("numbers", key), count, true));
        return { texts: texts(key), numbers };
      },
    };

    const datasets = (name) => {
      const place = ["name", "digest", "context"].indexOf(name);
      const lists = cached(`datasets\n${name}`, () => decode(parts.find((one) => one.datasets)?.datasets, count, false).map((list) => (list ? list.map((facts) => facts[place]) : [])));
      return { lists };
    };

    // Adds what a large experiment keeps in a second shard.
    const absorb = (more) => {
      parts.push(more);
      cache.clear();
    };

    return {
      id: shard.id,
      name: shard.name,
      count,
      ids,
      names,
      parents,
      starts,
      indices,
      index,
      colors: marks.map((mark) => mark % colorCount),
      dashes: marks.map((mark) => Math.floor(mark / colorCount) % dashCount),
      palette: [colorCount, dashCount],
      get statuses() { return values("attributes.status"); },
      get durations() { return values("attributes.duration"); },
      nested: Boolean(shard.parents),
      rank: shard.rank,
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
      complete: () => !shard.more || parts.length > 1,
      absorb,
    };
  };

  const pure = { model, AGGREGATES };
  if (typeof runfolio !== "undefined") runfolio.workspaceModel = pure;
  if (inNode) module.exports = pure;
})();

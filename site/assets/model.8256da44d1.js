// Columns of runs as src/runfolio/site/workspace.py writes them: read, ranked and put in order.

(() => {
  "use strict";

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const PLACES = new Map([...LETTERS].map((letter, place) => [letter.charCodeAt(0), place]));
  const NAMED = { NaN, Infinity, "-Infinity": -Infinity };
  const named = (value) => (typeof value === "string" ? NAMED[value] : value);

  // One value a run, null where it has none; texts of numeric columns are numbers that are not finite.
  const decode = (encoded, count, numeric) => {
    if (encoded === null || encoded === undefined) return new Array(count).fill(null);
    const read = numeric ? named : (value) => value;
    if (Object.hasOwn(encoded, "same")) return new Array(count).fill(read(encoded.same));
    if (encoded.values) return numeric && encoded.values.some((value) => typeof value === "string") ? encoded.values.map(read) : encoded.values;
    const words = encoded.words.map(read);
    if (encoded.places) return encoded.places.map((place) => (place === null ? null : words[place]));
    const values = new Array(count);
    for (let index = 0; index < count; index += 1) {
      const place = PLACES.get(encoded.letters.charCodeAt(index));
      values[index] = place === undefined ? null : words[place];
    }
    return values;
  };

  // Times from the first and the steps between them.
  const decodeStarts = ({ first, steps }) => {
    let now = first;
    return [first, ...steps].map((step, index) => (now = index ? now + step : first));
  };

  const natural = new Intl.Collator("en", { numeric: true });
  const NOT_A_NUMBER = 2 ** 30; // after all numbers and texts, whatever the direction; what is missing comes last
  const MISSING = NOT_A_NUMBER + 1;

  // The place of each value among the different values: numbers by size, texts with 2 before 10.
  const rank = (values, numeric) => {
    const known = new Set(values);
    const words = [...known].filter((value) => value !== null && !Number.isNaN(value));
    if (numeric) {
      const sorted = Float64Array.from(words).sort();
      words.forEach((_, place) => (words[place] = sorted[place]));
    } else words.sort(natural.compare);
    const places = new Map(words.map((word, place) => [word, place]));
    return Int32Array.from(values, (value) => (value === null ? MISSING : (places.get(value) ?? NOT_A_NUMBER)));
  };

  // The indices of `start` in the order of `keys`, first things first; equal ones keep their places.
  const order = (keys, start) => {
    let indices = start;
    for (const { ranks, descending } of [...keys].reverse()) indices = orderBy(indices, ranks, descending);
    return indices;
  };

  const orderBy = (indices, ranks, descending) => {
    let highest = -1;
    for (const index of indices) if (ranks[index] < NOT_A_NUMBER && ranks[index] > highest) highest = ranks[index];
    const size = highest + 1;
    const bucket = (index) => {
      const place = ranks[index];
      if (place >= NOT_A_NUMBER) return size + place - NOT_A_NUMBER;
      return descending ? highest - place : place;
    };
    const ends = new Int32Array(size + 3);
    for (const index of indices) ends[bucket(index) + 1] += 1;
    for (let place = 1; place < ends.length; place += 1) ends[place] += ends[place - 1];
    const sorted = new Array(indices.length);
    for (const index of indices) sorted[ends[bucket(index)]++] = index;
    return sorted;
  };

  const isMissing = (place) => place >= NOT_A_NUMBER;

  // Keys in one text, separated by commas, as the fragment keeps them; a comma within one is escaped.
  const joinKeys = (keys) => keys.map((key) => key.replace(/[%,]/g, encodeURIComponent)).join(",");
  const splitKeys = (text) => (text ? text.split(",").filter(Boolean).map((key) => key.replace(/%25|%2C/g, decodeURIComponent)) : []);

  const columns = { decode, decodeStarts, rank, order, isMissing, joinKeys, splitKeys };
  if (typeof runfolio !== "undefined") runfolio.columns = columns;
  if (typeof module === "object") module.exports = columns;
})();

// Which runs a view of an experiment has and in which order: search, selection, nesting, groups. Pure.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  // Whether a text in lower case holds every word of a query.
  const matcher = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return (text) => words.every((word) => text.includes(word));
  };

  // Finds runs by id or by its unique first digits; -1 where no or several runs are meant.
  const finder = (ids) => {
    const known = new Map();
    for (let index = 0; index < ids.length; index += 1) {
      const short = ids[index].slice(0, 8);
      known.set(short, known.has(short) ? -1 : index);
      known.set(ids[index], index);
    }
    return (text) => known.get(text) ?? -1;
  };

  // The runs that a list in the fragment names: ids, "*" for all of `rows`, "-id" for one left out of these.
  const pick = (texts, rows, find) => {
    const named = texts.filter((text) => text !== "*" && !text.startsWith("-")).map(find);
    if (!texts.includes("*")) return [...new Set(named)].filter((index) => index >= 0);
    const without = new Set(texts.filter((text) => text.startsWith("-")).map((text) => find(text.slice(1))));
    return rows.filter((index) => !without.has(index));
  };

  // Nested runs under their parent: lines of {run, depth, children, context} in the order of `sorted`.
  // A parent that does not match stays as context of its children. A family stands where its head
  // stands, or its best-placed member where `counts` says that the head has nothing to sort by.
  const nest = (sorted, parents, matches, counts) => {
    const kept = new Uint8Array(parents.length);
    for (const index of sorted) {
      if (!matches(index)) continue;
      for (let at = index, depth = 0; at >= 0 && !kept[at] && depth < 100; at = parents[at], depth += 1) kept[at] = 1;
    }
    const place = new Int32Array(parents.length).fill(-1);
    sorted.forEach((index, at) => (place[index] = at));
    const children = new Map();
    for (const index of sorted) {
      if (!kept[index]) continue;
      const parent = parents[index] >= 0 && place[parents[index]] >= 0 ? parents[index] : -1;
      if (children.has(parent)) children.get(parent).push(index);
      else children.set(parent, [index]);
    }
    const seen = new Set();
    const positions = new Map();
    const position = (index) => {
      if (positions.has(index)) return positions.get(index);
      positions.set(index, place[index]);
      const below = children.get(index) || [];
      const found = counts(index) ? place[index] : below.reduce((least, one) => Math.min(least, position(one)), below.length ? Infinity : place[index]);
      positions.set(index, found);
      return found;
    };
    const lines = [];
    const add = (indices, depth) => {
      const ordered = [...indices].sort((a, b) => position(a) - position(b) || place[a] - place[b]);
      for (const run of ordered) {
        if (seen.has(run)) continue;
        seen.add(run);
        const below = children.get(run) || [];
        lines.push({ run, depth, children: below.length, context: !matches(run) });
        add(below, depth + 1);
      }
    };
    add(children.get(-1) || [], 0);
    add([...sorted].filter((index) => kept[index] && !seen.has(index)), 0);
    return lines;
  };

  // The runs of `rows` by what they have in common: {key, values, members}, in the order they appear.
  const group = (rows, columns) => {
    const known = columns.map(() => new Map());
    const numberOf = (place, value) => {
      if (!known[place].has(value)) known[place].set(value, known[place].size);
      return known[place].get(value);
    };
    const found = new Map();
    for (const index of rows) {
      let mark = numberOf(0, columns[0].values[index]);
      for (let place = 1; place < columns.length; place += 1) mark = `${mark} ${numberOf(place, columns[place].values[index])}`;
      const members = found.get(mark);
      if (members) members.push(index);
      else found.set(mark, [index]);
    }
    return [...found.values()].map((members) => {
      const values = columns.map((column) => column.values[members[0]]);
      const key = JSON.stringify(values.map((value) => (Number.isFinite(value) || value === null ? value : String(value))));
      return { key, values, members };
    });
  };

  // Mean and sample standard deviation of the finite values among some runs, and how many there are.
  const spread = (values, members) => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (const index of members) {
      const value = values[index];
      if (!Number.isFinite(value)) continue;
      count += 1;
      const off = value - mean;
      mean += off / count;
      squares += off * (value - mean);
    }
    return { count, mean: count ? mean : null, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null };
  };

  const BROKE_OFF = ["FAILED", "KILLED"];
  const broken = (status) => BROKE_OFF.includes(status);

  // What counts of some runs: those that did not break off, unless all of them did.
  const sound = (indices, statuses) => {
    const whole = indices.filter((index) => !broken(statuses[index]));
    return whole.length ? whole : indices;
  };

  // "20 runs, 4 broke off": how many runs there are, and how many of them do not count.
  const countRuns = (indices, statuses) => {
    const count = indices.length;
    const off = indices.reduce((sum, index) => sum + broken(statuses[index]), 0);
    const runs = format.count(count, "run");
    if (!off) return runs;
    return count > 1 && off === count ? `${runs}, all broke off` : `${runs}, ${off.toLocaleString("en")} broke off`;
  };

  const rows = { matcher, finder, pick, nest, group, spread, broken, sound, countRuns };
  if (typeof runfolio !== "undefined") runfolio.rows = rows;
  if (typeof module === "object") module.exports = rows;
})();

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

// What stands in a cell of the runs table: texts, decimals under each other, heat, differences. Pure.

(() => {
  "use strict";

  const { number, duration } = typeof module === "object" ? require("../site/format.js") : runfolio.format;

  const { spread } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const STATUSES = new Map([["RUNNING", ["running", "◌"]], ["FINISHED", ["finished", "✓"]], ["FAILED", ["failed", "✕"]], ["KILLED", ["stopped", "■"]]]);
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const FIGURE_SPACE = "\u2007";
  const POINT_SPACE = "\u2008";
  const SAMPLE = 2000;

  const status = (value) => STATUSES.get(value) ?? [String(value).toLowerCase(), "?"];

  // "23 Nov 2026 10:12", in UTC.
  const time = (microseconds) => {
    const moment = new Date(microseconds / 1000);
    if (Number.isNaN(moment.getTime())) return "—";
    const two = (value) => String(value).padStart(2, "0");
    return `${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()]} ${moment.getUTCFullYear()} ${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`;
  };

  const iso = (microseconds) => {
    const moment = new Date(microseconds / 1000);
    return Number.isNaN(moment.getTime()) ? null : `${moment.toISOString().slice(0, 19)}Z`;
  };

  // {text, full}: what a column shows of a run, and the whole of it where that is more.
  const show = (column, index) => {
    const value = column.values[index];
    if (column.kind === "number") {
      if (value === null) return { text: column.texts?.[index] ?? (column.group === "Metrics" ? "—" : ""), full: null };
      const text = number(value);
      return { text, full: String(value) === text ? null : (column.texts?.[index] ?? String(value)) };
    }
    if (value === null) return { text: "", full: null };
    if (column.kind === "duration") return { text: duration(value), full: `${value} s` };
    if (column.kind === "time") return { text: time(value), full: iso(value) };
    if (column.kind === "status") return { text: status(value)[0], full: null };
    return { text: value, full: value.length > 20 ? value : null };
  };

  // How many decimals a plain number has; -1 for anything else.
  const decimals = (text) => {
    const found = /^[-−]?\d+(?:\.(\d+))?$/.exec(text);
    return found ? (found[1] || "").length : -1;
  };

  // A number padded so that its decimal point stands under the others', which have up to `widest` decimals.
  const align = (text, widest) => {
    const own = decimals(text);
    if (own < 0 || own >= widest) return text;
    return text + (own === 0 ? POINT_SPACE : "") + FIGURE_SPACE.repeat(widest - own);
  };

  // Some of the values of some runs, evenly.
  const sample = (values, indices) => {
    const found = [];
    const step = Math.max(1, Math.floor(indices.length / SAMPLE));
    for (let place = 0; place < indices.length; place += step) found.push(values[indices[place]]);
    return found;
  };

  // The most decimals that a column shows, judged by some values and by the smallest one.
  const widest = (values, indices) => {
    let smallest = Infinity;
    for (const value of values) {
      const size = Math.abs(value);
      if (value !== null && size < smallest && size >= 1e-4) smallest = size;
    }
    const known = [...sample(values, indices), smallest].filter((value) => value !== null);
    return known.reduce((most, value) => Math.max(most, decimals(number(value))), 0);
  };

  // What all cells of a column share: the decimals, and the best value of `contenders`.
  const describe = (column, indices, contenders) =>
    column.kind === "number" ? { widest: widest(column.values, indices), best: best(column, contenders) } : { widest: 0, best: null };

  // The range of values that heat tells apart; a few outliers lie beyond it.
  const range = ({ values }, contenders) => {
    const finite = sample(values, contenders).filter(Number.isFinite).sort((a, b) => a - b);
    const at = (share) => finite[Math.round(share * (finite.length - 1))];
    return { low: at(0.02), high: at(0.98) };
  };

  // The best value of a column with a direction; null when there is none or all are alike.
  const best = ({ values, direction }, contenders) => {
    if (!direction) return null;
    let low = Infinity;
    let high = -Infinity;
    for (const index of contenders) {
      const value = values[index];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low >= high) return null;
    return direction === "down" ? low : high;
  };

  // How strongly a value is coloured, 0 to 1: the best most, without a direction the largest.
  const heat = ({ low, high }, value, direction) => {
    if (!Number.isFinite(value) || !(high > low)) return null;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return direction === "down" ? 1 - share : share;
  };

  // The difference to a baseline: {text, better}, better null where that can't be said; null without one.
  const delta = (value, base, direction) => {
    if (!Number.isFinite(value) || !Number.isFinite(base) || value === base) return null;
    const signed = (text, change) => `${change > 0 ? "+" : "−"}${text}`;
    const change = value - base;
    const share = base === 0 ? "" : ` ${signed((Math.abs(change / base) * 100).toFixed(1), change)} %`;
    return { text: signed(number(Math.abs(change)), change) + share, better: direction ? change < 0 === (direction === "down") : null };
  };

  // A deviation with as many decimals as its mean, `places`, or more where these show less than two digits.
  const deviationText = (deviation, places) => {
    if (places < 0) return number(deviation);
    const needed = deviation > 0 ? 1 - Number(deviation.toExponential(1).split("e")[1]) : 0;
    return needed > places ? number(Number(deviation.toPrecision(2))) : deviation.toFixed(places);
  };

  // "0.612 ± 0.013" of the values of a group.
  const spreadText = ({ mean, deviation }) => {
    if (mean === null) return "";
    const text = number(mean);
    return deviation === null ? text : `${text} ± ${deviationText(deviation, decimals(text))}`;
  };

  // What a column shows of a group {members, counted}: {text, full} as of a run, the mean of its numbers, and
  // whether its runs have all the same.
  const summarize = (column, { members, counted }) => {
    if (column.kind !== "number" && column.kind !== "duration") {
      const texts = new Set(members.map((index) => show(column, index).text));
      const isShared = texts.size === 1;
      return { text: isShared ? [...texts][0] : `${texts.size} values`, full: isShared ? show(column, members[0]).full : null, mean: null, isShared };
    }
    const { count, mean, deviation } = spread(column.values, counted);
    if (!count) return { text: "", full: null, mean, isShared: false };
    const isSame = column.group === "Parameters" && !deviation; // what a group has in common needs no deviation
    const text = column.kind === "duration" ? duration(mean) : spreadText({ mean, deviation: isSame ? null : deviation });
    const full = deviation === null ? `${mean}: mean of ${count}` : `${mean} ± ${deviation}: mean ± standard deviation of ${count}`;
    return { text, full, mean, isShared: false };
  };

  const cells = { summarize, show, status, time, align, decimals, describe, range, best, heat, delta, deviationText, spreadText };
  if (typeof runfolio !== "undefined") runfolio.cells = cells;
  if (typeof module === "object") module.exports = cells;
})();

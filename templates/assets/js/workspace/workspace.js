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

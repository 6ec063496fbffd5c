// The site's one global: shards register here, scripts load on demand, pages find their parts.
// Data comes as scripts because a page opened from disk may load nothing else.

var runfolio = (() => {
  "use strict";

  const shards = new Map();
  const waiting = new Map();
  const scripts = new Map();

  const site = () => (typeof document === "undefined" ? {} : document.body.dataset);

  // Only the site's own data and assets may become scripts.
  const isOwnScript = (path) => /^(\.\.\/)?(data|assets)\/[a-z0-9/.-]+\.js$/.test(path) && !/\.\.[^/]|[^.]\.\.\//.test(path);

  const policy =
    typeof trustedTypes === "undefined"
      ? { createScriptURL: (path) => path }
      : trustedTypes.createPolicy("runfolio", {
          createScriptURL: (path) => {
            if (!isOwnScript(path)) throw new TypeError(`Not a script of this site: ${path}`);
            return path;
          },
        });

  const loadScript = (path) => {
    if (!scripts.has(path)) {
      scripts.set(
        path,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = policy.createScriptURL((site().root || "") + path);
          script.onload = () => resolve();
          script.onerror = () => {
            scripts.delete(path);
            reject(new Error(`Couldn’t load ${path}. Is the whole site here?`));
          };
          document.head.append(script);
        }),
      );
    }
    return scripts.get(path);
  };

  // Curves that were logged together share an axis; each gets its steps and times back here.
  const shareAxes = (shard) => {
    for (const curve of Object.values(shard.curves)) Object.assign(curve, shard.axes[curve.axis]);
  };

  const register = (name, text) => {
    const shard = JSON.parse(text);
    if (shard.axes) shareAxes(shard);
    shards.set(name, shard);
  };

  const loadShard = (name) => {
    if (shards.has(name)) return Promise.resolve(shards.get(name));
    if (!waiting.has(name)) {
      const path = name === "specs" ? site().specs : `data/${name}.js`;
      waiting.set(
        name,
        loadScript(path)
          .then(() => {
            if (!shards.has(name)) throw new Error(`The file ${path} holds no ${name}.`);
            return shards.get(name);
          })
          .finally(() => waiting.delete(name)),
      );
    }
    return waiting.get(name);
  };

  // Calls `wire` for every element that matches, once the page is there.
  const onPage = (selector, wire) => {
    if (typeof document === "undefined") return;
    for (const element of document.querySelectorAll(selector)) wire(element);
  };

  // Makes an element: attributes by name, children as text or elements.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  };

  const number = (value) => (typeof value === "string" ? Number(value) : value);

  return { register, loadShard, loadScript, isOwnScript, onPage, make, number, site };
})();

if (typeof module === "object") module.exports = runfolio;

// Numbers and durations as text, the same as runfolio/charts/numbers.py writes them.

(() => {
  "use strict";

  const DIGITS = 4;
  const SMALLEST = -4; // the powers of ten between which a number is written without exponent
  const LARGEST = 6;

  const strip = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

  // "0.6121", "1.235e-7"; whole numbers below a million in full; null as "—".
  const number = (value) => {
    if (value === null || value === undefined) return "—";
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
    if (value === 0) return "0";
    if (Math.abs(value) < 10 ** LARGEST && Number.isInteger(value)) return String(value);
    const [mantissa, exponent] = value.toExponential(DIGITS - 1).split("e");
    const power = Number(exponent);
    if (power >= SMALLEST && power < LARGEST) return strip(value.toFixed(Math.max(DIGITS - 1 - power, 0)));
    return `${strip(mantissa)}e${power}`;
  };

  // Seconds a unit has, its name, those of the next smaller unit, and where the next larger begins.
  const UNITS = [
    [60, "min", 1, "s", 3600],
    [3600, "h", 60, "min", 86400],
    [86400, "d", 3600, "h", Infinity],
  ];

  const halfUp = (value) => Math.floor(value + 0.5);
  const tenths = (value) => strip(value.toFixed(1));

  // The two largest units: "0.5 s", "12 s", "3 min 5 s", "2 h 10 min", "1 d 4 h".
  const duration = (seconds) => {
    if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "—";
    if (seconds < 0) return `-${duration(-seconds)}`;
    if (seconds === 0) return "0 s";
    if (seconds < 0.0995) return tenths(seconds * 1000) === "0" ? "< 0.1 ms" : `${tenths(seconds * 1000)} ms`;
    if (seconds < 9.95) return `${tenths(seconds)} s`;
    if (halfUp(seconds) < 60) return `${halfUp(seconds)} s`;
    for (const [size, unit, minor, small, limit] of UNITS) {
      const whole = halfUp(seconds / minor) * minor;
      if (whole >= limit) continue;
      const rest = (whole % size) / minor;
      return `${Math.floor(whole / size)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
    }
    return "—";
  };

  const format = { number, duration };
  if (typeof runfolio !== "undefined") runfolio.format = format;
  if (typeof module === "object") module.exports = format;
})();

// The state of a view lives in the URL's fragment, so that any view is a link.

(() => {
  "use strict";

  // "#q=gb&sort=-rmse" as an object of texts; names that objects inherit stay plain keys.
  const parse = (fragment) => {
    const state = Object.create(null);
    const text = fragment.replace(/^#/, "");
    if (!text.includes("=")) return state;
    for (const [name, value] of new URLSearchParams(text)) state[name] = value;
    return state;
  };

  const format = (state) => {
    const kept = Object.keys(state)
      .sort()
      .filter((name) => state[name] !== "" && state[name] !== null && state[name] !== undefined)
      .map((name) => [name, String(state[name])]);
    return kept.length ? `#${new URLSearchParams(kept)}` : "";
  };

  const read = () => parse(location.hash);

  const listeners = [];

  // Merges `changes` into the fragment without adding to the history.
  const update = (changes) => {
    const state = Object.assign(read(), changes);
    const fragment = format(state);
    if (fragment !== location.hash) {
      history.replaceState(null, "", fragment || location.pathname + location.search);
      for (const listener of listeners) listener(state);
    }
  };

  // Calls `listener` with the state now, and whenever it changes by a link or by `update`.
  const follow = (listener) => {
    listeners.push(listener);
    addEventListener("hashchange", () => listener(read()));
    listener(read());
  };

  const list = (text) => (text ? text.split(",").filter(Boolean) : []);

  const state = { parse, format, read, update, follow, list };
  if (typeof runfolio !== "undefined") runfolio.state = state;
  if (typeof module === "object") module.exports = state;
})();

// What every page has: it knows that scripts run, switches its theme, and copies its link.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const root = document.documentElement;
  const THEME = "runfolio-theme";
  root.classList.add("scripted");

  const remembered = () => {
    try {
      return localStorage.getItem(THEME);
    } catch {
      return null;
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      // Some browsers keep nothing for files; the switch still works for this page.
    }
  };

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  };

  show(remembered());

  runfolio.onPage("[data-theme-switch]", (button) => {
    button.addEventListener("click", () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      const theme = dark ? "light" : "dark";
      show(theme);
      remember(theme);
    });
  });

  runfolio.onPage("[data-copy-link]", (button) => {
    const text = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Copy it from the address bar";
      }
      setTimeout(() => (button.textContent = text), 2000);
    });
  });

  // Previous and next run with the arrow keys, unless one is typing or choosing.
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, [tabindex], summary, button")) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = rel && document.querySelector(`a[rel="${rel}"]`);
    if (link) location.href = link.href;
  });

  // Escape closes a menu and goes back to what opened it.
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Printing opens what is folded, and folds it again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.menu)")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();

// The table of runs: sort, search, choose columns, select runs. Pure functions first, wiring below.

(() => {
  "use strict";

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compareValues = (a, b, descending) => {
    const empty = (value) => value === "" || value === null || value === undefined || value === "nan";
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const bothNumbers = !Number.isNaN(x) && !Number.isNaN(y);
    const order = bothNumbers ? x - y : String(a).localeCompare(String(b), "en", { numeric: true });
    return descending ? -order : order;
  };

  const toNumber = (text) => {
    const infinite = { inf: Infinity, "-inf": -Infinity }[text];
    return infinite === undefined ? Number(text) : infinite;
  };

  // The order of `values` as indices; equal ones keep their places.
  const sortOrder = (values, descending) =>
    values
      .map((value, index) => ({ value, index }))
      .sort((a, b) => compareValues(a.value, b.value, descending) || a.index - b.index)
      .map((one) => one.index);

  // Whether a text holds every word of a query, in any case and order.
  const matches = (text, query) => {
    const found = text.toLowerCase();
    return query
      .toLowerCase()
      .split(/\s+/)
      .every((word) => found.includes(word));
  };

  const pure = { compareValues, sortOrder, matches };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    const search = document.querySelector("[data-search]");
    const selection = document.querySelector("[data-selection]");
    const columns = headers.map((header, index) => ({ header, index, key: header.dataset.key })).filter((one) => one.key);
    const usual = columns.filter((one) => !one.header.classList.contains("off")).map((one) => one.key);
    const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" "));
    const home = new Map(rows.map((row, index) => [row, index]));

    const cellValue = (row, index) => {
      const cell = row.cells[index];
      return cell.dataset.sort ?? (cell.querySelector("a, .status") ?? cell).textContent.trim();
    };

    const sort = (key, descending) => {
      const column = columns.find((one) => one.key === key);
      for (const one of columns) one.header.removeAttribute("aria-sort");
      const ordered = [...rows].sort((a, b) => home.get(a) - home.get(b));
      if (!column) {
        body.append(...ordered);
        return;
      }
      column.header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const values = ordered.map((row) => cellValue(row, column.index));
      body.append(...sortOrder(values, descending).map((index) => ordered[index]));
    };

    const filter = (query) => {
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = Boolean(query) && !matches(texts[index], query);
        shown += !row.hidden;
      });
      return shown;
    };

    const showColumns = (keys) => {
      for (const { header, index, key } of columns) {
        const off = !keys.includes(key);
        if (header.classList.contains("off") === off) continue;
        header.classList.toggle("off", off);
        for (const row of rows) row.cells[index].classList.toggle("off", off);
      }
      for (const box of document.querySelectorAll("[data-column]")) box.checked = keys.includes(box.dataset.column);
    };

    const pick = (ids) => {
      for (const row of rows) {
        const picked = ids.includes(row.dataset.run);
        row.classList.toggle("picked", picked);
        row.querySelector("[data-pick]").checked = picked;
      }
      const all = table.querySelector("[data-pick-all]");
      const shown = rows.filter((row) => !row.hidden);
      const count = shown.filter((row) => row.classList.contains("picked")).length;
      all.checked = count > 0 && count === shown.length;
      all.indeterminate = count > 0 && count < shown.length;
    };

    const tell = (ids, shown, query) => {
      const parts = [];
      if (query) parts.push(shown === 1 ? "1 run found." : `${shown} runs found.`);
      if (ids.length) {
        const link = make("a", { href: `${runfolio.site().root}compare.html#runs=${ids.join(",")}` }, "Compare");
        const clear = make("button", { type: "button", class: "quiet", onclick: () => state.update({ runs: "" }) }, "Clear");
        parts.push(`${ids.length} selected:`, link, clear);
      } else if (!query) {
        parts.push("Tick runs to compare them.");
      }
      selection.replaceChildren(...parts.map((part) => (typeof part === "string" ? make("span", {}, part) : part)));
    };

    const chosen = () => state.list(state.read().runs);
    const known = new Set(rows.map((row) => row.dataset.run));

    for (const { header, key } of columns) {
      const button = make("button", { type: "button", title: header.title || null }, header.textContent);
      header.removeAttribute("title");
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        const next = now === null ? key : now === "ascending" ? `-${key}` : "";
        state.update({ sort: next });
      });
    }

    const chooser = document.querySelector("[data-columns]");
    const groupOf = ({ header }) => header.dataset.group || "Run";
    const choices = columns.filter((one) => one.key !== "name");
    const groups = [...new Set(choices.map(groupOf))];
    choices.sort((a, b) => groups.indexOf(groupOf(a)) - groups.indexOf(groupOf(b)));
    let group = "";
    for (const { header, key } of choices) {
      const name = groupOf({ header });
      if (name !== group) chooser.append(make("p", {}, name));
      group = name;
      const box = make("input", { type: "checkbox", "data-column": key });
      box.addEventListener("change", () => {
        const keys = [...chooser.querySelectorAll("[data-column]")].filter((one) => one.checked).map((one) => one.dataset.column);
        const same = keys.length + 1 === usual.length && keys.every((one) => usual.includes(one));
        state.update({ columns: same ? "" : JSON.stringify(keys) });
      });
      chooser.append(make("label", {}, box, header.dataset.title));
    }

    search.addEventListener("input", () => state.update({ q: search.value }));
    table.addEventListener("change", (event) => {
      const boxes = rows.filter((row) => !row.hidden);
      if (event.target.matches("[data-pick-all]")) {
        state.update({ runs: event.target.checked ? boxes.map((row) => row.dataset.run).join(",") : "" });
      } else if (event.target.matches("[data-pick]")) {
        const id = event.target.closest("tr").dataset.run;
        const others = chosen().filter((one) => one !== id);
        state.update({ runs: (event.target.checked ? [...others, id] : others).join(",") });
      }
    });

    for (const row of rows) {
      const button = make("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": "Show all values" }, "⋯");
      button.addEventListener("click", () => {
        const open = row.classList.toggle("open");
        button.setAttribute("aria-expanded", String(open));
        for (const { header, index } of columns) row.cells[index].dataset.label = header.dataset.title;
      });
      row.querySelector("th.name").append(button);
    }

    const parseColumns = (text) => {
      try {
        const keys = JSON.parse(text);
        return Array.isArray(keys) ? ["name", ...keys] : usual;
      } catch {
        return usual;
      }
    };

    state.follow((view) => {
      const query = view.q || "";
      if (search.value !== query) search.value = query;
      const shown = filter(query.trim());
      const key = view.sort || "";
      sort(key.replace(/^-/, ""), key.startsWith("-"));
      showColumns(view.columns ? parseColumns(view.columns) : usual);
      const ids = state.list(view.runs).filter((id) => known.has(id));
      pick(ids);
      tell(ids, shown, query.trim());
    });
  };

  runfolio.onPage("[data-runs-table]", wire);
})();

// What the experiment and the compare page share: settings kept in the fragment, names, addresses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  // A labelled select that keeps its choice in the fragment under `name`; a choice may be [value, text].
  const select = (label, name, choices, chosen) => {
    const box = make("select", { "data-control": name });
    for (const one of choices) {
      const [value, text] = Array.isArray(one) ? one : [one, one];
      const option = make("option", { value }, text);
      option.selected = value === chosen;
      box.append(option);
    }
    box.addEventListener("change", () => state.update({ [name]: box.value }));
    return make("label", { class: "control" }, label, box);
  };

  const address = (id) => `${runfolio.site().root}runs/${id}.html`;

  // A metric's name with the arrow of its better direction.
  const directed = (key, direction) => (direction === "down" ? `${key} ↓` : direction === "up" ? `${key} ↑` : key);

  runfolio.controls = { select, address, directed };
})();

// How wide text is in a chart and how to shorten it, as runfolio/charts/layout.py does it.

(() => {
  "use strict";

  const NARROW = new Set("fijlrt.,:;|!'()[]{} -");
  const WIDE = new Set("mwMW@%—");

  const letterWidth = (letter) => {
    if (NARROW.has(letter)) return 4.2;
    if (WIDE.has(letter) || letter.codePointAt(0) > 0x2e80) return 11;
    return letter !== letter.toLowerCase() ? 8.4 : 6.6;
  };

  const estimateWidth = (text) => [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);

  // The pixels a text takes at 12 px, in the page's own font where there is a page.
  let pen = null;
  const textWidth = (text) => {
    if (typeof document === "undefined") return estimateWidth(text);
    if (!pen) {
      pen = document.createElement("canvas").getContext("2d");
      pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    }
    return pen.measureText(text).width;
  };

  // The text with its middle left out where it is wider than `width` pixels: names differ at both ends.
  const shortenMiddle = (text, width) => {
    if (textWidth(text) <= width) return text;
    const letters = [...text];
    for (let keep = letters.length - 1; keep > 1; keep -= 1) {
      const head = Math.ceil(keep / 2);
      const start = letters.slice(0, head).join("").trimEnd();
      const end = letters.slice(letters.length - (keep - head)).join("").trimStart();
      const short = `${start}…${end}`;
      if (textWidth(short) <= width) return short;
    }
    return `${letters[0]}…`;
  };

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  // A metric's title without the arrow of its better direction.
  const plainTitle = (title) => title.replace(/\s*[↓↑]$/, "");

  // The labels that fit along an axis without touching, each shortened to `widest`; the others turn
  // blank. `span` tells from where to where a label at a level reaches.
  const fitLabels = (rows, widest, span) => {
    let free = -Infinity;
    const places = rows.map((_, index) => index).sort((a, b) => rows[a].level - rows[b].level);
    const fitted = [...rows];
    for (const index of places) {
      const label = shortenMiddle(rows[index].label, widest);
      const [start, end] = span(rows[index].level, label);
      const fits = start >= free;
      if (fits) free = end;
      fitted[index] = { ...rows[index], label: fits ? label : "" };
    }
    return fitted;
  };

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // Names beside points, in pixels: right of the point, else left, where they cover neither a point
  // nor each other nor the edge; first come, first served. `points` have {x, y, name}; returns
  // {index, text, side} of those that fit.
  const placeLabels = (points, { width, widest = 150 }) => {
    const taken = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
    const placed = [];
    points.forEach(({ x, y, name }, index) => {
      const label = shortenMiddle(name, widest);
      const room = textWidth(label);
      for (const side of [1, -1]) {
        const [near, far] = [x + side * 8, x + side * (10 + room)];
        const box = { left: Math.min(near, far), right: Math.max(near, far), top: y - 7, bottom: y + 7 };
        if (box.left < 0 || box.right > width || taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        placed.push({ index, text: label, side });
        return;
      }
    });
    return placed;
  };

  const text = { textWidth, shortenMiddle, count, plainTitle, fitLabels, placeLabels };
  if (typeof runfolio !== "undefined") runfolio.chartText = text;
  if (typeof module === "object") module.exports = text;
})();

// From runs, points and bars to the rows that the specs draw, as runfolio/charts/rows.py does it.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("./format.js") : runfolio.format;

  const COLORS = 10;
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const SEQUENCE = 12;
  const NOT_SET = -0.14;
  const LOG_RATIO = 50;

  const runColor = (index) => `var(--run-${index % COLORS})`;
  const runDash = (index) => [...DASHES[index % DASHES.length]];
  const sequenceColor = (share) => `var(--seq-${Math.min(Math.max(Math.floor(share * (SEQUENCE - 1) + 0.5), 0), SEQUENCE - 1)})`;
  const isFinite = (value) => typeof value === "number" && Number.isFinite(value);
  const isDrawable = (value, log) => isFinite(value) && (!log || value > 0);

  // The unit in which a span of seconds reads best.
  const timeUnit = (seconds) => {
    if (seconds < 180) return { size: 1, name: "s" };
    if (seconds < 3 * 3600) return { size: 60, name: "min" };
    if (seconds < 3 * 86400) return { size: 3600, name: "h" };
    return { size: 86400, name: "d" };
  };

  // Each run with `x` and `y` lists: finite numbers, or null where the line breaks.
  const series = (runs, { log = false, xKind = "step", unit = { size: 1 } } = {}) =>
    runs.map((run) => {
      const places = xKind === "time" && run.time ? run.time.map((time) => time / unit.size) : run.step;
      const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
      return { ...run, x: order.map((index) => places[index]), y: order.map((index) => (isDrawable(run.value[index], log) ? run.value[index] : null)) };
    });

  // The part of a series between two x, with one point more on each side so that lines reach the edge.
  const clip = (line, range) => {
    if (!range) return line;
    const [low, high] = range;
    let first = line.x.findIndex((x) => x >= low);
    if (first < 0) first = line.x.length;
    let end = line.x.findIndex((x) => x > high);
    if (end < 0) end = line.x.length;
    const [from, to] = [Math.max(first - 1, 0), Math.min(end + 1, line.x.length)];
    return { ...line, x: line.x.slice(from, to), y: line.y.slice(from, to) };
  };

  const isLone = (values, place) => values[place] !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;

  const curveRows = (lines) =>
    lines.flatMap((line) =>
      line.x.map((step, place) => ({ run: line.id, step, value: line.y[place], color: runColor(line.color), dash: runDash(line.dash || 0), lone: isLone(line.y, place) })),
    );

  // What a chart can't show, in words: values that are no numbers, or not positive on a log axis.
  const missingNotes = (runs, log) => {
    const values = runs.flatMap((run) => run.value).filter((value) => value !== null);
    const broken = values.filter((value) => !isFinite(value)).length;
    const low = log ? values.filter((value) => isFinite(value) && value <= 0).length : 0;
    const are = (number) => (number === 1 ? "1 value is" : `${number} values are`);
    const notes = [];
    if (broken) notes.push(`${are(broken)} NaN or infinite and left${broken === 1 ? " a gap" : " gaps"}.`);
    if (low) notes.push(`${are(low)} not above zero and can’t be shown on a logarithmic axis.`);
    return notes;
  };

  // Each run's last value, highest first: the order in which lines end on the right.
  const lineEnds = (lines) => {
    const ends = lines.map((line) => ({ ...line, last: line.y.findLast((value) => value !== null) ?? null }));
    return ends.sort((a, b) => (a.last === null) - (b.last === null) || b.last - a.last);
  };

  // The place in a sorted list that is nearest to x, among those where `has` holds; -1 for none.
  const nearestPlace = (sorted, x, has = () => true) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < x) low = middle + 1;
      else high = middle;
    }
    let [left, right] = [low - 1, low];
    while (left >= 0 && !has(left)) left -= 1;
    while (right < sorted.length && !has(right)) right += 1;
    if (left < 0) return right < sorted.length ? right : -1;
    if (right >= sorted.length) return left;
    return x - sorted[left] <= sorted[right] - x ? left : right;
  };

  // The point of each line nearest to x, if within `reach`; highest first.
  const pointsAt = (lines, x, reach) =>
    lines
      .map((line) => ({ line, place: nearestPlace(line.x, x, (place) => line.y[place] !== null) }))
      .filter(({ line, place }) => place >= 0 && Math.abs(line.x[place] - x) <= reach)
      .map(({ line, place }) => ({ line, x: line.x[place], y: line.y[place] }))
      .sort((a, b) => b.y - a.y);

  const scatterKind = (kind, xs) => {
    if (kind !== "number") return "scatter-nominal";
    const numbers = xs.filter(isFinite);
    const wide = numbers.length > 0 && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= LOG_RATIO;
    return wide ? "scatter-log" : "scatter-quantitative";
  };

  const categoryOrder = (a, b) => {
    const [x, y] = [a, b].map((text) => (text.trim() === "" ? NaN : Number(text)));
    const [first, second] = [Number.isFinite(x), Number.isFinite(y)];
    if (first && second) return x - y || (a < b ? -1 : 1);
    if (first !== second) return first ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  // The points that have both values, how many lack one, and the categories when x is one.
  const scatterRows = (points, kind) => {
    const hasX = (point) => (kind === "number" ? isFinite(point.x) : point.x !== null && point.x !== undefined);
    const shown = points.filter((point) => hasX(point) && isFinite(point.y));
    const categories = kind === "number" ? [] : [...new Set(shown.map((point) => String(point.x)))].sort(categoryOrder);
    const places = new Map(categories.map((text, place) => [text, String(place)]));
    const rows = shown.map((point) => ({ run: point.id, name: point.name, x: kind === "number" ? point.x : places.get(String(point.x)), y: point.y, color: runColor(point.color) }));
    if (kind !== "number") rows.sort((a, b) => a.x - b.x);
    return { rows, categories, withoutX: points.filter((point) => !hasX(point)).length, withoutY: points.filter((point) => hasX(point) && !isFinite(point.y)).length };
  };

  const barRows = (bars) =>
    bars.map((bar, order) => {
      const value = isFinite(bar.value) ? bar.value : null;
      return { run: bar.id, order, name: bar.name, color: runColor(bar.color), value, end: value ?? 0, text: format.number(bar.value), side: value !== null && value < 0 ? -1 : 1 };
    });

  // The better direction that a metric's title ends with: "rmse ↓" is "down".
  const titleDirection = (title) => ({ "↓": "down", "↑": "up" })[title.trim().slice(-1)] ?? null;

  // The runs as they are drawn: those without a value first, the best on top.
  const parallelOrder = (runs, direction) => {
    const sign = direction === "down" ? -1 : 1;
    const known = runs.filter((run) => isFinite(run.value)).sort((a, b) => sign * (a.value - b.value));
    return [...runs.filter((run) => !isFinite(run.value)), ...known];
  };

  const valueRange = (runs) => {
    const values = runs.map((run) => run.value).filter(isFinite);
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  };

  // The run with the best value; null where no direction is known or all are alike.
  const findBest = (runs, direction) => {
    const values = new Set(runs.map((run) => run.value).filter(isFinite));
    return direction !== null && values.size > 1 ? parallelOrder(runs, direction).at(-1) : null;
  };

  const valueColor = (value, range) => {
    if (!isFinite(value) || !range) return "var(--muted)";
    return sequenceColor(range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5);
  };

  const parallelRows = (runs, direction) => {
    const ordered = parallelOrder(runs, direction);
    const range = valueRange(runs);
    const best = findBest(runs, direction);
    return ordered.flatMap((run) => run.positions.map((level, at) => ({ run: run.id, at, level: level ?? NOT_SET, color: valueColor(run.value, range), width: run === best ? 3 : 1.75 })));
  };

  const axisRows = (dimensions) => dimensions.map((dimension, at) => ({ at, low: 0, high: 1, title: dimension.title }));

  const tickRows = (dimensions, runs) =>
    dimensions.flatMap((dimension, at) => {
      const rows = dimension.ticks.map((tick) => ({ at, level: tick.position, label: tick.label }));
      if (runs.some((run) => run.positions[at] === null)) rows.push({ at, level: NOT_SET, label: "not set" });
      return rows;
    });

  // The ids of the runs that pass through every brush; a brush is {at, low, high} in levels.
  const brushedRuns = (runs, brushes) =>
    runs
      .filter((run) => brushes.every(({ at, low, high }) => ((level) => low <= level && level <= high)(run.positions[at] ?? NOT_SET)))
      .map((run) => run.id);

  // The distance from a point to a line of points, all in pixels.
  const distanceTo = (line, x, y) => {
    let best = Infinity;
    for (let index = 1; index < line.length; index += 1) {
      const [[x1, y1], [x2, y2]] = [line[index - 1], line[index]];
      const [dx, dy] = [x2 - x1, y2 - y1];
      const share = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
      best = Math.min(best, Math.hypot(x - x1 - share * dx, y - y1 - share * dy));
    }
    return best;
  };

  const rows = {
    COLORS, DASHES, SEQUENCE, NOT_SET,
    runColor, runDash, sequenceColor, isFinite, timeUnit, series, clip, curveRows, missingNotes, lineEnds, nearestPlace, pointsAt,
    scatterKind, scatterRows, barRows, titleDirection, parallelOrder, valueRange, findBest, parallelRows, axisRows, tickRows, brushedRuns, distanceTo,
  };
  if (typeof runfolio !== "undefined") runfolio.chartRows = rows;
  if (typeof module === "object") module.exports = rows;
})();

// Draws a kind of chart into an element: loads Vega and the specs, fills a spec, follows the size.

(() => {
  "use strict";

  // A copy of a spec with its titles, data and parameters filled in, of the given size.
  const fillSpec = (spec, { titles = {}, data = {}, signals = {}, width, height }) => {
    const place = (node) => {
      if (typeof node === "string") return Object.hasOwn(titles, node) ? titles[node] : node;
      if (Array.isArray(node)) return node.map(place);
      if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, place(value)]));
      return node;
    };
    const filled = { ...place(spec), width, height };
    filled.data = filled.data.map((source) => (Object.hasOwn(data, source.name) ? { ...source, values: data[source.name] } : source));
    filled.signals = (filled.signals || []).map((signal) => (Object.hasOwn(signals, signal.name) ? { ...signal, value: signals[signal.name] } : signal));
    return filled;
  };

  if (typeof module === "object") module.exports = { fillSpec };
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const live = new WeakMap(); // element → what is drawn in it and how to end it

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const ready = async () => {
    const [specs] = await Promise.all([runfolio.loadShard("specs"), runfolio.loadScript(runfolio.site().vega)]);
    return specs;
  };

  const end = (element) => {
    const drawn = live.get(element);
    if (!drawn) return;
    drawn.ended = true;
    drawn.observer?.disconnect();
    drawn.finalize?.();
    live.delete(element);
  };

  // Shows a text where there is nothing to draw.
  const empty = (element, text) => {
    end(element);
    element.replaceChildren(make("p", { class: "empty" }, text));
  };

  // Calls `draw(specs, width)` now and whenever the element's width changes. It returns the content
  // to show and how to end it; what was there stays until the new content is complete.
  const show = async (element, draw) => {
    const drawn = { ended: false };
    const before = live.get(element);
    if (before) {
      before.ended = true;
      before.observer?.disconnect();
    }
    live.set(element, drawn);
    drawn.finalize = before?.finalize;
    const specs = await ready();
    let width = 0;
    let busy = null;
    const redraw = async () => {
      if (drawn.ended || element.clientWidth === 0) return;
      width = element.clientWidth;
      const { content, finalize } = await draw(specs, width);
      if (drawn.ended) {
        finalize();
        return;
      }
      drawn.finalize?.();
      drawn.finalize = finalize;
      element.replaceChildren(content);
    };
    const follow = async () => {
      if (busy) return;
      busy = nextFrame();
      await busy;
      while (!drawn.ended && element.clientWidth !== width && element.clientWidth > 0) await redraw();
      busy = null;
    };
    await redraw();
    if (drawn.ended) return;
    drawn.observer = new ResizeObserver(follow);
    drawn.observer.observe(element);
  };

  // A drawn spec: the element that shows it, Vega's view of it, and where a pointer is in the plot.
  const render = async (spec, filling, label) => {
    const canvas = make("div", { class: "chart-canvas" });
    const { view, finalize } = await runfolio.vega.render(canvas, fillSpec(spec, filling));
    // Vega calls it a document of graphics and takes the label away.
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.removeAttribute("aria-roledescription");
    // The label of the canvas says what the chart shows; Vega's own roles inside say nothing more.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    const tooltip = runfolio.chartTooltip(canvas);
    const point = (event) => {
      const box = canvas.querySelector("svg").getBoundingClientRect();
      const [left, top] = view.origin();
      return { x: event.clientX - box.left - left, y: event.clientY - box.top - top, left, top };
    };
    const emphasise = (ids) => view.signal("emphasis", ids).runAsync();
    return { canvas, view, tooltip, point, emphasise, finalize };
  };

  // Opens a run's page as a link would: in a new tab with Ctrl, Cmd or the middle button.
  const open = (href, event) => {
    if (!href || /^\s*[a-z][a-z0-9+.-]*:/i.test(href)) return;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  };

  runfolio.chartHost = { show, empty, render, open };
})();

// A small table of names and values beside the pointer. It only ever shows text.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const swatch = ({ color, dash = 0 }) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ class: `swatch run-${color % 10} dash-${dash % 4}`, viewBox: "0 0 16 8", width: 16, height: 8, "aria-hidden": "true" })) svg.setAttribute(name, value);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ x1: 1, y1: 4, x2: 15, y2: 4 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  // A tooltip within `frame`: show({title, rows: [{run, name, value, near}], note}, x, y), hide().
  runfolio.chartTooltip = (frame) => {
    const box = make("div", { class: "chart-tooltip", "aria-hidden": "true", hidden: true });
    frame.append(box);
    const row = ({ run, name, value, near }) =>
      make("tr", { class: near ? "near" : null }, make("th", {}, ...(run ? [swatch(run)] : []), name), make("td", {}, value));
    const show = ({ title, rows = [], note }, x, y) => {
      const parts = [];
      if (title) parts.push(make("p", {}, title));
      if (rows.length) parts.push(make("table", {}, ...rows.map(row)));
      if (note) parts.push(make("p", { class: "aside" }, note));
      box.replaceChildren(...parts);
      box.hidden = false;
      const [width, height] = [box.offsetWidth, box.offsetHeight];
      const room = Math.max(frame.closest(".chart")?.clientWidth ?? 0, frame.clientWidth);
      const left = x + 16 + width <= room ? x + 16 : x - 16 - width;
      box.style.left = `${Math.min(Math.max(left, 0), Math.max(room - width, 0))}px`;
      box.style.top = `${Math.max(Math.min(y - height / 2, frame.clientHeight - height), 0)}px`;
    };
    const hide = () => {
      box.hidden = true;
    };
    return { show, hide };
  };
  runfolio.chartSwatch = swatch;
})();

// Curves of several runs with a legend in the order in which the lines end, a crosshair and zoom.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const legendWidth = (width) => Math.min(Math.max(208, Math.round(width * 0.32)), 400); // pixels beside the chart
  const AROUND_NAME = 116; // pixels of a legend's line that are not its name
  const BESIDE = 520; // from this width on
  const NEAR = 14; // pixels between the pointer and the points it reads
  const LISTED = 10; // rows of the tooltip

  const legendItem = (run, emphasise, room) => {
    const text = chartText.shortenMiddle(run.name, (room * 12) / 13); // the legend is written at 13 px
    const name = run.href ? make("a", { href: run.href }, text) : make("span", {}, text);
    name.title = run.name;
    const on = () => emphasise([run.id]);
    const off = () => emphasise([]);
    const value = make("span", { class: "value", title: run.last === null ? null : String(run.last) }, format.number(run.last));
    return make("li", { onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off }, runfolio.chartSwatch(run), name, value);
  };

  const legend = (ends, emphasise, room) => make("ul", { class: "chart-legend", "aria-label": "Runs, in the order in which their lines end" }, ...ends.map((run) => legendItem(run, emphasise, room)));

  const summary = (title, ends) => {
    const known = ends.filter((run) => run.last !== null);
    const listed = known.slice(0, 5).map((run) => `${run.name} ${format.number(run.last)}`);
    const more = known.length > 5 ? `, and ${known.length - 5} more` : "";
    return `${title}. Last values, highest first: ${listed.join(", ")}${more}.`;
  };

  const xText = (options, unit, x) => (options.xKind === "time" ? `${format.duration(x * unit.size)} after the start` : `step ${format.number(x)}`);

  const readPointer = (chart, lines, { x, y }) => {
    const scale = chart.view.scale("x");
    const at = scale.invert(x);
    const near = chartRows.pointsAt(lines, at, Math.abs(scale.invert(x + NEAR) - at));
    if (!near.length) return null;
    const down = chart.view.scale("y");
    const distance = (point) => Math.hypot(scale(point.x) - x, down(point.y) - y);
    const closest = near.reduce((best, point) => (distance(point) < distance(best) ? point : best));
    return { near, closest };
  };

  const listing = ({ near, closest }) => {
    const from = Math.min(Math.max(near.indexOf(closest) - LISTED / 2, 0), Math.max(near.length - LISTED, 0));
    return near.slice(from, from + LISTED).map((point) => {
      const apart = point.x === closest.x ? "" : ` at ${format.number(point.x)}`;
      return { run: point.line, name: chartText.shortenMiddle(point.line.name, 180), value: format.number(point.y) + apart, near: point === closest };
    });
  };

  // The crosshair: a rule, a dot per line and a table of values.
  const wireCrosshair = (chart, lines, options, unit) => {
    const clear = () => {
      chart.tooltip.hide();
      chart.view.data("cursor", []).data("marks", []).runAsync();
    };
    const move = (event) => {
      const place = chart.point(event);
      const inside = place.x >= -4 && place.x <= chart.view.width() + 4 && place.y >= -8 && place.y <= chart.view.height() + 8;
      const found = inside ? readPointer(chart, lines, place) : null;
      if (!found) return clear();
      const marks = found.near.map((point) => ({ run: point.line.id, step: point.x, value: point.y, color: chartRows.runColor(point.line.color) }));
      chart.view.data("cursor", [{ step: found.closest.x }]).data("marks", marks).runAsync();
      const hidden = found.near.length - LISTED;
      const note = hidden > 0 ? `${hidden} more` : null;
      const [x, y] = [chart.view.scale("x")(found.closest.x) + place.left, place.y + place.top];
      return chart.tooltip.show({ title: xText(options, unit, found.closest.x), rows: listing(found), note }, x, y);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerdown", move);
    chart.canvas.addEventListener("pointerleave", clear);
  };

  // Dragging across the chart zooms to that part; the mouse only, so that a finger can scroll.
  const wireZoom = (chart, onZoom) => {
    let from = null;
    const veil = make("div", { class: "chart-zoom", hidden: true });
    chart.canvas.append(veil);
    const ends = (event) => {
      const x = Math.min(Math.max(chart.point(event).x, 0), chart.view.width());
      return [Math.min(from, x), Math.max(from, x)];
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { x } = chart.point(event);
      if (x < 0 || x > chart.view.width()) return;
      event.preventDefault();
      from = x;
      chart.canvas.setPointerCapture(event.pointerId);
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      const [left, top] = chart.view.origin();
      veil.hidden = high - low < 6;
      if (!veil.hidden) chart.tooltip.hide();
      veil.style.left = `${low + left}px`;
      veil.style.top = `${top}px`;
      veil.style.width = `${high - low}px`;
      veil.style.height = `${chart.view.height()}px`;
    });
    chart.canvas.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [low, high] = ends(event);
      from = null;
      veil.hidden = true;
      const scale = chart.view.scale("x");
      if (high - low >= 6) onZoom([scale.invert(low), scale.invert(high)]);
    });
    chart.canvas.addEventListener("pointercancel", () => {
      from = null;
      veil.hidden = true;
    });
  };

  const caption = (options, range, reset) => {
    const notes = chartRows.missingNotes(options.runs, options.log);
    const children = [notes.join(" ")];
    if (range) children.push(make("button", { type: "button", class: "quiet", onclick: reset }, "Show the whole range"));
    return notes.length || range ? make("p", { class: "hint" }, ...children) : "";
  };

  // Draws curves; options are described in templates/assets/js/README.md.
  const curves = (element, options) => {
    const drawable = options.runs.filter((run) => run.step.length);
    const whole = Math.max(0, ...drawable.flatMap((run) => (run.time ? [run.time.at(-1)] : [])));
    const unit = options.xKind === "time" ? chartRows.timeUnit(whole) : { size: 1, name: "" };
    const lines = chartRows.series(drawable, { log: options.log, xKind: options.xKind, unit });
    if (!lines.some((line) => line.y.some((value) => value !== null))) {
      const reason = options.log && drawable.length ? "no value is above zero, so a logarithmic axis has nothing to show." : "no values to draw.";
      chartHost.empty(element, `${options.title}: ${reason}`);
      return Promise.resolve();
    }
    const withLegend = options.legend !== false;
    let range = null;
    const redraw = () =>
      chartHost.show(element, async (specs, width) => {
        const beside = withLegend && width >= BESIDE;
        const shown = lines.map((line) => chartRows.clip(line, range));
        const ends = chartRows.lineEnds(lines);
        const filling = {
          titles: { __x__: options.xKind === "time" ? `time since start (${unit.name})` : "step", __y__: options.yTitle || "" },
          data: { rows: chartRows.curveRows(shown), labels: [], cursor: [], marks: [] },
          signals: { least_step: options.xKind === "time" ? 1e-9 : 1, x_low: range && range[0], x_high: range && range[1] },
          width: beside ? width - legendWidth(width) : width,
          height: options.height || (width < BESIDE ? 220 : 300),
        };
        const chart = await chartHost.render(specs[options.log ? "curves-log" : "curves"], filling, summary(options.title, ends));
        const zoom = (next) => {
          range = next;
          redraw();
        };
        wireCrosshair(chart, shown, options, unit);
        wireZoom(chart, zoom);
        const parts = withLegend ? [make("p", { class: "chart-title" }, options.title)] : [];
        const body = make("div", { class: beside ? "chart-body beside" : "chart-body" }, chart.canvas, ...(withLegend ? [legend(ends, chart.emphasise, beside ? legendWidth(width) - AROUND_NAME : width - 110)] : []));
        const content = make("div", { class: "chart" }, ...parts, body, caption(options, range, () => zoom(null)));
        return { content, finalize: chart.finalize };
      });
    return redraw();
  };

  runfolio.charts = { ...runfolio.charts, curves };
})();

// One point per run: a metric by a parameter. The nearest point says its name; a click opens it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const LABELS = 12;
  const REACH = 28; // pixels from the pointer to the nearest point

  const nearest = (chart, rows, { x, y }) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    let found = null;
    for (const row of rows) {
      const distance = Math.hypot(across(row.x) - x, down(row.y) - y);
      if (distance <= REACH && (!found || distance < found.distance)) found = { row, distance, x: across(row.x), y: down(row.y) };
    }
    return found;
  };

  // The best points say their names where there is room.
  const label = async (chart, rows, direction) => {
    const [across, down] = [chart.view.scale("x"), chart.view.scale("y")];
    const sign = direction === "up" ? -1 : 1;
    const ordered = [...rows].sort((a, b) => sign * (a.y - b.y));
    const placed = chartText.placeLabels(ordered.map((row) => ({ x: across(row.x), y: down(row.y), name: row.name })), { width: chart.view.width(), widest: chart.view.width() / 3 });
    const labels = placed.slice(0, LABELS).map(({ index, text, side }) => ({ run: ordered[index].run, x: ordered[index].x, y: ordered[index].y, text, side }));
    await chart.view.data("labels", labels).runAsync();
  };

  const caption = (points, { x, y, withoutX, withoutY }) => {
    const lacking = [[withoutX, x], [withoutY, y]].filter(([number]) => number);
    const notes = lacking.map(([number, one], index) => `${number}${index ? "" : ` of ${chartText.count(points.length, "run")}`} ${number === 1 ? "has" : "have"} no ${chartText.plainTitle(one.title)}`);
    return notes.length ? make("p", { class: "hint" }, `${notes.join(", ")}.`) : "";
  };

  const wire = (chart, rows, points, { x, y }) => {
    const byId = new Map(points.map((point) => [point.id, point]));
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    const move = (event) => {
      const place = chart.point(event);
      const found = nearest(chart, rows, place);
      if (!found) return leave();
      if (current !== found.row.run) chart.emphasise([found.row.run]);
      current = found.row.run;
      const point = byId.get(current);
      const value = typeof point.x === "number" ? format.number(point.x) : String(point.x);
      const list = [
        { name: x.title, value: chartText.shortenMiddle(value, 160) },
        { name: y.title, value: format.number(point.y) },
      ];
      return chart.tooltip.show({ title: point.name, rows: list }, found.x + place.left, found.y + place.top);
    };
    chart.canvas.addEventListener("pointermove", move);
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const found = nearest(chart, rows, chart.point(event));
      if (!found) return;
      if (event.detail && matchMedia("(hover: none)").matches && current !== found.row.run) move(event);
      else chartHost.open(byId.get(found.row.run).href, event);
    });
  };

  // Draws points; options are described in templates/assets/js/README.md.
  const scatter = (element, { x, y, points }) => {
    const { rows, categories, ...missing } = chartRows.scatterRows(points, x.kind);
    const title = `${chartText.plainTitle(y.title)} by ${x.title}, ${chartText.count(rows.length, "run")}`;
    if (!rows.length) {
      chartHost.empty(element, `No run has both ${x.title} and ${y.title}.`);
      return Promise.resolve();
    }
    return chartHost.show(element, async (specs, width) => {
      const band = (width - 64) / Math.max(categories.length, 1) - 8;
      const filling = {
        titles: { __x__: x.title, __y__: y.title },
        data: { rows: rows.map((row) => ({ ...row })), labels: [] },
        signals: { categories: categories.map((text) => chartText.shortenMiddle(text, Math.max(band, 40))) },
        width,
        height: width < 520 ? 240 : 280,
      };
      const chart = await chartHost.render(specs[chartRows.scatterKind(x.kind, rows.map((row) => row.x))], filling, `${title}.`);
      if (width >= 520) await label(chart, rows, y.direction ?? chartRows.titleDirection(y.title));
      wire(chart, rows, points, { x, y });
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas, caption(points, { x, y, ...missing }));
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, scatter };
})();

// Parallel coordinates: hovering brings a run forward, dragging along an axis picks runs.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText, format } = runfolio;
  const ROOM = 92; // pixels an axis needs to stand beside the next one
  const REACH = 14;
  const HEIGHT = 260;
  const LINE = 14; // pixels a label needs above and below the next one

  const ramp = (title, range) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${chartRows.SEQUENCE * 10} 10`, width: 120, height: 10, preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (let index = 0; index < chartRows.SEQUENCE; index += 1) {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: index * 10, width: 10.5, height: 10, fill: `var(--seq-${index})` })) box.setAttribute(name, value);
      svg.append(box);
    }
    return make("p", { class: "chart-ramp" }, make("span", {}, title), make("span", { class: "value" }, format.number(range[0])), svg, make("span", { class: "value" }, format.number(range[1])));
  };

  // Pixels of each run's line, and between pixels and (axis, level).
  const geometry = (chart, rows, narrow) => {
    const [across, along] = [chart.view.scale(narrow ? "y" : "x"), chart.view.scale(narrow ? "x" : "y")];
    const place = ({ at, level }) => (narrow ? [along(level), across(at)] : [across(at), along(level)]);
    const lines = new Map();
    for (const row of rows) lines.set(row.run, [...(lines.get(row.run) || []), place(row)]);
    const axisAt = ({ x, y }, count) => {
      const at = Math.round(across.invert(narrow ? y : x));
      const inside = at >= 0 && at < count && Math.abs(across(at) - (narrow ? y : x)) <= 12;
      return inside ? at : null;
    };
    return { lines, axisAt, levelAt: ({ x, y }) => along.invert(narrow ? x : y) };
  };

  const nearestRun = (lines, { x, y }, among) => {
    let found = null;
    for (const [id, line] of lines) {
      if (among && !among.has(id)) continue;
      const distance = chartRows.distanceTo(line, x, y);
      if (distance <= REACH && (!found || distance <= found.distance)) found = { id, distance };
    }
    return found && found.id;
  };

  const tip = (run, dimensions, colorTitle) => ({
    title: run.name,
    rows: [
      ...(run.texts ? dimensions.map((one, at) => ({ name: one.title, value: run.texts[at] ?? "not set" })) : []),
      ...(run.texts && dimensions.some((one) => one.title === colorTitle) ? [] : [{ name: colorTitle, value: format.number(run.value) }]),
    ],
  });

  const wire = (chart, shape, { dimensions, runs, colorTitle }, brushes, onBrush) => {
    const byId = new Map(runs.map((run) => [run.id, run]));
    let drag = null;
    let current = null;
    const picked = () => (brushes.length ? chartRows.brushedRuns(runs, brushes) : []);
    const rest = () => chart.emphasise(brushes.length ? [...picked(), ""] : []);
    const leave = () => {
      if (current !== null) rest();
      current = null;
      chart.tooltip.hide();
    };
    const paint = () => {
      chart.view.data("brushes", brushes.map((brush) => ({ ...brush })));
      rest();
      onBrush(picked());
    };
    const hover = (event) => {
      const place = chart.point(event);
      const id = nearestRun(shape.lines, place, brushes.length ? new Set(picked()) : null);
      if (id === null) return leave();
      if (current !== id) chart.emphasise([id]);
      current = id;
      return chart.tooltip.show(tip(byId.get(id), dimensions, colorTitle), place.x + place.left, place.y + place.top);
    };
    const setBrush = (at, low, high) => {
      const others = brushes.filter((brush) => brush.at !== at);
      brushes.splice(0, brushes.length, ...others, ...(low === null ? [] : [{ at, low, high }]));
    };
    chart.canvas.addEventListener("pointerdown", (event) => {
      const place = chart.point(event);
      const at = shape.axisAt(place, dimensions.length);
      if (at === null || event.button !== 0) return;
      event.preventDefault();
      drag = { at, from: shape.levelAt(place), moved: false };
      chart.canvas.setPointerCapture(event.pointerId);
      chart.tooltip.hide();
    });
    chart.canvas.addEventListener("pointermove", (event) => {
      if (!drag) return hover(event);
      const level = Math.min(Math.max(shape.levelAt(chart.point(event)), chartRows.NOT_SET - 0.03), 1.02);
      drag.moved = drag.moved || Math.abs(level - drag.from) > 0.015;
      if (drag.moved) setBrush(drag.at, Math.min(drag.from, level), Math.max(drag.from, level));
      return paint();
    });
    const drop = () => {
      if (drag && !drag.moved) {
        setBrush(drag.at, null);
        paint();
      }
      drag = null;
    };
    chart.canvas.addEventListener("pointerup", drop);
    chart.canvas.addEventListener("pointercancel", drop);
    chart.canvas.addEventListener("pointerleave", leave);
    return () => {
      brushes.splice(0);
      paint();
    };
  };

  const labels = (dimensions, runs, direction, narrow, room) => {
    const best = chartRows.findBest(runs, direction);
    if (narrow || best === null || best.positions.at(-1) === null) return [];
    return [{ at: dimensions.length - 1, level: best.positions.at(-1), text: chartText.shortenMiddle(best.name, room) }];
  };

  const shorten = (rows, key, width) => rows.map((row) => ({ ...row, [key]: chartText.shortenMiddle(row[key], width) }));

  const axisLabels = (ticks, { narrow, width, between }) => {
    if (!narrow) return chartText.fitLabels(ticks, between - 26, (level) => [level * HEIGHT, level * HEIGHT + LINE]);
    const widest = Math.max(48, width / ticks.length - 10);
    const length = width * 0.84;
    return chartText.fitLabels(ticks, widest, (level, label) => {
      const room = chartText.textWidth(label) + 6;
      const start = level * length - (level > 0.9 ? room : level >= 0 && level < 0.1 ? 0 : room / 2);
      return [start, start + room];
    });
  };

  // Draws parallel coordinates; options are described in templates/assets/js/README.md.
  const parallel = (element, options) => {
    const { dimensions, runs, colorTitle } = options;
    if (dimensions.length < 2 || !runs.length) {
      chartHost.empty(element, "There is nothing that differs between these runs to lay side by side.");
      return Promise.resolve();
    }
    const direction = options.direction ?? chartRows.titleDirection(colorTitle);
    const range = chartRows.valueRange(runs);
    const params = dimensions.filter((one) => one.title !== colorTitle).length;
    const title = `${chartText.plainTitle(colorTitle)} across ${chartText.count(params, "parameter")}, ${chartText.count(runs.length, "run")}`;
    const brushes = [];
    return chartHost.show(element, async (specs, width) => {
      const narrow = width / dimensions.length < ROOM;
      const between = narrow ? width : (width - 64) / dimensions.length;
      const rows = chartRows.parallelRows(runs, direction);
      const ticks = chartRows.tickRows(dimensions, runs);
      const filling = {
        data: {
          rows: rows.map((row) => ({ ...row })),
          axes: shorten(chartRows.axisRows(dimensions), "title", between - 8),
          ticks: dimensions.flatMap((_, at) => axisLabels(ticks.filter((tick) => tick.at === at), { narrow, width, between })),
          labels: labels(dimensions, runs, direction, narrow, width / 8),
          brushes: [],
        },
        width,
        height: narrow ? dimensions.length * 68 + 24 : HEIGHT + 60,
      };
      const chart = await chartHost.render(specs[narrow ? "parallel-narrow" : "parallel"], filling, `${title}.`);
      const note = make("p", { class: "hint" });
      const hint = "Drag along an axis to pick the runs that pass there.";
      let clear = () => {};
      const onBrush = (ids) => {
        if (!brushes.length) note.replaceChildren(hint);
        else note.replaceChildren(`${ids.length} of ${chartText.count(runs.length, "run")} picked. `, make("button", { type: "button", class: "quiet", onclick: () => clear() }, "Clear"));
      };
      clear = wire(chart, geometry(chart, rows, narrow), options, brushes, onBrush);
      onBrush(chartRows.brushedRuns(runs, brushes));
      if (brushes.length) await chart.view.data("brushes", brushes.map((one) => ({ ...one }))).signal("emphasis", [...chartRows.brushedRuns(runs, brushes), ""]).runAsync();
      const head = make("p", { class: "chart-title" }, title);
      const content = make("div", { class: "chart" }, head, ...(range ? [ramp(colorTitle, range)] : []), chart.canvas, note);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, parallel };
})();

// One bar per run in the order given, with its value at the end; a click opens the run.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, chartHost, chartRows, chartText } = runfolio;
  const NAMES = 0.42; // of the width, at most
  const STEP = 26; // pixels a bar and its gap take, as in runfolio/charts/bars.py

  const barAt = (chart, rows, { y }) => {
    const scale = chart.view.scale("y");
    return rows.find((row) => y >= scale(row.order) - 3 && y <= scale(row.order) + scale.bandwidth() + 3) || null;
  };

  const wire = (chart, rows, bars, xTitle) => {
    let current = null;
    const leave = () => {
      if (current !== null) chart.emphasise([]);
      current = null;
      chart.tooltip.hide();
    };
    chart.canvas.addEventListener("pointermove", (event) => {
      const place = chart.point(event);
      const row = barAt(chart, rows, place);
      if (!row) return leave();
      if (current !== row.run) chart.emphasise([row.run]);
      current = row.run;
      const bar = bars[row.order];
      const full = chartRows.isFinite(bar.value) ? String(bar.value) : "no value";
      return chart.tooltip.show({ title: bar.name, rows: [{ name: xTitle, value: full }] }, place.x + place.left, place.y + place.top);
    });
    chart.canvas.addEventListener("pointerleave", leave);
    chart.canvas.addEventListener("click", (event) => {
      const row = barAt(chart, rows, chart.point(event));
      if (row) chartHost.open(bars[row.order].href, event);
    });
  };

  // Draws bars; options are described in templates/assets/js/README.md.
  const bars = (element, { title, xTitle, bars: given }) => {
    if (!given.length) {
      chartHost.empty(element, `${title}: no run has a value.`);
      return Promise.resolve();
    }
    const rows = chartRows.barRows(given);
    const label = `${title}. ${rows.slice(0, 5).map((row) => `${row.name} ${row.text}`).join(", ")}${rows.length > 5 ? `, and ${rows.length - 5} more` : ""}.`;
    return chartHost.show(element, async (specs, width) => {
      const filling = {
        titles: { __x__: xTitle },
        data: { rows: rows.map((row) => ({ ...row, name: chartText.shortenMiddle(row.name, width * NAMES) })) },
        width,
        height: STEP * rows.length + 36,
      };
      const chart = await chartHost.render(specs.bars, filling, label);
      wire(chart, rows, given, xTitle);
      const content = make("div", { class: "chart" }, make("p", { class: "chart-title" }, title), chart.canvas);
      return { content, finalize: chart.finalize };
    });
  };

  runfolio.charts = { ...runfolio.charts, bars };
})();

// The charts of an experiment: they follow the selection and keep their settings in the fragment.

(() => {
  "use strict";

  const SHOWN_RUNS = 10;
  const SHOWN_BARS = 20;
  const SHOWN_DIMENSIONS = 5;

  // The runs a chart shows: those selected, else the best ones that have the metric.
  const choose = (shard, selected, metric, count) => {
    const place = new Map(shard.runs.id.map((id, index) => [id, index]));
    const has = (index) => shard.metrics[metric] && shard.metrics[metric].values[index] !== null;
    const picked = selected.filter((id) => place.has(id)).map((id) => place.get(id));
    if (picked.length) return picked;
    const kept = new Set(sound(shard));
    return shard.runs.rank.map((id) => place.get(id)).filter((index) => kept.has(index) && has(index)).slice(0, count);
  };

  // The runs a chart of all runs shows: those that did not break off, unless all did.
  const sound = (shard) => {
    const all = shard.runs.id.map((_, index) => index);
    const kept = all.filter((index) => !["FAILED", "KILLED"].includes(shard.runs.status[index]));
    return kept.length ? kept : all;
  };

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const valid = (wanted, among, fallback) => (among.includes(wanted) ? wanted : fallback);

  const pure = { choose, sound, valid };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const run = (shard, index) => ({
    id: shard.runs.id[index],
    name: shard.runs.name[index],
    color: shard.runs.color[index],
    dash: shard.runs.dash[index],
  });

  // "5 runs", "the best 10 of 15 runs", and how many broke off and are left out.
  const among = (shown, all, broken, best) => {
    const plural = (count) => (count === 1 ? "run" : "runs");
    const count = shown === all ? `${shown} ${plural(shown)}` : `${best ? "the best " : ""}${shown} of ${all} ${plural(all)}`;
    return broken ? `${count}, without ${broken} that broke off` : count;
  };

  const { select: control, address, directed } = runfolio.controls;
  const arrow = (shard, key) => directed(key, own(shard.directions, key) ? shard.directions[key] : null);

  const counted = (shard, selected, shown, metric) => {
    if (selected.length) return among(shown, shown, 0, false);
    const kept = sound(shard);
    const having = kept.filter((index) => shard.metrics[metric].values[index] !== null).length;
    return among(shown, Math.max(having, shown), shard.runs.id.length - kept.length, true);
  };

  const drawers = {
    async curves(shard, view, selected) {
      const metric = valid(view.curve, shard.curves, shard.curves.includes(shard.primary) ? shard.primary : shard.curves[0]);
      if (!metric) return { empty: "No metric has more than one step yet, so there is no curve to draw." };
      const indices = choose(shard, selected, metric, SHOWN_RUNS);
      const shards = await Promise.all(indices.map((index) => runfolio.loadShard(`runs/${shard.runs.id[index]}`)));
      const runs = shards
        .filter((one) => own(one.curves, metric))
        .map((one) => ({ ...one, ...one.curves[metric], href: address(one.id), value: one.curves[metric].value.map(runfolio.number) }));
      const x = valid(view.curvex, ["step", "time"], "step");
      const scale = valid(view.curvescale, ["linear", "log"], "linear");
      return {
        controls: [
          control("metric", "curve", shard.curves, metric),
          control("over", "curvex", [["step", "step"], ["time", "time since start"]], x),
          control("scale", "curvescale", ["linear", "log"], scale),
        ],
        draw: (plot) =>
          runfolio.charts.curves(plot, {
            title: `${metric} by ${x === "time" ? "time" : "step"}, ${counted(shard, selected, runs.length, metric)}`,
            yTitle: arrow(shard, metric),
            direction: shard.directions[metric],
            runs,
            log: scale === "log",
            xKind: x,
          }),
      };
    },

    async scatter(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters, so there is nothing to compare with." };
      const x = valid(view.x, params, params[0]);
      const y = valid(view.y, metrics, shard.primary);
      const indices = selected.length ? choose(shard, selected, y, 0) : sound(shard);
      const points = indices.map((index) => ({
        ...run(shard, index),
        href: address(shard.runs.id[index]),
        x: shard.params[x].kind === "number" ? runfolio.number(shard.params[x].values[index]) : shard.params[x].values[index],
        y: runfolio.number(shard.metrics[y].values[index]),
      }));
      return {
        controls: [control("x", "x", params, x), control("y", "y", metrics, y)],
        draw: (plot) =>
          runfolio.charts.scatter(plot, { x: { title: x, kind: shard.params[x].kind }, y: { title: arrow(shard, y) }, points }),
      };
    },

    async parallel(shard, view, selected) {
      const params = Object.keys(shard.params);
      const metrics = Object.keys(shard.metrics);
      if (!params.length) return { empty: "All runs have the same parameters." };
      const metric = valid(view.par, metrics, shard.primary);
      const dimensions = [...params.slice(0, SHOWN_DIMENSIONS).map((key) => [key, key, shard.params[key]]), [metric, arrow(shard, metric), shard.metrics[metric]]];
      const indices = selected.length ? choose(shard, selected, metric, 0) : sound(shard);
      return {
        controls: [control("colour by", "par", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.parallel(plot, {
            dimensions: dimensions.map(([key, title, column]) => ({ key, title, ticks: column.ticks })),
            runs: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              positions: dimensions.map(([, , column]) => column.positions[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
            colorTitle: arrow(shard, metric),
          }),
      };
    },

    async bars(shard, view, selected) {
      const metrics = Object.keys(shard.metrics);
      const metric = valid(view.bar, metrics, shard.primary);
      const direction = shard.directions[metric];
      const indices = choose(shard, selected, metric, Infinity)
        .filter((index) => shard.metrics[metric].values[index] !== null)
        .sort((a, b) => (direction === "up" ? -1 : 1) * (shard.metrics[metric].values[a] - shard.metrics[metric].values[b]))
        .slice(0, selected.length ? Infinity : SHOWN_BARS);
      return {
        controls: [control("metric", "bar", metrics, metric)],
        draw: (plot) =>
          runfolio.charts.bars(plot, {
            title: `${metric} of ${counted(shard, selected, indices.length, metric)}`,
            xTitle: arrow(shard, metric),
            direction,
            bars: indices.map((index) => ({
              ...run(shard, index),
              href: address(shard.runs.id[index]),
              value: runfolio.number(shard.metrics[metric].values[index]),
            })),
          }),
      };
    },
  };

  const settings = { curves: ["curve", "curvex", "curvescale", "runs"], scatter: ["x", "y", "runs"], parallel: ["par", "runs"], bars: ["bar", "runs"] };

  const fill = async (panel, shard, view) => {
    const kind = panel.dataset.chart;
    const plot = panel.querySelector("[data-plot]");
    const controls = panel.querySelector("[data-controls]");
    const known = new Set(shard.runs.id);
    const selected = state.list(view.runs).filter((id) => known.has(id));
    try {
      const chart = await drawers[kind](shard, view, selected);
      const focused = document.activeElement?.dataset?.control;
      controls.replaceChildren(...(chart.controls || []));
      if (focused) controls.querySelector(`[data-control="${focused}"]`)?.focus();
      if (chart.empty) plot.replaceChildren(make("p", { class: "empty" }, chart.empty));
      else await chart.draw(plot);
    } catch (error) {
      plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  };

  runfolio.onPage("[data-charts]", (section) => {
    const table = document.querySelector("[data-runs-table]");
    const panels = [...section.querySelectorAll("[data-chart]")];
    if (!table || !panels.length) return;
    const seen = new WeakMap();
    let view = state.read();
    const refresh = async (panel) => {
      const mark = settings[panel.dataset.chart].map((name) => view[name] || "").join("\n");
      if (seen.get(panel) === mark) return;
      seen.set(panel, mark);
      const shard = await runfolio.loadShard(table.dataset.shard);
      await fill(panel, shard, view);
    };
    const visible = new Set();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting) visible.add(entry.target);
          else visible.delete(entry.target);
          if (entry.isIntersecting) refresh(entry.target);
        }
      },
      { rootMargin: "300px" },
    );
    panels.forEach((panel) => watcher.observe(panel));
    state.follow((next) => {
      view = next;
      for (const panel of visible) refresh(panel);
    });
  });
})();

// The curves of a run: a drawing in the page becomes a chart when it comes into view.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const draw = async (panel, shard) => {
    const key = panel.dataset.curve;
    const curve = shard.curves[key];
    if (!curve) return;
    const reduced = curve.total > curve.step.length;
    await runfolio.charts.curves(panel.querySelector("[data-plot]"), {
      title: `${key} by ${panel.dataset.x || "step"}`,
      yTitle: "",
      runs: [{ ...shard, ...curve, value: curve.value.map(runfolio.number), dash: 0, href: null }],
      log: false,
      xKind: panel.dataset.x || "step",
      legend: false,
    });
    if (reduced) {
      const text = `${curve.step.length.toLocaleString("en")} of ${curve.total.toLocaleString("en")} points, highs and lows kept`;
      panel.append(runfolio.make("p", { class: "hint" }, text));
    }
  };

  const id = location.pathname.replace(/^.*\/([0-9a-f]{16})\.html$/, "$1");
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        runfolio
          .loadShard(`runs/${id}`)
          .then((shard) => draw(entry.target, shard))
          .catch((error) => entry.target.append(runfolio.make("p", { class: "warning slim" }, error.message)));
      }
    },
    { rootMargin: "200px" },
  );
  runfolio.onPage("[data-curve]", (panel) => watcher.observe(panel));
})();

// Runs side by side, as the fragment names them: "#runs=<id>,<id>&base=<id>".

(() => {
  "use strict";

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const keysOf = (runs, part) => [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();

  // Rows of texts with whether they differ; those that differ come first.
  const textRows = (runs, part) => {
    const rows = keysOf(runs, part).map((key) => {
      const values = runs.map((run) => (own(run[part], key) ? run[part][key] : null));
      return { key, values, differs: new Set(values).size > 1 };
    });
    return rows.sort((a, b) => b.differs - a.differs);
  };

  // The change from `base` to `value`: amount, share of the base if that makes sense, and verdict.
  const change = (value, base, direction) => {
    if (typeof value !== "number" || typeof base !== "number" || !Number.isFinite(value) || !Number.isFinite(base)) return null;
    const amount = value - base;
    const share = base === 0 ? null : amount / Math.abs(base);
    const verdict = amount === 0 ? "same" : !direction ? null : amount < 0 === (direction === "down") ? "better" : "worse";
    return { amount, share, verdict };
  };

  // A metric's values in the runs with their changes from the baseline at `base`.
  const metricRows = (runs, base) =>
    keysOf(runs, "metrics").map((key) => {
      const found = runs.map((run) => (own(run.metrics, key) ? run.metrics[key] : null));
      const direction = found.find((one) => one && one.direction)?.direction ?? null;
      const values = found.map((one) => (one ? (typeof one.last === "string" ? Number(one.last) : one.last) : null));
      const finite = values.filter((value) => Number.isFinite(value));
      const best = direction && new Set(finite).size > 1 ? (direction === "down" ? Math.min(...finite) : Math.max(...finite)) : null;
      const changes = values.map((value, index) => (index === base ? null : change(value, values[base], direction)));
      return { key, direction, values, changes, best };
    });

  const sharedPrimary = (runs) => {
    const primary = runs[0] && runs[0].primary;
    return primary && runs.every((run) => own(run.metrics, primary)) ? primary : null;
  };

  const pure = { textRows, change, metricRows, sharedPrimary };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;
  const format = (value) => runfolio.format.number(value);
  const { select, address, directed } = runfolio.controls;
  const arrow = (row) => directed(row.key, row.direction);
  const swatch = runfolio.chartSwatch;

  const signed = (value, text) => (value > 0 ? `+${text}` : text.replace(/^-/, "−"));
  const deltaText = ({ amount, share }) => {
    const percent = share === null ? "" : ` (${signed(share, `${(100 * share).toFixed(1)} %`)})`;
    return `${signed(amount, format(amount))}${percent}`;
  };

  const delta = (one) => {
    if (!one) return "";
    if (one.verdict === "same") return make("span", { class: "delta aside" }, "same");
    const mark = { better: "▲ ", worse: "▼ " }[one.verdict] || "";
    return make("span", { class: `delta ${one.verdict || "aside"}`, title: String(one.amount) }, mark + deltaText(one));
  };

  const headRow = (runs, base, withTools) => {
    const cells = runs.map((run, index) => {
      const link = make("a", { href: address(run.id), title: run.name }, run.name);
      const about = [swatch(run), link, make("div", { class: "aside" }, run.experiment.name)];
      const tools = [];
      if (index === base) tools.push(make("span", { class: "aside" }, "baseline"));
      else tools.push(make("button", { type: "button", class: "quiet", onclick: () => state.update({ base: run.id }), "aria-label": `set as baseline: ${run.name}` }, "set as baseline"));
      const remove = () => state.update({ runs: state.list(state.read().runs).filter((id) => id !== run.id).join(",") });
      tools.push(make("button", { type: "button", class: "quiet", onclick: remove, "aria-label": `Take ${run.name} out of the comparison`, title: "Take it out of the comparison" }, "✕"));
      if (withTools) about.push(make("div", { class: "run-tools" }, ...tools));
      return make("th", { scope: "col", class: `run${index === base ? " baseline" : ""}` }, ...about);
    });
    return make("thead", {}, make("tr", {}, make("td", {}), ...cells));
  };

  const table = (label, head, rows) => {
    const content = make("table", { class: "listing compare-table" }, head, make("tbody", {}, ...rows));
    return make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, content);
  };

  const textTable = (label, runs, base, rows, withTools = false) =>
    table(
      label,
      headRow(runs, base, withTools),
      rows.map((row) =>
        make("tr", { class: row.differs ? "differs" : "" }, make("th", { scope: "row" }, row.key), ...row.values.map((value, index) => make("td", { class: index === base ? "text baseline" : "text", title: value }, value ?? "—"))),
      ),
    );

  const section = (title, ...content) => make("section", {}, make("h2", {}, title), ...content);

  const paramSection = (runs, base) => {
    const rows = textRows(runs, "params");
    const differing = rows.filter((row) => row.differs);
    const same = rows.filter((row) => !row.differs);
    const parts = [];
    if (differing.length) parts.push(textTable("Parameters that differ", runs, base, differing, true));
    else parts.push(make("p", { class: "empty" }, rows.length ? "These runs have the same parameters." : "These runs have no parameters."));
    if (same.length) {
      const pairs = same.map((row) => make("div", {}, make("dt", {}, row.key), make("dd", {}, row.values[0])));
      parts.push(make("details", { class: "constants" }, make("summary", {}, `${same.length} the same in all`), make("dl", { class: "pairs" }, ...pairs)));
    }
    return section("Parameters that differ", ...parts);
  };

  const tagSection = (runs, base) => {
    const rows = textRows(runs, "tags").filter((row) => row.differs);
    return rows.length ? section("Tags that differ", textTable("Tags that differ", runs, base, rows)) : "";
  };

  const metricSection = (runs, base) => {
    const primary = sharedPrimary(runs);
    const rows = metricRows(runs, base).sort((a, b) => (b.key === primary) - (a.key === primary));
    if (!rows.length) return section("Metrics", make("p", { class: "empty" }, "These runs have no metrics."));
    const body = rows.map((row) => {
      const cells = row.values.map((value, index) => {
        const best = row.best !== null && value === row.best ? " best" : "";
        return make("td", { class: `num${best}${index === base ? " baseline" : ""}` }, make("span", { title: value === null ? null : String(value) }, format(value)), delta(row.changes[index]));
      });
      return make("tr", {}, make("th", { scope: "row" }, arrow(row)), ...cells);
    });
    return section("Metrics", table("Metrics", headRow(runs, base, !textRows(runs, "params").some((one) => one.differs)), body));
  };

  const verdict = (runs, base) => {
    const primary = sharedPrimary(runs);
    const row = primary && metricRows(runs, base).find((one) => one.key === primary);
    if (!row || row.best === null) return make("p", { class: "facts" }, `${runs.length} run${runs.length === 1 ? "" : "s"}.`);
    const winner = row.values.indexOf(row.best);
    const lead = [make("strong", {}, runs[winner].name), ` has the best ${arrow(row)}: `, make("strong", {}, format(row.best))];
    const from = row.changes[winner];
    if (from && from.verdict !== "same") lead.push(", ", make("strong", { class: from.verdict || "" }, deltaText(from)), ` against ${runs[base].name} (${format(row.values[base])})`);
    return make("p", { class: "verdict-line" }, ...lead, ".");
  };

  const panel = (title, controls, draw, wide = false) => {
    const plot = make("div", { class: "plot" });
    const whole = make("section", { class: wide ? "panel wide" : "panel", "aria-label": title }, make("h3", {}, title), make("div", { class: "controls" }, ...controls), plot);
    return { whole, draw: () => draw(plot) };
  };

  const curvePanel = (runs, view) => {
    const metrics = keysOf(runs, "curves");
    if (!metrics.length) return null;
    const primary = sharedPrimary(runs);
    const usual = metrics.includes(primary) ? primary : metrics.find((key) => !key.startsWith("system/")) || metrics[0];
    const metric = metrics.includes(view.curve) ? view.curve : usual;
    const drawn = runs
      .filter((run) => own(run.curves, metric))
      .map((run) => ({ ...run, ...run.curves[metric], href: address(run.id), value: run.curves[metric].value.map(runfolio.number) }));
    return panel("Curves", [select("metric", "curve", metrics, metric)], (plot) =>
      runfolio.charts.curves(plot, { title: `${metric} by step, ${drawn.length} run${drawn.length === 1 ? "" : "s"}`, yTitle: metric, runs: drawn, log: false, xKind: "step" }),
      true,
    );
  };

  const scatterPanel = (runs, view) => {
    const metrics = keysOf(runs, "metrics");
    const params = textRows(runs, "params").filter((row) => row.differs).map((row) => row.key);
    if (!metrics.length || !params.length || runs.length < 2) return null;
    const x = params.includes(view.x) ? view.x : params[0];
    const y = metrics.includes(view.y) ? view.y : sharedPrimary(runs) || metrics[0];
    const texts = runs.map((run) => (own(run.params, x) ? run.params[x] : null));
    const numeric = texts.every((text) => text === null || (text.trim() !== "" && Number.isFinite(Number(text))));
    const points = runs.map((run, index) => ({
      ...run,
      href: address(run.id),
      x: texts[index] === null ? null : numeric ? Number(texts[index]) : texts[index],
      y: own(run.metrics, y) ? runfolio.number(run.metrics[y].last) : null,
    }));
    return panel("Scatter", [select("x", "x", params, x), select("y", "y", metrics, y)], (plot) =>
      runfolio.charts.scatter(plot, { x: { title: x, kind: numeric ? "number" : "category" }, y: { title: y }, points }),
    );
  };

  // Two runs may have one colour when they come from different experiments; the dash tells them apart.
  const distinct = (runs) => {
    const taken = new Set();
    return runs.map((run) => {
      let { color, dash } = run;
      for (let step = 0; taken.has(`${color}/${dash}`) && step < 40; step += 1) {
        dash = (dash + 1) % 4;
        if (dash === run.dash) color = (color + 1) % 10;
      }
      taken.add(`${color}/${dash}`);
      return { ...run, color, dash };
    });
  };

  runfolio.onPage("[data-compare]", (place) => {
    const empty = place.querySelector("[data-empty]");
    let turn = 0;
    state.follow(async (view) => {
      turn += 1;
      const mine = turn;
      const named = [...new Set(state.list(view.runs))];
      const ids = named.filter((id) => /^[0-9a-f]{16}$/.test(id));
      const loaded = await Promise.allSettled(ids.map((id) => runfolio.loadShard(`runs/${id}`)));
      if (mine !== turn) return;
      const missing = named.filter((id) => loaded[ids.indexOf(id)]?.status !== "fulfilled");
      const runs = distinct(loaded.filter((one) => one.status === "fulfilled").map((one) => one.value));
      const notes = missing.map((id) => make("p", { class: "warning slim" }, `This report has no run ${id}.`));
      if (!runs.length) {
        place.replaceChildren(empty, ...notes);
        return;
      }
      const base = Math.max(0, runs.findIndex((run) => run.id === view.base));
      const panels = [curvePanel(runs, view), scatterPanel(runs, view)].filter(Boolean);
      const focused = document.activeElement?.dataset?.control;
      place.replaceChildren(
        ...notes,
        verdict(runs, base),
        paramSection(runs, base),
        metricSection(runs, base),
        tagSection(runs, base),
        make("section", { "aria-label": "Charts" }, make("h2", {}, "Charts"), make("div", { class: "panels" }, ...panels.map((one) => one.whole))),
      );
      if (focused) place.querySelector(`[data-control="${focused}"]`)?.focus();
      for (const one of panels) await one.draw();
    });
  });
})();

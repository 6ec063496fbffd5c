var runfolioFiles = {"vega": "assets/vega.0525c49e4c.js", "specs": "assets/specs.f949e60f86.js", "specsLite": "assets/specs-lite.0c83df67c8.js"};
// The site's one global: shards register here, scripts load on demand, pages find their parts.
// Data comes as scripts because a page opened from disk may load nothing else.

var runfolio = (() => {
  "use strict";

  const shards = new Map();
  const waiting = new Map();
  const scripts = new Map();

  // What the page says of itself, and the files of the site that every page may load later.
  const site = () => (typeof document === "undefined" ? {} : { ...globalThis.runfolioFiles, ...document.body.dataset });

  // A page in one file has all its scripts inside, and leads nowhere but to itself and the web.
  const standsAlone = () => site().alone !== undefined;
  const isElsewhere = (href) => standsAlone() && !/^(#|data:|blob:|https?:|mailto:)/i.test(href);

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
    if (standsAlone()) return path ? Promise.reject(new Error("This is not in this file, which holds one page of a site.")) : Promise.resolve();
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

  // What makes of the shards of a folder, such as "runs", what scripts want.
  const readers = new Map();
  const readShards = (folder, read) => readers.set(folder, read);

  const register = (name, text) => {
    const read = readers.get(name.split("/")[0]) ?? ((shard) => shard);
    shards.set(name, read(JSON.parse(text)));
  };

  const loadShard = (name) => {
    if (shards.has(name)) return Promise.resolve(shards.get(name));
    if (!waiting.has(name)) {
      const path = { specs: site().specs, "specs-lite": site().specsLite }[name] ?? `data/${name}.js`;
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

  // As runfolio/site/controls.py: what turns the direction of text or what nobody sees shows as its
  // code, such as "⟨U+202E⟩", but where letters that join, emoji and flags need it; control
  // characters show as their pictures.
  const JOINED = "\\u0600-\\u1cff\\u2190-\\u2bff\\ufb50-\\ufdff\\ufe0f\\ufe70-\\ufefc\\u{10a00}-\\u{11fff}\\u{1e900}-\\u{1e95f}\\u{1f000}-\\u{1faff}";
  const PICTURED = "\\u00a9\\u00ae\\u203c\\u2049\\u2122\\u2139\\u2190-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1faff}";
  const HAN = "\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const DECEIVING =
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb" +
    "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
  const NEEDED = [
    `(?<=[${JOINED}])[\\u200c\\u200d](?=[${JOINED}])`,
    `(?<=[${PICTURED}])[\\ufe0e\\ufe0f]|(?<=[#*0-9])\\ufe0f(?=\\u20e3)`,
    `(?<=[${HAN}])[\\u{e0100}-\\u{e01ef}]|(?<=[\\u1820-\\u18aa])[\\u180b-\\u180f]`,
    "\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}",
  ].join("|");
  const CONTROLS = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f";
  const suspect = new RegExp(`[${CONTROLS}${DECEIVING}]`, "u");
  const deceiving = new RegExp(`\\r\\n?|${NEEDED}|([${CONTROLS}${DECEIVING}])`, "gu");
  const sign = (letter) => {
    const code = letter.codePointAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code < 0xa0) return code === 0x7f ? "␡" : "�";
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  };
  const mark = (found, one) => (one === undefined ? (found[0] === "\r" ? "\n" : found) : sign(one));
  const marked = (text) => (suspect.test(text) ? text.replace(deceiving, mark) : text);

  const READ = new Set(["title", "aria-label", "placeholder", "label", "alt"]); // attributes that people read

  // Makes an element: attributes by name, children as text or elements. Texts are marked.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "href" && isElsewhere(value)) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : READ.has(name) ? marked(String(value)) : value);
    }
    element.append(...children.map((child) => (typeof child === "string" ? marked(child) : child)));
    return element;
  };

  // What the browser remembers for this reader; some keep nothing for files or in sandboxes.
  const storage = {
    get: (name) => {
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set: (name, value) => {
      try {
        localStorage.setItem(name, value);
      } catch {
        // What was chosen still holds for this page.
      }
    },
  };

  return { register, readShards, loadShard, loadScript, isOwnScript, standsAlone, isElsewhere, onPage, make, marked, site, storage };
})();

if (typeof module === "object") module.exports = runfolio;

// Columns of numbers as src/runfolio/site/packed.py writes them: lists, or four letters a number.

(() => {
  "use strict";

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const NO_LETTER = 255;
  const PLACES = new Uint8Array(128).fill(NO_LETTER);
  [...LETTERS].forEach((letter, place) => (PLACES[letter.charCodeAt(0)] = place));

  const SPECIAL = new Map([
    [0xffffff, NaN],
    [0xfffffe, Infinity],
    [0xfffffd, -Infinity],
  ]);
  const MOST = 1e6; // numbers of a column

  // Powers of ten that are exact, so that what is divided by one is rounded once: 1 / 10 is 0.1.
  const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
  const shift = (whole, digits) => (digits < 0 ? whole * TENS[-digits] : whole / TENS[digits]);
  const canShift = (digits) => Number.isInteger(digits) && Math.abs(digits) < TENS.length;

  const number = (value) => (typeof value === "string" ? Number(value) : typeof value === "number" ? value : NaN);

  const fill = (count, read) => {
    const numbers = new Array(count);
    for (let place = 0; place < count; place += 1) numbers[place] = read(place);
    return numbers;
  };

  // The codes of a text, three bytes each, or null where it is none.
  const readCodes = (text) => {
    if (text.length % 4 || text.length > 4 * MOST) return null;
    const codes = new Uint32Array(text.length / 4);
    for (let at = 0; at < text.length; at += 1) {
      const place = PLACES[text.charCodeAt(at)] ?? NO_LETTER;
      if (place === NO_LETTER) return null;
      codes[at >> 2] = (codes[at >> 2] << 6) | place;
    }
    return codes;
  };

  // A code of a number with six digits: a sign, how many more digits stand behind the point, and the digits.
  const readSix = (code, digits) => {
    const size = shift(code & 0xfffff, digits + ((code >> 20) & 7));
    return code >> 23 ? -size : size;
  };

  const readText = ({ text, from, digits }) => {
    const codes = readCodes(text);
    const known = from === undefined ? canShift(digits) && canShift(digits + 7) : canShift(digits) && Number.isFinite(from);
    if (!codes || !known) return [];
    const read = from === undefined ? (code) => readSix(code, digits) : (code) => shift(from + code, digits);
    return fill(codes.length, (place) => (codes[place] < 0xfffffd ? read(codes[place]) : SPECIAL.get(codes[place])));
  };

  const readEven = ({ from, by, count, digits }) => {
    const known = [from, by].every(Number.isFinite) && Number.isInteger(count) && count >= 0 && count <= MOST && canShift(digits);
    return known ? fill(count, (place) => shift(from + by * place, digits)) : [];
  };

  // The numbers of a column; none where it can't be read.
  const unpack = (column) => {
    if (Array.isArray(column)) return column.map(number);
    if (typeof column !== "object" || column === null) return [];
    const whole = { ...column, digits: column.digits ?? 0 };
    return typeof column.text === "string" ? readText(whole) : readEven(whole);
  };

  const packed = { unpack };
  if (typeof runfolio !== "undefined") runfolio.packed = packed;
  if (typeof module === "object") module.exports = packed;
})();

// The shards of runs, `runs/ID`, as scripts want them: what src/runfolio/site/shards.py left out as empty
// or known anyway is there, and curves have their numbers.

(() => {
  "use strict";

  const site = typeof module === "object" ? require("./core.js") : runfolio;
  const { unpack } = typeof module === "object" ? require("./packed.js") : runfolio.packed;

  const COLORS = 10;
  const DASHES = 4;
  const NOTHING = { step: [], time: [], value: [] };

  // A curve with its steps, times and values, of which there are as many of each, or none.
  const readCurve = (curve, axes) => {
    const { step, time } = axes[curve.axis ?? 0] ?? NOTHING;
    const value = unpack(curve.value);
    const whole = value.length === step.length && value.length === time.length;
    return { ...curve, total: curve.total ?? value.length, ...(whole ? { step, time, value } : NOTHING) };
  };

  // Curves that were logged together share an axis; each gets its steps and times back.
  const readCurves = (axes, curves) => {
    const read = axes.map((axis) => ({ step: unpack(axis.step), time: unpack(axis.time) }));
    return Object.fromEntries(Object.entries(curves).map(([key, curve]) => [key, readCurve(curve, read)]));
  };

  const readMetrics = (metrics, directions) => {
    const direction = (key) => (Object.hasOwn(directions, key) ? directions[key] : null);
    return Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last, direction: direction(key) }]));
  };

  const readRun = ({ axes = [], curves = {}, metrics = {}, directions = {}, ...run }) => ({
    primary: null,
    params: {},
    tags: {},
    extras: [],
    results: false,
    ...run,
    color: run.mark % COLORS,
    dash: Math.floor(run.mark / COLORS) % DASHES,
    metrics: readMetrics(metrics, directions),
    curves: readCurves(axes, curves),
  });

  site.readShards("runs", readRun);
  if (typeof module === "object") module.exports = { readRun, COLORS, DASHES };
})();

// Numbers and durations as text, the same as runfolio/charts/numbers.py writes them.

(() => {
  "use strict";

  const DIGITS = 4;
  const SMALLEST = -4; // the powers of ten between which a number is written without exponent
  const LARGEST = 6;

  const strip = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

  // "0.6121", "1.235e-7", or with other than four significant digits; whole numbers below a million in full; null as "—".
  const number = (value, digits = DIGITS) => {
    if (value === null || value === undefined) return "—";
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
    if (value === 0) return "0";
    if (Math.abs(value) < 10 ** LARGEST && Number.isInteger(value)) return String(value);
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    if (power >= SMALLEST && power < LARGEST) return strip(value.toFixed(Math.max(digits - 1 - power, 0)));
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

  // "1 run", "0 runs", "1,250 selected runs".
  const count = (amount, noun) => `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;

  const format = { number, duration, count };
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

  // A page in one file may open with a state of its own, until it gets another.
  const read = () => {
    const state = parse(location.hash);
    return Object.keys(state).length ? state : parse(runfolio.site().fragment ?? "");
  };

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

// The order in which a table listed an experiment's runs, for going from one run to the next.
// This tab's own order comes first; a page opened in another tab finds the last one of any.

(() => {
  "use strict";

  const LIMIT = 20000;

  const key = (experiment) => `runfolio-order-${experiment}`;
  const pack = (ids) => ids.slice(0, LIMIT).join(",");

  // The place of a run among `ids` with the runs around it, or null when it isn't there.
  const around = (ids, id) => {
    const place = ids.indexOf(id);
    if (place < 0) return null;
    return { place: place + 1, count: ids.length, previous: ids[place - 1] ?? null, next: ids[place + 1] ?? null };
  };

  const known = (text) => (text ? text.split(",").filter((id) => /^[0-9a-f]{16}$/.test(id)) : []);

  const pure = { around, pack, known };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // Some browsers keep nothing for files: then the order by rank stays.
  const attempt = (use) => {
    try {
      return use();
    } catch {
      return null;
    }
  };

  const remember = (experiment, ids) => {
    attempt(() => sessionStorage.setItem(key(experiment), pack(ids)));
    attempt(() => localStorage.setItem(key(experiment), pack(ids)));
  };

  const recall = (experiment) =>
    known(attempt(() => sessionStorage.getItem(key(experiment))) ?? attempt(() => localStorage.getItem(key(experiment))));

  const link = (id, rel, text, mark) => {
    const { make } = runfolio;
    const shown = make("span", { "aria-hidden": "true" }, mark);
    if (!id || runfolio.isElsewhere(`${id}.html`)) return make("span", { class: "end", "aria-hidden": "true" }, mark);
    return make("a", { href: `${id}.html`, rel, title: text }, shown, make("span", { class: "hidden" }, text));
  };

  const show = (nav, found, [previous, next], title) => {
    const place = runfolio.make("span", title ? { title } : {}, `${found.place} of ${found.count}`);
    nav.replaceChildren(link(found.previous, "prev", previous, "◀"), place, link(found.next, "next", next, "▶"));
  };

  const follow = (nav) => {
    const found = around(recall(nav.dataset.order), nav.dataset.run);
    if (!found) return;
    nav.setAttribute("aria-label", "Runs in the order of the table");
    nav.removeAttribute("data-ranked");
    show(nav, found, ["Previous run in the table", "Next run in the table"], "in the order of the table");
  };

  // Shows the neighbours by rank, as {id, name} of the ranked runs tell, unless a table told others.
  const showRanked = (nav, ranked) => {
    const found = nav.hasAttribute("data-ranked") && around(ranked.id, nav.dataset.run);
    if (!found) return;
    const nameOf = (id) => ranked.name[ranked.id.indexOf(id)] ?? "";
    show(nav, found, [nameOf(found.previous), nameOf(found.next)].map((name, at) => `${at ? "Next" : "Previous"} run: ${name}`));
  };

  runfolio.order = { remember, recall, showRanked, ...pure };
  runfolio.onPage("[data-order]", follow);
  // A page that the browser kept is shown again as it was, though the table may have changed since.
  addEventListener("pageshow", (event) => event.persisted && runfolio.onPage("[data-order]", follow));
})();

// The tools at the top of every page, which do nothing without scripts: finding, copying a link,
// light and dark, the keys. A page that stands alone has no other pages to find or to link to.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, onPage, standsAlone } = runfolio;

  const button = (attributes, ...text) => make("button", { type: "button", class: "quiet", ...attributes }, ...text);

  const ofSites = () => [
    button({ class: "find", "data-find": true }, "Search ", make("kbd", {}, "Ctrl K")),
    button({ "data-copy-link": true }, "Copy link"),
  ];

  onPage(".tools:empty", (tools) => {
    tools.append(
      ...(standsAlone() ? [] : ofSites()),
      button({ "data-theme-switch": true, "aria-label": "Switch between light and dark" }, "◐"),
      button({ "data-shortcuts": true, "aria-label": "Keyboard shortcuts" }, "?"),
    );
  });
})();

// Keyboard shortcuts: each part of a page adds its own, and "?" shows them all.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, storage } = runfolio;
  const OFF = "runfolio-shortcuts";
  const known = [];

  // `key` as KeyboardEvent.key gives it, or "Ctrl+k", which also takes ⌘; `text` says what it does.
  const add = (key, text, run) => known.push({ key, text, run });

  const isMac = /mac|iphone|ipad/i.test(navigator.platform || "");
  const label = (key) => (key.startsWith("Ctrl+") ? `${isMac ? "⌘" : "Ctrl"} ${key.slice(5).toUpperCase()}` : key);

  const isTyping = (target) => target.closest?.("input:not([type='checkbox']), select, textarea, [contenteditable], dialog");

  addEventListener("keydown", (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const held = event.ctrlKey || event.metaKey;
    const found = known.find(({ key }) => (held ? key === `Ctrl+${event.key.toLowerCase()}` : key === event.key));
    if (!found) return;
    if (!held && (isTyping(event.target) || storage.get(OFF) === "off")) return;
    event.preventDefault();
    found.run();
  });

  // A dialog with a heading that closes by Escape, by its button and by a click beside it.
  const openDialog = (title, ...content) => {
    // Removed at once, so that the next key isn't one typed into a closed dialog.
    const shut = () => {
      dialog.close();
      dialog.remove();
    };
    const close = make("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: shut }, "✕");
    const dialog = make("dialog", { class: "sheet", "aria-label": title }, make("header", {}, make("h2", {}, title), close), ...content);
    dialog.addEventListener("click", (event) => event.target === dialog && shut());
    // A search box would take the first Escape to empty itself.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), shut()));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };

  const showSheet = () => {
    if (document.querySelector("dialog[open]")) return;
    const rows = known.map(({ key, text }) => make("div", {}, make("dt", {}, make("kbd", {}, label(key))), make("dd", {}, text)));
    const box = make("input", { type: "checkbox" });
    box.checked = storage.get(OFF) !== "off";
    box.addEventListener("change", () => storage.set(OFF, box.checked ? "on" : "off"));
    openDialog(
      "Keyboard shortcuts",
      make("dl", { class: "keys" }, ...rows),
      make("label", { class: "control" }, box, "Single keys are shortcuts"),
    );
  };

  add("?", "show this sheet", showSheet);
  runfolio.shortcuts = { add, label, openDialog };
  runfolio.onPage("[data-shortcuts]", (button) => button.addEventListener("click", showSheet));
})();

// What every page has: it knows that scripts run, switches its theme, and copies its link.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { shortcuts, storage } = runfolio;
  const root = document.documentElement;
  const THEME = "runfolio-theme";
  root.classList.add("scripted");

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  };

  show(storage.get(THEME));

  const switchTheme = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    show(theme);
    storage.set(THEME, theme);
  };

  runfolio.onPage("[data-theme-switch]", (button) => button.addEventListener("click", switchTheme));
  shortcuts.add("t", "switch between light and dark", switchTheme);

  runfolio.onPage("[data-copy-link]", (button) => {
    const text = button.textContent;
    shortcuts.add("y", "copy a link to this view", () => button.click());
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
    const link = rel && document.querySelector(`a[rel="${rel}"][href]`);
    if (link) location.href = link.href;
  });

  // Escape closes a menu and goes back to what opened it.
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Printing opens what is folded, and folds it again afterwards; it can't wait for what loads late.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.menu):not([data-late])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();

// Finds reports, experiments, models, runs, parameters, metrics and tags by words; pure.

(() => {
  "use strict";

  const format = typeof module === "object" ? require("./format.js") : runfolio.format;

  const LIMITS = { report: 6, experiment: 8, model: 8, run: 12, parameter: 8, metric: 6, tag: 6 };
  const KINDS = ["report", "experiment", "model", "run", "parameter", "metric", "tag"];

  // A name in a filter: plain where the language allows it, else between backticks.
  const quoteName = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);
  const quoteText = (text) => `'${text.replaceAll("'", "''")}'`;

  const PREFIXES = { parameter: "params", metric: "metrics", tag: "tags" };

  // The filter that leaves the runs which hold a term.
  const filterOf = (kind, key, value) => {
    const field = `${PREFIXES[kind]}.${quoteName(key)}`;
    return value === null ? `${field} IS NOT NULL` : `${field} = ${quoteText(value)}`;
  };

  const words = (query) => plain(query).split(/\s+/).filter(Boolean);

  // A lower-case text in which "model = vit" and "model=vit" are the same.
  const plain = (text) => text.toLowerCase().replace(/\s*=\s*/g, "=").trim();

  const STATUSES = { running: "RUNNING", failed: "FAILED", killed: "KILLED", stopped: "KILLED" };
  const EXACT = 4;

  // How well a plain text fits: 3 begins with the first word, 2 has a word that does, 1 holds all, 0 does not.
  const fit = (text, wanted) => {
    if (!wanted.every((word) => text.includes(word))) return 0;
    const at = text.indexOf(wanted[0]);
    if (at === 0) return 3;
    return /[a-z0-9]/.test(text[at - 1]) ? 1 : 2;
  };

  // Everything to search in as one list of entries, made once from the shard.
  const prepare = (shard) => {
    const { reports, experiments, models, runs, terms } = shard;
    const statuses = new Map(Object.entries(runs.unfinished).flatMap(([status, places]) => places.map((place) => [place, status])));
    const entry = (kind, text, detail, href) => ({ kind, text, detail, href, low: plain(text) });
    const counted = (count) => format.count(count, "run");
    const page = (place) => `experiments/${experiments.id[place]}.html`;
    return [
      ...reports.href.map((href, place) => entry("report", reports.title[place], reports.authors[place], href)),
      ...experiments.id.map((_, place) => entry("experiment", experiments.name[place], counted(experiments.runs[place]), page(place))),
      ...models.id.map((id, place) => entry("model", models.name[place], models.detail[place], `models/${id}.html`)),
      ...runs.id.map((id, place) => ({ ...entry("run", runs.name[place], experiments.name[runs.experiment[place]], `runs/${id}.html`), id, status: statuses.get(place) })),
      ...terms.kind.map((kind, place) => {
        const [key, value, home] = [terms.key[place], terms.value[place], terms.experiment[place]];
        const filter = new URLSearchParams({ filter: filterOf(kind, key, value) });
        const text = value === null ? key : `${key} = ${value}`;
        return entry(kind, text, `${counted(terms.runs[place])} of ${experiments.name[home]}`, `${page(home)}#${filter}`);
      }),
    ];
  };

  // How well an entry fits: a name that is the query comes before all, a run also fits by its status and
  // by how its id begins.
  const rate = (entry, whole, wanted) => {
    if (entry.low === whole) return EXACT;
    const named = fit(entry.low, wanted);
    if (named || entry.kind !== "run") return named;
    if (entry.status !== undefined && Object.hasOwn(STATUSES, whole) && STATUSES[whole] === entry.status) return 2;
    return wanted[0].length > 3 && entry.id.startsWith(wanted[0]) ? 1 : 0;
  };

  // The best entries for a query, by kind, those kinds first that have just what was asked for; within
  // a kind the better fits first, then as they stand.
  const search = (entries, query, limits = LIMITS) => {
    const wanted = words(query);
    if (!wanted.length) return [];
    const found = new Map(KINDS.map((kind) => [kind, []]));
    const whole = plain(query);
    for (const entry of entries) {
      const score = rate(entry, whole, wanted);
      if (score) found.get(entry.kind).push({ entry, score });
    }
    for (const hits of found.values()) hits.sort((a, b) => b.score - a.score);
    const isExact = (kind) => found.get(kind)[0]?.score === EXACT;
    return [...KINDS].sort((a, b) => isExact(b) - isExact(a)).flatMap((kind) => {
      const hits = found.get(kind);
      return hits.slice(0, limits[kind]).map((hit) => hit.entry);
    });
  };

  const finder = { prepare, search, filterOf };
  if (typeof runfolio !== "undefined") runfolio.finder = finder;
  if (typeof module === "object") module.exports = finder;
})();

// The search over the whole site: a dialog that opens by Ctrl-K or by its button in the header.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, shortcuts } = runfolio;
  let entries = null;

  // Everything to search in, made ready once.
  const load = async () => (entries ??= runfolio.finder.prepare(await runfolio.loadShard("finder")));

  const option = (entry, place) =>
    make(
      "li",
      { role: "option", id: `found-${place}`, "aria-selected": "false" },
      make("a", { href: runfolio.site().root + entry.href, tabindex: "-1" }, make("span", { class: "kind" }, entry.kind), make("span", { class: "what" }, entry.text), make("span", { class: "aside" }, entry.detail)),
    );

  const open = (query = "") => {
    if (document.querySelector("dialog[open]")) return;
    const list = make("ul", { role: "listbox", id: "found", class: "found", "aria-label": "Found" });
    const told = make("p", { class: "hint", role: "status" });
    const box = make("input", {
      type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", "aria-label": "Search the site",
      placeholder: "Reports, experiments, models, runs, parameters, metrics, tags", autocomplete: "off", spellcheck: "false",
    });
    let chosen = -1;

    const choose = (place) => {
      const options = [...list.children];
      chosen = options.length ? (place + options.length) % options.length : -1;
      options.forEach((one, index) => one.setAttribute("aria-selected", String(index === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else {
        box.setAttribute("aria-activedescendant", options[chosen].id);
        options[chosen].scrollIntoView({ block: "nearest" });
      }
    };

    const show = async () => {
      const wanted = box.value;
      try {
        const found = runfolio.finder.search(await load(), wanted);
        if (box.value !== wanted) return;
        list.replaceChildren(...found.map(option));
        box.setAttribute("aria-expanded", String(found.length > 0));
        if (!wanted.trim()) told.textContent = "Type a name, or a value such as ridge. Arrows choose, Enter opens.";
        else told.textContent = found.length ? "" : `Nothing here is called “${runfolio.marked(wanted.trim())}”.`;
        choose(found.length ? 0 : -1);
      } catch (error) {
        told.textContent = error.message;
      }
    };

    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) choose(chosen + step);
      else if (event.key === "Enter") list.children[chosen]?.querySelector("a").click();
      else return;
      event.preventDefault();
    });
    const dialog = shortcuts.openDialog("Search", box, told, list);
    dialog.classList.add("finder");
    // A link into the page one is on changes only the fragment, so the dialog would stay.
    list.addEventListener("click", (event) => event.target.closest("a") && !event.ctrlKey && !event.metaKey && dialog.close());
    box.value = query;
    box.focus();
    show();
  };

  runfolio.onPage("[data-find]", (button) => {
    const key = button.querySelector("kbd");
    if (key) key.textContent = shortcuts.label("Ctrl+k");
    button.addEventListener("click", () => open());
  });
  if (!runfolio.standsAlone()) shortcuts.add("Ctrl+k", "search the whole site", () => open());
  shortcuts.add("/", "search on this page, else the whole site", () => {
    const box = document.querySelector("[data-search]");
    if (box?.checkVisibility()) box.focus();
    else if (!runfolio.standsAlone()) open();
  });
  runfolio.finder.load = load;
})();

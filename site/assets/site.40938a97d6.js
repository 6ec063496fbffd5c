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

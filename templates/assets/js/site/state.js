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

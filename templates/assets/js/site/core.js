// The site's one global: shards register here, scripts load on demand, pages find their parts.
// Data comes as scripts because a page opened from disk may load nothing else.

var runfolio = (() => {
  "use strict";

  const shards = new Map();
  const waiting = new Map();
  const scripts = new Map();

  const site = () => (typeof document === "undefined" ? {} : document.body.dataset);

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

  // Makes an element: attributes by name, children as text or elements.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "href" && isElsewhere(value)) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
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

  const number = (value) => (typeof value === "string" ? Number(value) : value);

  return { register, loadShard, loadScript, isOwnScript, standsAlone, isElsewhere, onPage, make, number, site, storage };
})();

if (typeof module === "object") module.exports = runfolio;

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

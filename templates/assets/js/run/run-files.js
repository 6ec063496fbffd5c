// The artifacts of a run as a tree beside what they hold; "artifact=PATH" in the address chooses one,
// with a slash at the end for all the steps of a series.

(() => {
  "use strict";

  const UNFOLDED = 40; // so many files begin with all folders open

  const newFolder = (name) => ({ name, folders: new Map(), files: [], bytes: 0 });

  // Folders within folders from files of { path, bytes, text }, each folder with the sum of what it holds.
  const buildTree = (files) => {
    const root = newFolder("");
    for (const file of files) {
      const parts = file.path.split("/").filter(Boolean);
      const name = parts.pop() ?? file.path;
      let folder = root;
      root.bytes += file.bytes;
      for (const part of parts) {
        if (!folder.folders.has(part)) folder.folders.set(part, newFolder(part));
        folder = folder.folders.get(part);
        folder.bytes += file.bytes;
      }
      folder.files.push({ ...file, name });
    }
    return root;
  };

  const byName = (a, b) => a.name.localeCompare(b.name, "en", { numeric: true });
  const sorted = (folder) => ({ folders: [...folder.folders.values()].sort(byName), files: [...folder.files].sort(byName) });

  // As in the page: three digits with a decimal unit.
  const formatBytes = (bytes) => {
    let value = bytes;
    let unit = 0;
    for (; Number(value.toPrecision(3)) >= 1000 && unit < 5; unit += 1) value /= 1000;
    const text = value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
    return `${text} ${["B", "kB", "MB", "GB", "TB", "PB"][unit]}`;
  };

  const pure = { buildTree, sorted, formatBytes };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { make, state } = runfolio;

  const wire = (list) => {
    const single = [...list.querySelectorAll(".artifact")].map((one) => [one.querySelector(".path").textContent, one]);
    const series = [...list.querySelectorAll(".series")].map((one) => [`${one.dataset.key}/`, one]);
    const articles = new Map([...series, ...single]);
    if (articles.size < 2) return;
    const describe = (path, one) => {
      const bytes = Number(one.dataset.bytes ?? 0);
      return { path, bytes, text: one.dataset.key === undefined ? formatBytes(bytes) : `${one.querySelectorAll("li").length} steps` };
    };
    const files = [...articles].map(([path, one]) => describe(path, one));
    const links = new Map();

    const fileRow = ({ path, name, text }) => {
      const link = make("a", { href: `#artifact=${encodeURIComponent(path)}&tab=artifacts`, title: path }, name);
      links.set(path, link);
      return make("li", {}, link, make("span", { class: "aside" }, text));
    };

    const folderRow = (folder) => {
      const { name, bytes } = folder;
      const summary = make("summary", {}, make("span", { class: "folder" }, `${name}/`), make("span", { class: "aside" }, bytes ? formatBytes(bytes) : ""));
      return make("li", {}, make("details", { open: files.length <= UNFOLDED }, summary, rows(folder)));
    };

    const rows = (folder) => {
      const { folders, files: own } = sorted(folder);
      return make("ul", {}, ...folders.map(folderRow), ...own.map(fileRow));
    };

    const all = make("a", { href: "#tab=artifacts" }, "All files");
    const tree = make("nav", { class: "tree", "aria-label": "Files" }, make("p", {}, all), rows(buildTree(files)));
    const frame = make("div", { class: "files" });
    list.before(frame);
    frame.append(tree, list);

    const mark = (link, current) => (current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
    const reveal = (link) => {
      for (let at = link.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    };

    let opened = null;
    const show = (chosenPath) => {
      const path = chosenPath && runfolio.marked(chosenPath); // as the page writes it
      const chosen = articles.get(path);
      for (const [other, article] of articles) article.classList.toggle("off", Boolean(chosen) && other !== path);
      for (const [other, link] of links) mark(link, other === path);
      mark(all, !chosen);
      list.classList.toggle("one", Boolean(chosen));
      if (opened && opened !== chosen) opened.querySelector("details").open = false;
      opened = null;
      if (!chosen) return;
      reveal(links.get(path));
      const folded = chosen.querySelector(":scope > details:not([open])");
      if (folded) {
        folded.open = true;
        opened = chosen;
      }
    };

    tree.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      state.update({ tab: "artifacts", artifact: state.parse(link.hash).artifact });
    });
    // Up and down go from one visible line of the tree to the next.
    tree.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      const lines = [...tree.querySelectorAll("a, summary")].filter((one) => one.checkVisibility());
      lines[lines.indexOf(document.activeElement) + step]?.focus();
      event.preventDefault();
    });
    // A link to an artifact's own id ("#artifact-3").
    const named = (hash) => document.querySelector(`.artifact[id="${CSS.escape(hash.slice(1))}"] .path`)?.textContent;
    const choose = (hash) => {
      const artifact = named(hash);
      if (artifact !== undefined) state.update({ tab: "artifacts", artifact });
      return artifact !== undefined;
    };
    document.querySelector("main").addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#artifact-"]');
      if (link && !event.ctrlKey && !event.metaKey && choose(link.hash)) event.preventDefault();
    });
    state.follow((values) => {
      if (!choose(location.hash)) show(values.artifact);
    });
  };

  runfolio.onPage("[data-files]", wire);
})();

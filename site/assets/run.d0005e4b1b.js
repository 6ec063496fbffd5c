// The curves of one run: those it logged itself, or (data-system) what its machine did, over the time
// of day.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { controls, curveSettings } = runfolio;

  runfolio.onPage('[data-curves="run"]', async (element) => {
    try {
      const shard = await runfolio.loadShard(element.dataset.shard);
      const machine = element.dataset.system !== undefined;
      const line = { id: shard.id, name: shard.name, color: shard.color, dash: 0, href: null, members: [shard.id] };
      runfolio.curvePanels(element, {
        metrics: Object.keys(shard.curves).filter((metric) => curveSettings.isSystem(metric) === machine),
        first: shard.primary,
        prefix: machine ? "system" : "curve",
        legend: false,
        usual: machine ? "wall" : "step",
        title: (metric) => controls.directed(machine ? metric.slice(curveSettings.SYSTEM.length + 1) : metric, Object.hasOwn(shard.metrics, metric) ? shard.metrics[metric].direction : null),
        choose: () => ({ lines: [line], grouped: false, emphasis: [], more: false }),
      });
    } catch (error) {
      element.append(runfolio.make("p", { class: "warning slim" }, error.message));
    }
  });
})();

// The histograms that a run logged step by step, as one chart over its steps above the single ones.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;

  const draw = async (plot, run, key) => {
    try {
      const { series } = await runfolio.loadShard(`histograms/${run}`);
      const found = series.find((one) => one.key === key);
      if (found) await runfolio.charts.histograms(plot, { title: `${key} by step`, yTitle: key, histograms: found.histograms });
    } catch (error) {
      plot.replaceChildren(make("p", { class: "warning slim" }, error.message));
    }
  };

  runfolio.onPage(".series[data-key]", (section) => {
    const run = document.querySelector("[data-run]")?.dataset.run;
    if (!run || section.querySelectorAll("svg.histogram").length < 2) return;
    const plot = make("div", { class: "plot" });
    section.querySelector("ul").before(plot);
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (!entry.isIntersecting) return;
        watcher.disconnect();
        draw(plot, run, section.dataset.key);
      },
      { rootMargin: "300px" },
    );
    watcher.observe(plot);
  });
})();

// Tables that sort by a click on a heading. Pure functions first, wiring below.

(() => {
  "use strict";

  const NONE = new Set(["", "—", "NaN", "nan", "null", "None"]);
  const INFINITE = new Map([["∞", Infinity], ["-∞", -Infinity], ["inf", Infinity], ["-inf", -Infinity]]);
  const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

  const toBytes = (text) => {
    const found = /^([\d.]+) ([kMGTP]?B)$/.exec(text);
    return found ? Number(found[1]) * 1000 ** SIZES.indexOf(found[2]) : null;
  };

  // A cell's text as a number: "1.5 kB" is 1500, "1,234" and "6, 1 NaN" begin with theirs.
  const toNumber = (text) => INFINITE.get(text) ?? toBytes(text) ?? Number(text.replace(/(\d),(?=\d{3})/g, "$1").replace(/,? .*$/, "").replace("−", "-"));

  // Numbers before texts, texts in natural order (2 before 10), nothing last whatever the direction.
  const compare = (a, b, descending) => {
    if (NONE.has(a) || NONE.has(b)) return NONE.has(a) - NONE.has(b);
    const x = toNumber(a);
    const y = toNumber(b);
    const texts = Number.isNaN(x) - Number.isNaN(y);
    if (texts) return texts;
    const order = Number.isNaN(x) ? a.localeCompare(b, "en", { numeric: true }) : x === y ? 0 : x - y;
    return descending ? -order : order;
  };

  // The order of texts as indices; equal ones keep their places.
  const order = (texts, descending) =>
    texts
      .map((text, index) => ({ text, index }))
      .sort((a, b) => compare(a.text, b.text, descending) || a.index - b.index)
      .map((one) => one.index);

  const pure = { compare, order, toNumber };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  // The whole number of a cell, where the text is rounded.
  const valueOf = (cell) => (cell.title || (cell.querySelector("[title]")?.title ?? cell.textContent)).trim();

  const wire = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    for (const [index, header] of [...table.tHead.rows[0].cells].entries()) {
      const button = runfolio.make("button", { type: "button" }, ...header.childNodes);
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        for (const one of table.querySelectorAll("[aria-sort]")) one.removeAttribute("aria-sort");
        if (now === "descending") return body.append(...rows);
        header.setAttribute("aria-sort", now ? "descending" : "ascending");
        const texts = rows.map((row) => valueOf(row.cells[index]));
        body.append(...order(texts, Boolean(now)).map((place) => rows[place]));
      });
    }
  };

  runfolio.sortable = { ...pure, wire };
  runfolio.onPage("table.sortable", wire);
})();

// Builds the elements that a shard carries as data: only tags and attributes that do nothing.

(() => {
  "use strict";

  const TAGS = new Set(
    (
      "p br hr h3 h4 h5 h6 strong em s code pre span a ul ol li dl dt dd blockquote div details summary " +
      "table thead tbody tr th td img"
    ).split(" "),
  );
  const ATTRIBUTES = new Set("class title tabindex role aria-label scope alt loading open start width height".split(" "));

  const allowedAddress = (tag, name, value) => {
    if (tag === "a" && name === "href") return /^(https?:|mailto:)/i.test(value);
    return tag === "img" && name === "src" && /^data:image\//.test(value);
  };

  // What of a node's attributes may stand in the page; links never tell where they come from.
  const allowed = (tag, attributes) => {
    const kept = Object.entries(attributes).filter(([name, value]) => ATTRIBUTES.has(name) || allowedAddress(tag, name, value));
    return kept.some(([name]) => name === "href") ? [...kept, ["rel", "noopener noreferrer nofollow"]] : kept;
  };

  const tagOf = (tag) => (TAGS.has(tag) ? tag : "span");

  const pure = { allowed, tagOf };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const build = (node) => {
    if (typeof node === "string") return node;
    const [tag, attributes, ...children] = node;
    return fill(runfolio.make(tagOf(tag), Object.fromEntries(allowed(tag, attributes))), children);
  };

  // One by one: there may be more of them than a call takes arguments.
  const fill = (element, nodes) => {
    for (const node of nodes) element.append(build(node));
    return element;
  };

  // Puts what the shard `name` holds into `element`, in place of what is there but a summary.
  const load = async (element, name) => {
    const shard = await runfolio.loadShard(name);
    const summary = element.querySelector(":scope > summary");
    element.replaceChildren(...(summary ? [summary] : []));
    fill(element, shard.nodes);
    for (const table of element.querySelectorAll("table.sortable")) runfolio.sortable.wire(table);
  };

  // Loads what is late once: when its `details` opens, or at once.
  const loadLate = (element) => {
    const name = element.dataset.late;
    delete element.dataset.late;
    if (name) return load(element, name).catch((error) => element.append(runfolio.make("p", { class: "warning slim" }, error.message)));
    return Promise.resolve();
  };

  runfolio.nodes = { build, loadLate };
  runfolio.onPage("details[data-late]", (element) => element.addEventListener("toggle", () => element.open && loadLate(element)));
})();

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
    const show = (path) => {
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

// The place of a run of a large experiment: its page leaves ranks and neighbours to this script, so
// that the pages of thousands of runs need not be written again with each new value.

(() => {
  "use strict";

  // How many of `values`, which ascend, are better than `own`.
  const countBetter = (values, own, direction) =>
    values.filter((value) => (direction === "down" ? value < own : value > own)).length;

  const rankText = (values, own, direction) => {
    const better = countBetter(values, own, direction);
    return better === 0 ? `best of ${values.length}` : `rank ${better + 1} of ${values.length}`;
  };

  // The run to compare `id` with: the best one, or the baseline when it is the best itself.
  const chooseOther = ({ best, baseline }, id) => [best, baseline].find((one) => one && one !== id) ?? null;

  // What the link to the compare page says; runs may share their name.
  const compareText = (shard, other, id) => {
    const nameOf = (one) => shard.name[shard.id.indexOf(one)];
    const role = other === shard.best ? "the best run" : "the baseline";
    return `Compare with ${nameOf(other) === nameOf(id) ? role : nameOf(other)}`;
  };

  if (typeof module === "object") module.exports = { rankText, chooseOther, compareText };
  if (typeof document === "undefined") return;

  const tell = (shard, nav) => {
    const id = nav.dataset.run;
    runfolio.onPage(".rank[data-rank]", (element) => {
      const { rank, value, direction } = element.dataset;
      if (shard.values[rank]) element.textContent = rankText(shard.values[rank], Number(value), direction);
    });
    const other = chooseOther(shard, id);
    const link = document.querySelector("[data-compare]");
    if (other && link) {
      link.href = link.getAttribute("href").replace(/#.*/, `#runs=${other},${id}`);
      link.textContent = compareText(shard, other, id);
    }
    runfolio.order.showRanked(nav, shard);
  };

  runfolio.onPage("[data-order][data-large]", async (nav) => {
    try {
      tell(await runfolio.loadShard(`experiments/${nav.dataset.order}-order`), nav);
    } catch {
      // The link to the experiment stays.
    }
  });
})();

// The page of a run: steps to copy, lines to wrap, packages to search, and console output that loads
// when its part is opened.

(() => {
  "use strict";

  // The lines that hold every word, in any case.
  const search = (lines, query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return lines.filter((line) => words.every((word) => line.toLowerCase().includes(word)));
  };

  if (typeof module === "object") module.exports = { search };
  if (typeof document === "undefined") return;

  runfolio.onPage("[data-copy-steps]", (button) => {
    button.addEventListener("click", async () => {
      const steps = document.querySelector("[data-steps]");
      try {
        await navigator.clipboard.writeText(steps.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(steps);
        button.textContent = "Selected: copy it with the keyboard";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
  });

  runfolio.onPage("[data-wrap]", (button) => {
    button.addEventListener("click", () => {
      const wrapped = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(wrapped));
      button.closest(".console-file").classList.toggle("wrapped", wrapped);
    });
  });

  const listPackages = async (place) => {
    const { packages } = await runfolio.loadShard(place.dataset.packages);
    const lines = Object.entries(packages).map(([name, version]) => (version ? `${name}==${version}` : name));
    const count = document.querySelector("[data-packages-count]");
    const code = runfolio.make("code", {}, lines.join("\n"));
    const box = runfolio.make("input", { type: "search", placeholder: "Search packages", "aria-label": "Search packages" });
    box.addEventListener("input", () => {
      const found = search(lines, box.value);
      code.textContent = found.join("\n");
      count.textContent = found.length === lines.length ? `${lines.length} installed` : `${found.length} of ${lines.length}`;
    });
    place.replaceChildren(box, runfolio.make("pre", { class: "code packages", tabindex: "0" }, code));
  };

  runfolio.onPage("[data-packages]", (place) => {
    const fail = (error) => place.append(runfolio.make("p", { class: "warning slim" }, error.message));
    place.closest("section").addEventListener("shown", () => listPackages(place).catch(fail), { once: true });
  });

  runfolio.onPage("#console", (part) => {
    part.addEventListener("shown", async () => {
      for (const element of part.querySelectorAll("[data-late]")) {
        await runfolio.nodes.loadLate(element);
        element.closest(".console-file").querySelector("[data-late-hint]")?.remove();
        const text = element.querySelector("pre");
        if (text) text.scrollTop = text.scrollHeight;
      }
    });
  });
})();

// The parts of a run's page as tabs. Which one is open stands in the address as "tab=artifacts";
// a plain "#artifacts", or the id of anything within a part, opens that part too.

(() => {
  "use strict";

  // The tab that a key leads to from the one at `index` of `count`, or null for other keys.
  const move = (key, index, count) => {
    const places = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: count - 1 };
    return Object.hasOwn(places, key) ? (places[key] + count) % count : null;
  };

  const pure = { move };
  if (typeof module === "object") module.exports = pure;
  if (typeof document === "undefined") return;

  const { state } = runfolio;

  const wire = (list) => {
    const tabs = [...list.querySelectorAll("a")];
    const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
    const ids = panels.map((panel) => panel.id);

    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Parts of this run");
    for (const item of list.children) item.setAttribute("role", "presentation");
    tabs.forEach((tab, index) => {
      tab.id = `tab-${ids[index]}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", ids[index]);
    });
    document.documentElement.classList.add("tabbed");

    // Hidden "until-found", a part can still be found by the browser's own search, which opens it.
    const show = (index) => {
      tabs.forEach((tab, place) => {
        const open = place === index;
        tab.setAttribute("aria-selected", String(open));
        tab.tabIndex = open ? 0 : -1;
        const changes = open ? { role: "tabpanel", "aria-labelledby": tab.id, hidden: null } : { role: null, "aria-labelledby": null, hidden: "until-found" };
        for (const [name, value] of Object.entries(changes)) {
          if (value === null) panels[place].removeAttribute(name);
          else panels[place].setAttribute(name, value);
        }
      });
      panels[index].dispatchEvent(new CustomEvent("shown", { bubbles: true }));
    };

    const open = (index) => state.update({ tab: index ? ids[index] : "" });

    // Opens the part that holds the element named by a plain fragment; false when there is none.
    const goTo = (hash) => {
      const target = hash.includes("=") ? null : document.getElementById(hash.slice(1));
      const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
      if (index < 0) return false;
      open(index);
      if (target !== panels[index]) target.scrollIntoView();
      return true;
    };

    document.querySelector("main").addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (link && !list.contains(link) && !event.ctrlKey && !event.metaKey && goTo(link.hash)) event.preventDefault();
    });
    list.addEventListener("click", (event) => {
      const index = tabs.indexOf(event.target.closest("a"));
      if (index < 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(index);
    });
    list.addEventListener("keydown", (event) => {
      const next = move(event.key, tabs.indexOf(document.activeElement), tabs.length);
      if (event.key === " ") event.target.click();
      else if (next === null) return;
      else {
        tabs[next].focus();
        open(next);
      }
      event.preventDefault();
    });
    panels.forEach((panel, index) => panel.addEventListener("beforematch", () => open(index)));
    state.follow((values) => {
      if (!goTo(location.hash)) show(Math.max(ids.indexOf(values.tab), 0));
    });
  };

  runfolio.onPage("[data-tabs]", wire);
})();

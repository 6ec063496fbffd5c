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

// The lines of the runs table: runs, nested runs that can be folded, groups with their members. Pure.
// A line is the index of a run, or the key of a group.

(() => {
  "use strict";

  const { sound } = typeof module === "object" ? require("../workspace/workspace-rows.js") : runfolio.rows;

  const PLAIN = { depth: 0, children: 0, context: false, pinned: false };

  // {lines, facts}: facts.get(line) says how deep it lies, whether it is folded, which group it heads:
  // one with its `members` that show and of these the `counted` ones, which did not break off.
  const compose = (view, { open, folded, statuses }) => {
    const facts = new Map(view.pinned.map((index) => [index, { ...PLAIN, pinned: true, context: view.aside.has(index) }]));
    const shows = (index) => !view.brush || view.brush.has(index);
    if (view.groups) return composeGroups(view, { open, statuses }, shows, facts);
    if (!view.lines) {
      const rows = view.brush ? view.rows.filter(shows) : view.rows;
      if (!view.aside.size) return { lines: rows, facts };
      const pinned = new Set(view.pinned);
      return { lines: [...view.pinned.filter((index) => view.aside.has(index) || shows(index)), ...rows.filter((index) => !pinned.has(index))], facts };
    }
    const lines = view.pinned.filter((index) => view.aside.has(index) || shows(index));
    let under = Infinity; // the depth of the folded line whose children are left out
    for (const { run, depth, children, context } of view.lines) {
      if (depth > under) continue;
      under = Infinity;
      if (!context && !shows(run)) continue;
      const isFolded = children > 0 && folded.has(run);
      if (isFolded) under = depth;
      lines.push(run);
      if (depth || children || context) facts.set(run, { depth, children, context, pinned: false, folded: isFolded });
    }
    return { lines, facts };
  };

  const composeGroups = ({ groups, pinned }, { open, statuses }, shows, facts) => {
    const lines = [...pinned];
    const top = new Set(pinned);
    for (const group of groups) {
      const members = group.members.filter(shows);
      if (!members.length) continue;
      const isOpen = open.has(group.key);
      lines.push(group.key);
      facts.set(group.key, { ...PLAIN, children: members.length, folded: !isOpen, group: { ...group, members, counted: sound(members, statuses) } });
      if (!isOpen) continue;
      for (const index of members) {
        if (top.has(index)) continue;
        lines.push(index);
        facts.set(index, { ...PLAIN, depth: 1 });
      }
    }
    return { lines, facts };
  };

  const factsOf = (facts, line) => facts.get(line) ?? PLAIN;

  const table = { compose, factsOf };
  if (typeof runfolio !== "undefined") runfolio.tableLines = table;
  if (typeof module === "object") module.exports = table;
})();

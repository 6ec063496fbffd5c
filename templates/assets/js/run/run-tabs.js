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

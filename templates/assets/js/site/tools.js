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

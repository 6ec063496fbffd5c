// What every page has: it knows that scripts run, switches its theme, and copies its link.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { shortcuts, storage } = runfolio;
  const root = document.documentElement;
  const THEME = "runfolio-theme";
  root.classList.add("scripted");

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  };

  show(storage.get(THEME));

  const switchTheme = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    show(theme);
    storage.set(THEME, theme);
  };

  runfolio.onPage("[data-theme-switch]", (button) => button.addEventListener("click", switchTheme));
  shortcuts.add("t", "switch between light and dark", switchTheme);

  runfolio.onPage("[data-copy-link]", (button) => {
    const text = button.textContent;
    shortcuts.add("y", "copy a link to this view", () => button.click());
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
    const link = rel && document.querySelector(`a[rel="${rel}"][href]`);
    if (link) location.href = link.href;
  });

  // Escape closes a menu and goes back to what opened it.
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Printing opens what is folded, and folds it again afterwards; it can't wait for what loads late.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.menu):not([data-late])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();

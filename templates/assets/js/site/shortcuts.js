// Keyboard shortcuts: each part of a page adds its own, and "?" shows them all.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make, storage } = runfolio;
  const OFF = "runfolio-shortcuts";
  const known = [];

  // `key` as KeyboardEvent.key gives it, or "Ctrl+k", which also takes ⌘; `text` says what it does.
  const add = (key, text, run) => known.push({ key, text, run });

  const isMac = /mac|iphone|ipad/i.test(navigator.platform || "");
  const label = (key) => (key.startsWith("Ctrl+") ? `${isMac ? "⌘" : "Ctrl"} ${key.slice(5).toUpperCase()}` : key);

  const isTyping = (target) => target.closest?.("input:not([type='checkbox']), select, textarea, [contenteditable], dialog");

  addEventListener("keydown", (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const held = event.ctrlKey || event.metaKey;
    const found = known.find(({ key }) => (held ? key === `Ctrl+${event.key.toLowerCase()}` : key === event.key));
    if (!found) return;
    if (!held && (isTyping(event.target) || storage.get(OFF) === "off")) return;
    event.preventDefault();
    found.run();
  });

  // A dialog with a heading that closes by Escape, by its button and by a click beside it.
  const openDialog = (title, ...content) => {
    // Removed at once, so that the next key isn't one typed into a closed dialog.
    const shut = () => {
      dialog.close();
      dialog.remove();
    };
    const close = make("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: shut }, "✕");
    const dialog = make("dialog", { class: "sheet", "aria-label": title }, make("header", {}, make("h2", {}, title), close), ...content);
    dialog.addEventListener("click", (event) => event.target === dialog && shut());
    // A search box would take the first Escape to empty itself.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), shut()));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };

  const showSheet = () => {
    if (document.querySelector("dialog[open]")) return;
    const rows = known.map(({ key, text }) => make("div", {}, make("dt", {}, make("kbd", {}, label(key))), make("dd", {}, text)));
    const box = make("input", { type: "checkbox" });
    box.checked = storage.get(OFF) !== "off";
    box.addEventListener("change", () => storage.set(OFF, box.checked ? "on" : "off"));
    openDialog(
      "Keyboard shortcuts",
      make("dl", { class: "keys" }, ...rows),
      make("label", { class: "control" }, box, "Single keys are shortcuts"),
    );
  };

  add("?", "show this sheet", showSheet);
  runfolio.shortcuts = { add, label, openDialog };
  runfolio.onPage("[data-shortcuts]", (button) => button.addEventListener("click", showSheet));
})();

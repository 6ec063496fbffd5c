// Text that leaves the page, copied or saved; where the browser refuses, it is shown to be copied by hand.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { make } = runfolio;
  const SHOWN = 2000; // milliseconds that a button says what it did
  const OFFERED = 10000; // milliseconds that the text stays on offer beside its file

  // The text in a dialog, selected.
  const show = (title, text) => {
    const area = make("textarea", { class: "take-away", readonly: true, rows: "16", "aria-label": title, spellcheck: "false" });
    area.value = text;
    runfolio.shortcuts.openDialog(title, make("p", { class: "hint" }, "The whole text is selected: copy it with Ctrl+C or ⌘C."), area);
    area.select();
  };

  const told = new WeakMap(); // button → the timer that gives it back its own words

  const tell = (button, words) => {
    clearTimeout(told.get(button)?.timer);
    const own = told.get(button)?.own ?? [...button.childNodes];
    button.replaceChildren(words);
    const timer = setTimeout(() => {
      button.replaceChildren(...own);
      told.delete(button);
    }, SHOWN);
    told.set(button, { own, timer });
  };

  // Copies a text, and says so on the button.
  const copy = async (text, button, title) => {
    try {
      await navigator.clipboard.writeText(text);
      tell(button, "Copied");
    } catch {
      show(title, text);
    }
  };

  // A sandbox gives the page an origin of its own, and refuses downloads without a word.
  const refusesFiles = () => self.origin === "null" && location.protocol !== "file:";

  // A sandbox of the same origin refuses downloads too, but no script can see that.
  const offer = (place, name, text) => {
    place.querySelector(".offer")?.remove();
    const instead = make("button", { type: "button", class: "link", onclick: () => show(name, text) }, "Show the text");
    const note = make("p", { class: "offer", role: "status" }, `Saved as ${name}. No file? `, instead);
    place.append(note);
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, SHOWN) : note.remove());
    setTimeout(leave, OFFERED);
  };

  // Saves a text as a file, and offers the text itself at `place`.
  const save = (text, type, name, place) => {
    if (refusesFiles()) {
      show(name, text);
      return;
    }
    const address = URL.createObjectURL(new Blob([text], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    offer(place, name, text);
  };

  runfolio.takeAway = { copy, save, show };
})();

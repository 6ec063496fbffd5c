// A button that copies the code beside it, or selects it where the browser refuses.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  runfolio.onPage("[data-copy-code]", (button) => {
    const text = button.firstChild.data;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.firstChild.data = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.firstChild.data = "Selected: copy it with the keyboard";
      }
      setTimeout(() => (button.firstChild.data = text), 2000);
    });
  });
})();

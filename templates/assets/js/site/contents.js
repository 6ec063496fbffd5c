// The table of contents of a report: unfolded beside the text where there is room for it.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const { onPage } = runfolio;

  onPage("[data-contents]", (contents) => {
    const narrow = matchMedia("(max-width: 999px)");
    const fold = () => {
      contents.open = !narrow.matches;
    };
    narrow.addEventListener("change", fold);
    fold();
    contents.addEventListener("click", (event) => {
      if (event.target.closest("a") && narrow.matches) contents.open = false;
    });
  });
})();

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
      code.textContent = runfolio.marked(found.join("\n"));
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

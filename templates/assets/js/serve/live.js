// Shows a page anew after a rebuild. `build-report --watch --serve` adds this script to the pages it
// sends; in the site on the disk it is not.
//
// A page may load scripts and nothing else, so the server holds back its answer to a script until
// there is something new. One tab asks for all tabs, which share the few connections to a host.

(() => {
  "use strict";

  const SHOWN = 2000; // a page that was just loaded stays at least so long, in milliseconds
  const CALM = 1500;
  const KEPT = "runfolio-live";

  // What a page has loaded, or will surely load, among what has changed; null means all of it.
  const concerns = (changed, loaded) => changed === null || changed.some((path) => loaded.has(path) && !path.endsWith("-order.js"));

  // Whether somebody is in the middle of something: typing, choosing, selecting text, pressing a button.
  const isBusy = ({ typing, dialog, selecting, pressed, since }) => dialog || selecting || pressed || (typing && since < 10 * CALM) || since < CALM;

  if (typeof module === "object") module.exports = { concerns, isBusy };
  if (typeof document === "undefined") return;

  const version = new URL(document.currentScript.src).searchParams.get("version");
  let known = version;
  let touched = -Infinity;
  let pressed = false;
  let stale = false;
  let asking = false;

  for (const kind of ["keydown", "input", "pointerdown", "click", "wheel", "touchmove"]) {
    addEventListener(kind, () => (touched = performance.now()), { capture: true, passive: true });
  }
  addEventListener("pointerdown", () => (pressed = true), { capture: true });
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => (pressed = false), { capture: true });

  const isField = (element) => element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");

  const busy = () =>
    isBusy({
      typing: isField(document.activeElement),
      dialog: document.querySelector("dialog[open]") !== null || document.fullscreenElement !== null,
      selecting: getSelection()?.isCollapsed === false,
      pressed,
      since: performance.now() - touched,
    });

  const loaded = () => {
    const own = location.pathname.endsWith("/") ? `${location.pathname}index.html` : location.pathname;
    const parts = document.querySelectorAll("script[src], img[src], link[rel=stylesheet]");
    return new Set([own, ...[...parts].map((one) => new URL(one.src || one.href).pathname)]);
  };

  // What folds, by the words of its summary: the numbers in them may change.
  const folding = () => {
    const found = new Map();
    const same = new Map();
    for (const one of document.querySelectorAll("details")) {
      const words = one.querySelector("summary")?.textContent.replace(/\d[\d,.]*/g, "#");
      same.set(words, (same.get(words) ?? 0) + 1);
      found.set(`${words} ${same.get(words)}`, one);
    }
    return found;
  };

  const keep = () => {
    const opened = [...folding()].map(([name, one]) => [name, one.open]);
    const place = { page: location.pathname, x: scrollX, y: scrollY, opened };
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(place));
    } catch {
      // The page begins at its top then.
    }
  };

  // Unfolds and scrolls back as scripts make the page and it gets long enough, until the reader does something.
  const restore = () => {
    let place = null;
    let opened = null;
    try {
      place = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
      opened = new Map(place?.opened);
    } catch {
      return;
    }
    if (place?.page !== location.pathname) return;
    const until = performance.now() + 3000;
    let back = false;
    const goBack = () => {
      if (touched > -Infinity) return;
      for (const [name, one] of folding()) one.open = opened.get(name) ?? one.open;
      back ||= Math.abs(scrollY - place.y) < 2;
      if (!back) scrollTo({ left: place.x, top: place.y, behavior: "instant" });
      if (performance.now() < until) setTimeout(goBack, 50);
    };
    goBack();
  };

  const reload = () => {
    if (!stale || document.visibilityState !== "visible") return;
    if (busy() || performance.now() < SHOWN) {
      setTimeout(reload, 300);
      return;
    }
    stale = false;
    keep();
    location.reload();
  };

  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(KEPT);

  // A change from one version to the next; what a page hasn't seen from the start may be anything.
  const take = ({ from, to, changed }) => {
    if (to === known) return;
    const all = from !== known;
    known = to;
    if (stale || !concerns(all ? null : changed, loaded())) return;
    stale = true;
    reload();
  };

  if (channel) channel.onmessage = (event) => take(event.data);

  // Called by the scripts that the server answers with.
  runfolio.live = (change) => {
    take(change);
    channel?.postMessage(change);
  };

  // Asks until the server has gone.
  const ask = async () => {
    for (let turn = 0; ; turn += 1) {
      const path = `data/live/${known}/${turn}.js`;
      try {
        await runfolio.loadScript(path);
      } catch {
        return;
      }
      document.querySelector(`script[src$="${path}"]`)?.remove();
    }
  };

  const start = async () => {
    if (asking) return;
    asking = true;
    await (navigator.locks ? navigator.locks.request(KEPT, ask) : ask());
    asking = false;
  };

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    reload();
    start();
  });
  restore();
  start();
})();

// Long work in pieces, so that the page paints and answers in between, and what is near the view comes first.

(() => {
  "use strict";
  if (typeof document === "undefined") return;

  const MARGIN = "200px"; // around the view: what lies there is near
  const CALM = 6000; // milliseconds without a change, after which there is time for what nobody has come near

  // Resolves once what waits has been answered.
  const pause = () => (typeof scheduler === "object" && scheduler.yield ? scheduler.yield() : new Promise((resolve) => setTimeout(resolve)));

  // Resolves once there is nothing else to do, or after so many milliseconds.
  const idle = (timeout) => new Promise((resolve) => (typeof requestIdleCallback === "function" ? requestIdleCallback(() => resolve(), { timeout }) : setTimeout(resolve, 100)));

  // Asked for again and again with a time to wait, calls `work` once, after the last of them.
  const settled = (work) => {
    let timer = 0;
    return (wait) => {
      clearTimeout(timer);
      timer = setTimeout(work, wait);
    };
  };

  // Calls `listener(element, isNear)` when an element comes near the view or leaves it.
  const watcher = (listener) =>
    new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => listener(target, isIntersecting)), { rootMargin: MARGIN });

  // Works through what is left, one thing at a time, once the page is calm: paper can't wait for it.
  const left = new Set();
  const work = settled(async () => {
    for (const task of left) {
      left.delete(task);
      await idle(CALM);
      await task();
    }
  });
  const whenCalm = (task) => {
    left.add(task);
    work(CALM);
  };

  // Calls `draw` once: when the element is near the view, or when the page is calm.
  const whenNear = (element, draw) => {
    let done = false;
    const start = () => {
      if (done || !element.isConnected) return undefined;
      done = true;
      watching.disconnect();
      return draw();
    };
    const watching = watcher((_, isNear) => isNear && start());
    watching.observe(element);
    whenCalm(start);
  };

  runfolio.pace = { pause, idle, settled, watcher, whenCalm, whenNear };
})();

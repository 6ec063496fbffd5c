// Opens pages as a curious reader would and prints what they did as JSON: node visit.mjs FILE, where FILE holds
// {"browser": "chrome" or "firefox", "executable": path, "visits": [{"address", "whole": [fragments], "later": [fragments]}]}.
// A page is opened anew with each fragment in `whole`, and gets those in `later` one after another.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const puppeteer = createRequire(new URL("../browser/package.json", import.meta.url))("puppeteer-core");
const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
const AT_ONCE = 4;
const WAIT = 30_000;
const problems = [];
const texts = {};

// Each page notes what it does wrong by `page.note`, as the visit that it is on wants it.
const watch = (page) => {
  const note = (text) => page.note(text);
  page.on("console", (message) => ["error", "warn", "warning"].includes(message.type()) && note(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => note(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    note(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", () => note("opened another page"));
  page.on("request", (request) => {
    const [url, home] = [new URL(request.url()), new URL(page.home)];
    const stays = ["data:", "blob:", "about:"].includes(url.protocol) || (url.protocol === home.protocol && url.host === home.host);
    if (!stays) note(`request to another place: ${request.url()}`);
  });
  // What a page was still loading when it was left counts as aborted.
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (!["NS_BINDING_ABORTED", "net::ERR_ABORTED"].includes(reason)) note(`request failed: ${request.url()}: ${reason}`);
  });
};

// What a reader does on a page: opens everything, goes through it, points at charts, types into what takes text.
const read = async (typed) => {
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.click();
    await pause(20);
  }
  for (const one of document.querySelectorAll("details")) one.open = true;
  await pause(50);
  for (let top = 0; top < Math.min(document.documentElement.scrollHeight, 12_000); top += 900) {
    scrollTo(0, top);
    await pause(20);
  }
  await pause(150);
  for (const svg of [...document.querySelectorAll(".chart-canvas svg")].slice(0, 8)) {
    const box = svg.getBoundingClientRect();
    for (const share of [0.3, 0.5]) {
      const place = { clientX: box.left + box.width * share, clientY: box.top + box.height * share, bubbles: true };
      svg.dispatchEvent(new PointerEvent("pointermove", place));
    }
  }
  for (const button of [...document.querySelectorAll("[data-more]")].slice(0, 1)) button.click();
  document.querySelector("dialog[open] .close")?.click();
  const type = (box, text) => {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const box of document.querySelectorAll("input[type=search], input[role=combobox]")) {
    for (const text of [typed, ""]) {
      type(box, text);
      await pause(60);
    }
  }
  const find = document.querySelector("[data-find]");
  if (!find) return;
  find.click();
  await pause(100);
  const box = document.querySelector("dialog[open] input");
  if (box) {
    for (const text of [typed, typed.slice(0, 11)]) {
      type(box, text);
      await pause(150);
    }
  }
};

// What is there to be read, without scripts, styles and what shows without scripts only.
const gather = () => {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const parts = [document.title];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("script, style, noscript")) parts.push(walker.currentNode.data);
  for (const one of document.querySelectorAll("[title]")) parts.push("\n", one.getAttribute("title"));
  return parts.join("");
};

const state = () => ({
  ran: typeof window.hostile !== "undefined",
  polluted: Object.keys(Object.prototype).length > 0 || {}.hostile !== undefined,
  address: location.href.split("#")[0],
});

const check = async (page, address, note) => {
  const found = await page.evaluate(state);
  if (found.ran) note("a marker ran");
  if (found.polluted) note("the prototype of all objects has more than before");
  if (found.address !== address) note(`the page went to ${found.address}`);
};

const settle = (page) => page.waitForNetworkIdle({ idleTime: 100, timeout: WAIT });

const visit = async (page, { address, whole = [], later = [], typed = "" }) => {
  let place = address;
  const note = (text) => problems.push(`${text.slice(0, 600)} on ${place.slice(0, 300)}`);
  Object.assign(page, { home: address, note });
  await page.goto(address, { timeout: WAIT });
  await settle(page);
  await page.evaluate(read, typed);
  await settle(page);
  texts[address] = await page.evaluate(gather);
  for (const frame of page.frames().slice(1)) texts[address] += await frame.evaluate(gather).catch(() => "");
  await check(page, address, note);
  for (const fragment of whole) {
    place = `${address}#${fragment}`;
    await page.goto("about:blank");
    await page.goto(place, { timeout: WAIT });
    await settle(page);
    await check(page, address, note);
  }
  for (const fragment of later) {
    place = `${address}#${fragment}`;
    await page.evaluate((text) => {
      location.hash = text;
      return new Promise((resolve) => setTimeout(resolve, 40));
    }, fragment);
  }
  await check(page, address, note);
};

const browser = await puppeteer.launch({
  browser: asked.browser,
  executablePath: asked.executable,
  headless: true,
  args: asked.arguments,
  protocolTimeout: 120_000,
});
try {
  const left = [...asked.visits];
  const work = async () => {
    const page = await browser.newPage({ type: "window" }); // Firefox lets tabs that nobody sees wait
    await page.setViewport({ width: 1280, height: 900 });
    watch(page);
    for (let one = left.shift(); one; one = left.shift()) {
      await visit(page, one).catch((error) => problems.push(`${one.address}: ${error.message}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(JSON.stringify({ problems, texts }));
} finally {
  await browser.close();
}

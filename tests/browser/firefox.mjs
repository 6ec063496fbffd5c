// Looks at a site in Firefox as a reader does and prints what it saw as JSON:
// node firefox.mjs '{"firefox": path, "pages": {"index": address, …}, "charts": ["compare", …], "search": words}'

import puppeteer from "puppeteer-core";

const asked = JSON.parse(process.argv[2]);
const WAIT = { timeout: 20_000 };
const problems = [];

const watch = (page, address) => {
  const home = new URL(address);
  const stays = (url) => ["data:", "blob:", "about:"].includes(url.protocol) || (url.protocol === home.protocol && url.host === home.host);
  const note = (text) => problems.push(`${address}: ${text}`);
  page.on("console", (message) => ["error", "warn", "warning"].includes(message.type()) && note(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => note(`uncaught: ${error.message}`));
  page.on("request", (request) => stays(new URL(request.url())) || note(`request to another place: ${request.url()}`));
  // What a page was still loading when it was left counts as aborted.
  page.on("requestfailed", (request) => request.failure().errorText === "NS_BINDING_ABORTED" || note(`request failed: ${request.url()}: ${request.failure().errorText}`));
};

const open = async (browser, address) => {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  watch(page, address);
  await page.goto(address);
  return page;
};

const shownRuns = () => {
  const table = [...document.querySelectorAll("section")].find((one) => one.querySelector("h2")?.textContent.trim() === "Runs");
  return [...table.querySelectorAll("a[href*='runs/']")].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim());
};

const drawChart = async (page) => {
  const plot = await page.waitForSelector(".plot", { ...WAIT, visible: true });
  await plot.evaluate((one) => one.scrollIntoView());
  await page.waitForSelector(".plot svg.marks", WAIT).catch(() => problems.push(`${page.url()}: no chart is drawn`));
};

const look = async (browser, kind, address) => {
  const page = await open(browser, address);
  if (asked.charts.includes(kind)) await drawChart(page);
  const seen = await page.evaluate(() => ({ title: document.title, rows: document.querySelectorAll("main :is(tbody tr, [role=row])").length }));
  await page.close();
  return seen;
};

// Puppeteer's own goBack waits for an event that a page from Firefox's cache never sends.
const settled = (page, address) => page.waitForFunction((url) => location.href === url && document.readyState === "complete", WAIT, address);

// Searches, follows a run, goes back and forward, and opens the view's address anew.
const wander = async (browser, address, words) => {
  const page = await open(browser, address);
  const all = await page.evaluate(shownRuns);
  await (await page.waitForSelector("input[type=search]", { ...WAIT, visible: true })).type(words);
  await page.waitForFunction((text) => new URLSearchParams(location.hash.slice(1)).get("q") === text, WAIT, words);
  const found = await page.evaluate(shownRuns);
  const view = page.url();
  const run = await page.evaluate((name) => {
    const link = [...document.querySelectorAll("main a[href*='runs/']")].find((one) => one.textContent.trim() === name);
    link.click();
    return link.href;
  }, found[0]);
  await settled(page, run);
  await page.evaluate(() => history.back());
  await settled(page, view);
  const back = { words: await page.$eval("input[type=search]", (one) => one.value), runs: await page.evaluate(shownRuns) };
  await page.evaluate(() => history.forward());
  await settled(page, run);
  const other = await open(browser, view);
  return { all, found, back, linked: await other.evaluate(shownRuns) };
};

const browser = await puppeteer.launch({ browser: "firefox", executablePath: asked.firefox, headless: true });
try {
  const pages = {};
  for (const [kind, address] of Object.entries(asked.pages)) pages[kind] = await look(browser, kind, address);
  const walk = await wander(browser, asked.pages.experiment, asked.search);
  console.log(JSON.stringify({ problems, pages, walk }));
} catch (error) {
  console.error([...problems, error.message].join("\n"));
  process.exitCode = 1;
} finally {
  await browser.close();
}

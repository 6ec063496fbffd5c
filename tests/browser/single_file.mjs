// Looks at pages that are one file each in Firefox and prints what it saw as JSON:
// node single_file.mjs '{"firefox": path, "pages": {"run": address, …}, "charts": ["run", …]}'

import puppeteer from "puppeteer-core";

const asked = JSON.parse(process.argv[2]);
const WAIT = { timeout: 20_000 };

const drawChart = async (page) => {
  const plot = await page.waitForSelector(".plot", { ...WAIT, visible: true });
  await plot.evaluate((one) => one.scrollIntoView());
  await page.waitForSelector(".plot svg.marks", WAIT);
};

const look = async (browser, kind, address) => {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => ["error", "warn", "warning"].includes(message.type()) && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url() === address || problems.push(`asked for ${request.url()}`));
  await page.goto(address);
  if (asked.charts.includes(kind)) await drawChart(page);
  const title = await page.title();
  await page.close();
  return { problems, title };
};

const browser = await puppeteer.launch({ browser: "firefox", executablePath: asked.firefox, headless: true });
const found = {};
for (const [kind, address] of Object.entries(asked.pages)) found[kind] = await look(browser, kind, address);
await browser.close();
console.log(JSON.stringify(found));

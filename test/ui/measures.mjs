// What bench.mjs measures in pages. Each function opens a page as somebody does who was never there, and gives values by name.
// Times are those of the page's own clock, which begins with the navigation.
import { once } from 'node:events';
import { get } from 'node:http';

import { quiet } from './browser.mjs';

/** watched opens a page that keeps its long tasks: those that hold the page up for more than 50 ms. */
async function watched(browser, base, path) {
  const window = await browser.window();
  const page = await window.open(base, path, () => {
    self.longTasks = [];
    new PerformanceObserver((list) => self.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
  });
  return Object.assign(page, { done: window.close });
}

/** longTasks takes the long tasks since it was asked last. */
const longTasks = async (page) => {
  await quiet(page);
  return page.evaluate(() => self.longTasks.splice(0));
};

/** when is the time at which a function first gave something true, looked at before each frame. */
const when = async (page, condition, argument, polling = 'raf') => (await page.waitForFunction(condition, argument, { polling })).jsonValue();

const typed = (page, selector) =>
  page.locator(selector).evaluate((input) => input.addEventListener('input', () => (self.typedAt = performance.now()), { capture: true }));

/** transferred opens a page, and adds up the scripts it loads as the server sends them to whoever takes gzip and not brotli. */
export async function transferred(browser, base, path, rest = quiet) {
  const page = await browser.open(base, path);
  await page.locator('h1').first().waitFor();
  await rest(page);
  const requests = page.asked.filter((request) => request.url().startsWith(base));
  const scripts = new Set(requests.filter((request) => request.resourceType() === 'script').map((request) => request.url()));
  await page.done();
  const sizes = await Promise.all([...scripts].map(gzipped));
  return { script: sizes.reduce((sum, size) => sum + size, 0) / 1000, requests: requests.length };
}

/** gzipped is how many bytes come for a URL. */
async function gzipped(url) {
  const [answer] = await once(get(url, { headers: { 'Accept-Encoding': 'gzip' } }), 'response');
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  return bytes;
}

/** painted is when a dashboard has a chart, and no panel says any more that it is on its way. It asks again each few seconds, so that it is never at rest. */
export const painted = (page) => page.waitForFunction(() =>
  document.querySelector('[data-testid="panel"] canvas') && !document.querySelector('[data-testid="panel"] .MuiSkeleton-root, [role="progressbar"]'), null, { polling: 50 });

/** home is when the search takes what is typed. */
export async function home(browser, base) {
  const page = await watched(browser, base, '/');
  const box = page.locator('input[data-search]');
  await box.fill('server');
  const interactive = await when(page, () => document.querySelector('input[data-search]')?.ariaExpanded === 'true' && performance.now());
  await page.done();
  return { interactive };
}

/** dashboard is when the first chart of a dashboard has something drawn. */
export async function dashboard(browser, base, path) {
  const page = await watched(browser, base, path);
  const drawn = await when(page, () => {
    for (const canvas of document.querySelectorAll('[data-testid="panel"] canvas')) {
      if (!canvas.width || !canvas.height) continue;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      if (new Uint32Array(data.buffer).some((pixel) => pixel !== 0)) return performance.now();
    }
    return 0;
  }, null, 50); // to read pixels takes time itself
  await page.done();
  return { drawn };
}

/** documents opens a source with many documents, scrolls through them, and filters them. */
export async function documents(browser, base, path) {
  const page = await watched(browser, base, path);
  const shown = await when(page, () => document.querySelector('ul[aria-label="Documents"] li button') && performance.now());
  const opening = await longTasks(page);
  await page.evaluate(() => new Promise((done) => {
    let left = 120;
    const step = () => (scrollBy(0, 900), --left > 0 ? requestAnimationFrame(step) : done());
    requestAnimationFrame(step);
  }));
  const scrolling = await longTasks(page);
  await page.evaluate(() => scrollTo(0, 0));
  const box = 'input[aria-label="Filter documents"]';
  await typed(page, box);
  await page.locator(box).fill('d4999');
  const filtered = await when(page, () => [...document.querySelectorAll('[role="status"]')].some((one) => one.textContent.startsWith('1 of ')) && performance.now() - self.typedAt);
  const filtering = await longTasks(page);
  await page.done();
  return { shown, opening, scrolling, filtered, filtering };
}

/** search finds one dashboard among many, from the home page. */
export async function search(browser, base, text) {
  const page = await watched(browser, base, '/');
  const box = 'input[data-search]';
  await typed(page, box);
  await page.locator(box).fill(text);
  const found = await when(page, (wanted) => document.querySelector('[role="option"]')?.textContent.toLowerCase().startsWith(wanted) && performance.now() - self.typedAt, text);
  await page.done();
  return { found };
}

// A browser that tells of everything it should not have to tell: errors, violations of the content security policy, requests to elsewhere.
import { chromium as engine } from 'playwright-core';

import { chromium, patience, until } from './programs.mjs';

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--hide-scrollbars',
];

/**
 * openBrowser starts a browser. open() gives a page in a window of its own: nothing is remembered from before. window() gives one whose pages share what
 * they loaded; a script may be run before each. What goes wrong in a page is in page.complaints, what it asked for in page.asked.
 */
export async function openBrowser() {
  const browser = await engine.launch({ executablePath: chromium, args: flags });
  const window = async ({ width = 1280, height = 900, scheme = 'light', ...options } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1, ...options });
    return { open: (base, path, script) => open(context, base, path, script), close: () => context.close() };
  };
  return {
    version: browser.version(),
    window,
    async open(base, path, options) {
      const own = await window(options);
      return Object.assign(await own.open(base, path), { done: own.close });
    },
    close: () => browser.close(),
  };
}

async function open(context, base, path, script) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience * 1000);
  page.complaints = [];
  page.asked = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.stack}`));
  page.awaited = new Set();
  page.on('request', (request) => {
    page.asked.push(request);
    // The stream of events never ends, and of icons the browser does not always tell the end.
    if (!['eventsource', 'other'].includes(request.resourceType())) page.awaited.add(request);
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) page.complaints.push(`request to elsewhere: ${request.url()}`);
  });
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.awaited.delete(request));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} forbids ${e.blockedURI} ${e.sourceFile ?? ''}`));
  });
  if (script) await page.addInitScript(script);
  const go = (to) => page.goto(base + to, { waitUntil: 'load' });
  await go(path);
  return Object.assign(page, { go, done: () => page.close() });
}

/** panel is the box of a panel by its title. */
export const panel = (page, title) => page.locator('[data-testid="panel"]').filter({ has: page.getByText(title, { exact: true }) }).first();

/** quiet waits until a page has asked for nothing and had nothing to do, again and again. */
export async function quiet(page) {
  const idle = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done))));
  let asked = -1;
  await until('the page is at rest', async () => {
    const before = asked;
    await idle();
    asked = page.asked.length;
    return asked === before && page.awaited.size === 0;
  }).catch((error) => {
    throw new Error(`${error.message}; it waits for ${[...page.awaited].map((request) => request.url()).join(', ') || 'nothing'}`, { cause: error });
  });
}

const waiting = '[data-testid="panel"] .MuiSkeleton-root, [role="progressbar"]';

/** drawn waits until a dashboard has panels, and nothing in them says that it is on its way. How long that takes is up to the machine. */
export async function drawn(page, first = '[data-testid="panel"]') {
  await page.locator(first).first().waitFor({ timeout: 2 * patience * 1000 });
  await until('nothing is on its way', async () => {
    await quiet(page);
    return (await page.locator(waiting).count()) === 0;
  }, 2 * patience);
}

/** difference is which share of the pixels of two pictures of one size differ, from 0 to 1. The browser reads the pictures. */
export function difference(page, one, other) {
  return page.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(pictures.map(async (text) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      drawing.drawImage(bitmap, 0, 0);
      return drawing.getImageData(0, 0, bitmap.width, bitmap.height);
    }));
    if (a.width !== b.width || a.height !== b.height) return 1;
    let differ = 0;
    for (let i = 0; i < a.data.length; i += 4) {
      const far = Math.abs(a.data[i] - b.data[i]) + Math.abs(a.data[i + 1] - b.data[i + 1]) + Math.abs(a.data[i + 2] - b.data[i + 2]);
      if (far > 24) differ++;
    }
    return differ / (a.width * a.height);
  }, [one, other].map((picture) => picture.toString('base64')));
}

// A browser that tells of everything it should not have to tell: errors, violations of the content security policy, requests to elsewhere.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium as engine } from 'playwright-core';

import { chromium } from './world.mjs';

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--hide-scrollbars',
];

/** openBrowser starts a browser with an empty profile. open() gives a page whose complaints are in page.complaints. */
export async function openBrowser({ width = 1280, height = 900, scheme = 'light' } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'perseid-ui-profile-'));
  const context = await engine.launchPersistentContext(profile, {
    executablePath: chromium(), args: flags, viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1,
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, close, open: (base, path) => open(context, base, path) };
}

async function open(context, base, path) {
  const page = await context.newPage();
  page.complaints = [];
  page.asked = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    page.asked.push(request);
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) page.complaints.push(`request to elsewhere: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} forbids ${e.blockedURI} ${e.sourceFile ?? ''}`));
  });
  await page.goto(base + path, { waitUntil: 'load' });
  return page;
}

/** panel is the box of a panel by its title. */
export const panel = (page, title) => page.locator('[data-testid="panel"]').filter({ has: page.getByText(title, { exact: true }) }).first();

/** quiet waits until a page has asked for nothing for a while. */
export async function quiet(page, { still = 700, most = 20_000 } = {}) {
  let last = Date.now();
  const heard = () => (last = Date.now());
  page.on('request', heard).on('requestfinished', heard).on('requestfailed', heard);
  for (const end = Date.now() + most; Date.now() < end && Date.now() - last < still; ) await page.waitForTimeout(50);
  page.off('request', heard).off('requestfinished', heard).off('requestfailed', heard);
}

/** drawn waits until a dashboard has panels, and nothing in them says that it is on its way. How long that takes is up to the machine. */
export async function drawn(page, { most = 120_000, first = '[data-testid="panel"]' } = {}) {
  await page.locator(first).first().waitFor({ timeout: most });
  const waiting = '[data-testid="panel"] .MuiSkeleton-root, [role="progressbar"]';
  await page.waitForFunction((selector) => !document.querySelector(selector), waiting, { timeout: most, polling: 200 });
  await quiet(page);
  await page.waitForFunction((selector) => !document.querySelector(selector), waiting, { timeout: most, polling: 200 });
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

// Takes the pictures of docs/images: each page as somebody sees it who runs `make demo`, some minutes later.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { drawn, openBrowser, quiet } from './browser.mjs';
import { root, until, wait } from './programs.mjs';

const most = 200_000; // bytes of a picture
const seconds = 240; // of traffic, so that graphs have a shape
// What refreshes while it is looked at may be between two states.
const held = '?start=5m&refresh=0s';

const pages = {
  home: { path: '/' },
  projects: { path: '/projects' },
  project: { path: '/projects/perseid' },
  dashboard: { path: `/projects/perseid/dashboards/server${held}`, ready: charts },
  'dashboard-delivery': { path: `/projects/perseid/dashboards/delivery${held}`, ready: charts },
  'dashboard-demo': { path: `/projects/demo/dashboards/traffic${held}`, ready: charts },
  explore: { path: `/explore${held}`, ready: explored },
  global: { path: '/admin' },
  config: { path: '/config' },
  delivery: { path: '/delivery' },
  source: { path: '/delivery/sources/self-monitoring/history' },
};

/** charts waits until nothing is on its way and every panel in view has drawn: a canvas of one colour is an empty one. */
async function charts(page) {
  await drawn(page);
  await page.waitForFunction(() => [...document.querySelectorAll('canvas')].every((canvas) => {
    const { top, bottom } = canvas.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight || canvas.width === 0) return true;
    const words = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return words.some((word) => word !== words[0]);
  }), undefined, { timeout: 60_000, polling: 200 });
}

/** explored asks something first. */
async function explored(page) {
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.locator('.cm-content').first().click();
  await page.keyboard.type('sum by (operation) (rate(demo_requests_total[10s]))');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run Query' }).click();
  await page.locator('canvas').first().waitFor({ timeout: 60_000 });
  await quiet(page);
}

async function take(browser, base, directory, scheme) {
  const window = await browser.window({ width: 1280, height: 800, scheme });
  for (const [name, { path, ready = quiet }] of Object.entries(pages)) {
    const page = await window.open(base, path);
    await ready(page);
    // Lines grow for a moment when they are drawn, and what was pressed last glows.
    await page.waitForTimeout(1500);
    const picture = await page.screenshot({ animations: 'disabled' });
    const file = `${name}${scheme === 'dark' ? '-dark' : ''}.png`;
    if (picture.length > most) throw new Error(`${file} has ${picture.length} bytes; expected at most ${most}`);
    await writeFile(join(directory, file), picture);
    console.log(`${file.padEnd(32)} ${(picture.length / 1000).toFixed(0).padStart(4)} kB${page.complaints.length ? '   ' + [...new Set(page.complaints)].join('\n   ') : ''}`);
    await page.close();
  }
  await window.close();
}

const directory = join(root, 'docs/images');
await mkdir(directory, { recursive: true });
const demo = spawn('examples/demo.sh', ['bin/perseid', 'bin/demo'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DEMO_SECONDS: '' } });
const browser = await openBrowser();
let said = '';
demo.stdout.on('data', (data) => (said += data));
try {
  const base = await until('the demo says where it is', () => said.includes('Ctrl-C stops') && /Perseid +(http:\S+)/.exec(said)?.[1]);
  await wait(seconds * 1000);
  await take(browser, base, directory, 'light');
  await take(browser, base, directory, 'dark');
} finally {
  await browser.close();
  if (demo.exitCode === null) {
    demo.kill('SIGINT');
    await once(demo, 'exit');
  }
}

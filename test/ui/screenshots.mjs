// Takes the pictures of docs/images: each page as somebody sees it who runs `make demo`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openBrowser, quiet } from './browser.mjs';
import { root, wait } from './programs.mjs';
import { openWorld } from './world.mjs';

const most = 150_000; // bytes of a picture
const seconds = 45; // of traffic, so that graphs have a shape

const pages = {
  home: '/',
  projects: '/projects',
  project: '/projects/perseid',
  dashboard: '/projects/perseid/dashboards/server',
  'dashboard-delivery': '/projects/perseid/dashboards/delivery',
  explore: '/explore',
  global: '/admin',
  config: '/config',
  delivery: '/delivery',
};

async function take(world, browser, directory, scheme, width) {
  const window = await browser.window({ width, height: width < 600 ? 844 : 760, scheme });
  for (const [name, path] of Object.entries(pages)) {
    const page = await window.open(world.base, path);
    await quiet(page);
    await page.waitForTimeout(1000);
    const picture = await page.screenshot({ animations: 'disabled' });
    const file = `${name}${scheme === 'dark' ? '-dark' : ''}${width < 600 ? '-narrow' : ''}.png`;
    if (picture.length > most) throw new Error(`${file} has ${picture.length} bytes; expected at most ${most}`);
    await writeFile(join(directory, file), picture);
    console.log(`${file.padEnd(32)} ${(picture.length / 1000).toFixed(0).padStart(4)} kB${page.complaints.length ? '   ' + [...new Set(page.complaints)].join('\n   ') : ''}`);
    await page.done();
  }
  await window.close();
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const directory = join(root, 'docs/images');
  await mkdir(directory, { recursive: true });
  const [world, browser] = [await openWorld({ still: false }), await openBrowser()];
  try {
    await wait(seconds * 1000);
    await take(world, browser, directory, 'light', 1280);
    await take(world, browser, directory, 'dark', 1280);
  } finally {
    await browser.close();
    await world.close();
  }
}

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { blank, documents, full, kinds } from './boards.mjs';
import { difference, drawn, openBrowser, panel } from './browser.mjs';
import { missing, openWorld, until } from './world.mjs';

let world, browser;
before(async () => {
  const gone = await missing();
  assert.equal(gone, '', gone);
  world = await openWorld({ documents });
  browser = await openBrowser({ height: 1400 });
});
after(async () => {
  await browser?.close();
  await world?.close();
});

const address = (board) => `/projects/look/dashboards/${board.metadata.name}`;

test('every kind of panel of the build is tried', async () => {
  const modules = await (await fetch(`${world.base}/api/v1/plugins`)).json();
  const built = modules.flatMap((m) => m.spec.plugins).filter((p) => p.kind === 'Panel').map((p) => p.spec.name);
  assert.deepEqual(built.sort(), Object.keys(kinds).sort());
});

test('every kind of panel draws what it finds', async (t) => {
  const empty = await browser.open(world.base, address(blank));
  await drawn(empty);
  const page = await browser.open(world.base, address(full));
  await drawn(page);
  for (const kind of Object.keys(kinds)) {
    await t.test(kind, async () => {
      // What draws step by step is given the time to.
      const share = await until(`${kind} differs from one that finds nothing`, 15, async () => {
        const now = await difference(page, await panel(page, kind).screenshot(), await panel(empty, kind).screenshot());
        return now > 0.004 && now;
      });
      const text = await panel(page, kind).innerText();
      assert.doesNotMatch(text, /error|no data/i, `the panel says ${text}`);
      t.diagnostic(`${kind}: ${(share * 100).toFixed(1)} % of the pixels differ`);
    });
  }
  assert.deepEqual([...page.complaints, ...empty.complaints], []);
  await page.close();
  await empty.close();
});


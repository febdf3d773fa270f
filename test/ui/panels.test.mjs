import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { blank, full, kinds } from './boards.mjs';
import { difference, drawn, panel } from './browser.mjs';
import { until } from './programs.mjs';
import { sharedBrowser, sharedWorld } from './shared.mjs';

const address = (board) => `/projects/look/dashboards/${board.metadata.name}`;

describe('panels', () => {
  let world, window;
  before(async () => {
    world = await sharedWorld();
    window = await (await sharedBrowser()).window({ height: 1400 });
  });

  test('every kind of panel of the build is tried', async () => {
    const modules = await world.api('/api/v1/plugins');
    const built = modules.flatMap((m) => m.spec.plugins).filter((p) => p.kind === 'Panel').map((p) => p.spec.name);
    assert.deepEqual(built.sort(), Object.keys(kinds).sort());
  });

  test('every kind of panel draws what it finds, in the light and in the dark', async (t) => {
    const empty = await window.open(world.base, address(blank));
    await drawn(empty);
    const page = await window.open(world.base, address(full));
    await drawn(page);
    const light = {};
    for (const kind of Object.keys(kinds)) {
      await t.test(kind, async () => {
        // What draws step by step is given the time to.
        const share = await until(`${kind} differs from one that finds nothing`, async () => {
          light[kind] = await panel(page, kind).screenshot();
          const now = await difference(page, light[kind], await panel(empty, kind).screenshot());
          return now > 0.004 && now;
        });
        const text = await panel(page, kind).innerText();
        assert.doesNotMatch(text, /error|no data/i, `the panel says ${text}`);
        t.diagnostic(`${kind}: ${(share * 100).toFixed(1)} % of the pixels differ`);
      });
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await drawn(page);
    for (const kind of Object.keys(kinds)) {
      await t.test(`${kind}, dark`, () => until(`${kind} is dark`, async () => (await difference(page, light[kind], await panel(page, kind).screenshot())) > 0.5));
    }
    assert.deepEqual([...page.complaints, ...empty.complaints], []);
    await page.done();
    await empty.done();
  });
});

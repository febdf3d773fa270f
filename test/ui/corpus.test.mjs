import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { drawn, openBrowser } from './browser.mjs';
import { missing, openWorld, root, until } from './world.mjs';

// Real dashboards that nobody on the project wrote, where they lie beside the checkout; PERSEID_CORPUS says where else.
const corpus = process.env.PERSEID_CORPUS ?? join(root, '../shared/corpus');
const skip = existsSync(join(corpus, 'dashboards')) ? false : `no corpus in ${corpus}`;

let world, browser;
before(async () => {
  if (skip) return;
  const gone = await missing();
  assert.equal(gone, '', gone);
  // Its own datasource is in the internet; without it, its dashboards ask ours.
  world = await openWorld({ directories: [join(corpus, 'dashboards')], documents: { 'perses-dev.json': { kind: 'Project', metadata: { name: 'perses-dev' }, spec: {} } } });
  browser = await openBrowser({ height: 1000 });
});
after(async () => {
  await browser?.close();
  await world?.close();
});

test('the dashboards of others open without a complaint', { skip }, async (t) => {
  const list = `${world.base}/api/v1/projects/perses-dev/dashboards?metadata_only=true`;
  const boards = await until('the corpus is served', 20, async () => {
    const all = await (await fetch(list)).json();
    return all.length > 20 && all;
  });
  for (const { metadata } of boards) {
    await t.test(metadata.name, async () => {
      const page = await browser.open(world.base, `/projects/perses-dev/dashboards/${metadata.name}`);
      await drawn(page);
      assert.deepEqual(unexpected(page.complaints), []);
      await page.close();
    });
  }
});

// Some ask the datasource by a name that only its author has, or for plugins that are not in the build: the panel says so, and that is all.
const unexpected = (complaints) => [...new Set(complaints)].filter((text) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(text));

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { drawn, openBrowser } from './browser.mjs';
import { missing, openWorld, root, until } from './world.mjs';

// Real dashboards that nobody on the project wrote, where they lie beside the checkout; PERSEID_CORPUS says where else.
const corpus = process.env.PERSEID_CORPUS ?? join(root, '../shared/corpus');
const skip = existsSync(join(corpus, 'dashboards')) ? false : `no corpus in ${corpus}`;

// The datasource of the corpus is in the internet: here its name is that of ours.
const proxy = { kind: 'HTTPProxy', spec: { url: 'http://localhost:9090' } };
const datasource = { kind: 'GlobalDatasource', metadata: { name: 'prometheus-datasource' }, spec: { default: false, plugin: { kind: 'PrometheusDatasource', spec: { proxy } } } };
const project = { kind: 'Project', metadata: { name: 'perses-dev' }, spec: {} };

let world, browser;
before(async () => {
  if (skip) return;
  const gone = await missing();
  assert.equal(gone, '', gone);
  world = await openWorld({ directories: [join(corpus, 'dashboards')], documents: { 'corpus/project.json': project, 'corpus/datasource.json': datasource } });
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
      try {
        await drawn(page, { first: '[data-testid="panel"], [role="alert"]' }); // which stands in the place of a panel that cannot be drawn
        const foreign = await unbuilt(metadata.name);
        assert.deepEqual(unexpected(page.complaints).filter((text) => !foreign.some((kind) => text.includes(kind))), []);
      } finally {
        await page.close();
      }
    });
  }
});

/** unbuilt lists the kinds of plugins that a dashboard asks for and the build has not. The page says so; that it does is not a complaint. */
async function unbuilt(name) {
  const modules = await (await fetch(`${world.base}/api/v1/plugins`)).json();
  const built = modules.flatMap((m) => m.spec.plugins.map((p) => p.spec.name));
  const text = await (await fetch(`${world.base}/api/v1/projects/perses-dev/dashboards/${name}`)).text();
  return [...text.matchAll(/"plugin":\{"kind":"(\w+)"/g)].map((m) => m[1]).filter((kind) => !built.includes(kind));
}

// Queries for what our Prometheus has never heard of may be refused: that is told in the panel.
const unexpected = (complaints) => [...new Set(complaints)].filter((text) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(text));

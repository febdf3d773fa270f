import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { drawn } from './browser.mjs';
import { until } from './programs.mjs';
import { corpus, hasCorpus, sharedBrowser, sharedWorld } from './shared.mjs';

describe('corpus', { skip: hasCorpus ? false : `no dashboards in ${corpus}; PERSEID_CORPUS names another directory` }, () => {
  let world, window;
  before(async () => {
    world = await sharedWorld();
    window = await (await sharedBrowser()).window({ height: 1000 });
  });

  test('the dashboards of others open without a complaint', async (t) => {
    const boards = await until('the corpus is served', async () => {
      const all = await world.api('/api/v1/projects/perses-dev/dashboards?metadata_only=true');
      return all.length > 20 && all;
    });
    const modules = await world.api('/api/v1/plugins');
    const built = modules.flatMap((m) => m.spec.plugins.map((p) => p.spec.name));
    // While one waits for answers, another draws.
    await t.test('each', { concurrency: 2 }, async (t) => {
      await Promise.all(boards.map(({ metadata: { name } }) => t.test(name, () => opens(name, built))));
    });
    await window.close();
  });

  async function opens(name, built) {
    const page = await window.open(world.base, `/projects/perses-dev/dashboards/${name}`);
    try {
      await drawn(page, '[data-testid="panel"], [role="alert"]'); // which stands in the place of a panel that cannot be drawn
      const foreign = unbuilt(await world.api(`/api/v1/projects/perses-dev/dashboards/${name}`), built);
      assert.deepEqual(unexpected(page.complaints).filter((text) => !foreign.some((kind) => text.includes(kind))), []);
    } finally {
      await page.done();
    }
  }
});

/** unbuilt lists the kinds of plugins that a dashboard asks for and the build has not. The page says so; that it does is not a complaint. */
function unbuilt(board, built) {
  return [...JSON.stringify(board).matchAll(/"plugin":\{"kind":"(\w+)"/g)].map((m) => m[1]).filter((kind) => !built.includes(kind));
}

// Queries for what our Prometheus has never heard of may be refused: that is told in the panel.
const unexpected = (complaints) => [...new Set(complaints)].filter((text) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(text));

// Below a path prefix, as behind a proxy that gives the server a part of its addresses.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { root, until } from './programs.mjs';
import { openServer } from './server.mjs';
import { sharedBrowser, sharedWorld } from './shared.mjs';

describe('a prefix', () => {
  let server, browser;
  before(async () => {
    browser = await sharedBrowser();
    const { prometheus } = await sharedWorld();
    server = await openServer({ prefix: '/monitoring/perses' });
    await cp(join(root, 'examples/self-monitoring'), server.at('resources/self-monitoring'), { recursive: true });
    const proxy = { kind: 'HTTPProxy', spec: { url: `http://${prometheus}` } };
    await server.write({
      'resources/datasource.json': { kind: 'GlobalDatasource', metadata: { name: 'prometheus' }, spec: { default: true, plugin: { kind: 'PrometheusDatasource', spec: { proxy } } } },
    });
    await server.start({ examples: 'resources' });
  });
  after(() => server?.close());

  test('pages, parts, data and deep links are below it', async () => {
    const page = await browser.open(server.base, '/projects/self-monitoring');
    await page.getByRole('link', { name: 'Go runtime' }).click();
    await page.waitForURL('**/monitoring/perses/projects/self-monitoring/dashboards/go-runtime');
    await page.getByRole('heading', { name: 'Go runtime' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Go runtime' }).waitFor();
    await until('a request to the datasource', () => page.asked.some((request) => new URL(request.url()).pathname.startsWith('/monitoring/perses/proxy/')));
    // What is not below the prefix is a request to elsewhere.
    assert.deepEqual(page.complaints, []);
    await page.done();
  });
});

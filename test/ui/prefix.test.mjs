// Below a path prefix, as behind a proxy that gives the server a part of its addresses.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { site, until } from './site.mjs';

let s;
before(async () => {
  s = await site({ prefix: '/monitoring/perses' });
});
after(() => s?.stop());

test('pages, parts, data and deep links are below the prefix', async () => {
  const page = await s.page();
  await page.go('/projects/self-monitoring');
  await page.getByRole('link', { name: 'Go runtime' }).click();
  await page.waitForURL('**/monitoring/perses/projects/self-monitoring/dashboards/go-runtime');
  await page.getByRole('heading', { name: 'Go runtime' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Go runtime' }).waitFor();
  if (s.hasPrometheus) await until(() => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => new URL(name).pathname.startsWith('/monitoring/perses/proxy/'))), 'a request to the datasource');
  assert.deepEqual(page.wrong, []);
  await page.finish();
});

// Every page, in both themes and on a telephone: no errors, no sideways scrolling, reachable by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { site, until } from './site.mjs';

let s;
before(async () => {
  s = await site();
  await s.api('/api/v1/projects', { method: 'POST', body: { kind: 'Project', metadata: { name: 'team' }, spec: {} } });
});
after(() => s?.stop());

const pages = {
  '/': 'Dashboards',
  '/projects': 'Projects',
  '/projects/self-monitoring': 'Self-monitoring',
  '/projects/self-monitoring/folders': 'Self-monitoring',
  '/projects/self-monitoring/variables': 'Self-monitoring',
  '/projects/self-monitoring/dashboards/go-runtime/source': 'Go runtime',
  '/projects/team/create/datasources': 'New datasource',
  '/projects/team/create/variables': 'New variable',
  '/projects/team/create/secrets': 'New secret',
  '/admin': 'Global resources',
  '/admin/globaldatasources/prometheus': 'prometheus',
  '/config': 'Configuration',
  '/explore': 'Explore',
  '/no/such/page': 'Nothing here',
};

for (const [width, scheme] of [[1280, 'light'], [390, 'dark']]) {
  test(`pages at ${width} pixels, ${scheme}`, async (t) => {
    const page = await s.page({ width, scheme });
    for (const [path, heading] of Object.entries(pages)) {
      await t.test(path, async () => {
        page.wrong.length = 0;
        await page.go(path);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        await page.waitForLoadState('load');
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `${over} pixels wider than the window`);
        const unnamed = await page.locator('button:visible').evaluateAll((all) => all.filter((one) => !one.innerText.trim() && !one.getAttribute('aria-label') && !one.title && !one.getAttribute('aria-labelledby')).map((one) => one.outerHTML.slice(0, 200)));
        if (!/explore|create|globaldatasources\//.test(path)) assert.deepEqual(unnamed, [], 'buttons without a name');
        assert.deepEqual(page.wrong, []);
      });
    }
    await page.finish();
  });
}

test('the search is a slash away, and needs no mouse', async () => {
  const page = await s.page();
  await page.go('/projects');
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  await page.keyboard.press('/');
  const box = page.getByRole('combobox', { name: /search/i });
  await box.waitFor();
  await page.keyboard.type('go run');
  await page.getByRole('option').filter({ hasText: 'Go runtime' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/self-monitoring/dashboards/go-runtime');
  await page.goBack();
  await page.keyboard.press('Control+k');
  await box.waitFor();
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  assert.deepEqual(page.wrong, []);
  await page.finish();
});

test('the theme follows the system until somebody chooses', async () => {
  const page = await s.page({ scheme: 'dark' });
  await page.go('/');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole('button', { name: 'Light theme' }).click();
  await until(async () => (await background()) === 'rgb(255, 255, 255)', 'a light page');
  await page.reload();
  await page.getByRole('button', { name: 'Dark theme' }).waitFor();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await page.emulateMedia({ colorScheme: 'light' });
  await until(async () => (await background()) === 'rgb(255, 255, 255)', 'a page that follows the system again');
  await page.finish();
});

test('projects and dashboards are made, renamed and deleted', async () => {
  const page = await s.page();
  await page.go('/projects');
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Élan vital');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/projects/elan-vital');
  await page.getByRole('button', { name: 'New dashboard' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('First');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/projects/elan-vital/dashboards/first');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Second');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { name: 'Second' }).waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/projects/elan-vital');
  await page.getByText('No dashboards yet').waitFor();
  assert.deepEqual(page.wrong, []);
  await page.finish();
});

test('what a source gives is not deleted here, and the dialog says why', async () => {
  const page = await s.page();
  await page.go('/projects/self-monitoring');
  await page.getByRole('button', { name: 'Actions for Go runtime' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByText(/Delete it there/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Delete', exact: true }).isDisabled());
  await page.finish();
});

test('a datasource is tried out before it is saved', async (t) => {
  if (!s.hasPrometheus) return t.skip('no Prometheus is installed');
  const page = await s.page();
  await page.go('/admin/globaldatasources/prometheus');
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText(/It answers queries/).waitFor();
  await page.go('/projects/team/create/datasources');
  await page.getByRole('textbox', { name: 'Title' }).fill('Nowhere');
  await page.getByLabel('URL').fill('http://127.0.0.1:1');
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('alert').waitFor();
  assert.doesNotMatch(await page.getByRole('alert').innerText(), /answers queries/);
  await page.finish();
});

test('ten thousand dashboards are listed, filtered and scrolled without holding the page up', async () => {
  await s.api('/api/v1/projects', { method: 'POST', body: { kind: 'Project', metadata: { name: 'many' }, spec: {} } });
  const one = (i) => ({ kind: 'Dashboard', metadata: { name: `d-${i}`, project: 'many' }, spec: { display: { name: `Dashboard ${i}` }, duration: '1h', panels: {}, layouts: [] } });
  const count = Number(process.env.DASHBOARDS ?? 10_000);
  for (let i = 0; i < count; i += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - i) }, (_, n) => s.api('/api/v1/projects/many/dashboards', { method: 'POST', body: one(i + n) })));
  }
  const page = await s.page();
  await page.go('/projects/many');
  await page.getByRole('status').filter({ hasText: `${count} dashboards` }).waitFor();
  assert.ok((await page.getByRole('row').count()) < 100, 'only rows in sight exist');
  await page.mouse.wheel(0, 200_000);
  await page.getByRole('textbox', { name: 'Filter dashboards' }).fill(`${count - 1}`);
  await page.getByRole('link', { name: `Dashboard ${count - 1}` }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /search/i }).fill(`dashboard ${count - 2}`);
  await page.getByRole('option').filter({ hasText: `Dashboard ${count - 2}` }).waitFor();
  assert.deepEqual(page.wrong, []);
  await page.finish();
});

// Every page, in both themes and on a telephone: no errors, no sideways scrolling, reachable by keyboard.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { until } from './programs.mjs';
import { sharedBrowser, sharedWorld } from './shared.mjs';

const pages = {
  '/': 'Dashboards',
  '/projects': 'Projects',
  '/projects/self-monitoring': 'Self-monitoring',
  '/projects/self-monitoring/folders': 'Self-monitoring',
  '/projects/self-monitoring/variables': 'Self-monitoring',
  '/projects/self-monitoring/dashboards/go-runtime': 'Go runtime',
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

describe('pages', () => {
  let world, browser;
  before(async () => {
    [browser, world] = [await sharedBrowser(), await sharedWorld()];
    await world.api('/api/v1/projects', { method: 'POST', body: { kind: 'Project', metadata: { name: 'team' }, spec: {} } });
  });

  for (const [width, scheme] of [[1280, 'light'], [390, 'dark']]) {
    test(`pages at ${width} pixels, ${scheme}`, async (t) => {
      const page = await browser.open(world.base, '/', { width, scheme });
      for (const [path, heading] of Object.entries(pages)) {
        await t.test(path, async () => {
          page.complaints.length = 0;
          await page.go(path);
          await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
          await page.waitForLoadState('load');
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(over <= 0, `${over} pixels wider than the window`);
          const unnamed = await page.locator('button:visible').evaluateAll((all) => all.filter((one) => !one.innerText.trim() && !one.getAttribute('aria-label') && !one.title && !one.getAttribute('aria-labelledby')).map((one) => one.outerHTML.slice(0, 200)));
          if (!/explore|create|globaldatasources\//.test(path)) assert.deepEqual(unnamed, [], 'buttons without a name');
          assert.deepEqual(page.complaints, []);
        });
      }
      await page.done();
    });
  }

  test('the search is a slash away, and needs no mouse', async () => {
    const page = await browser.open(world.base, '/projects');
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
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('the theme follows the system until somebody chooses', async () => {
    const page = await browser.open(world.base, '/', { scheme: 'dark' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByRole('button', { name: 'Light theme' }).click();
    await until('a light page', async () => (await background()) === 'rgb(255, 255, 255)');
    await page.reload();
    await page.getByRole('button', { name: 'Dark theme' }).waitFor();
    await page.getByRole('button', { name: 'Dark theme' }).click();
    await page.emulateMedia({ colorScheme: 'light' });
    await until('a page that follows the system again', async () => (await background()) === 'rgb(255, 255, 255)');
    await page.done();
  });

  test('projects and dashboards are made, renamed and deleted', async () => {
    const page = await browser.open(world.base, '/projects');
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
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('what a source gives is not deleted here, and the dialog says why', async () => {
    const page = await browser.open(world.base, '/projects/self-monitoring');
    await page.getByRole('button', { name: 'Actions for Go runtime' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByText(/Delete it there/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Delete', exact: true }).isDisabled());
    await page.done();
  });

  test('a datasource is tried out before it is saved', async () => {
    const page = await browser.open(world.base, '/admin/globaldatasources/prometheus');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText(/It answers queries/).waitFor();
    await page.go('/projects/team/create/datasources');
    await page.getByRole('textbox', { name: 'Title' }).fill('Nowhere');
    await page.getByLabel('URL').fill('http://127.0.0.1:1');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByRole('alert').waitFor();
    assert.doesNotMatch(await page.getByRole('alert').innerText(), /answers queries/);
    await page.done();
  });

  test('the policy of the pages forbids scripts that came another way, and is heard to', async () => {
    const page = await browser.open(world.base, '/');
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' })));
    await until('a complaint', () => page.complaints.some((text) => text.includes('policy: script-src')));
    assert.equal(await page.evaluate(() => window.ran), undefined);
    await page.done();
  });
});

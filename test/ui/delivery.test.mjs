// The pages below /delivery, in a real browser against the real server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { quiet } from './browser.mjs';
import { until } from './programs.mjs';
import { dashboard, openServer, project } from './server.mjs';
import { sharedBrowser } from './shared.mjs';

const secret = (value) => `kind: GlobalSecret\nmetadata: {name: token}\nspec: {authorization: {type: Bearer, credentials: ${value}}}\n`;

const card = (page, name) => page.getByRole('list', { name: 'Sources' }).getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

describe('delivery', () => {
  let server, browser;
  before(async () => {
    browser = await sharedBrowser();
    server = await openServer();
    const teams = { 'teams/project.yaml': project('shop'), 'teams/cart.yaml': dashboard('cart', 'Cart'), 'teams/secret.yaml': secret('hush') };
    for (let i = 0; i < 14; i++) teams[`teams/d${i}.yaml`] = dashboard(`d${i}`, `Dashboard ${i}`);
    await server.write({ ...teams, 'other/cart.yaml': dashboard('cart', 'Cart of others') });
    const platform = (title, more) => ({ 'project.yaml': project('platform'), 'cpu.yaml': dashboard('cpu', title, { project: 'platform' }), ...more });
    await server.release('v1', platform('CPU', { 'old.yaml': dashboard('old', 'Old', { project: 'platform' }) }));
    await server.release('v2', platform('CPU load', { 'new.yaml': dashboard('new', 'New', { project: 'platform' }) }));
    await server.turn('v1');
    await server.start({ teams: 'teams', other: 'other', platform: 'current' });
    await server.turn('v2');
    await until('the second release', async () => (await server.api('/api/delivery/v1/sources/platform/history')).releases?.length === 2);
  });
  after(() => server?.close());

  test('what a file becomes is shown as it happens', async () => {
    const page = await browser.open(server.base, '/delivery');
    await page.getByText('Live', { exact: true }).waitFor();
    await card(page, 'teams').getByText('ready').waitFor();
    await server.write({ 'teams/d1.yaml': dashboard('d1', 'Dashboard 1', { duration: 'soon' }) });
    await card(page, 'teams').getByText('degraded').waitFor();
    await card(page, 'teams').getByText('1 invalid').click();
    await page.waitForURL(/\/delivery\/sources\/teams\?outcome=invalid/);
    await page.getByRole('button', { name: /Dashboard shop\/d1/ }).click();
    const lines = page.getByLabel(/Lines \d+ to \d+ of the file/);
    await lines.getByText('soon', { exact: true }).waitFor();
    assert.match(await lines.innerText(), /duration: soon/);
    await server.write({ 'teams/d1.yaml': dashboard('d1', 'Dashboard one') });
    await page.getByText('None match').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('a source is rolled back from its page, and unpinned', async () => {
    const page = await browser.open(server.base, '/delivery/sources/platform/history');
    await page.getByText('1 created, 1 updated, 1 deleted').first().waitFor();
    await page.getByRole('button', { name: 'What changes in Dashboard platform/cpu' }).click();
    await page.getByText('"CPU load"').waitFor();
    await page.getByRole('button', { name: 'Side by side' }).click();
    await page.getByRole('region', { name: 'v1 and v2' }).waitFor();

    await page.getByRole('button', { name: 'Roll back to v1' }).click();
    const dialog = page.getByRole('dialog', { name: 'Roll back to v1?' });
    await dialog.getByRole('link', { name: 'Dashboard platform/old' }).waitFor();
    assert.equal(await server.title('platform', 'cpu'), 'CPU load', 'a preview changed something');
    await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText(/^Pinned to v1/).waitFor();
    await page.getByRole('button', { name: 'Roll forward to v2' }).waitFor();
    assert.deepEqual([await server.title('platform', 'cpu'), await server.title('platform', 'old'), await server.title('platform', 'new')], ['CPU', 'Old', undefined]);

    await page.getByRole('button', { name: 'Unpin' }).click();
    const unpin = page.getByRole('dialog');
    await unpin.getByRole('link', { name: 'Dashboard platform/new' }).waitFor();
    await unpin.getByRole('button', { name: 'Unpin' }).click();
    await until('the second release again', async () => (await server.title('platform', 'cpu')) === 'CPU load');
    await page.getByText(/^Pinned to/).waitFor({ state: 'detached' });
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('a resource shows what it was, and returns to it', async () => {
    await server.write({ 'teams/d2.yaml': dashboard('d2', 'Changed') });
    await until('the change', async () => (await server.title('shop', 'd2')) === 'Changed');
    const page = await browser.open(server.base, '/delivery/resources/projects/shop/dashboards/d2');
    await page.getByRole('button', { name: 'Difference of version 0' }).click();
    await page.getByText('"Dashboard 2"').waitFor();
    await page.getByRole('button', { name: 'Roll back to version 0' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('pinned', { exact: true }).waitFor();
    assert.equal(await server.title('shop', 'd2'), 'Dashboard 2');
    await page.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unpin' }).click();
    await until('the source again', async () => (await server.title('shop', 'd2')) === 'Changed');
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('conflicts name who is served instead', async () => {
    const page = await browser.open(server.base, '/delivery/conflicts');
    const row = page.getByRole('row').filter({ hasText: 'Dashboard shop/cart' });
    assert.match(await row.innerText(), /shadowed[\s\S]*other \(.*cart\.yaml\)/);
    await row.getByRole('link', { name: 'Dashboard shop/cart' }).click();
    await page.getByRole('heading', { name: 'Declared by' }).waitFor();
    assert.equal(await page.getByText('cart.yaml', { exact: false }).count() >= 2, true);
    await page.done();
  });

  test('deletions that wait are seen before they are confirmed', async () => {
    const gone = Array.from({ length: 10 }, (_, i) => `teams/d${i + 4}.yaml`);
    await server.remove(...gone);
    const page = await browser.open(server.base, '/delivery/sources/teams');
    await page.getByText(/10 deletions wait/).first().waitFor();
    await page.getByRole('button', { name: 'Review' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete 10 resources?' });
    assert.equal(await dialog.getByLabel('What would be deleted').getByRole('listitem').count(), 10);
    assert.equal(await server.title('shop', 'd13'), 'Dashboard 13');
    await dialog.getByRole('button', { name: 'Delete 10' }).click();
    await until('the deletions', async () => (await server.title('shop', 'd13')) === undefined);
    await page.getByText(/10 deletions wait/).first().waitFor({ state: 'detached' });
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('nothing of a secret is shown', async () => {
    await server.write({ 'teams/secret.yaml': secret('quiet') });
    await until('its history', async () => (await server.api('/api/delivery/v1/resources/globalsecrets/token')).history?.length > 0);
    const page = await browser.open(server.base, '/delivery/resources/globalsecrets/token');
    await page.getByRole('button', { name: 'Difference of version 0' }).click();
    await page.getByText(/is not shown: it holds a secret/).waitFor();
    await page.getByLabel('YAML').waitFor();
    assert.doesNotMatch(await page.content(), /hush|quiet/);
    await server.write({ 'teams/secret.yaml': secret('[hush]') });
    await page.go(`/delivery/sources/teams?q=token`);
    await page.getByRole('button', { name: /GlobalSecret token/ }).click();
    await page.getByText(/No text is shown: its file holds a GlobalSecret/).first().waitFor();
    assert.doesNotMatch(await page.content(), /hush|quiet/);
    await server.write({ 'teams/secret.yaml': secret('hush') });
    await page.done();
  });

  test('all of it is reached with the keyboard', async () => {
    const page = await browser.open(server.base, '/delivery');
    await page.getByRole('link', { name: 'platform' }).waitFor();
    const tabTo = async (name) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent || '');
        if (name.test(label)) return;
      }
      assert.fail(`Tab never reached ${name}`);
    };
    await tabTo(/^platform$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/sources\/platform$/);
    await page.getByRole('list', { name: 'Documents' }).waitFor();
    await tabTo(/^Dashboard platform\/cpu/);
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Dashboard platform\/new/);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'true');
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Dashboard platform\/cpu/);
    await page.go(`/delivery/sources/platform/history`);
    await page.getByRole('button', { name: 'Roll back to v1' }).waitFor();
    await tabTo(/^Roll back to v1$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Roll back to v1', 'the focus is back where it was');
    await page.done();
  });

  test('no page is wider than a narrow window', async () => {
    const paths = ['', '/conflicts', '/sources/teams', '/sources/teams/changes', '/sources/platform/history', '/resources/projects/shop/dashboards/cart', '/sources/none', '/resources/projects/shop/dashboards/none'];
    for (const scheme of ['light', 'dark']) {
      const page = await browser.open(server.base, '/delivery', { width: 390, height: 844, scheme });
      for (const path of paths) {
        await page.go(`/delivery${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await quiet(page);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `/delivery${path} is ${over} pixels too wide`);
      }
      await page.done();
    }
  });

  test('a lost server is told of, and found again', async () => {
    const page = await browser.open(server.base, '/delivery');
    await page.getByText('Live', { exact: true }).waitFor();
    await server.stop();
    await page.getByText(/The connection to the server is lost/).waitFor();
    await card(page, 'teams').waitFor();
    await server.restart();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/The connection to the server is lost/).waitFor({ state: 'detached' });
    await page.done();
  });
});

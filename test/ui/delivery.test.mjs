// The pages below /delivery, in a real browser against the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { dashboard, openPages, openRack, project, until } from './rack.mjs';

const secret = (value) => `kind: GlobalSecret\nmetadata: {name: token}\nspec: {authorization: {type: Bearer, credentials: ${value}}}\n`;

let rack, pages;
before(async () => {
  rack = await openRack();
  const teams = { 'teams/project.yaml': project('shop'), 'teams/cart.yaml': dashboard('cart', 'Cart'), 'teams/secret.yaml': secret('hush') };
  for (let i = 0; i < 14; i++) teams[`teams/d${i}.yaml`] = dashboard(`d${i}`, `Dashboard ${i}`);
  await rack.write({ ...teams, 'other/cart.yaml': dashboard('cart', 'Cart of others') });
  const platform = (title, more) => ({ 'project.yaml': project('platform'), 'cpu.yaml': dashboard('cpu', title, { project: 'platform' }), ...more });
  await rack.release('v1', platform('CPU', { 'old.yaml': dashboard('old', 'Old', { project: 'platform' }) }));
  await rack.release('v2', platform('CPU load', { 'new.yaml': dashboard('new', 'New', { project: 'platform' }) }));
  await rack.turn('v1');
  await rack.start({ teams: 'teams', other: 'other', platform: 'current' });
  await rack.turn('v2');
  await until('the second release', async () => (await rack.get('/api/delivery/v1/sources/platform/history')).releases?.length === 2);
  pages = await openPages(rack.base);
});
after(async () => {
  await pages?.close();
  await rack?.close();
});

const card = (page, name) => page.getByRole('list', { name: 'Sources' }).getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('what a file becomes is shown as it happens', async () => {
  const page = await pages.open('/delivery');
  await page.getByText('Live', { exact: true }).waitFor();
  await card(page, 'teams').getByText('ready').waitFor();
  await rack.write({ 'teams/d1.yaml': dashboard('d1', 'Dashboard 1', { duration: 'soon' }) });
  await card(page, 'teams').getByText('degraded').waitFor();
  await card(page, 'teams').getByText('1 invalid').click();
  await page.waitForURL(/\/delivery\/sources\/teams\?outcome=invalid/);
  await page.getByRole('button', { name: /Dashboard shop\/d1/ }).click();
  const lines = page.getByLabel(/Lines \d+ to \d+ of the file/);
  await lines.getByText('soon', { exact: true }).waitFor();
  assert.match(await lines.innerText(), /duration: soon/);
  await rack.write({ 'teams/d1.yaml': dashboard('d1', 'Dashboard one') });
  await page.getByText('None match').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.done();
});

test('a source is rolled back from its page, and unpinned', async () => {
  const page = await pages.open('/delivery/sources/platform/history');
  await page.getByText('1 created, 1 updated, 1 deleted').first().waitFor();
  await page.getByRole('button', { name: 'What changes in Dashboard platform/cpu' }).click();
  await page.getByText('"CPU load"').waitFor();
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('region', { name: 'v1 and v2' }).waitFor();

  await page.getByRole('button', { name: 'Roll back to v1' }).click();
  const dialog = page.getByRole('dialog', { name: 'Roll back to v1?' });
  await dialog.getByRole('link', { name: 'Dashboard platform/old' }).waitFor();
  assert.equal(await rack.title('platform', 'cpu'), 'CPU load', 'a preview changed something');
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.getByText(/^Pinned to/).waitFor();
  assert.deepEqual([await rack.title('platform', 'cpu'), await rack.title('platform', 'old'), await rack.title('platform', 'new')], ['CPU', 'Old', undefined]);

  await page.getByRole('button', { name: 'Unpin' }).click();
  const unpin = page.getByRole('dialog');
  await unpin.getByRole('link', { name: 'Dashboard platform/new' }).waitFor();
  await unpin.getByRole('button', { name: 'Unpin' }).click();
  await until('the second release again', async () => (await rack.title('platform', 'cpu')) === 'CPU load');
  await page.getByText(/^Pinned to/).waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
  await page.done();
});

test('a resource shows what it was, and returns to it', async () => {
  await rack.write({ 'teams/d2.yaml': dashboard('d2', 'Changed') });
  await until('the change', async () => (await rack.title('shop', 'd2')) === 'Changed');
  const page = await pages.open('/delivery/resources/projects/shop/dashboards/d2');
  await page.getByRole('button', { name: 'Difference of version 0' }).click();
  await page.getByText('"Dashboard 2"').waitFor();
  await page.getByRole('button', { name: 'Roll back to version 0' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.getByText('pinned', { exact: true }).waitFor();
  assert.equal(await rack.title('shop', 'd2'), 'Dashboard 2');
  await page.getByRole('button', { name: 'Unpin' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unpin' }).click();
  await until('the source again', async () => (await rack.title('shop', 'd2')) === 'Changed');
  assert.deepEqual(page.complaints, []);
  await page.done();
});

test('conflicts name who is served instead', async () => {
  const page = await pages.open('/delivery/conflicts');
  const row = page.getByRole('row').filter({ hasText: 'Dashboard shop/cart' });
  assert.match(await row.innerText(), /shadowed[\s\S]*other \(.*cart\.yaml\)/);
  await row.getByRole('link', { name: 'Dashboard shop/cart' }).click();
  await page.getByRole('heading', { name: 'Declared by' }).waitFor();
  assert.equal(await page.getByText('cart.yaml', { exact: false }).count() >= 2, true);
  await page.done();
});

test('deletions that wait are seen before they are confirmed', async () => {
  const gone = Array.from({ length: 10 }, (_, i) => `teams/d${i + 4}.yaml`);
  await rack.remove(...gone);
  const page = await pages.open('/delivery/sources/teams');
  await page.getByText(/10 deletions wait/).first().waitFor();
  await page.getByRole('button', { name: 'Review' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 10 resources?' });
  assert.equal(await dialog.getByLabel('What would be deleted').getByRole('listitem').count(), 10);
  assert.equal(await rack.title('shop', 'd13'), 'Dashboard 13');
  await dialog.getByRole('button', { name: 'Delete 10' }).click();
  await until('the deletions', async () => (await rack.title('shop', 'd13')) === undefined);
  await page.getByText(/10 deletions wait/).first().waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
  await page.done();
});

test('nothing of a secret is shown', async () => {
  await rack.write({ 'teams/secret.yaml': secret('quiet') });
  await until('its history', async () => (await rack.get('/api/delivery/v1/resources/globalsecrets/token')).history?.length > 0);
  const page = await pages.open('/delivery/resources/globalsecrets/token');
  await page.getByRole('button', { name: 'Difference of version 0' }).click();
  await page.getByText(/is not shown: it holds a secret/).waitFor();
  await page.getByLabel('YAML').waitFor();
  assert.doesNotMatch(await page.content(), /hush|quiet/);
  await rack.write({ 'teams/secret.yaml': secret('[hush]') });
  await page.goto(`${rack.base}/delivery/sources/teams?q=token`);
  await page.getByRole('button', { name: /GlobalSecret token/ }).click();
  await page.getByText(/No text is shown: its file holds a GlobalSecret/).first().waitFor();
  assert.doesNotMatch(await page.content(), /hush|quiet/);
  await rack.write({ 'teams/secret.yaml': secret('hush') });
  await page.done();
});

test('all of it is reached with the keyboard', async () => {
  const page = await pages.open('/delivery');
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
  await page.goto(`${rack.base}/delivery/sources/platform/history`);
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
    const page = await pages.open('/delivery', { width: 390, height: 844, scheme });
    for (const path of paths) {
      await page.goto(`${rack.base}/delivery${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => undefined); // the stream of events never ends
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, `/delivery${path} is ${over} pixels too wide`);
    }
    await page.done();
  }
});

test('a lost server is told of, and found again', async () => {
  const page = await pages.open('/delivery');
  await page.getByText('Live', { exact: true }).waitFor();
  await rack.stop();
  await page.getByText(/The connection to the server is lost/).waitFor();
  await card(page, 'teams').waitFor();
  await rack.restart();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText(/The connection to the server is lost/).waitFor({ state: 'detached' });
  await page.done();
});

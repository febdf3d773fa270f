// Pages that show ten thousand of something. How quick they are is measured by bench.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { openMany } from './server.mjs';
import { sharedBrowser } from './shared.mjs';

const many = 10_000;

describe('ten thousand', () => {
  let server, browser;
  before(async () => {
    browser = await sharedBrowser();
    server = await openMany(many);
  });
  after(() => server?.close());

  test('documents are listed, scrolled and filtered, with only those in sight in the page', async () => {
    const page = await browser.open(server.base, '/delivery');
    await page.getByRole('link', { name: 'many', exact: true }).click();
    await page.getByText('10,001 documents').waitFor();
    const rows = page.getByRole('list', { name: 'Documents' }).getByRole('listitem');
    assert.ok((await rows.count()) < 60, `${await rows.count()} rows exist`);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.getByRole('button', { name: /\/9\/d9989\.yaml|Dashboard bulk\/d9/ }).first().waitFor();
    assert.ok((await rows.count()) < 60, `${await rows.count()} rows exist`);

    const filter = page.getByRole('searchbox', { name: 'Filter documents' });
    await filter.fill('d4999');
    await page.getByText('1 of 10,001 documents').waitFor();
    await page.getByRole('button', { name: /Dashboard bulk\/d4999/ }).click();
    await page.getByLabel(/of the file/).getByText('soon', { exact: true }).waitFor();
    await filter.fill('');
    await page.getByRole('button', { name: '10 invalid' }).click();
    await page.getByText('10 of 10,001 documents').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('dashboards are listed, scrolled, filtered and found, with only those in sight in the page', async () => {
    const page = await browser.open(server.base, '/projects/bulk');
    await page.getByRole('status').filter({ hasText: /9,?990 dashboards/ }).waitFor();
    assert.ok((await page.getByRole('row').count()) < 100, `${await page.getByRole('row').count()} rows exist`);
    await page.mouse.wheel(0, 200_000);
    await page.getByRole('textbox', { name: 'Filter dashboards' }).fill('9998');
    await page.getByRole('link', { name: 'Dashboard 9998' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /search/i }).fill('dashboard 9997');
    await page.getByRole('option').filter({ hasText: 'Dashboard 9997' }).waitFor();
    assert.deepEqual(page.complaints, []);
    await page.done();
  });
});

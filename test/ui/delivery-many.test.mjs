// The documents of a source that has ten thousand of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { dashboard, openPages, openRack, project, until } from './rack.mjs';

const many = 10_000;

let rack, pages;
before(async () => {
  rack = await openRack();
  const files = { 'many/project.yaml': project('bulk') };
  for (let i = 0; i < many; i++) files[`many/${i % 20}/d${i}.yaml`] = dashboard(`d${i}`, `Dashboard ${i}`, { project: 'bulk', duration: i % 1000 === 999 ? 'soon' : '1h' });
  await rack.write(files);
  await rack.start({ many: 'many' });
  await until('all of them', async () => (await rack.source('many'))?.documents === many + 1, 120);
  pages = await openPages(rack.base);
});
after(async () => {
  await pages?.close();
  await rack?.close();
});

test('ten thousand documents open, scroll and filter', async (t) => {
  const page = await pages.open('/delivery');
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => Math.round(duration)))).observe({ type: 'longtask' });
  });
  const start = Date.now();
  await page.getByRole('link', { name: 'many', exact: true }).click();
  await page.getByText('10,001 documents').waitFor();
  t.diagnostic(`shown after ${Date.now() - start} ms; long tasks of ${await page.evaluate(() => window.long.splice(0).join(', ')) || 'none'} ms`);
  const rows = page.getByRole('list', { name: 'Documents' }).getByRole('listitem');
  assert.ok((await rows.count()) < 60, `${await rows.count()} rows exist`);

  await page.evaluate(() => new Promise((done) => {
    let left = 60;
    const step = () => (window.scrollBy(0, 900), --left > 0 ? requestAnimationFrame(step) : done());
    requestAnimationFrame(step);
  }));
  const scrolled = await page.evaluate(() => window.long.splice(0));
  t.diagnostic(`scrolling through 54,000 pixels: long tasks of ${scrolled.join(', ') || 'none'} ms`);
  assert.ok((await rows.count()) < 60);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByRole('button', { name: /\/9\/d9989\.yaml|Dashboard bulk\/d9/ }).first().waitFor();

  const typed = Date.now();
  await page.getByRole('searchbox', { name: 'Filter documents' }).fill('d4999');
  await page.getByText('1 of 10,001 documents').waitFor();
  t.diagnostic(`filtered after ${Date.now() - typed} ms; long tasks of ${await page.evaluate(() => window.long.splice(0).join(', ')) || 'none'} ms`);
  await page.getByRole('button', { name: /Dashboard bulk\/d4999/ }).click();
  await page.getByLabel(/of the file/).getByText('soon', { exact: true }).waitFor();
  await page.getByRole('searchbox', { name: 'Filter documents' }).fill('');
  await page.getByRole('button', { name: '10 invalid' }).click();
  await page.getByText('10 of 10,001 documents').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.done();
});

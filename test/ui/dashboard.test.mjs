import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { broken, chosen, full } from './boards.mjs';
import { drawn, panel, quiet } from './browser.mjs';
import { until } from './programs.mjs';
import { sharedBrowser, sharedWorld } from './shared.mjs';

const address = (board) => `/projects/look/dashboards/${board.metadata.name}`;

/** ranges are the forms that were sent for query_range, oldest first. */
const ranges = (page) => page.asked.filter((r) => r.url().endsWith('/query_range')).map((r) => Object.fromEntries(new URLSearchParams(r.postData())));

describe('a dashboard', () => {
  let world, window;
  before(async () => {
    world = await sharedWorld();
    window = await (await sharedBrowser()).window();
  });

  async function opened(board) {
    const page = await window.open(world.base, address(board));
    await until('the first query', () => ranges(page).length > 0);
    await drawn(page);
    return page;
  }

  test('another value of a variable asks anew, and stands in the address', async () => {
    const page = await opened(chosen);
    assert.match(ranges(page).at(-1).query, /method=~"GET"/);
    await page.getByRole('combobox', { name: 'Method' }).click();
    await page.getByRole('option', { name: 'POST' }).click();
    await until('a query for POST', () => /method=~"POST"/.test(ranges(page).at(-1).query));
    await until('the address has it', () => new URL(page.url()).searchParams.get('var-method') === 'POST');
    // What the address says is what another reader sees.
    const other = await window.open(world.base, new URL(page.url()).pathname + new URL(page.url()).search);
    await until('the same query from the address', () => /method=~"POST"/.test(ranges(other).at(-1)?.query ?? ''));
    assert.deepEqual([...page.complaints, ...other.complaints], []);
    await page.done();
    await other.done();
  });

  test('another time range asks for it', async () => {
    const page = await opened(full);
    const span = (form) => Number(form.end) - Number(form.start);
    assert.ok(Math.abs(span(ranges(page).at(-1)) - 300) <= 30, `a query over ${span(ranges(page).at(-1))} s of 5 minutes`);
    await page.getByRole('combobox', { name: /time range/i }).click();
    await page.getByText('Last 1 hour', { exact: true }).click();
    await until('a query over an hour', () => Math.abs(span(ranges(page).at(-1)) - 3600) <= 60);
    assert.equal(new URL(page.url()).searchParams.get('start'), '1h');
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('refresh asks the same again, for later', async () => {
    const page = await opened(chosen);
    const before = ranges(page);
    // Ends are rounded to the step: a click too early asks for the same once more.
    await until('queries for later', async () => {
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await quiet(page);
      return ranges(page).length > before.length && Number(ranges(page).at(-1).end) > Number(before.at(-1).end);
    });
    assert.deepEqual(page.complaints, []);
    await page.done();
  });

  test('a datasource that is gone is told in its panel, and the others draw', async () => {
    const page = await window.open(world.base, address(broken));
    await drawn(page);
    const said = await until('the panel says so', async () => {
      const text = await panel(page, 'Nobody listens').innerText();
      return /reach|refused|respond|error|fail/i.test(text) && text;
    });
    assert.match(said, /gone|127\.0\.0\.1:1|unreachable|reach/i, `the panel says ${said}`);
    await until('the other panel has its value', async () => /\b2\b/.test(await panel(page, 'Somebody listens').innerText()));
    // The browser tells of the failed request, and the query of its error. Nothing else may go wrong with it.
    const others = page.complaints.filter((text) => !/\/datasources\/gone\/|the datasource "gone"/.test(text));
    assert.deepEqual(others, []);
    await page.done();
  });
});

// Dashboards are edited without losing anything, and those of a source are locked.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';

import { until } from './programs.mjs';
import { sharedBrowser, sharedWorld } from './shared.mjs';

const item = (panel, x) => ({ x, y: 0, width: 12, height: 6, content: { $ref: `#/spec/panels/${panel}` } });
const panel = (name, query) => ({
  kind: 'Panel',
  spec: {
    display: { name },
    plugin: { kind: 'TimeSeriesChart', spec: {} },
    queries: [{ kind: 'TimeSeriesQuery', spec: { plugin: { kind: 'PrometheusTimeSeriesQuery', spec: { query } } } }],
    future: 'kept',
  },
});

/** whole has fields in every place that the editor of this version does not know. */
const whole = (name) => ({
  kind: 'Dashboard',
  metadata: { name, project: 'edits', tags: ['kept'] },
  spec: {
    display: { name: `Whole ${name}` },
    duration: '1h',
    links: [{ name: 'runbook', url: 'https://example.com' }],
    timezone: 'Europe/Paris',
    annotations: [{ display: { name: 'deploys' }, plugin: { kind: 'X', spec: {} } }],
    panels: { a: panel('Up', 'up'), b: panel('Series', 'prometheus_tsdb_head_series') },
    layouts: [
      { kind: 'Grid', spec: { display: { title: 'One', icon: 'kept' }, repeatBy: 'kept', items: [{ ...item('a', 0), repeatVariable: { value: 'job' } }, item('b', 12)] } },
    ],
    future: { deep: ['kept'] },
  },
});

describe('editing', () => {
  let world, window;
  before(async () => {
    world = await sharedWorld();
    window = await (await sharedBrowser()).window();
    await world.api('/api/v1/projects', { method: 'POST', body: { kind: 'Project', metadata: { name: 'edits' }, spec: {} } });
  });

  const create = (name) => world.api('/api/v1/projects/edits/dashboards', { method: 'POST', body: whole(name) });
  const read = (name) => world.api(`/api/v1/projects/edits/dashboards/${name}`);

  test('what is edited is saved, and nothing else is changed', async () => {
    await create('edited');
    const page = await window.open(world.base, '/projects/edits/dashboards/edited');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: /add panel group/i }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Two');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved').waitFor();
    const { spec, metadata } = await read('edited');
    const expected = whole('edited').spec;
    assert.equal(spec.layouts.length, 2);
    assert.ok(spec.layouts.some((layout) => layout.spec.display?.title === 'Two'));
    const first = spec.layouts.find((layout) => layout.spec.display?.title === 'One');
    assert.deepEqual(first, expected.layouts[0]);
    assert.deepEqual({ ...spec, layouts: expected.layouts }, expected);
    assert.deepEqual(metadata.tags, ['kept']);
    await page.reload();
    await page.getByText('Two', { exact: true }).waitFor();
    assert.deepEqual(await read('edited'), { kind: 'Dashboard', metadata, spec }, 'loading it again changed it');
    await page.done();
  });

  test('a change of somebody else meanwhile is not overwritten, and can be merged', async () => {
    await create('raced');
    const page = await window.open(world.base, '/projects/edits/dashboards/raced');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: /add panel group/i }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    const theirs = await read('raced');
    theirs.spec.duration = '6h';
    await world.api('/api/v1/projects/edits/dashboards/raced', { method: 'PUT', body: theirs });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog', { name: /changed by somebody else/ }).waitFor();
    assert.equal((await read('raced')).spec.layouts.length, 1);
    await page.getByRole('button', { name: 'Merge and save' }).click();
    await until('the merge', async () => (await read('raced')).spec.layouts.length === 2);
    assert.equal((await read('raced')).spec.duration, '6h');
    await page.done();
  });

  test('a managed dashboard says whose it is, and is edited as a copy', async () => {
    const page = await window.open(world.base, '/projects/self-monitoring/dashboards/go-runtime');
    await page.getByRole('button', { name: 'Managed by examples' }).click();
    const details = page.getByRole('dialog', { name: 'Where this comes from' });
    await details.getByText('go-runtime.yaml').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('button', { name: 'Edit', exact: true }).count(), 0);
    await page.getByRole('button', { name: 'Edit a copy' }).click();
    await page.getByRole('button', { name: /add panel group/i }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Tried out');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download patch' }).click();
    const patch = readFileSync(await (await download).path(), 'utf8');
    assert.match(patch, /^\+ +title: Tried out$/m);
    assert.doesNotMatch(patch, /^-(?!--)/m, 'a patch that adds a group takes nothing away');
    await page.done();
  });

  test('a dashboard that is open follows its file', async () => {
    const file = world.at('resources/self-monitoring/dashboards/prometheus.yaml');
    const page = await window.open(world.base, '/projects/self-monitoring/dashboards/prometheus');
    await page.getByRole('heading', { name: 'Prometheus', exact: true }).waitFor();
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^( +name: )Prometheus$/m, '$1Prometheus, renamed'));
    await page.getByRole('heading', { name: 'Prometheus, renamed' }).waitFor();
    await page.done();
  });
});

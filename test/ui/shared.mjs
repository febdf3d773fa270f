// One browser and one world for all tests of a run: starting them takes longer than most tests. Tests leave others' documents alone.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { documents } from './boards.mjs';
import { openBrowser } from './browser.mjs';
import { missing, root } from './programs.mjs';
import { openWorld } from './world.mjs';

// Real dashboards that nobody on the project wrote, where they lie beside the checkout; PERSEID_CORPUS says where else.
export const corpus = process.env.PERSEID_CORPUS ?? join(root, '../shared/corpus');
export const hasCorpus = existsSync(join(corpus, 'dashboards'));

// The datasource of the corpus is in the internet: here its name is that of ours.
const proxy = { kind: 'HTTPProxy', spec: { url: 'http://localhost:9090' } };
const ofCorpus = {
  'corpus/project.json': { kind: 'Project', metadata: { name: 'perses-dev' }, spec: {} },
  'corpus/datasource.json': { kind: 'GlobalDatasource', metadata: { name: 'prometheus-datasource' }, spec: { default: false, plugin: { kind: 'PrometheusDatasource', spec: { proxy } } } },
};

const opened = [];

/** closeShared ends all that was opened for the run. The last test does it: a hook would wait for the browser to be gone before it ends it. */
export async function closeShared() {
  for (const one of opened) await one.then((it) => it.close(), () => undefined);
}

/** once makes a function that opens what closeShared closes. */
function once(open) {
  let one;
  return () => {
    if (!one) opened.unshift((one = open()));
    return one;
  };
}

export const sharedBrowser = once(async () => {
  const gone = await missing();
  assert.equal(gone, '', gone);
  return openBrowser();
});

export const sharedWorld = once(() =>
  openWorld({ documents: hasCorpus ? { ...documents, ...ofCorpus } : documents, directories: hasCorpus ? [join(corpus, 'dashboards')] : [] }));

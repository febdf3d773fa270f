// Runs the tests, or those whose names are given, in one process: they share one browser, one world.
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { closeShared } from './shared.mjs';

const all = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.test.mjs')).map((file) => file.replace('.test.mjs', ''));
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) throw new Error(`no tests called ${unknown.join(', ')}; there are ${all.join(', ')}`);
for (const name of chosen.length > 0 ? chosen : all) await import(`./${name}.test.mjs`);
test('what was started ends', closeShared);

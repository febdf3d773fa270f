// Measures the pages as people meet them: the built program, a real browser without a window, HTTP on loopback.
//
//   node bench.mjs [-runs 5] [-run pages|many|build] [-o table|json]
//
// Every figure is the median of several runs, each in a browser window that knows nothing from before.
import { execFile } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { openBrowser } from './browser.mjs';
import { dashboard, documents, home, painted, search, transferred } from './measures.mjs';
import { missing, root } from './programs.mjs';
import { openMany } from './server.mjs';
import { openWorld } from './world.mjs';

const demo = '/projects/demo/dashboards/traffic';
const figures = [];

/** figure keeps what was measured, beside what it may be at most. */
function figure(name, unit, values, most) {
  const sorted = values.toSorted((a, b) => a - b);
  const [median, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  figures.push({ name, unit, runs: values.length, median, min, max, ...(most !== undefined && { target: most, met: median <= most }) });
}

/** repeat calls a function again and again, and gives the values of each name. */
async function repeat(runs, measure) {
  const all = [];
  for (let i = 0; i < runs; i++) all.push(await measure());
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, all.map((one) => one[key])]));
}

const longest = (runs) => runs.map((tasks) => Math.max(0, ...tasks));
const counts = (runs) => runs.map((tasks) => tasks.length);

async function measureBuild(runs) {
  const build = async () => {
    const begun = performance.now();
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: join(root, 'ui') });
    return { seconds: (performance.now() - begun) / 1000 };
  };
  figure('build of the pages', 's', (await repeat(runs, build)).seconds, 30);
}

async function measurePages(runs, browser) {
  const world = await openWorld({ demo: true });
  try {
    for (const [name, path, kB, requests, rest] of [['home', '/', 350], ['Delivery', '/delivery', 350], ['demo dashboard', demo, 1100, 50, painted]]) {
      const all = await repeat(runs, () => transferred(browser, world.base, path, rest));
      figure(`${name}: JavaScript, gzip`, 'kB', all.script, kB);
      figure(`${name}: requests`, '', all.requests, requests);
    }
    figure('home: search takes what is typed', 'ms', (await repeat(runs, () => home(browser, world.base))).interactive, 1000);
    figure('demo dashboard: first chart drawn', 'ms', (await repeat(runs, () => dashboard(browser, world.base, demo))).drawn, 3000);
  } finally {
    await world.close();
  }
}

async function measureMany(runs, browser) {
  const server = await openMany(10_000);
  try {
    const all = await repeat(runs, () => documents(browser, server.base, '/delivery/sources/many'));
    figure('10 000 documents: shown', 'ms', all.shown, 1000);
    figure('10 000 documents: long tasks while opening', '', counts(all.opening));
    figure('10 000 documents: longest task while opening', 'ms', longest(all.opening));
    figure('10 000 documents: long tasks while scrolling', '', counts(all.scrolling), 0);
    figure('10 000 documents: longest task while scrolling', 'ms', longest(all.scrolling));
    figure('10 000 documents: filtered', 'ms', all.filtered);
    figure('10 000 documents: longest task while filtering', 'ms', longest(all.filtering));
    figure('10 000 dashboards: found by search', 'ms', (await repeat(runs, () => search(browser, server.base, 'dashboard 9997'))).found);
  } finally {
    await server.close();
  }
}

function table(machine) {
  const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 1 : 0));
  const rows = [['', 'median', 'min', 'max', 'at most', ''], ...figures.map(({ name, unit, median, min, max, target, met }) =>
    [name, `${number(median)} ${unit}`.trim(), number(min), number(max), target === undefined ? '' : `${target} ${unit}`.trim(), met === undefined ? '' : met ? 'met' : 'NOT MET'])];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) => row.map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ').trimEnd());
  return `${lines.join('\n')}\n\n${machine.runs} runs each on ${machine.cpus} × ${machine.cpu}; ${machine.browser}, Node.js ${machine.node}; load ${machine.load.before.toFixed(1)} before, ${machine.load.after.toFixed(1)} after`;
}

const parts = { pages: measurePages, many: measureMany, build: measureBuild };

const { values: options } = parseArgs({
  args: process.argv.slice(2).map((argument) => argument.replace(/^-(?=\w\w)/, '--')),
  options: { runs: { type: 'string', default: '5' }, run: { type: 'string' }, output: { type: 'string', short: 'o', default: 'table' } },
});
const runs = Number(options.runs);
if (!(runs >= 1) || !['table', 'json'].includes(options.output) || (options.run && !parts[options.run])) {
  throw new Error(`bench-ui: expected -runs NUMBER, -run ${Object.keys(parts).join('|')} and -o table|json`);
}
const gone = await missing();
if (gone) throw new Error(gone);
const before = loadavg()[0];
const browser = await openBrowser();
try {
  for (const part of options.run ? [options.run] : Object.keys(parts)) await parts[part](runs, browser);
} finally {
  await browser.close();
}
const machine = { runs, cpus: cpus().length, cpu: cpus()[0].model, browser: `Chromium ${browser.version}`, node: process.version.slice(1), load: { before, after: loadavg()[0] } };
console.log(options.output === 'json' ? JSON.stringify({ machine, figures }, null, 2) : table(machine));

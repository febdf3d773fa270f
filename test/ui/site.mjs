// A real server over resources in a temporary directory, a real Prometheus that scrapes it, and a browser.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const perseid = process.env.PERSEID_BIN ?? `${root}bin/perseid`;
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** patience is how long to wait for what should come soon, in milliseconds: machines that test are busy. */
export const patience = 60_000;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** start runs a program until stop is called, and waits until its output shows what `ready` finds. */
function start(command, args, ready, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const stop = () => new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) && child.kill() : resolve()));
  const found = new Promise((resolve, reject) => {
    const read = (data) => {
      output += data;
      const match = ready.exec(output);
      if (match) resolve(match);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)));
  });
  return { found, stop };
}

const datasource = (port) => ({
  kind: 'GlobalDatasource',
  metadata: { name: 'prometheus' },
  spec: { default: true, plugin: { kind: 'PrometheusDatasource', spec: { proxy: { kind: 'HTTPProxy', spec: { url: `http://127.0.0.1:${port}` } } } } },
});

/** site has `url`, `resources` (the directory the server follows), `api`, `page()` and `stop()`. */
export async function site({ env = {}, prefix = '' } = {}) {
  if (!existsSync(perseid)) throw new Error(`${perseid} is not there: run make ui build`);
  const dir = mkdtempSync(join(tmpdir(), 'perseid-e2e-'));
  const resources = join(dir, 'resources');
  const stops = [async () => rmSync(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
  };
  try {
    const port = await freePort();
    mkdirSync(resources);
    cpSync(`${root}examples/self-monitoring`, join(resources, 'self-monitoring'), { recursive: true });
    cpSync(`${root}examples/global/variable-window.yaml`, join(resources, 'variable-window.yaml'));
    writeFileSync(join(resources, 'datasource.json'), JSON.stringify(datasource(port)));
    const server = start(perseid, ['serve', '--database', join(dir, 'database'), '--web.listen-address', '127.0.0.1:0', resources], /msg=serving address=(\S+)/, {
      PERSES_FRONTEND_EXPLORER_ENABLE: 'true',
      ...(prefix ? { PERSES_API_PREFIX: prefix } : {}),
      ...env,
    });
    stops.push(server.stop);
    const [, address] = await server.found;
    const prometheus = await startPrometheus(dir, port, address);
    if (prometheus) stops.push(prometheus.stop);
    const browser = await chromium.launch({ executablePath: browserPath, args: flags });
    stops.push(() => browser.close());
    const url = `http://${address}${prefix}`;
    await until(async () => (await fetch(`http://${address}/readyz`)).ok);
    return { url, resources, stop, hasPrometheus: prometheus !== undefined, api: (path, order) => api(url, path, order), page: (options) => open(browser, url, options) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** startPrometheus is undefined where none is installed; tests that need one say so. */
async function startPrometheus(dir, port, target) {
  const binary = process.env.PROMETHEUS ?? '/usr/bin/prometheus';
  if (!existsSync(binary)) return undefined;
  const file = join(dir, 'prometheus.yml');
  writeFileSync(file, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [{ job_name: 'perseid', static_configs: [{ targets: [target] }] }, { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] }));
  const program = start(binary, [`--config.file=${file}`, `--storage.tsdb.path=${join(dir, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`], /ready to receive web requests/);
  await program.found;
  return program;
}

/** api asks the server and gives the data; a refusal is thrown. */
async function api(url, path, { method = 'GET', body } = {}) {
  const answer = await fetch(url + path, { method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** open gives a page that keeps what went wrong in it: console errors, exceptions, and requests to anywhere else. */
async function open(browser, url, { width = 1280, height = 800, scheme = 'dark', permissions = [] } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, permissions });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const wrong = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(`${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => /^https?:/.test(request.url()) && !request.url().startsWith(new URL(url).origin) && wrong.push(`request to ${request.url()}`));
  return Object.assign(page, { wrong, go: (path) => page.goto(url + path), finish: () => context.close() });
}

/** until waits for something to be true. */
export async function until(check, what = 'it') {
  const end = Date.now() + patience;
  for (let error; ; ) {
    try {
      if (await check()) return;
    } catch (e) {
      error = e;
    }
    if (Date.now() > end) throw new Error(`${what} did not happen within ${patience / 1000} s${error ? `: ${error.message}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

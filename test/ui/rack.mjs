// A server over directories of our own making, and a browser that tells of everything it should not have to tell. Both on loopback, in one
// temporary directory, and gone with whoever made them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const perseid = fileURLToPath(new URL('../../bin/perseid', import.meta.url));

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const project = (name) => `kind: Project\nmetadata: {name: ${name}}\nspec: {}\n`;

export const dashboard = (name, title, { project = 'shop', duration = '1h' } = {}) =>
  `kind: Dashboard\nmetadata: {name: ${name}, project: ${project}}\nspec:\n  display: {name: "${title}"}\n  panels: {}\n  layouts: []\n  duration: ${duration}\n`;

/** until asks until it holds. */
export async function until(what, ask, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (await ask()) return;
  }
  throw new Error(`not within ${seconds} seconds: ${what}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** openRack has directories for sources; start() serves those that are named. */
export async function openRack() {
  const work = await mkdtemp(join(tmpdir(), 'perseid-rack-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  let server;
  const rack = {
    base,
    /** write writes files, by path below the directory, each whole at once. */
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        const full = join(work, path);
        await mkdir(dirname(full), { recursive: true });
        await writeFile(`${full}~`, text);
        await rename(`${full}~`, full);
      }
    },
    remove: (...paths) => Promise.all(paths.map((path) => rm(join(work, path)))),
    /** release lays a release down, with its index; turn leads the link to it. */
    async release(version, files) {
      await rack.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${version}/${path}`, text])));
      await run(['index', join(work, version), '--version', version]);
    },
    async turn(version) {
      await symlink(version, join(work, 'next'));
      await rename(join(work, 'next'), join(work, 'current'));
    },
    async start(sources) {
      const entries = Object.entries(sources).map(([name, path]) => ({ name, directory: { path: join(work, path) } }));
      await writeFile(join(work, 'config.yaml'), JSON.stringify({ delivery: { prune: { settle: '100ms', delay: '10ms' }, sources: entries } }));
      await rack.restart();
    },
    async restart() {
      const args = ['serve', '--config', join(work, 'config.yaml'), '--database', join(work, 'database'), '--web.listen-address', `127.0.0.1:${port}`];
      server = spawn(perseid, args, { stdio: 'ignore' });
      await until('the server is ready', () => fetch(`${base}/readyz`).then((answer) => answer.ok, () => false), 120);
    },
    async stop() {
      if (!server || server.exitCode !== null) return;
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
    async close() {
      await rack.stop();
      await rm(work, { recursive: true, force: true });
    },
    get: async (path) => (await fetch(base + path)).json(),
    source: async (name) => (await rack.get('/api/delivery/v1/sources')).find((source) => source.name === name),
    /** title is what a dashboard is served as; undefined if it is not. */
    title: async (project, name) => (await rack.get(`/api/v1/projects/${project}/dashboards/${name}`)).spec?.display.name,
  };
  return rack;
}

async function run(args) {
  const child = spawn(perseid, args, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`perseid ${args.join(' ')}: exit code ${code}`);
}

/** openPages starts a browser with an empty profile. page.complaints are errors, violations of the policy, and requests to elsewhere. */
export async function openPages(base) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  const open = async (path, { width = 1280, height = 900, scheme = 'light' } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.complaints = [];
    page.on('console', (message) => message.type() === 'error' && page.complaints.push(`${message.text()} (${message.location().url})`));
    page.on('pageerror', (error) => page.complaints.push(error.message));
    page.on('request', (request) => request.url().startsWith(base) || page.complaints.push(`asks elsewhere: ${request.url()}`));
    await page.goto(base + path);
    page.done = () => context.close();
    return page;
  };
  return { open, close: () => browser.close() };
}

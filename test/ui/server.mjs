// The real server over directories of a test's own making.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { perseid, run, until, workplace } from './programs.mjs';

export const project = (name) => `kind: Project\nmetadata: {name: ${name}}\nspec: {}\n`;

export const dashboard = (name, title, { project = 'shop', duration = '1h' } = {}) =>
  `kind: Dashboard\nmetadata: {name: ${name}, project: ${project}}\nspec:\n  display: {name: "${title}"}\n  panels: {}\n  layouts: []\n  duration: ${duration}\n`;

/** openServer has directories for sources; start() serves those that are named. */
export async function openServer({ prefix = '', environment = {} } = {}) {
  const work = await workplace();
  const at = (...path) => join(work.path, ...path);
  let listen = '127.0.0.1:0';
  let running;
  const server = {
    work,
    at,
    /** write writes files, by path below the directory, each whole at once. What is no text is written as JSON. */
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(at(path)), { recursive: true });
        await writeFile(at(`${path}~`), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
        await rename(at(`${path}~`), at(path));
      }
    },
    remove: (...paths) => Promise.all(paths.map((path) => rm(at(path)))),
    /** release lays a release down, with its index; turn leads the link to it. */
    async release(version, files) {
      await server.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${version}/${path}`, text])));
      await run(['index', at(version), '--version', version]);
    },
    async turn(version) {
      await symlink(version, at('next'));
      await rename(at('next'), at('current'));
    },
    /** start serves directories by the name of their source. */
    async start(sources) {
      const entries = Object.entries(sources).map(([name, path]) => ({ name, directory: { path: at(path) } }));
      await server.write({ 'config.yaml': { delivery: { prune: { settle: '100ms', delay: '10ms' }, sources: entries } } });
      await server.restart();
    },
    /** restart comes back where it was. */
    async restart() {
      const args = ['serve', '--config', at('config.yaml'), '--database', at('database'), '--web.listen-address', listen];
      running = await work.start(perseid, args, /msg=serving address=(\S+)/, { ...(prefix && { PERSES_API_PREFIX: prefix }), ...environment });
      listen = running.match[1];
      server.address = listen;
      server.base = `http://${listen}${prefix}`;
      await until('the server is ready', async () => (await fetch(`http://${listen}/readyz`)).ok);
    },
    stop: () => running.stop(),
    close: () => work.close(),
    /** api asks the server and gives the data; a refusal is thrown. */
    async api(path, { method = 'GET', body } = {}) {
      const answer = await fetch(server.base + path, { method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
    source: async (name) => (await server.api('/api/delivery/v1/sources')).find((source) => source.name === name),
    /** title is what a dashboard is served as; undefined if it is not. */
    async title(project, name) {
      const answer = await fetch(`${server.base}/api/v1/projects/${project}/dashboards/${name}`);
      return answer.ok ? (await answer.json()).spec.display?.name : undefined;
    },
  };
  return server;
}

/** openMany serves so many dashboards of the project "bulk" from the source "many"; every thousandth has a problem. */
export async function openMany(many) {
  const server = await openServer();
  await server.write({ 'many/project.yaml': project('bulk') });
  // Nobody reads yet, so that files need not come whole, nor one after the other.
  const directories = 20;
  for (let d = 0; d < directories; d++) {
    await mkdir(server.at(`many/${d}`));
    const own = Array.from({ length: many / directories }, (_, i) => i * directories + d);
    await Promise.all(own.map((i) => writeFile(server.at(`many/${d}/d${i}.yaml`), dashboard(`d${i}`, `Dashboard ${i}`, { project: 'bulk', duration: i % 1000 === 999 ? 'soon' : '1h' }))));
  }
  await server.start({ many: 'many' });
  await until('all of them are read', async () => (await server.source('many'))?.documents === many + 1, 120);
  return server;
}

// A world to look at: the real server with its pages, a real Prometheus that scrapes it, and the program of the demo, whose traffic and native
// histograms give every kind of panel something to draw. All of it on loopback, in one temporary directory, and gone with whoever made it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** wait resolves after so many milliseconds. */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** until calls a function until it gives something true, and gives that. What it throws is told only when time is up. */
export async function until(what, seconds, ask) {
  let last;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(100)) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not within ${seconds} seconds`, { cause: last });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** copyDocuments copies documents only, as a directory source would find them. */
async function copyDocuments(from, to) {
  await cp(from, to, { recursive: true, filter: (path) => !/\.[a-z]+$/.test(path) || /\.(yaml|json)$/.test(path) });
}

// The Prometheus of the examples. In every document the one of this world takes its place.
const example = 'http://localhost:9090';

async function aimed(path, prometheus) {
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(example, prometheus).replace('scrapeInterval: 1m', 'scrapeInterval: 1s'));
}

/** openWorld starts everything and waits until there is something to see. Documents are written as JSON, by path; more is copied from directories.
 *  It is a still world, in which nobody writes, unless somebody does in the test. */
export async function openWorld({ documents = {}, directories = [], environment = {}, still = true, patience = 60 } = {}) {
  const work = await mkdtemp(join(tmpdir(), 'perseid-ui-'));
  const running = [];
  const start = (name, command, args, stdio) => {
    const child = spawn(command, args, { stdio, env: { ...process.env, ...environment } });
    child.said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (child.said += data));
    child.on('error', (error) => (child.said += error.message));
    child.name = name;
    running.push(child);
    return child;
  };
  const close = async () => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(work, { recursive: true, force: true });
  };
  try {
    const [port, prometheusPort] = [await freePort(), await freePort()];
    const base = `http://127.0.0.1:${port}`;
    const prometheus = `http://127.0.0.1:${prometheusPort}`;
    const resources = join(work, 'resources');
    await copyDocuments(join(root, 'examples'), resources);
    for (const directory of directories) await copyDocuments(directory, join(resources, relative(dirname(directory), directory)));
    await aimed(join(resources, 'global/datasource-prometheus.yaml'), prometheus);
    for (const [path, document] of Object.entries(documents)) {
      await mkdir(dirname(join(resources, path)), { recursive: true });
      await writeFile(join(resources, path), JSON.stringify(document, null, 2).replaceAll(example, prometheus));
    }
    const server = ['serve', '--database', join(work, 'database'), '--web.listen-address', `127.0.0.1:${port}`, resources];
    start('perseid', join(root, 'bin/perseid'), server, ['ignore', 'pipe', 'pipe']);
    await until('the server is ready', patience, async () => (await fetch(`${base}/readyz`)).ok);
    const demo = start('demo', join(root, 'bin/demo'), ['-perseid', base, '-documents', join(resources, 'demo'), ...(still ? ['-still'] : [])], ['pipe', 'pipe', 'ignore']);
    const traffic = await until('the traffic begins', patience, () => demo.said.match(/http:\/\/(\S+)/)?.[1]);
    await writeFile(join(work, 'prometheus.yml'), JSON.stringify(scraping(`127.0.0.1:${port}`, `127.0.0.1:${prometheusPort}`, traffic)));
    start('prometheus', 'prometheus', [
      `--config.file=${join(work, 'prometheus.yml')}`, `--storage.tsdb.path=${join(work, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`, '--enable-feature=native-histograms', '--log.level=error',
    ], ['ignore', 'pipe', 'pipe']);
    const query = `${prometheus}/api/v1/query?query=` + encodeURIComponent('rate(demo_request_duration_seconds{operation="list"}[4s])');
    await until('Prometheus has scraped twice', patience, async () => (await (await fetch(query)).json()).data.result.length > 0);
    return { base, prometheus, resources, work, close, running };
  } catch (error) {
    const said = running.map((child) => `--- ${child.name}\n${child.said.slice(-2000)}`).join('\n');
    await close();
    throw new Error(`${error.message}\n${said}`, { cause: error });
  }
}

/** scraping is the configuration of Prometheus. YAML is a superset of JSON. */
function scraping(perseid, prometheus, demo) {
  const job = (job_name, target) => ({ job_name, static_configs: [{ targets: [target] }] });
  return { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [job('perseid', perseid), job('prometheus', prometheus), job('demo', demo)] };
}

/** missing says what is not installed, in a sentence; nothing if all is there. */
export async function missing() {
  const gone = [];
  for (const [program, args] of [[join(root, 'bin/perseid'), ['version']], ['prometheus', ['--version']], [chromium(), ['--version']]]) {
    await promisify(execFile)(program, args).catch((error) => error.code === 'ENOENT' && gone.push(program));
  }
  return gone.length ? `${gone.join(', ')}: not there. apt-get install -y --no-install-recommends chromium prometheus, and make ui build demo-program` : '';
}

/** chromium is the browser: Debian's, unless CHROMIUM names another. */
export const chromium = () => process.env.CHROMIUM ?? '/usr/bin/chromium';

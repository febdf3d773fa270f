// A world to look at: the real server with its pages over a copy of the examples, a real Prometheus that scrapes it, and the program of the
// demo, whose traffic and native histograms give every kind of panel something to draw.
import { cp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { root, startPrometheus, until } from './programs.mjs';
import { openServer } from './server.mjs';

/** copyDocuments copies documents only, as a directory source would find them. */
const copyDocuments = (from, to) => cp(from, to, { recursive: true, filter: (path) => !/\.[a-z]+$/.test(path) || /\.(yaml|json)$/.test(path) });

// The Prometheus of the examples. In every document the one of this world takes its place.
const example = 'http://localhost:9090';

/** openWorld starts everything and waits until there is something to see. Documents are written as JSON, by path; more is copied from directories.
 *  It is a still world, in which nobody writes, unless somebody does in the test. With `demo`, it is the Prometheus within the demo that answers, as
 *  under make demo: it is newer than Debian's, and knows functions that this one does not. */
export async function openWorld({ documents = {}, directories = [], environment = {}, still = true, demo: alone = false } = {}) {
  const server = await openServer({ environment: { PERSES_FRONTEND_EXPLORER_ENABLE: 'true', ...environment } });
  try {
    await copyDocuments(join(root, 'examples'), server.at('resources'));
    for (const directory of directories) await copyDocuments(directory, server.at('resources', basename(directory)));
    await server.start({ examples: 'resources' });
    const options = ['-perseid', server.base, '-documents', server.at('resources/demo'), ...(still ? ['-still'] : [])];
    const demo = await server.work.start(join(root, 'bin/demo'), options, /http:\/\/(\S+)\n/);
    const prometheus = alone ? demo.match[1] : await scraping(server, { perseid: server.address, demo: demo.match[1] });
    const aimed = (text) => text.replaceAll(example, `http://${prometheus}`).replace('scrapeInterval: 1m', 'scrapeInterval: 1s');
    const own = await readFile(server.at('resources/global/datasource-prometheus.yaml'), 'utf8');
    await server.write({ 'resources/global/datasource-prometheus.yaml': aimed(own) });
    for (const [path, document] of Object.entries(documents)) await server.write({ [`resources/${path}`]: aimed(JSON.stringify(document, null, 2)) });
    const query = `http://${prometheus}/api/v1/query?query=` + encodeURIComponent('rate(demo_request_duration_seconds{operation="list"}[4s])');
    await until('Prometheus has scraped twice', async () => (await (await fetch(query)).json()).data.result.length > 0);
    await until('the datasource leads there', async () => {
      const { spec } = await server.api('/api/v1/globaldatasources/prometheus');
      return JSON.stringify(spec).includes(prometheus);
    });
    for (const document of Object.values(documents)) await until(`${document.metadata.name} is served`, () => served(server, document));
    return Object.assign(server, { prometheus });
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** scraping is the address of a real Prometheus that scrapes targets, by the name of their job. */
function scraping(server, targets) {
  const jobs = Object.entries(targets).map(([job_name, target]) => ({ job_name, static_configs: [{ targets: [target] }] }));
  return startPrometheus(server.work, { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs });
}

function served(server, { kind, metadata: { name, project } }) {
  const path = project ? `/api/v1/projects/${project}/${kind.toLowerCase()}s/${name}` : `/api/v1/${kind.toLowerCase()}s/${name}`;
  return server.api(path);
}

// Puts the build where the server embeds it: each file compressed with brotli and gzip, and not as it is where both exist.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import { plugins } from '../build/plugins.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const from = at('../dist');
const to = at('../../internal/webui/dist');
const placeholder = 'unbuilt.html';

const texts = /\.(js|css|svg|json|txt)$/;
// Every browser that runs our JavaScript takes woff2; the page is small, and written into by the server.
const left = /\.woff$|^\.vite\//;
const worthwhile = 1024;

function clean() {
  for (const name of readdirSync(to)) if (name !== placeholder) rmSync(join(to, name), { recursive: true });
}

async function pack(path) {
  const name = relative(from, path);
  if (left.test(name)) return;
  mkdirSync(dirname(join(to, name)), { recursive: true });
  const data = readFileSync(path);
  if (!texts.test(name) || data.length < worthwhile) {
    copyFileSync(path, join(to, name));
    return;
  }
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } };
  writeFileSync(join(to, `${name}.br`), await promisify(brotliCompress)(data, quality));
  writeFileSync(join(to, `${name}.gz`), await promisify(gzip)(data, { level: 9 }));
}

clean();
const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
await Promise.all(files.map((entry) => pack(join(entry.parentPath ?? entry.path, entry.name))));
// The list is committed, so that a server built without Node tells the same.
writeFileSync(at('../../internal/webui/plugins.json'), `${JSON.stringify(plugins().map(({ resource }) => resource), null, 2)}\n`);

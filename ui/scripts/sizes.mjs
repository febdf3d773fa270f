// Adds up the JavaScript that a page loads, compressed with gzip, and fails where it is more than was promised.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'));
const entry = 'index.html';
const pluginChunks = Object.keys(manifest).filter((key) => /node_modules\/@perses-dev\/.+-plugin\//.test(key));

const light = 350;
const budgets = [
  { page: 'home', roots: ['src/home/page.tsx'], kB: light },
  { page: 'delivery', roots: ['page', 'source-page', 'documents-tab', 'changes-tab', 'history-tab', 'conflicts-page', 'resource-page'].map((name) => `src/delivery/${name}.tsx`), kB: light },
  // Any dashboard: one that needs every plugin.
  { page: 'dashboard', roots: ['src/dashboard/page.tsx', ...pluginChunks], kB: 1100 },
];

/** closure is every file that is loaded with a module before it can run. */
function closure(keys, seen = new Set()) {
  for (const key of keys) {
    const { file, imports = [] } = manifest[key] ?? fail(`${key} is not part of the build`);
    if (!seen.has(file)) closure(imports, seen.add(file));
  }
  return seen;
}

function fail(text) {
  console.error(`sizes: ${text}`);
  process.exit(1);
}

const size = (file) => gzipSync(readFileSync(dist + file)).length;
let over = false;
for (const { page, roots, kB } of budgets) {
  const files = [...closure([entry, ...roots])];
  const sum = files.reduce((bytes, file) => bytes + size(file), 0) / 1000;
  over ||= sum > kB;
  console.log(`${page.padEnd(10)} ${sum.toFixed(0).padStart(5)} kB of ${kB} kB gzip, ${files.length} files${sum > kB ? '   TOO MUCH' : ''}`);
}
if (over) process.exit(1);

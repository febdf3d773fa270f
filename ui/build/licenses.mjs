// The licences of the packages that end up in the build ask to go with it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const packageOf = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** licenses is a plugin of Vite: it writes licenses.txt, which names every package that a module of the build is from, with the text of its licence. */
export function licenses() {
  return {
    name: 'perseid-licenses',
    apply: 'build',
    generateBundle(_, bundle) {
      const directories = new Set();
      for (const chunk of Object.values(bundle)) {
        for (const id of chunk.moduleIds ?? []) {
          const match = packageOf.exec(id.replace(/^\0/, ''));
          if (match) directories.add(match[1]);
        }
      }
      // Fonts come in through style sheets, which are no modules of a chunk.
      const fonts = `${process.cwd()}/node_modules/@fontsource/lato`;
      if (existsSync(fonts)) directories.add(fonts);
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: [...directories].sort().map(entry).join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

function entry(directory) {
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
  const file = readdirSync(directory).find((one) => /^licen[cs]e(\.|$)/i.test(one));
  const by = typeof author === 'string' ? author : author?.name;
  const facts = [`${name} ${version}`, `License: ${license ?? 'see below'}`, by && `Author: ${by}`, homepage && `Home: ${homepage}`].filter(Boolean);
  return `${facts.join('\n')}\n${file ? `\n${readFileSync(`${directory}/${file}`, 'utf8').trim()}\n` : ''}`;
}

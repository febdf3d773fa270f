// Programs that tests run: started, waited for, and ended with whoever started them. All of it on loopback.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** perseid is the built program: PERSEID_BIN names another one. */
export const perseid = process.env.PERSEID_BIN ?? join(root, 'bin/perseid');

/** chromium is the browser: Debian's, unless CHROMIUM names another. */
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

const prometheus = process.env.PROMETHEUS ?? 'prometheus';

/** patience is how many seconds to wait for what should come at once: machines that test are busy. */
export const patience = 60;

/** wait resolves after so many milliseconds. */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** until calls a function until it gives something true, and gives that. What it throws is told only when time is up. */
export async function until(what, ask, seconds = patience) {
  let last;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(50)) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`not within ${seconds} seconds: ${what}${last ? ` (${last.message})` : ''}`, { cause: last });
}

/** workplace is a temporary directory with the programs that run in it. close() ends them, the last one first, and removes it. */
export async function workplace() {
  const path = await mkdtemp(join(tmpdir(), 'perseid-ui-'));
  const closers = [() => rm(path, { recursive: true, force: true })];
  return {
    path,
    /** start runs a program until its output has what `ready` looks for; with its match, and stop(). Standard input stays open as long as we live. */
    async start(command, args, ready, environment = {}) {
      const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said = (said + data).slice(-20_000)));
      child.on('error', (error) => (said += error.message));
      const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
      const stop = async () => {
        if (ended()) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      };
      closers.push(stop);
      const match = await until(`${command} says ${ready}`, () => ready.exec(said) ?? (ended() && { index: -1 })).catch((error) => ({ index: -1, error }));
      if (match.index < 0) throw new Error(`${command} ${args.join(' ')} did not start:\n${said}`, { cause: match.error });
      return { match, stop, pid: child.pid };
    },
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}

/** run runs the program to its end. */
export const run = (args) => promisify(execFile)(perseid, args);

/** startPrometheus starts a real Prometheus with a configuration, and gives its address. */
export async function startPrometheus(work, configuration) {
  const file = join(work.path, 'prometheus.yml');
  await writeFile(file, JSON.stringify(configuration)); // YAML is a superset of JSON
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${join(work.path, 'tsdb')}`, '--web.listen-address=127.0.0.1:0', '--enable-feature=native-histograms'];
  const { match } = await work.start(prometheus, args, /msg="?Listening on"? address=(\S+)/);
  await until('Prometheus is ready', async () => (await fetch(`http://${match[1]}/-/ready`)).ok);
  return match[1];
}

/** missing says in a sentence what is not installed; nothing if all is there. */
export async function missing() {
  const gone = [];
  for (const [program, version] of [[perseid, 'version'], [join(root, 'bin/demo'), '-h'], [prometheus, '--version'], [chromium, '--version']]) {
    await promisify(execFile)(program, [version]).catch((error) => error.code === 'ENOENT' && gone.push(program));
  }
  return gone.length ? `${gone.join(', ')}: not there. apt-get install -y --no-install-recommends chromium prometheus, and make ui build demo-program` : '';
}

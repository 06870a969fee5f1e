import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// ConsoleTest says how the program is started; by hand it is that of this checkout
const [PROGRAM, ...FIRST] = JSON.parse(process.env.TOWPATH_COMMAND ?? '["../towpath"]') as [string, ...string[]];
const ADDRESS = / at (https?:\/\/[^\s/]+)\/?; /;

/** A server of a project of a test's own, which the test may stop and start again. */
export class Server {
  url = '';
  token = '';
  private process: ChildProcess | null = null;
  private said = '';

  private constructor(readonly folder: string) {}

  /** Starts one over these files, after all has been built unless that is not wanted. */
  static async of(files: Record<string, string>, built = true): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), 'towpath-e2e-')));
    for (const [name, text] of Object.entries(files)) server.write(name, text);
    if (built && Object.keys(files).some((name) => name.startsWith('models/'))) server.run('run');
    await server.start();
    return server;
  }

  write(name: string, text: string) {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Does a command in the project. */
  run(...words: string[]): string {
    const done = spawnSync(PROGRAM, [...FIRST, '-C', this.folder, ...words], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${words.join(' ')}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  /** Starts it at the port that it had before. */
  async start() {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    this.said = '';
    const words = [...FIRST, '-C', this.folder, 'serve', '--port', port];
    const process = spawn(PROGRAM, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.process = process;
    await new Promise<void>((ready, failed) => {
      process.once('exit', () => failed(new Error(this.said)));
      process.stderr.on('data', (piece: Buffer) => {
        this.said += piece.toString();
        const address = ADDRESS.exec(this.said)?.[1];
        if (address === undefined) return;
        this.url = address;
        ready();
      });
    });
    this.token = readFileSync(join(this.folder, '.towpath/token'), 'utf8').trim();
  }

  /** Asks it to stop, and waits until it has. */
  async stop() {
    const { process } = this;
    if (process?.exitCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGTERM');
    await ended;
  }

  /** Stops it and removes its files. */
  async end() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

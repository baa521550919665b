import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Isolation } from '../options';
import { CONTAINER_ROOT, rewritePaths } from './container-paths';

/** The folder of the Python and shell files that stand in for a container image's own. */
export const TOOLKIT = join(__dirname, '..', 'container');

const run = promisify(execFile);

/** How one "container" sees its files. */
export interface ContainerView {
  /** What /opt/ml is called inside. */
  readonly base: string;
  /** Makes a text that names paths below /opt/ml fit. */
  rewrite(text: string): string;
  /** The command line that runs `command` with this view. */
  wrap(command: readonly string[]): string[];
}

/** Finds out once how this machine can give processes their /opt/ml. */
export class ContainerHost {
  private probed?: Promise<Isolation>;

  /** @param forced - skip the probe */
  constructor(private readonly forced?: Isolation) {}

  /** Private mounts (user and mount namespaces) when the kernel lets us have them, else rewritten paths. */
  isolation(): Promise<Isolation> {
    this.probed ??= this.forced === undefined ? probe() : Promise.resolve(this.forced);
    return this.probed;
  }

  /**
   * @param root - the folder on this machine that is /opt/ml for the container
   * @param network - false takes the network away, where private mounts are possible
   */
  async view(root: string, network: boolean): Promise<ContainerView> {
    if ((await this.isolation()) === 'rewrite') {
      return { base: root, rewrite: (text) => rewritePaths(text, root), wrap: (command) => [...command] };
    }
    return {
      base: CONTAINER_ROOT,
      rewrite: (text) => text,
      wrap: (command) => namespaceCommand(root, network, command),
    };
  }
}

function namespaceCommand(root: string, network: boolean, command: readonly string[]): string[] {
  return [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    ...(network ? [] : ['--net']),
    'sh',
    join(TOOLKIT, 'namespace.sh'),
    `${root}.mounts`,
    root,
    ...command,
  ];
}

async function probe(): Promise<Isolation> {
  const folder = await mkdtemp(join(tmpdir(), 'flywheel-probe-'));
  try {
    const root = join(folder, 'ml');
    await mkdir(root);
    await writeFile(join(root, 'here'), '');
    const [program, ...args] = namespaceCommand(root, false, ['test', '-f', `${CONTAINER_ROOT}/here`]);
    await run(program!, args, { timeout: 10_000 });
    return 'namespace';
  } catch {
    return 'rewrite';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import type { ImageCommands, ImageManifest } from '../options';

/** SageMaker's scikit-learn images, run by the virtual environment's Python and our own toolkit. */
export const DEFAULT_IMAGES: ImageManifest = {
  '*sagemaker-scikit-learn*': {
    train: ['{python}', '{toolkit}/train_toolkit.py'],
    serve: ['{python}', '{toolkit}/serve_toolkit.py'],
    programs: {
      python: '{python}',
      python3: '{python}',
      sh: 'sh',
      '/bin/sh': 'sh',
      bash: 'bash',
      '/bin/bash': 'bash',
    },
  },
};

/** What `{python}` and `{toolkit}` stand for. */
export interface Places {
  readonly python: string;
  readonly toolkit: string;
}

/** @throws Error that says how to map the image, when no pattern fits. */
export function commandsFor(image: string, manifest: ImageManifest): ImageCommands {
  const found = Object.entries(manifest).find(([pattern]) => matchesPattern(image, pattern));
  if (found === undefined) {
    throw new Error(
      `The laptop runtime has no local command for the image "${image}". Map it in the image manifest, for example ` +
        `{"images": {"*${lastName(image)}*": {"train": ["{python}", "train.py"], "serve": [...]}}}; known patterns: ` +
        Object.keys(manifest).join(', '),
    );
  }
  return found[1];
}

/** The command for `train` or `serve`. @throws Error when the manifest's entry has none. */
export function mainCommand(
  image: string,
  verb: 'train' | 'serve',
  manifest: ImageManifest,
  places: Places,
): string[] {
  const words = commandsFor(image, manifest)[verb];
  if (words === undefined) {
    throw new Error(`The image manifest's entry for "${image}" has no "${verb}" command`);
  }
  return words.map((word) => fill(word, places));
}

/**
 * The command for an entry point: its program is looked up among the image's, the rest stays.
 *
 * @throws Error naming the program when the image's entry does not know it.
 */
export function entryPointCommand(
  image: string,
  words: readonly string[],
  manifest: ImageManifest,
  places: Places,
): string[] {
  const programs = commandsFor(image, manifest).programs ?? {};
  const [program, ...rest] = words;
  const local = programs[program ?? ''];
  if (local === undefined) {
    throw new Error(
      `The image manifest's entry for "${image}" does not say what "${program}" is on this machine ` +
        `(known programs: ${Object.keys(programs).join(', ') || 'none'})`,
    );
  }
  return [fill(local, places), ...rest];
}

function matchesPattern(image: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(image);
}

function fill(word: string, { python, toolkit }: Places): string {
  return word.replaceAll('{python}', python).replaceAll('{toolkit}', toolkit);
}

function lastName(image: string): string {
  return image.split('/').at(-1)!.split(/[:@]/)[0]!;
}

/**
 * Puts a supervisor in front of a command, which passes signals on and ends it with the runtime. The toolkit's own
 * programs do both themselves.
 */
export function supervised(command: readonly string[], { python, toolkit }: Places): string[] {
  const ours = command[1]?.startsWith(`${toolkit}/`) ?? false;
  return ours ? [...command] : [python, `${toolkit}/supervise.py`, '--', ...command];
}

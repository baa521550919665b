import type { FileFormat } from '../validation/inspection';

/** Names of files that are tables, whatever is in them. */
const TABLES: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|tsv|tab|psv|txt)$/i, 'csv'],
  [/\.(jsonl|ndjson|jsonlines)$/i, 'json-lines'],
  [/\.(parquet|parq|pq)$/i, 'parquet'],
];

/** Names of files that are no tables, whatever is in them. */
const OPAQUE = new RegExp(
  `\\.(${[
    ...['png', 'jpe?g', 'gif', 'bmp', 'tiff?', 'webp', 'svg', 'ico', 'heic', 'dcm', 'nii'],
    ...['wav', 'mp3', 'flac', 'ogg', 'm4a', 'mp4', 'mov', 'avi', 'mkv', 'webm'],
    ...['zip', 'tar', 'tgz', 'bz2', 'xz', 'zst', '7z', 'rar', 'pdf', 'docx?', 'xlsx?', 'pptx?'],
    ...['npy', 'npz', 'pkl', 'pickle', 'pt', 'pth', 'onnx', 'h5', 'hdf5', 'safetensors', 'tfrecord', 'model'],
    ...['avro', 'orc', 'arrow', 'feather', 'md', 'rst', 'html?', 'xml', 'ya?ml', 'toml', 'ini', 'cfg', 'log'],
    ...['py', 'r', 'sql', 'sh', 'ipynb', 'tex', 'css', 'js', 'ts'],
  ].join('|')})$`,
  'i',
);

/** What the name of a file says of its format, an ending `.gz` aside; undefined when only its content can tell. */
export function formatOfKey(key: string): FileFormat | undefined {
  const name = key.replace(/\.gz$/i, '');
  const table = TABLES.find(([pattern]) => pattern.test(name));
  if (table !== undefined) return table[1];
  return OPAQUE.test(name) ? 'opaque' : undefined;
}

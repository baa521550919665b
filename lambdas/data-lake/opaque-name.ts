/** Endings of names of files that hold no table, whatever is in them. */
const OPAQUE: ReadonlySet<string> = new Set([
  ...['avi', 'bmp', 'flac', 'gif', 'heic', 'jpeg', 'jpg', 'mov', 'mp3', 'mp4', 'ogg', 'png', 'svg', 'tif'],
  ...['tiff', 'wav', 'webm', 'webp'],
  ...['7z', 'bin', 'bz2', 'rar', 'tar', 'tgz', 'xz', 'zip', 'zst'],
  ...['ckpt', 'h5', 'npy', 'npz', 'onnx', 'pickle', 'pkl', 'pt', 'pth', 'safetensors', 'tfrecord'],
  ...['avro', 'doc', 'docx', 'html', 'orc', 'pdf', 'xlsx', 'xml'],
]);

/** Whether the name alone says that a file holds no table that could be checked, so that it need not be read. */
export function isOpaqueName(key: string): boolean {
  const dot = key.lastIndexOf('.');
  return dot > key.lastIndexOf('/') && OPAQUE.has(key.slice(dot + 1).toLowerCase());
}

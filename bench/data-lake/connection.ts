export const BUCKET = 'lake';
export const REMOTE = 'dvc';
export const TABLE = 'catalog';
export const CREDENTIALS = { accessKeyId: '123456789012', secretAccessKey: 'test' };
export const REGION = 'us-east-1';

/** How clients reach the emulator. */
export const connection = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: CREDENTIALS,
  forcePathStyle: true,
});

import { gzipSync } from 'node:zlib';

const MB = 1024 * 1024;

/** A file that is made while it is read, so that it takes no memory itself. */
export interface Source {
  readonly key: string;
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array>;
}

async function* repeated(chunk: Buffer, times: number, first = Buffer.alloc(0)): AsyncGenerator<Uint8Array> {
  yield first;
  for (let i = 0; i < times; i += 1) yield Buffer.from(chunk);
}

function wide(columns: number, rows: number): AsyncGenerator<Uint8Array> {
  return (async function* () {
    yield Buffer.from(`${Array.from({ length: columns }, (_, i) => `column_${i}`).join(',')}\n`);
    for (let row = 0; row < rows; row += 1) {
      const fields = Array.from({ length: columns }, (_, i) =>
        i % 3 === 0 ? `v${(row * i) % 977}` : row * 0.37 + i,
      );
      yield Buffer.from(`${fields.join(',')}\n`);
    }
  })();
}

function distinct(megabytes: number): AsyncGenerator<Uint8Array> {
  return (async function* () {
    yield Buffer.from('id,name,value\n');
    for (let at = 0, bytes = 0; bytes < megabytes * MB; ) {
      const rows: string[] = [];
      for (const end = at + 2000; at < end; at += 1) rows.push(`${at},name number ${at * 7},${at * 0.001}`);
      const chunk = Buffer.from(`${rows.join('\n')}\n`);
      bytes += chunk.length;
      yield chunk;
    }
  })();
}

function distinctJson(megabytes: number): AsyncGenerator<Uint8Array> {
  return (async function* () {
    for (let at = 0, bytes = 0; bytes < megabytes * MB; ) {
      const rows: string[] = [];
      for (const end = at + 2000; at < end; at += 1)
        rows.push(JSON.stringify({ id: at, name: `n${at}`, value: at / 7 }));
      const chunk = Buffer.from(`${rows.join('\n')}\n`);
      bytes += chunk.length;
      yield chunk;
    }
  })();
}

const x64k = Buffer.alloc(64 * 1024, 'x');
const bombMember = () => gzipSync(Buffer.alloc(16 * MB, 'aaaaaaa,b\n'));

/** What must be read within the bound. */
export const SOURCES: Readonly<Record<string, Source>> = {
  'a long file of different rows': { key: 'a.csv', size: 150 * MB, chunks: () => distinct(150) },
  'a long file of JSON Lines': { key: 'a.jsonl', size: 60 * MB, chunks: () => distinctJson(60) },
  'ten thousand columns': { key: 'a.csv', size: 40 * MB, chunks: () => wide(10_000, 300) },
  'a line of 100 MB': {
    key: 'a.csv',
    size: 100 * MB,
    chunks: () => repeated(x64k, 1600, Buffer.from('a,b\n1,')),
  },
  'a header of 100 MB': {
    key: 'a.csv',
    size: 100 * MB,
    chunks: () => repeated(Buffer.alloc(64 * 1024, 'a,'), 1600),
  },
  'a row of 100 MB of fields': {
    key: 'a.csv',
    size: 100 * MB,
    chunks: () => repeated(Buffer.alloc(64 * 1024, '1,'), 1600, Buffer.from('a,b\n')),
  },
  'a quote that is not closed': {
    key: 'a.csv',
    size: 100 * MB,
    chunks: () => repeated(Buffer.from('1,2\n'.repeat(16_384)), 1600, Buffer.from('a,b\n"1,')),
  },
  'a JSON line of 100 MB': {
    key: 'a.jsonl',
    size: 100 * MB,
    chunks: () => repeated(x64k, 1600, Buffer.from('{"a":"')),
  },
  'a gzip bomb': { key: 'a.csv.gz', size: 17_000 * 64, chunks: () => repeated(bombMember(), 64) },
  'zero bytes': { key: 'a.csv', size: 100 * MB, chunks: () => repeated(Buffer.alloc(64 * 1024), 1600) },
};

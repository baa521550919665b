import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, parseArtifactUri } from '../../../lambdas/registry/mlflow-api/artifacts/artifact-uri';
import { safeFolder, safePath } from '../../../lambdas/registry/mlflow-api/artifacts/safe-path';

const UNSAFE = [
  '',
  '/etc/passwd',
  '../secret',
  'a/../../b',
  'a/..',
  './a',
  'a//b',
  'a/',
  '%2e%2e/secret',
  '%252e%252e/secret',
  '%25252e%25252e%25252fsecret',
  'a%2f..%2fb',
  '..%5csecret',
  'a\\..\\b',
  'a#b',
  'a%23b',
  'a?b',
  'a%3Fb',
  'a\u0000b',
  'a%00b',
  'a\nb',
  'C:\\windows',
  'c:/windows',
  'file:///etc/passwd',
  'file:etc',
  'http://example.com/x',
  's3://bucket/key',
];

describe('the path of an artifact', () => {
  it.each(UNSAFE)('is refused: %j', (path) => {
    expect(() => safePath(path)).toThrow(expect.objectContaining({ errorCode: 'INVALID_PARAMETER_VALUE' }));
  });

  it.each([
    'model/MLmodel',
    'a b/ünï cødé.txt',
    'a..b',
    '...',
    '100%',
    'x%zz',
    'loss:0.5.json',
    '<img onerror=1>',
  ])('is taken as it is: %j', (path) => {
    expect(safePath(path)).toBe(path);
  });

  it('stays below its folder however often it is decoded', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%252e',
      '/',
      '%2f',
      '%5c',
      '\\',
      'a',
      'b',
      '%25',
      '2e',
      ':',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        let path = pieces.join('');
        try {
          safePath(path);
        } catch {
          return;
        }
        for (let times = 0; times < 8; times += 1) {
          const joined = posix.join('/root', path.replaceAll('\\', '/'));
          expect(joined.startsWith('/root/')).toBe(true);
          try {
            path = decodeURIComponent(path);
          } catch {
            return;
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('of a folder may be empty, and end with one slash', () => {
    expect([safeFolder(undefined), safeFolder(''), safeFolder('a/b/')]).toEqual(['', '', 'a/b']);
    expect(() => safeFolder('a//')).toThrow('Invalid path');
  });
});

describe('the location of artifacts', () => {
  it('is taken apart', () => {
    expect(parseArtifactUri('s3://bucket/a/b/')).toEqual({ scheme: 's3', authority: 'bucket', path: 'a/b' });
    expect(parseArtifactUri('mlflow-artifacts:/1/r')).toEqual({
      scheme: 'mlflow-artifacts',
      authority: '',
      path: '1/r',
    });
    expect(parseArtifactUri('file:///tmp/a%20b').path).toBe('tmp/a b');
    expect(parseArtifactUri('/tmp/a b')).toEqual({ scheme: 'file', authority: '', path: 'tmp/a b' });
  });

  it.each([
    'bucket/key',
    '',
    's3://bucket/../other',
    's3://bucket/a/%2e%2e/b',
    's3://bucket/a?x=1',
    's3://bucket/a#b',
    's3://bucket#x/a',
    'file:///tmp/%2e%2e/etc',
    'https://user:pass@host\\x/a',
  ])('is refused: %j', (uri) => {
    expect(() => parseArtifactUri(uri)).toThrow(
      expect.objectContaining({ errorCode: 'INVALID_PARAMETER_VALUE' }),
    );
  });

  it('is within another by whole segments, of the same bucket and scheme', () => {
    expect(isWithin('s3://b/1/r/artifacts/model', 's3://b/1/r/artifacts')).toBe(true);
    expect(isWithin('s3://b/1/r/artifacts', 's3://b/1/r/artifacts')).toBe(true);
    expect(isWithin('s3://b/1/r/artifacts-2', 's3://b/1/r/artifacts')).toBe(false);
    expect(isWithin('s3://c/1/r/artifacts', 's3://b/1/r/artifacts')).toBe(false);
    expect(isWithin('file:///1/r/artifacts', 's3://b/1/r/artifacts')).toBe(false);
    expect(isWithin('s3://b/anything', 's3://b')).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { refusal } from '../../local/runtime/guard';

describe('the guard', () => {
  it.each([
    '127.0.0.1:4566',
    '127.0.0.1',
    'localhost:4566',
    '[::1]:4566',
    'bucket.localhost:4566',
    'a1.execute-api.localhost',
  ])('serves requests for %s', (host) => {
    expect(refusal({ host })).toBeUndefined();
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:4566',
    '10.0.0.1:4566',
    'evil.example:4566',
    '',
  ])('refuses requests for "%s", which a rebound DNS name sends', (host) => {
    expect(refusal({ host })).toContain(`Host "${host}" is not this machine`);
  });

  it('refuses requests without a Host', () => {
    expect(refusal({})).toContain('is not this machine');
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://localhost'])(
    'refuses pages of %s',
    (origin) => {
      expect(refusal({ host: 'localhost:4566', origin })).toContain(`Origin "${origin}" is foreign`);
    },
  );

  it.each(['http://localhost:3000', 'http://127.0.0.1:4566', 'https://app.localhost'])(
    'serves pages of %s',
    (origin) => {
      expect(refusal({ host: 'localhost:4566', origin })).toBeUndefined();
    },
  );

  it('refuses images and links of foreign pages, which carry no Origin', () => {
    const host = '127.0.0.1:4566';
    expect(refusal({ host, 'sec-fetch-site': 'cross-site' })).toContain('web pages must not reach');
    expect(refusal({ host, 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(refusal({ host, 'sec-fetch-site': 'none' })).toBeUndefined();
  });
});

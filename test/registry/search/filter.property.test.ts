import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseExperimentFilter } from '../../../lambdas/registry/search/filter/experiments';
import { tokens } from '../../../lambdas/registry/search/filter/lexer';
import { likeMatcher } from '../../../lambdas/registry/search/filter/like';
import { parseLoggedModelFilter } from '../../../lambdas/registry/search/filter/logged-models';
import { parseModelFilter, parseVersionFilter } from '../../../lambdas/registry/search/filter/registry';
import { parseRunFilter } from '../../../lambdas/registry/search/filter/runs';
import { MAX_LENGTH } from '../../../lambdas/registry/search/filter/statement';
import { compareText } from '../../../lambdas/registry/search/filter/tests';
import {
  experimentOrder,
  modelOrder,
  runOrder,
  versionOrder,
} from '../../../lambdas/registry/search/order/fields';
import { decodePageToken } from '../../../lambdas/registry/search/page-token';
import { InvalidParameterError } from '../../../lambdas/registry/tracking/errors';

vi.setConfig({ testTimeout: 120_000 });

const PIECES =
  "metrics.a params.`b c` tags.\"d\" run_id name version_number = != <> < <= LIKE ilike NOT IN IS NULL AND OR 'x' \"y\" `z` ('a', ('a') ) ( [ ] 1 -2.5 1e5 .5 0x1 . , ; -- /* * ? %s :a $1 @b #c \\ ' \" ` timestamp DESC \u{1f600} \ud800 \0".split(
    ' ',
  );
const soup = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 12,
    })
    .map((pieces) => pieces.join(' ')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

function onlyTypedErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidParameterError);
    expect((error as InvalidParameterError).errorCode).toBe('INVALID_PARAMETER_VALUE');
  }
}

describe('whatever a client sends', () => {
  it.each([
    ['filters of runs', parseRunFilter],
    ['filters of experiments', parseExperimentFilter],
    ['filters of registered models', parseModelFilter],
    ['filters of model versions', parseVersionFilter],
    ['filters of logged models', parseLoggedModelFilter],
    ['orders of runs', (text: string) => runOrder([text])],
    ['orders of experiments', (text: string) => experimentOrder([text])],
    ['orders of registered models', (text: string) => modelOrder([text])],
    ['orders of model versions', (text: string) => versionOrder([text])],
    ['page tokens', (text: string) => decodePageToken(text, 'digest', [true])],
  ])('%s are read, or refused with INVALID_PARAMETER_VALUE', (_, parse) => {
    fc.assert(
      fc.property(soup, (text) => onlyTypedErrors(() => parse(text))),
      { numRuns: 2000 },
    );
  });

  it('no character of a filter is lost or read twice', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const joined = tokens(text)
          .map((token) => token.text)
          .join('');
        expect(joined).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('the longest filter is read or refused within seconds of the processor, and a longer one refused', () => {
    const hostile = [
      'a ',
      "'",
      '`',
      '(',
      'a.',
      '/*',
      "a='b' ",
      'DESC ',
      '- ',
      '[',
      '12',
      'NOT ',
      "''",
      '"a" ',
    ];
    for (const piece of hostile) {
      const text = piece.repeat(Math.floor(MAX_LENGTH / piece.length));
      const began = process.cpuUsage();
      onlyTypedErrors(() => parseRunFilter(text));
      onlyTypedErrors(() => runOrder([text]));
      const { user } = process.cpuUsage(began);
      expect(user / 1_000_000, piece).toBeLessThan(5);
    }
    expect(() => parseRunFilter(' '.repeat(MAX_LENGTH + 1))).toThrow('At most 200000 are allowed');
  });
});

/** LIKE as the standard defines it, letter by letter. */
function like(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '%') return like(text, rest) || (text.length > 0 && like(text.slice(1), pattern));
  return text.length > 0 && (first === '_' || first === text[0]) && like(text.slice(1), rest);
}

describe('LIKE', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '%', '_', '\\', '\n', '\u{1f600}', '.', '*');
  const word = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''));

  it('is SQL’s: % for any characters, _ for one, everything else for itself', () => {
    fc.assert(
      fc.property(word, word, (text, pattern) => {
        expect(likeMatcher(pattern, false)(text)).toBe(like([...text], [...pattern]));
      }),
      { numRuns: 5000 },
    );
  });

  it('becomes ILIKE when the case of letters does not count', () => {
    fc.assert(
      fc.property(word, word, (text, pattern) => {
        const wanted = like([...text.toLowerCase()], [...pattern.toLowerCase()]);
        expect(likeMatcher(pattern, true)(text)).toBe(wanted);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('texts', () => {
  it('are sorted by the bytes of their UTF-8', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const wanted = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareText(a, b))).toBe(wanted);
      }),
      { numRuns: 5000 },
    );
  });
});

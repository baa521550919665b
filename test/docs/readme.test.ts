import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '..', '..');

/** The TypeScript examples of a Markdown page. */
function examples(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

/** What the compiler says of a source that imports `cdk-flywheel` as a user does. */
function complaints(source: string): string[] {
  const file = join(ROOT, 'example.ts');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const settings: ts.CompilerOptions = {
    ...options,
    noUnusedLocals: false,
    paths: { 'cdk-flywheel': [join(ROOT, 'lib', 'index.ts')] },
  };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === file
      ? ts.createSourceFile(name, source, version)
      : getSourceFile.call(host, name, version, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  const program = ts.createProgram([file], settings, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the examples of the README', () => {
  const found = examples('README.md');

  it('are there', () => {
    expect(found.length).toBeGreaterThan(0);
  });

  it.each(found.map((code, index) => [index + 1, code]))(
    'number %i compiles against the public API',
    (_, code) => {
      expect(complaints(String(code))).toEqual([]);
    },
    60_000,
  );

  it('would not pass if they used what does not exist', () => {
    expect(complaints("import { Nothing } from 'cdk-flywheel';\nnew Nothing();\n")).not.toEqual([]);
  }, 60_000);
});

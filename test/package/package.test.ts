import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyApp, pack, synth, type Tarball, write } from './pack';

const ROOT = join(__dirname, '..', '..');
const MAXIMUM_BYTES = 6 * 1024 * 1024;

const WHOLE_WHEEL = `
const { App, Stack } = require('aws-cdk-lib');
const { Flywheel, TrainingCode } = require('cdk-flywheel');

const app = new App();
const stack = new Stack(app, 'Whole');
new Flywheel(stack, 'Model', {
  modelName: 'a-model',
  code: TrainingCode.fromDirectory('model'),
  target: 'late',
});
app.synth();
`;

const ONE_AREA = `
const { App, Stack } = require('aws-cdk-lib');
const { DataLake } = require('cdk-flywheel');

const app = new App();
new DataLake(new Stack(app, 'Alone'), 'Lake');
app.synth();
`;

const TYPED_APP = `
import { App, Duration, Stack } from 'aws-cdk-lib';
import { DataLake, type IDataLake, ModelRegistry } from 'cdk-flywheel';

const stack = new Stack(new App(), 'Typed');
const lake: IDataLake = new DataLake(stack, 'Lake', { quietPeriod: Duration.minutes(1) });
export const names: string[] = [lake.bucket.bucketName, new ModelRegistry(stack, 'Registry').table.tableName];
`;

interface Assembly {
  readonly Resources: Record<string, { Type: string }>;
}

const template = (assembly: string, stack: string): Assembly =>
  JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8'));
const typesIn = ({ Resources }: Assembly) => new Set(Object.values(Resources).map(({ Type }) => Type));

let tarball: Tarball;
let app: string;

beforeAll(() => {
  tarball = pack();
  app = emptyApp(tarball);
  write(app, {
    'whole.js': WHOLE_WHEEL,
    'alone.js': ONE_AREA,
    'typed.ts': TYPED_APP,
    'model/train.py': 'print("train")\n',
    'model/inference.py': 'def model_fn(folder):\n    return None\n',
  });
});

describe('the package', () => {
  test('holds compiled constructs with their types, every bundled handler, and the command', () => {
    const { functions } = JSON.parse(readFileSync(join(ROOT, 'assets', 'manifest.json'), 'utf8'));
    const handlers = Object.keys(functions).map((name) => `dist/npm/assets/lambdas/${name}/index.js`);
    expect(handlers.length).toBeGreaterThan(10);
    expect(tarball.files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        '.jsii',
        'cli/bin.cjs',
        'dist/npm/cli/flywheel.js',
        'dist/npm/lib/index.js',
        'dist/npm/lib/index.d.ts',
        ...handlers,
      ]),
    );
  });

  test('holds no sources, no maps, no tests, and nothing of a checkout', () => {
    const own = tarball.files.filter((path) => !path.startsWith('node_modules/'));
    const unwanted = own.filter(
      (path) =>
        (path.endsWith('.ts') && !path.endsWith('.d.ts')) ||
        path.endsWith('.map') ||
        /(^|\/)(test|lambdas\/[^/]+\.ts|\.venv|cdk\.out|\.flywheel)(\/|$)/.test(path.replace('assets/', '')),
    );
    expect(unwanted.filter((path) => !path.startsWith('dist/npm/assets/lambdas/'))).toEqual([]);
    expect(tarball.bytes).toBeLessThan(MAXIMUM_BYTES);
  });

  test('keeps to what npm and Node.js expect of a package', () => {
    const publint = join(ROOT, 'node_modules', '.bin', 'publint');
    const { stdout, status } = spawnSync(publint, ['run', tarball.file, '--level', 'error'], {
      encoding: 'utf8',
    });
    expect(stdout).not.toMatch(/^Errors:/m);
    expect(status).toBe(0);
  });

  test('offers to jsii what it exports', () => {
    const { types } = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));
    const offered = Object.values(types as Record<string, { name: string }>).map(({ name }) => name);
    expect(offered).toEqual(
      expect.arrayContaining([
        ...['Flywheel', 'DataLake', 'ModelRegistry', 'TrainingPipeline', 'ModelEndpoint', 'ModelMonitor'],
        ...['IDataLake', 'IModelRegistry', 'IModelEndpoint', 'FlywheelProps', 'TrafficShift', 'TrainingCode'],
      ]),
    );
    const exported = Object.keys(require(join(ROOT, 'dist', 'npm', 'lib', 'index.js')));
    expect(exported.filter((name) => !offered.includes(name))).toEqual([]);
  });
});

describe('an empty CDK app with the package, without esbuild and Docker', () => {
  test('has nothing to bundle with', () => {
    expect(
      readdirSync(join(app, 'node_modules')).filter((name) => /esbuild|typescript|tsx/.test(name)),
    ).toEqual([]);
  });

  test('synthesises the whole wheel, with the handlers as they were bundled', () => {
    const assembly = synth(app, 'whole.js');
    expect(typesIn(template(assembly, 'Whole'))).toEqual(
      new Set([
        ...typesIn(template(assembly, 'Whole')),
        'AWS::StepFunctions::StateMachine',
        'AWS::Lambda::Function',
      ]),
    );
    const { functions } = JSON.parse(readFileSync(join(ROOT, 'assets', 'manifest.json'), 'utf8'));
    const shipped = readdirSync(assembly, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('index.js'))
      .map((path) => readFileSync(join(assembly, path)).length);
    // The login is for MLflow's web UI, which is off unless somebody asks for it.
    const bundled = Object.entries(functions as Record<string, { bytes: number }>)
      .filter(([name]) => name !== 'registry/ui-login')
      .map(([, { bytes }]) => bytes);
    expect(shipped.sort()).toEqual(bundled.sort());
  });

  test('synthesises one area alone', () => {
    const types = typesIn(template(synth(app, 'alone.js'), 'Alone'));
    expect(types.has('AWS::S3::Bucket')).toBe(true);
    expect(types.has('AWS::StepFunctions::StateMachine')).toBe(false);
  });

  test('type-checks a program in TypeScript', () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'node16', 'typed.ts'];
    const { stdout } = spawnSync(process.execPath, [tsc, ...options], { cwd: app, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test('runs the command', () => {
    const command = join(app, 'node_modules', '.bin', 'flywheel');
    const help = execFileSync(command, ['--help'], { cwd: app, encoding: 'utf8' });
    expect(help).toContain('flywheel');
  });
});

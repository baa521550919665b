import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { projectPython } from '../../../local/runtime/python';
import type { TestRuntime } from './runtime';

/** Creates a Lambda function from the source of its index.js and returns its ARN. */
export async function createFunction(
  runtime: TestRuntime,
  name: string,
  source: string,
  options: { timeout?: number; environment?: Record<string, string> } = {},
): Promise<string> {
  const lambda = new LambdaClient(runtime.client);
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/function',
      Timeout: options.timeout ?? 10,
      Environment: { Variables: options.environment ?? {} },
      Code: { ZipFile: zipped('index.js', source) },
    }),
  );
  return FunctionArn!;
}

function zipped(name: string, content: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'flywheel-function-'));
  try {
    writeFileSync(join(folder, name), content);
    execFileSync(projectPython(), ['-m', 'zipfile', '-c', 'code.zip', name], { cwd: folder });
    return readFileSync(join(folder, 'code.zip'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

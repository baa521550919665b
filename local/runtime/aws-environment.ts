import { dirname } from 'node:path';
import { LAPTOP } from './laptop';

/** Variables that tell AWS tools whom they work for: none of the caller's may reach the laptop runtime, or AWS itself. */
const FOREIGN = /^(AWS_|CDK_|AMAZON_)/;

/**
 * The environment of a tool that works against a laptop runtime: the caller's without its AWS settings, and with
 * credentials that are no secret.
 */
export function awsEnvironment(
  endpointUrl: string,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(base).filter(([name]) => !FOREIGN.test(name)));
  return {
    ...own,
    PATH: [dirname(process.execPath), base.PATH ?? ''].join(':'),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: LAPTOP.region,
    AWS_DEFAULT_REGION: LAPTOP.region,
    // Files of the caller could name a proxy, a role or another endpoint.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DEFAULT_ACCOUNT: LAPTOP.accountId,
    CDK_DEFAULT_REGION: LAPTOP.region,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

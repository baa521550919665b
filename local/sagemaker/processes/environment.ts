import { delimiter, dirname } from 'node:path';

/** What the container's process needs to know of the world around it. */
export interface Surroundings {
  readonly python: string;
  readonly region: string;
  readonly accountId: string;
  /** Where AWS answers; undefined for a container without network. */
  readonly endpointUrl?: string;
  /** What /opt/ml is called inside. */
  readonly base: string;
  /** PATH and the like of this machine. */
  readonly host: NodeJS.ProcessEnv;
}

const FROM_HOST = ['LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot'];

/**
 * The whole environment of a container: little of this machine's (no credentials or proxies), the region, the
 * credentials of the laptop's account when there is a network, and what the request sets.
 */
export function containerEnvironment(
  around: Surroundings,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = FROM_HOST.flatMap((name) => {
    const value = around.host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const aws: Record<string, string> =
    around.endpointUrl === undefined
      ? {}
      : {
          AWS_ENDPOINT_URL: around.endpointUrl,
          AWS_ACCESS_KEY_ID: around.accountId,
          AWS_SECRET_ACCESS_KEY: 'local',
        };
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(around.python), around.host.PATH ?? '/usr/bin:/bin'].join(delimiter),
    HOME: around.base,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_REGION: around.region,
    AWS_DEFAULT_REGION: around.region,
    ...aws,
    ...own,
    SAGEMAKER_BASE_DIR: around.base,
  };
}

import { AwsV4Signer } from 'aws4fetch';
import type { Context } from '../context';
import { UserError } from '../errors';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * The ARN of whoever runs the command: what the audit trail names.
 *
 * @throws UserError when AWS does not know the credentials.
 */
export async function callerIdentity(context: Context): Promise<string> {
  const { region, endpointUrl } = context;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const signer = new AwsV4Signer({
    ...(await context.credentials()),
    service: 'sts',
    region,
    url: endpointUrl ?? `https://sts.${region}.${suffix}/`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: BODY,
  });
  const { url, method, headers } = await signer.sign();
  const answer = await fetch(url, { method, headers, body: BODY });
  const text = await answer.text();
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(text)?.[1];
  if (answer.ok && arn !== undefined) return arn;
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1] ?? text.slice(0, 200);
  throw new UserError(`AWS does not say who you are (${answer.status}): ${message}`, 'credentials');
}

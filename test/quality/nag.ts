import { AwsSolutionsChecks } from 'cdk-nag';
import type { Finding } from './ledger';
import type { Synthesised } from './synthesise';

/** CDK ends every logical id with 8 hex digits of its path; without them a finding reads the same in each app. */
const withoutHashes = (finding: string) =>
  finding.replace(/(<[A-Za-z0-9]+?)[0-9A-F]{8}(?=[.>])|("Ref":"[A-Za-z0-9]+?)[0-9A-F]{8}(?=")/g, '$1$2');

/**
 * Every finding of cdk-nag's AwsSolutions pack on an app that has been synthesised, one per rule, detail and
 * construct. A rule that could not judge a resource is a finding too: its detail is `could not be evaluated`.
 */
export function nagFindings({ app }: Synthesised): Finding[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations
    .flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({
        finding: description.startsWith('Rule threw')
          ? `${ruleName} could not be evaluated`
          : withoutHashes(ruleName),
        at: constructPath ?? '',
      })),
    )
    .sort((a, b) => `${a.finding} ${a.at}`.localeCompare(`${b.finding} ${b.at}`));
}

import type { GatewayService } from '../../../local/runtime/gateway';
import type { ServiceRequest, ServiceResponse } from '../../../local/runtime/services';

interface Job {
  readonly request: Record<string, unknown>;
  polls: number;
  status: string;
}

/**
 * Jobs that end after a few looks, as their name says: `fail-*` Failed, `forever-*` never, `busy-*` refused for the
 * limit, `twice-*` refused when the name is taken; all others Completed.
 */
export class FakeSageMaker implements GatewayService {
  readonly jobs = new Map<string, Job>();
  readonly calls: string[] = [];

  async handle({ headers, body }: ServiceRequest): Promise<ServiceResponse | undefined> {
    const operation = headers['x-amz-target']!.split('.')[1]!;
    const request = JSON.parse(body.toString()) as Record<string, string>;
    const match = /^(Create|Describe|Stop)(TrainingJob|ProcessingJob)$/.exec(operation);
    if (match === null) {
      return refused('ValidationException', `${operation} is not in this fake`);
    }
    const name = request[`${match[2]}Name`]!;
    this.calls.push(`${match[1]} ${name}`);
    switch (match[1]) {
      case 'Create':
        return this.create(name, match[2]!, request);
      case 'Describe':
        return this.describe(name, match[2]!);
      default:
        this.jobs.get(name)!.status = 'Stopped';
        return { status: 200, body: '{}' };
    }
  }

  private create(name: string, kind: string, request: Record<string, unknown>): ServiceResponse {
    if (name.startsWith('busy')) {
      return refused('ResourceLimitExceeded', 'The account-level service limit is 0 Instances');
    }
    if (name.startsWith('bad')) {
      return refused('ValidationException', 'RoleArn is missing');
    }
    this.jobs.set(name, { request, polls: 0, status: 'InProgress' });
    return { status: 200, body: JSON.stringify({ [`${kind}Arn`]: `arn:job/${name}` }) };
  }

  private describe(name: string, kind: string): ServiceResponse {
    const job = this.jobs.get(name);
    if (job === undefined) {
      return refused('ValidationException', `Requested resource ${name} not found.`);
    }
    job.polls += 1;
    if (job.polls > 1 && job.status === 'InProgress' && !name.startsWith('forever')) {
      job.status = name.startsWith('fail') ? 'Failed' : 'Completed';
    }
    const failure =
      job.status === 'Failed' ? { FailureReason: 'AlgorithmError: ExecuteUserScriptError' } : {};
    const described = {
      [`${kind}Name`]: name,
      [`${kind}Status`]: job.status,
      CreationTime: 1_700_000_000.5,
      ...failure,
    };
    return { status: 200, body: JSON.stringify(described) };
  }
}

function refused(type: string, message: string): ServiceResponse {
  return { status: 400, body: JSON.stringify({ __type: type, message }) };
}

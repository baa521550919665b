import { EndpointStatus } from '@aws-sdk/client-sagemaker';

/** Every EndpointStatus that the pinned SDK knows. */
export const STATUSES: string[] = Object.values(EndpointStatus);

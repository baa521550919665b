import { Logger } from '@aws-lambda-powertools/logger';

/** One structured logger per function; the service name is set by the construct (POWERTOOLS_SERVICE_NAME). */
export const logger = new Logger();

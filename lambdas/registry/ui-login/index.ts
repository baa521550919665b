import { randomBytes } from 'node:crypto';
import { UiEnv } from '../../../lib/registry/ui-contract';
import { requireEnv } from '../../shared/env';
import { createLogin } from './handle';

export const handler = createLogin({
  issuer: requireEnv(UiEnv.ISSUER),
  clientId: requireEnv(UiEnv.CLIENT_ID),
  origin: requireEnv(UiEnv.ORIGIN),
  fetch,
  random: () => randomBytes(32),
});

import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** Charts of MLflow's UI make functions of text while they run, and its styles are made by scripts. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** An artifact is somebody's file: opened by itself it may run nothing here. */
const ARTIFACT_POLICY = ['sandbox', "default-src 'none'", "style-src 'unsafe-inline'", 'img-src data:'];

function headers(scope: Construct, id: string, policy: readonly string[]): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policy.join('; '), override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
  });
}

/** @internal */
export const pageHeaders = (scope: Construct): cloudfront.ResponseHeadersPolicy =>
  headers(scope, 'PageHeaders', PAGE_POLICY);
/** @internal */
export const artifactHeaders = (scope: Construct): cloudfront.ResponseHeadersPolicy =>
  headers(scope, 'ArtifactHeaders', ARTIFACT_POLICY);

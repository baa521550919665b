import { endpoint, raw } from '../endpoint';
import { json, text } from '../http';

/** For load balancers and people. */
export const health = raw(async () => text(200, 'OK'));

/**
 * The newest release whose API this server speaks without traces: 3.x clients send spans to `/v1/traces` when the
 * version is 3.4 or more, and fall back to what they can do without it when it is less.
 */
export const version = raw(async () => text(200, '3.3.2'));

/** What 3.x clients and the UI ask before they transfer artifacts or show a page. */
export const serverInfo = raw(async ({ service }) =>
  json(200, {
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
    multipart_uploads_enabled: false,
    multipart_downloads_enabled: false,
    artifact_serving_enabled: service.artifacts.proxied('') !== undefined,
    presigned_upload_run_id_supported: service.artifacts.presigns,
    presigned_upload_model_id_supported: service.artifacts.presigns,
    model_artifact_presigned_downloads_supported: false,
    features_enabled: { gateway: false, scheduled_issue_detection: false },
    tracking_auth: '',
    artifacts_presigned_only: false,
  }),
);

/** An answer without content, for what the UI asks of parts that this server does not have. */
export const empty = endpoint({}, async () => ({}));

/** The UI's own statistics are off. */
export const telemetryOff = raw(async () =>
  json(200, { disable_telemetry: true, disable_ui_telemetry: true }),
);

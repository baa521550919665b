import { SESSION_COOKIE, UiPath } from './ui-contract';

/**
 * Runs at CloudFront before the bucket is asked: who has no session logs in first, and the paths that MLflow's page
 * names become those of its build folder.
 *
 * @internal
 */
export const PAGES_FUNCTION = `function handler(event) {
  var request = event.request;
  if (request.uri === '/' || request.uri === '/index.html') {
    if (!request.cookies['${SESSION_COOKIE}']) {
      return {
        statusCode: 302,
        statusDescription: 'Found',
        headers: { location: { value: '${UiPath.LOGIN}' }, 'cache-control': { value: 'no-store' } },
      };
    }
    request.uri = '/index.html';
  } else if (request.uri.indexOf('/static-files/') === 0) {
    request.uri = request.uri.substring('/static-files'.length);
  }
  request.cookies = {};
  return request;
}
`;

/**
 * Runs before the API is asked: the session becomes the token by which API Gateway judges the request. What a viewer
 * sends as a token is dropped.
 *
 * @internal
 */
export const API_FUNCTION = `function handler(event) {
  var request = event.request;
  var session = request.cookies['${SESSION_COOKIE}'];
  delete request.headers.authorization;
  if (session) request.headers.authorization = { value: 'Bearer ' + session.value };
  request.cookies = {};
  return request;
}
`;

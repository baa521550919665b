/** What the login of the web UI and its handler agree on. @internal */
export const UiEnv = {
  /** OpenID Connect issuer whose tokens the API takes. */
  ISSUER: 'UI_ISSUER',
  CLIENT_ID: 'UI_CLIENT_ID',
  /** `https://<domain>` under which people see the UI. */
  ORIGIN: 'UI_ORIGIN',
} as const;

/** @internal */
export const UiPath = { LOGIN: '/login', CALLBACK: '/login/callback', LOGOUT: '/logout' } as const;

/** Holds the token once somebody is logged in; scripts cannot read it. @internal */
export const SESSION_COOKIE = '__Host-session';
/** Holds what the callback must match, for the minutes of a login. @internal */
export const LOGIN_COOKIE = '__Host-login';

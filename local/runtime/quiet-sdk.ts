/** Keeps the AWS SDK's notice about coming Node versions off the screen; it is the project's matter, not the user's. */
export function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

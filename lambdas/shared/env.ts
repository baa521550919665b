/**
 * The value of an environment variable that the construct must have set.
 *
 * @throws Error naming the variable when it is missing or empty.
 */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `Environment variable ${name} is not set; the construct that owns this function sets it.`,
    );
  }
  return value;
}

/** A time as CloudWatch writes it in JSON: `2022-11-08T11:26:05.399+0000`. */
export function jsonTime(at: Date): string {
  return at.toISOString().replace('Z', '+0000');
}

/** A time as CloudWatch writes it in an alarm's reason: `08/11/22 11:26:05`. */
export function reasonTime(at: Date): string {
  const [day, time] = at.toISOString().split('T') as [string, string];
  const [year, month, date] = day.split('-') as [string, string, string];
  return `${date}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

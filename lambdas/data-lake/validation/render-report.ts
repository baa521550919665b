import { isError, type Problem } from './problem';
import { type FileReport, problemLine, type Report } from './report';
import { asCell, visible } from './visible';

const MARK = { error: 'ERROR  ', warning: 'warning' } as const;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function section(title: string, problems: readonly Problem[]): string[] {
  const ordered = [...problems.filter(isError), ...problems.filter((found) => !isError(found))];
  return [
    title,
    ...ordered.map((found) => `  ${MARK[found.severity]} ${found.check}: ${problemLine(found)}`),
  ];
}

function titleOf({ key, rows, size, verdict }: FileReport): string {
  return `${asCell(key)}  ${verdict}, ${counted(rows, 'row')}, ${counted(size, 'byte')}`;
}

/**
 * A report for people to read: the drop first, then the files with errors, then those with warnings; what is sound is
 * only counted. Keys, names and values come from the files: nothing of them reaches a terminal as more than text.
 */
export function renderReport(report: Report): string {
  const {
    dataset,
    datasetVersion,
    status,
    createdAt,
    schemaUri,
    files,
    problems = [],
    filesLeftOut = 0,
  } = report;
  const withErrors = files.filter((file) => file.problems.some(isError));
  const withWarnings = files.filter((file) => file.problems.length > 0 && !file.problems.some(isError));
  const sound = files.length - withErrors.length - withWarnings.length;
  const head = [
    `${visible(dataset)} ${datasetVersion.slice(0, 12)}: ${status} at ${createdAt}`,
    `checked against ${visible(schemaUri)}`,
  ];
  const sections = [
    ...(problems.length > 0 ? [section('The drop as a whole', problems)] : []),
    ...[...withErrors, ...withWarnings].map((file) => section(titleOf(file), file.problems)),
    ...(sound > 0 ? [[`${counted(sound, 'file')} without problems`]] : []),
    ...(filesLeftOut > 0 ? [[`${counted(filesLeftOut, 'more file')} not listed`]] : []),
  ];
  return `${[head, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

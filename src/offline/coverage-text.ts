import type { LineShapes, LineShape } from './line-shapes.ts';
import type { LogReader } from './log-reader.ts';
import { coverageOf } from './report.ts';
import { amount, share } from './report-text.ts';

/** So many shapes are shown, the most frequent ones. */
const mostShown = 200;

/**
 * What share of the lines was understood, and the shapes of the others: YAML for `logs.patterns`
 * in the configuration, all the rest of it comments.
 */
export function coverageText(
  logs: readonly LogReader[],
  { shapes, otherLines }: LineShapes,
): string {
  const { lines, matched, ignored, unknown } = coverageOf(logs.map(({ counts }) => counts));
  const all = { matched, ignored, unknown };
  const shown = shapes.slice(0, mostShown);
  const hidden = shapes.slice(mostShown);
  const rest = hidden.reduce((sum, { count }) => sum + count, otherLines);
  return [
    `# ${amount(lines)} lines, ${share(all)} understood: ${amount(matched)} matched, ` +
      `${amount(ignored)} known to be of no interest, ${amount(unknown)} unknown`,
    ...logs.map((log) => `#   ${log.name}: ${amount(log.lines)} lines, ${share(log.counts)}`),
    ...(shown.length === 0
      ? []
      : ['#', '# Each shape with a code of your own: docs/configuration.md']),
    ...shown.flatMap((shape, index) => shapeText(shape, index + 1)),
    ...(rest === 0 ? [] : ['', `# ${amount(rest)} lines of other shapes, each of them rarer`]),
  ].join('\n');
}

function shapeText(shape: LineShape, number: number): readonly string[] {
  const { group, pattern, count, example, file, line } = shape;
  const head = ['', `# ${amount(count)} ${count === 1 ? 'line' : 'lines'}, first ${file}:${line}`];
  if (pattern === undefined) return [...head, `#   ${example}`, '# (no pattern would tell them)'];
  return [
    ...head,
    `#   ${example}`,
    `- code: unknown.shape_${number}`,
    ...(group === undefined ? [] : [`  group: ${group}`]),
    `  pattern: '${pattern.replaceAll("'", "''")}'`,
  ];
}

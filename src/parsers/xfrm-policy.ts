import type { XfrmPolicy, XfrmTemplate } from '../events/security-associations.ts';
import { type XfrmRecord, fieldsOf, numberOf, parseXfrmRecords, spiOf } from './xfrm-records.ts';

/** What `ip xfrm policy` printed. */
export interface XfrmPolicies {
  readonly policies: readonly XfrmPolicy[];
  /** Lines outside a record and records that are none. */
  readonly unknownLines: number;
}

/**
 * `ip [-s] [-o] xfrm policy`. The direction is `in`, `out`, `fwd`, or `socket in`, `socket out` for
 * the policies that let the daemon's own sockets pass.
 */
export function parseXfrmPolicies(text: string): XfrmPolicies {
  const { records, strayLines } = parseXfrmRecords(text);
  const policies = records.map(parsePolicy).filter((policy) => policy !== undefined);
  return { policies, unknownLines: strayLines + records.length - policies.length };
}

function parsePolicy({ head, lines }: XfrmRecord): XfrmPolicy | undefined {
  const selector = fieldsOf(head);
  const main = fieldsOf(lines.find((line) => /^(?:dir|socket) /.test(line)) ?? '');
  const details = fieldsOf(lines.filter((line) => /^(?:mark|if_id) /.test(line)).join(' '));
  const src = selector.get('src');
  const dst = selector.get('dst');
  const socket = main.get('socket');
  const direction = socket === undefined ? main.get('dir') : `socket ${socket}`;
  const priority = numberOf(main, 'priority');
  if (!src || !dst || !direction || priority === undefined) return undefined;
  return {
    src,
    dst,
    direction,
    action: main.get('action') ?? 'allow', // Without `-s` only `block` is printed.
    priority,
    protocol: selector.get('proto'),
    device: selector.get('dev'),
    ifId: numberOf(details, 'if_id'),
    mark: details.get('mark'),
    templates: parseTemplates(lines),
  };
}

/** `tmpl src A dst B`, then `proto esp spi … reqid N mode tunnel` on the next line. */
function parseTemplates(lines: readonly string[]): readonly XfrmTemplate[] {
  return lines.flatMap((line, index) => {
    if (!line.startsWith('tmpl ')) return [];
    const fields = fieldsOf(`${line.slice('tmpl '.length)} ${lines[index + 1] ?? ''}`);
    const src = fields.get('src');
    const dst = fields.get('dst');
    const protocol = fields.get('proto');
    const reqid = numberOf(fields, 'reqid');
    const mode = fields.get('mode');
    if (!src || !dst || !protocol || reqid === undefined || !mode) return [];
    const spi = spiOf(fields);
    // 00000000 stands for any SPI; without `-s` it is not printed.
    return [{ src, dst, protocol, spi: spi === '00000000' ? undefined : spi, reqid, mode }];
  });
}

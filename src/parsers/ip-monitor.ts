import { parseAddress, parseLinkLine } from './ip-link.ts';

/** What one line of `ip monitor` says. */
export type MonitorItem =
  | {
      readonly kind: 'link';
      readonly name: string;
      readonly up: boolean;
      readonly deleted: boolean;
    }
  | {
      readonly kind: 'address';
      readonly name: string;
      readonly address: string;
      readonly present: boolean;
    };

// Another namespace's lines, `[nsid 0]…`, are not about our links. With `-o` a record is one line,
// with backslashes for line ends; what follows the first is not wanted.
const prefixed =
  /^(?:\[[-0-9T:.]{10,40}\] )?(?:\[nsid current\])?(?:\[(?:LINK|ADDR)\])?(Deleted )?(\d+: [^\\]+)/;

/**
 * One line of `ip monitor link address`, also with `-o`, `-t`, `-ts`, `label`, `all-nsid`, and of
 * `ip monitor all`; undefined for lines that begin no record about a link or an address. Records
 * are not terminated, but all that matters stands on their first lines, so nothing is held back.
 *
 * `ip` keeps the names it has learnt: after a link was renamed, the lines about its addresses still
 * have the old name. Only a poll puts that right.
 */
export function parseMonitorLine(line: string): MonitorItem | undefined {
  const [, deletion, record] = prefixed.exec(line) ?? [];
  if (record === undefined) return undefined;
  const deleted = deletion !== undefined;
  const link = parseLinkLine(record);
  if (link) {
    // A port that leaves its bridge is reported as deleted, with its master: it is still there. By
    // the time that a link itself is deleted, it has none any more.
    const left = deleted && / master /.test(link.rest);
    return { kind: 'link', name: link.name, up: link.up, deleted: deleted && !left };
  }
  const [, name, rest] = /^\d+: (\S{1,64}) +(inet6? .*)$/.exec(record) ?? [];
  const found = rest === undefined ? undefined : parseAddress(rest);
  return name === undefined || found === undefined
    ? undefined
    : { kind: 'address', name, address: found.address, present: !deleted };
}

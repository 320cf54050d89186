import type { CommandConfig } from '../config/config.ts';
import { evidenceText } from '../events/evidence.ts';
import type { Evidence } from '../events/evidence.ts';
import { parseInterfaces } from '../parsers/ip-addr.ts';
import { parseStatusall } from '../parsers/statusall.ts';
import { parseXfrmPolicies } from '../parsers/xfrm-policy.ts';
import { parseXfrmStat } from '../parsers/xfrm-stat.ts';
import { parseXfrmStates } from '../parsers/xfrm-state.ts';
import type { Exec, ExecResult } from '../platform/exec.ts';
import type { Look } from './poller.ts';

/** Looks: each asks one thing of the host and says what was seen, or why nothing could be. */
export type LookAt = (at: number) => Promise<Look>;

/** 10,000 SAs print some 5 MB. */
const mostOutputBytes = 64 * 1024 * 1024;

function run(exec: Exec, { argv, timeoutMs }: CommandConfig): Promise<ExecResult> {
  return exec(argv, { timeoutMs, maxBytes: mostOutputBytes });
}

/** What a command said about its failure, for the operator. */
function complaint(argv: readonly string[], result: ExecResult): string {
  if (!result.ok) return result.detail;
  return ending(argv, result.status, result.stderr || result.stdout);
}

function ending(argv: readonly string[], status: number, text: string): string {
  const said = evidenceText(text.trim().slice(0, 200));
  return `${argv.join(' ')} ended with status ${status}${said === '' ? '' : `: ${said}`}`;
}

/** Messages of stroke when nobody listens at charon's socket (strongSwan src/stroke/stroke.c). */
const nobodyListens = /(?:connecting to|failed to connect).*(?:refused|No such file)/is;

/**
 * `ipsec statusall`. Where charon does not run, the script prints nothing, or stroke's complaint
 * where charon left its pid file behind. The exit status speaks of the starter, not of charon: 3
 * without one, else that of `kill -0` on it (strongSwan src/ipsec/_ipsec.in). Silence with any
 * other status is that of a wrapper which failed.
 */
export function lookAtCharon(command: CommandConfig, exec: Exec): LookAt {
  return async (at) => {
    const result = await run(exec, command);
    const evidence = (text: string): Evidence => ({ source: 'statusall', at, text });
    if (!result.ok) return { ok: false, detail: result.detail };
    const isSilent = result.stdout.trim() === '' && result.stderr.trim() === '';
    const isAbsent = isSilent && (result.status === 0 || result.status === 3);
    if (isAbsent || nobodyListens.test(result.stderr)) {
      const text = `${command.argv.join(' ')}: status ${result.status}, charon is not running`;
      return { ok: true, events: [{ kind: 'daemon-absent', at, evidence: evidence(text) }] };
    }
    const listing = parseStatusall(result.stdout);
    if (!listing.ok) return { ok: false, detail: complaint(command.argv, result) };
    if (!listing.complete) {
      return { ok: false, detail: `${command.argv.join(' ')} left out some of the SAs` };
    }
    const { up, connecting, ikeSas, childSas, connections } = listing;
    const text = `Security Associations (${up} up, ${connecting} connecting)`;
    return {
      ok: true,
      events: [
        {
          kind: 'sa-list',
          source: 'statusall',
          at,
          ikeSas,
          childSas,
          connections,
          evidence: evidence(text),
        },
      ],
    };
  };
}

/** `ip -s xfrm state`: the kernel's counters. Keys are dropped by the parser. */
export function lookAtKernel(command: CommandConfig, exec: Exec): LookAt {
  return async (at) => {
    const result = await run(exec, command);
    if (!result.ok) return { ok: false, detail: result.detail };
    if (result.status !== 0) {
      // Never its output: an `ip` that does not know `nokeys` prints keys there.
      return { ok: false, detail: ending(command.argv, result.status, result.stderr) };
    }
    const { states, unknownLines } = parseXfrmStates(result.stdout);
    if (states.length === 0 && unknownLines > 0) {
      return { ok: false, detail: `${command.argv.join(' ')} printed something else than SAs` };
    }
    return { ok: true, events: [{ kind: 'xfrm-states', at, states }] };
  };
}

/** `ip xfrm policy`: which traffic the kernel would send through which tunnel. */
export function lookAtPolicies(command: CommandConfig, exec: Exec): LookAt {
  return async (at) => {
    const result = await run(exec, command);
    if (!result.ok || result.status !== 0) {
      return { ok: false, detail: complaint(command.argv, result) };
    }
    const { policies, unknownLines } = parseXfrmPolicies(result.stdout);
    if (policies.length === 0 && unknownLines > 0) {
      return {
        ok: false,
        detail: `${command.argv.join(' ')} printed something else than policies`,
      };
    }
    return { ok: true, events: [{ kind: 'xfrm-policies', at, policies }] };
  };
}

/** `ip addr`: links and addresses. */
export function lookAtInterfaces(command: CommandConfig, exec: Exec): LookAt {
  return async (at) => {
    const result = await run(exec, command);
    const interfaces =
      result.ok && result.status === 0 ? parseInterfaces(result.stdout) : undefined;
    if (interfaces === undefined) return { ok: false, detail: complaint(command.argv, result) };
    const down = interfaces.filter(({ up }) => !up).map(({ name }) => name);
    const text = down.length === 0 ? 'all interfaces up' : `down: ${down.join(', ')}`;
    const evidence = { source: 'interfaces', at, text: evidenceText(text) };
    return { ok: true, events: [{ kind: 'interface-list', at, interfaces, evidence }] };
  };
}

/** Reads the whole of a small file, here or on the host that is watched. */
type ReadText = (
  path: string,
) => Promise<
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string }
>;

/** On the host that is watched, by a command. */
export function readOver(exec: Exec): ReadText {
  return async (path) => {
    const argv = ['cat', path];
    const result = await exec(argv, { timeoutMs: 5000, maxBytes: 65_536 });
    if (!result.ok) return { ok: false, detail: result.detail };
    return result.status === 0
      ? { ok: true, text: result.stdout }
      : { ok: false, detail: complaint(argv, result) };
  };
}

/** /proc/net/xfrm_stat: why the kernel dropped packets. */
export function lookAtXfrmErrors(path: string, readText: ReadText): LookAt {
  return async (at) => {
    const read = await readText(path);
    if (!read.ok) return { ok: false, detail: read.detail };
    return { ok: true, events: [{ kind: 'xfrm-errors', at, counters: parseXfrmStat(read.text) }] };
  };
}

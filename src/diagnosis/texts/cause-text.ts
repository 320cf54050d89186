import type { DiagnosisCode } from '../diagnosis.ts';

/** Whose names for settings a remedy uses: menus of Sophos Firewall, or options of strongSwan. */
export type Platform = 'sfos' | 'strongswan';

/** The words for one cause, in one language. */
interface CauseText {
  readonly cause: string;
  /** What it means for a tunnel in this role, where that differs. */
  readonly byRole?: { readonly initiator: string; readonly responder: string };
  /** What decides where this side's log cannot: said unless the cause is certain. */
  readonly check?: string;
  /** In the order in which they are to be tried. */
  readonly remedies: Readonly<Record<Platform, readonly [string, ...string[]]>>;
}

/** A language's catalogue. */
export type CauseTexts = Readonly<Record<DiagnosisCode, CauseText>>;

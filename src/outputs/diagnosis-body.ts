import { advise, findingText, languages } from '../diagnosis/advice.ts';
import type { Language } from '../diagnosis/advice.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { TunnelView } from '../engine/snapshot.ts';
import { isoTime } from '../platform/clock.ts';
import { preferredLanguage } from './accept.ts';
import { evidenceBody, orNull } from './rest-views.ts';
import type { View } from './view.ts';

/** The language that is asked for: in the address, by the client's settings, or the configured one. */
export function languageFor(
  view: View,
  wanted: string | undefined,
  accept: string | undefined,
): Language {
  return (
    languages.find((language) => language === wanted) ??
    preferredLanguage(accept ?? '', languages) ??
    view.language()
  );
}

/** A finding of the audit, in words. */
export function findingBody(finding: Finding, language: Language): object {
  const { code, severity, subjects, detail } = finding;
  return { code, severity, subjects, detail, ...findingText(code, language) };
}

/** What is wrong with a tunnel and what was, in words. */
export function diagnosisBody(view: View, tunnel: TunnelView, language: Language): object {
  return {
    tunnel: tunnel.name,
    state: tunnel.state,
    language,
    diagnoses: view.diagnoses(tunnel.name).map((diagnosis) => {
      const { code, confidence, from, until, evidence } = diagnosis;
      const { cause, check, remedies } = advise(
        diagnosis,
        language,
        view.platform(),
        tunnel.spec.role,
      );
      return {
        code,
        confidence,
        from: isoTime(from),
        until: until === undefined ? null : isoTime(until),
        cause,
        check: orNull(check),
        remedies,
        evidence: evidence.map((piece) => evidenceBody(piece)),
      };
    }),
  };
}

import type { LoadedChild, LoadedConnection } from '../../events/security-associations.ts';
import type { ViciSection } from './message.ts';
import { listOf, numberOf, sectionOf, sectionsOf, textOf } from './section.ts';

/** The connection of a `list-conn` event, with its children; whether it is aggressive no key tells. */
export function parseListedConnections(message: ViciSection): readonly LoadedConnection[] {
  return sectionsOf(message).map(([name, section]) => {
    const dpdDelaySeconds = period(section, 'dpd_delay');
    const local = authentication(section, 'local');
    const remote = authentication(section, 'remote');
    return {
      name,
      local: listOf(section, 'local_addrs'),
      remote: listOf(section, 'remote_addrs'),
      version: versions.get(textOf(section, 'version')),
      aggressive: false,
      dpdDelaySeconds,
      localId: local.id,
      remoteId: remote.id,
      localAuth: local.method,
      remoteAuth: remote.method,
      rekeySeconds: period(section, 'rekey_time'),
      reauthSeconds: period(section, 'reauth_time'),
      dpdTimeoutSeconds: period(section, 'dpd_timeout'),
      children: sectionsOf(sectionOf(section, 'children')).map(([child, settings]) =>
        loadedChild(child, settings, dpdDelaySeconds !== undefined),
      ),
    };
  });
}

function loadedChild(name: string, section: ViciSection, hasDpd: boolean): LoadedChild {
  return {
    name,
    localTs: listOf(section, 'local-ts'),
    remoteTs: listOf(section, 'remote-ts'),
    mode: textOf(section, 'mode') ?? '',
    // Without a delay nobody is ever found dead, whatever would be done then.
    dpdAction: hasDpd ? textOf(section, 'dpd_action') : undefined,
    closeAction: textOf(section, 'close_action'),
    rekeySeconds: period(section, 'rekey_time'),
  };
}

/** A connection may ask for several rounds, `local-1` and so on: the first one that has an identity. */
function authentication(
  connection: ViciSection,
  side: 'local' | 'remote',
): { readonly id: string | undefined; readonly method: string | undefined } {
  const rounds = sectionsOf(connection).filter(([key]) => key.startsWith(`${side}-`));
  const methods = rounds.flatMap(([, round]) => textOf(round, 'class') ?? []);
  const [id] = rounds.flatMap(([, round]) => textOf(round, 'id') ?? []);
  // Several rounds as charon writes them elsewhere: `public key+EAP`.
  return { id, method: methods.length === 0 ? undefined : methods.join('+') };
}

/** Seconds; zero is charon's word for never. */
function period(section: ViciSection, key: string): number | undefined {
  return numberOf(section, key) || undefined;
}

const versions: ReadonlyMap<string | undefined, 1 | 2> = new Map([
  ['IKEv1', 1],
  ['IKEv2', 2],
]);

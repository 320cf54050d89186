import { ViciClient } from './vici-client.ts';
import type { ViciClientDependencies } from './vici-client.ts';

/** A client whose connection stands, or why there is none, in a sentence. */
type Opened =
  | { readonly ok: true; readonly client: ViciClient }
  | { readonly ok: false; readonly detail: string };

/** Connects to the first of these sockets that somebody listens at. */
export async function openVici(
  sockets: readonly string[],
  dependencies: ViciClientDependencies,
): Promise<Opened> {
  const details: string[] = [];
  for (const path of sockets) {
    const client = new ViciClient(path, dependencies);
    const opened = await client.opened;
    if (opened.ok) return { ok: true, client };
    details.push(opened.detail);
  }
  return { ok: false, detail: details.join('; ') };
}

import type { Host } from './host.ts';

/** Brings up both children of a group's member. */
export async function upMember(fw: Host, name: string): Promise<void> {
  for (const child of [1, 2]) await fw.ipsec('up', `${name}-${child}`);
}

/** By the IKE_SA's name: it takes its children along, also where the peer cannot be told. */
export async function downMember(fw: Host, name: string): Promise<void> {
  await fw.run(['ipsec', 'down', `${name}-1`], { mayFail: true, timeoutMs: 60_000 });
}

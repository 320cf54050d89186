import type { ChildSaState, IkeSaState } from '../events/security-associations.ts';

const ikeStates: ReadonlySet<string | undefined> = new Set<IkeSaState>([
  'CREATED',
  'CONNECTING',
  'ESTABLISHED',
  'PASSIVE',
  'REKEYING',
  'REKEYED',
  'DELETING',
  'DESTROYING',
]);
const childStates: ReadonlySet<string | undefined> = new Set<ChildSaState>([
  'CREATED',
  'ROUTED',
  'INSTALLING',
  'INSTALLED',
  'UPDATING',
  'REKEYING',
  'REKEYED',
  'RETRYING',
  'DELETING',
  'DELETED',
  'DESTROYING',
]);

export function isIkeState(text: string | undefined): text is IkeSaState {
  return ikeStates.has(text);
}

export function isChildState(text: string | undefined): text is ChildSaState {
  return childStates.has(text);
}

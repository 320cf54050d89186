import type { CatalogueEntry } from './entry.ts';

/**
 * What packets that are no IKE, or not quite, make charon say (src/libcharon/encoding): anybody on
 * the internet can send them, and where they cost a tunnel something another line tells.
 */
export const malformed: readonly CatalogueEntry[] = [
  ...told('header', 'ENC', [
    'header could not be parsed',
    'exchange type is not defined',
    'source/destination not defined',
    'invalid payload length',
    'no message rules specified for a <exchange> <kind:request|response>',
  ]),
  ...told('rule', 'ENC', [
    '  not enough input to parse rule <rule:int> <field:enum>',
    '  no rule to parse rule <rule:int> <field:enum>',
    '  found rule <rule:int> <field:enum> on bitpos <bit:int>',
    '  length of <payload:enum> substructure list invalid',
    '  parsing of a <payload:enum> substructure failed',
  ]),
  ...told('payload', 'ENC', [
    'payload type <payload:enum> could not be parsed',
    'payload type <payload:enum> was not encrypted',
    'payload type <payload:enum> is not supported, but payload is critical!',
    'payload <payload:enum> has no ordering rule in <exchange> <kind:request|response>',
    'payload of type <payload:enum> more than <most:int> times (<count>) occurred in current message',
    '<payload:enum> verification failed',
    '<payload:enum> payload has invalid length (<bytes> bytes)',
    "<outer:word> can't contain other payloads of type <payload:enum>",
    'invalid <payload:enum> length (<bytes> bytes)',
    'invalid ID type <kind:enum> for <payload:enum> payload',
    'invalid payload length for hash-and-url (<bytes>), ignore',
    'invalid hash length (<bytes>) in <kind:enum> cert request',
    'certificate type <kind:enum> not supported in requests',
    'invalid attribute length <bytes> for <attribute:enum>',
    'unknown attribute type <attribute:enum>',
    'Unknown protocol (<number>)',
    'invalid notify data length for <notify> (<bytes>)',
    'received invalid <notify> notify',
    'unexpected <notify> notify, ignored',
    'invalid SPI length in <protocol:enum> proposal',
    'invalid CPI length in IPCOMP proposal',
    'transform count invalid',
    'inconsistent next payload',
    'proposal number smaller than previous',
    'invalid DH public value size (<bytes> bytes) for <group:word>',
    'EAP Request/Response does not have any data',
    'EAP Success/Failure has data',
    'EAP payload length (<bytes>) does not match contained message length (<length:int>)',
    'EAP payloads EAP message too short (<bytes>)',
  ]),
  ...told('encrypted', 'ENC', [
    'encrypted <:payload|fragment payload> is not last payload',
    'found encrypted <:payload|fragment payload>, but no <:keymat|transform set>',
    'unable to encrypt payloads without AEAD transform',
    'decrypting <:encrypted payload|encrypted fragment payload> failed, transform missing',
    'decryption failed, <:invalid length|transform missing>',
    'invalid fragment number (<number>) or total fragments (<count>)',
    'invalid next payload (<payload:int>) for fragment <number>, ignored',
    'fragmented IKE message is too large',
  ]),
  ...told('mediation', 'IKE', [
    "ignoring payload of type '<payload:enum>' while processing connectivity check",
    'at least one required payload was missing from the connectivity check',
    'invalid connectivity check <kind:request|response> received',
  ]),
  ...told('message', 'IKE', ['SA payload missing']),
];

function told(what: string, group: string, templates: readonly string[]): CatalogueEntry[] {
  return templates.map((template) => [`malformed.${what}`, group, template, 'ignored']);
}

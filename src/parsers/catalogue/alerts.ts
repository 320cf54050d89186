import type { CatalogueEntry } from './entry.ts';

/**
 * charon's alerts in the words of its error-notify plugin, which Sophos uses for its events too
 * (strongSwan src/libcharon/plugins/error_notify/error_notify_listener.c).
 */
const texts: readonly (readonly [name: string, text: string])[] = [
  ['radius_not_responding', 'a RADIUS request message timed out'],
  ['local_auth_failed', 'local authentication failed'],
  ['peer_auth_failed', 'peer authentication failed'],
  ['peer_addr_failed', 'failed to resolve peer address'],
  ['peer_init_unreachable', 'peer did not respond to initial message, try <attempt>'],
  ['invalid_ike_spi', 'received IKE message with unknown SPI from <peer><:port>'],
  ['parse_error_header', 'parsing IKE header from <peer><:port> failed'],
  ['parse_error_body', 'parsing IKE message from <peer><:port> failed'],
  ['retransmit_send', 'IKE message retransmission number <number>'],
  ['retransmit_send_cleared', 'IKE response received after retransmission'],
  ['retransmit_send_timeout', 'IKE message retransmission timed out'],
  ['retransmit_receive', 'received retransmit of request with ID <mid> from <peer><:port>'],
  ['half_open_timeout', 'IKE_SA timed out before it could be established'],
  ['proposal_mismatch_ike', 'the received IKE_SA proposals did not match: <proposals>'],
  ['proposal_mismatch_child', 'the received CHILD_SA proposals did not match: <proposals>'],
  ['ts_mismatch', 'the received traffic selectors did not match: <localTs> === <remoteTs>'],
  ['ts_narrowed', '<side:local|remote> traffic selectors narrowed to <ts:ts>'],
  ['install_child_sa_failed', 'installing IPsec SA failed'],
  ['install_child_policy_failed', 'installing IPsec policy failed'],
  ['unique_replace', 'replaced old IKE_SA due to uniqueness policy'],
  ['unique_keep', 'keep existing in favor of rejected new IKE_SA due to uniqueness policy'],
  ['keep_on_child_sa_failure', 'keeping IKE_SA after failing to establish <first:first |>CHILD_SA'],
  ['vip_failure', 'allocating a virtual IP failed, requested was <vip:host>'],
  ['vip_failure', 'expected a virtual IP request, but none found'],
  ['authorization_failed', 'an authorization plugin prevented establishment of an IKE_SA'],
  ['ike_sa_expired', 'IKE_SA expired without replacement'],
  ['cert_expired', "certificate expired: '<subject:any>' (valid from <from> to <to>)"],
  ['cert_revoked', "certificate revoked: '<subject:any>'"],
  ['cert_validation_failed', "failed to validate certificate status: '<subject:any>'"],
  ['cert_no_issuer', "no trusted issuer certificate found: '<subject:any>'"],
  ['cert_untrusted_root', "self-signed issuer certificate is not trusted: '<subject:any>'"],
  ['cert_exceeded_path_len', "maximum path length in trust chain exceeded: '<subject:any>'"],
  ['cert_policy_violation', "certificate rejected because of policy violation: '<subject:any>'"],
];

/** In charon's log an alert repeats what charon says in its own words on a line nearby. */
export const alertLines: readonly CatalogueEntry[] = texts.map(([name, text]) => [
  `alert.${name}`,
  '',
  `ALERT: ${text}`,
]);

/** In Sophos's event records the alert is all there is. */
export const sophosAlerts: readonly CatalogueEntry[] = texts.map(([name, text]) => [
  `sophos.${name}`,
  '',
  text,
]);

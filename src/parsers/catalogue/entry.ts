/**
 * One message text: its code, the log groups it comes in (`'IKE'`, `'ENC|IKE'`, `''` for any),
 * and a template (see `parseTemplate`) or a regular expression between slashes. Several texts of
 * one meaning share a code: releases word them differently. The first entry that fits a message
 * counts. `'ignored'` is for what says nothing about a tunnel's health: understood, and dropped.
 */
export type CatalogueEntry = readonly [
  code: string,
  groups: string,
  pattern: string,
  flag?: 'ignored',
];

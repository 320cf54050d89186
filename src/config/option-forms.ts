/** Forms that several keys share. */
export const duration = { type: 'string', pattern: '^[0-9]{1,9}(ms|s|m|h|d)$' } as const;
/** A duration that cannot be nothing. */
export const period = { type: 'string', pattern: '^[1-9][0-9]{0,8}(ms|s|m|h|d)$' } as const;
export const size = { type: 'string', pattern: '^[1-9][0-9]{0,5}(MiB|GiB)$' } as const;
export const name = { type: 'string', minLength: 1, maxLength: 127 } as const;
export const path = { type: 'string', minLength: 1, maxLength: 4095 } as const;

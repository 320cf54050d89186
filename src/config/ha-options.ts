import { name } from './option-forms.ts';

/** The keys of `ha`. */
export const haOptions = {
  type: 'object',
  description:
    'This host is one of a pair: while the other one is active, its own tunnels stand by.',
  additionalProperties: false,
  default: {},
  properties: {
    addresses: {
      type: 'array',
      maxItems: 64,
      items: name,
      default: [],
      description:
        'Addresses that only the active host has on an interface, such as those of VRRP; one of them makes it active.',
      examples: [['203.0.113.10']],
    },
  },
} as const;

import { path } from './option-forms.ts';

const sources = { type: 'array', maxItems: 16, items: path, default: [] } as const;

/** The section `inventory`. */
export const inventoryOptions = {
  type: 'object',
  description: 'What should exist, from where it is configured; what is said above wins.',
  additionalProperties: false,
  default: {},
  properties: {
    entities: {
      ...sources,
      description:
        'SFOS exports (`Entities.xml`); read again when they change. Secrets are not read.',
      examples: [['/etc/tunnelwarden/Entities.xml']],
    },
    ipsec_conf: {
      ...sources,
      description:
        'Files of the form of `ipsec.conf`, with wildcards where there are several, and all that they include; read again when they change. Secrets are not read.',
      examples: [['/tmp/ipsec/connections/*.conf']],
    },
    swanctl_conf: {
      ...sources,
      description: 'Likewise, of the form of `swanctl.conf`; its section `secrets` is passed over.',
      examples: [['/etc/swanctl/swanctl.conf']],
    },
  },
} as const;

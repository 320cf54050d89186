import { duration, name, path, period, size } from './option-forms.ts';
import { haOptions } from './ha-options.ts';
import { httpOptions } from './http-options.ts';
import { inventoryOptions } from './inventory-options.ts';
import { sourceOptions } from './source-options.ts';

/**
 * Every key of the configuration file as data (JSON Schema 2020-12): type, default and one
 * sentence. Validation, the types of `validate.ts` and docs/configuration.md come from here.
 */
export const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    language: {
      enum: ['en', 'ja'],
      default: 'en',
      description: 'Language of the page and of explanations.',
    },
    log_level: {
      enum: ['debug', 'info', 'warn', 'error'],
      default: 'info',
      description: 'What the daemon says about itself on standard output.',
    },
    http: httpOptions,
    store: {
      type: 'object',
      description: 'The history and the positions in the logs, a SQLite database.',
      additionalProperties: false,
      default: {},
      properties: {
        directory: {
          ...path,
          default: '/var/lib/tunnelwarden',
          description: 'The only directory that the daemon writes to.',
        },
        retention: {
          ...period,
          default: '90d',
          description: 'Events and transitions older than this are deleted.',
        },
        max_size: {
          ...size,
          default: '512MiB',
          description: 'The oldest events are deleted while the database is larger than this.',
        },
      },
    },
    logs: {
      type: 'object',
      description: 'The log files that are followed, across rotation.',
      additionalProperties: false,
      default: {},
      properties: {
        directory: {
          ...path,
          default: '/log',
          description: 'Where relative paths of `files` start.',
        },
        time_zone: {
          ...name,
          default: 'local',
          description:
            'IANA name of the zone of time stamps that name none; `local` is that of this host.',
        },
        files: {
          type: 'array',
          maxItems: 64,
          description: 'Files that need not exist yet.',
          default: [
            { path: 'strongswan.log', kind: 'charon' },
            { path: 'charon.log', kind: 'charon' },
            { path: 'strongswan-monitor.log', kind: 'monitor' },
            { path: 'dgd.log', kind: 'dgd' },
          ],
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['path', 'kind'],
            properties: {
              path: { ...path, description: 'Absolute, or relative to `directory`.' },
              kind: {
                enum: ['charon', 'monitor', 'dgd', 'syslog'],
                description:
                  'What it holds: charon’s lines, those of the daemon monitor, of dead gateway detection, or SFOS syslog records.',
              },
              remote: {
                type: 'boolean',
                default: false,
                description:
                  'Whether it is on the host that `sources.remote` leads to: it is copied from there, once a second, and followed here.',
              },
            },
          },
        },
        patterns: {
          type: 'array',
          maxItems: 1000,
          default: [],
          description: 'Message patterns of your own, tried before the built-in ones.',
          examples: [[{ code: 'gateway.down', pattern: 'WAN link <gateway> failed' }]],
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['code', 'pattern'],
            properties: {
              code: {
                type: 'string',
                pattern: '^[a-z0-9_.-]{1,64}$',
                description:
                  'What the line means: a code of the catalogue, or a new one of the form `family.meaning`.',
              },
              group: {
                ...name,
                description: 'Three-letter group of charon that it is limited to.',
              },
              pattern: {
                type: 'string',
                minLength: 1,
                maxLength: 1024,
                description:
                  'Template with `<placeholders>`, or a regular expression between slashes.',
              },
            },
          },
        },
      },
    },
    sources: sourceOptions,
    discover: {
      type: 'boolean',
      default: true,
      description:
        'Whether connections that charon has loaded, and that no tunnel claims, become tunnels.',
    },
    tunnels: {
      type: 'array',
      maxItems: 10_000,
      default: [],
      description: 'The tunnels that should exist. What is not given is learned from charon.',
      examples: [
        [
          {
            name: 'Osaka',
            role: 'initiator',
            interface: 'Port2',
            children: ['Osaka-1', 'Osaka-2'],
          },
          { name: 'Osaka_LTE', role: 'initiator', interface: 'Port3', remote: '198.51.100.1' },
        ],
      ],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { ...name, description: 'As on the firewall; compared without case.' },
          enabled: {
            type: 'boolean',
            default: true,
            description: 'False: switched off by the administrator.',
          },
          role: {
            enum: ['initiator', 'responder', 'remote-access'],
            description: 'Who starts it; decides what an interface going down means.',
          },
          interface: { ...name, description: 'The associated interface.' },
          connections: {
            type: 'array',
            items: name,
            default: [],
            description:
              'Names in strongSwan, beside the tunnel’s own and those with `-1`, `-2` and so on.',
          },
          children: {
            type: 'array',
            items: name,
            default: [],
            description: 'Names of the CHILD_SAs that it should have.',
          },
          local: { ...name, description: 'Address of the local gateway.' },
          remote: { ...name, description: 'Address of the remote gateway.' },
          profile: { ...name, description: 'IPsec profile, shown as it is.' },
        },
      },
    },
    groups: {
      type: 'array',
      maxItems: 1000,
      default: [],
      description: 'Failover groups.',
      examples: [[{ name: 'Osaka_Group', members: ['Osaka', 'Osaka_LTE'] }]],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'members'],
        properties: {
          name: { ...name, description: 'As on the firewall.' },
          enabled: { type: 'boolean', default: true, description: 'False: deactivated.' },
          members: {
            type: 'array',
            minItems: 2,
            items: name,
            description: 'Tunnels in their order; the first is the primary.',
          },
        },
      },
    },
    gateways: {
      type: 'array',
      maxItems: 64,
      default: [],
      description: 'WAN gateways that dead gateway detection watches.',
      examples: [[{ name: 'Fibre', interface: 'Port2' }]],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { ...name, description: 'As dgd.log names it.' },
          interface: { ...name, description: 'Its interface; ties it to tunnels.' },
        },
      },
    },
    inventory: inventoryOptions,
    interfaces: {
      type: 'array',
      maxItems: 1000,
      items: name,
      default: [],
      description: 'Interfaces to report beside those of tunnels and gateways.',
      examples: [['Port4']],
    },
    ha: haOptions,
    holds: {
      type: 'object',
      description: 'How long the state machines wait before they believe.',
      additionalProperties: false,
      default: {},
      properties: {
        loss: {
          ...duration,
          default: '3s',
          description:
            'A loss that may be a reauthentication or a late rekey; one with a clear cause does not wait.',
        },
        stall: {
          ...period,
          default: '5m',
          description: 'Bytes go out and none come in for this long: stalled.',
        },
        switch: {
          ...duration,
          default: '60s',
          description: 'A group that nobody serves is `switching` for this long, then `down`.',
        },
        conflict: {
          ...duration,
          default: '10s',
          description: 'Two members that serve are a `conflict` only after this long.',
        },
        flap_count: {
          type: 'integer',
          minimum: 2,
          maximum: 1000,
          default: 3,
          description: 'So many changes between up and not up inside `flap_window` are flapping.',
        },
        flap_window: {
          ...period,
          default: '10m',
          description: 'The time that `flap_count` counts in.',
        },
      },
    },
  },
} as const;

import { name, path } from './option-forms.ts';

/** Where everything is served, and to whom. */
export const httpOptions = {
  type: 'object',
  description: 'Where metrics, API, health checks and the page are served, and to whom.',
  additionalProperties: false,
  default: {},
  properties: {
    listen: {
      type: 'string',
      pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[^\\s:\\[\\]]+):[0-9]{1,5}$',
      default: '127.0.0.1:9814',
      description: 'Address and port; an IPv6 address stands in brackets.',
    },
    host_names: {
      type: 'array',
      maxItems: 64,
      default: [],
      examples: [['vpn-status.example.com']],
      items: { ...name },
      description:
        'On loopback: names that the Host header may have beside addresses and `localhost`, for instance of a reverse proxy.',
    },
    users: {
      type: 'array',
      maxItems: 100,
      default: [],
      description: 'Who may read it with a password (HTTP basic authentication).',
      examples: [
        [
          {
            name: 'prometheus',
            password:
              '$scrypt$ln=14,r=8,p=5$B4hDcM1AtlcEGDQGyhHQlg$vbHW1DmnxcrFSPXUYJZcS8HWbAyYrB+jQNtZlmGaRyk',
          },
        ],
      ],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'password'],
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 127,
            pattern: '^[^:]+$',
            description: 'The user’s name, without a colon.',
          },
          password: {
            type: 'string',
            pattern: '^\\$scrypt\\$ln=14,r=8,p=5\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}$',
            // Somebody may write the password itself here: it is not repeated in a message.
            writeOnly: true,
            description: 'The password’s hash, as `tunnelwarden hash-password` prints it.',
          },
        },
      },
    },
    token_files: {
      type: 'array',
      maxItems: 100,
      default: [],
      examples: [['/etc/tunnelwarden/token']],
      items: { ...path },
      description:
        'Files with one bearer token each, of at least 32 characters; read again on SIGHUP.',
    },
    open: {
      type: 'array',
      maxItems: 2,
      default: [],
      items: { enum: ['health', 'metrics'] },
      description:
        'What needs no credentials where the rest does: `health` (`/healthz`, `/readyz`, `/health/…`), `metrics`.',
    },
    tls: {
      type: 'object',
      description: 'HTTPS, version 1.2 or later. The files are read again when they change.',
      additionalProperties: false,
      default: {},
      properties: {
        certificate: {
          ...path,
          examples: ['/etc/tunnelwarden/certificate.pem'],
          description: 'PEM file with the certificate, its chain behind it.',
        },
        key: {
          ...path,
          examples: ['/etc/tunnelwarden/key.pem'],
          description: 'PEM file with the certificate’s key.',
        },
      },
    },
    allow_unprotected: {
      type: 'boolean',
      default: false,
      description:
        'Answer on an address other than loopback without credentials or without TLS, where anyone who reaches it, or listens in, can read everything.',
    },
  },
} as const;

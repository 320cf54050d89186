import { path, period } from './option-forms.ts';

const schedule = { type: 'string', minLength: 11, maxLength: 127 } as const;
const argv = {
  type: 'array',
  minItems: 1,
  maxItems: 64,
  items: { type: 'string', maxLength: 4095 },
} as const;

function command<const Argv extends readonly string[], const Cron extends string>(
  description: string,
  defaults: Argv,
  cron: Cron,
  required: boolean,
) {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    default: {},
    properties: {
      enabled: { type: 'boolean', default: true, description: 'Whether it is polled at all.' },
      command: {
        ...argv,
        default: defaults,
        description: 'Program and arguments; never passed through a shell.',
      },
      schedule: {
        ...schedule,
        default: cron,
        description: 'Cron expression with six fields, the first is seconds.',
      },
      timeout: {
        ...period,
        default: '5s',
        description: 'The command is killed after this long, and counts as not having looked.',
      },
      required: {
        type: 'boolean',
        default: required,
        description: 'Whether `/readyz` waits for its first answer.',
      },
    },
  } as const;
}

export const defaultViciSockets = ['/var/run/charon.vici', '/run/charon.vici'] as const;

/** What is polled, and how often. */
export const sourceOptions = {
  type: 'object',
  description: 'What is polled, and how often.',
  additionalProperties: false,
  default: {},
  properties: {
    remote: {
      type: 'object',
      description:
        'The host that is watched, where it is not this one: all commands are run there, and `xfrm_stat` is read there.',
      additionalProperties: false,
      default: {},
      properties: {
        prefix: {
          type: 'array',
          maxItems: 64,
          items: { type: 'string', minLength: 1, maxLength: 4095 },
          default: [],
          description:
            'Words in front of every command, for instance `[ssh, fw, --]`; none: commands are run on this host. Where the first one is ssh, all commands share one connection.',
        },
        shell: {
          type: 'boolean',
          default: true,
          description: 'Whether the other side hands the words to a shell, as ssh does.',
        },
      },
    },
    vici: {
      type: 'object',
      description:
        'The SAs and connections of charon over its own socket, and its events at once. While it answers, neither `statusall` nor `xfrm_state` is run.',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: { type: 'boolean', default: true, description: 'Whether it is connected to.' },
        sockets: {
          type: 'array',
          minItems: 1,
          maxItems: 8,
          items: path,
          default: defaultViciSockets,
          description:
            'Unix sockets of this host; the first that charon listens at is used. With `remote.prefix` set the default ones are left alone: they would be another charon’s.',
        },
        schedule: {
          ...schedule,
          default: '*/10 * * * * *',
          description: 'Cron expression with six fields, the first is seconds.',
        },
        timeout: {
          ...period,
          default: '5s',
          description: 'An answer that takes longer counts as not having looked.',
        },
        required: {
          type: 'boolean',
          default: false,
          description:
            'Whether `/readyz` waits for its first answer. Where `statusall` is off: whether tunnels are unknown without it, or what the logs say.',
        },
      },
    },
    statusall: command(
      'The SAs and connections of charon, while VICI does not answer.',
      ['ipsec', 'statusall'],
      '*/10 * * * * *',
      true,
    ),
    xfrm_state: command(
      'The SAs of the kernel, with their counters, while VICI does not answer. Keys are hidden by `nokeys` and dropped by the parser.',
      ['ip', '-s', 'xfrm', 'state', 'list', 'nokeys'],
      '5-59/10 * * * * *',
      false,
    ),
    xfrm_policy: command(
      'The policies of the kernel, for the diagnosis: whether it would send anything through a tunnel.',
      ['ip', 'xfrm', 'policy'],
      '7-59/15 * * * * *',
      false,
    ),
    interfaces: command(
      'Links and addresses.',
      ['ip', '-j', '-s', '-d', 'addr'],
      '*/15 * * * * *',
      true,
    ),
    interface_monitor: {
      type: 'object',
      description: 'A long-running command that prints each change of a link or address at once.',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: { type: 'boolean', default: true, description: 'Whether it is started.' },
        command: {
          ...argv,
          default: ['ip', 'monitor', 'link', 'address'],
          description: 'Program and arguments; restarted by itself when it ends.',
        },
      },
    },
    xfrm_stat: {
      type: 'object',
      description: 'Error counters of the kernel, host-wide.',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: { type: 'boolean', default: true, description: 'Whether it is read.' },
        path: { ...path, default: '/proc/net/xfrm_stat', description: 'The file to read.' },
        schedule: {
          ...schedule,
          default: '*/15 * * * * *',
          description: 'Cron expression with six fields, the first is seconds.',
        },
      },
    },
    lost_after: {
      ...period,
      default: '30s',
      description:
        'A source that has not answered for this long is lost; what rests on it becomes unknown.',
    },
  },
} as const;

import { defineConfig } from 'oxlint';

/** Who may import whom. A layer missing from a row's list is forbidden to that row. */
const mayImport = {
  events: [],
  config: [],
  platform: [],
  parsers: ['events'],
  engine: ['events', 'config'],
  sources: ['parsers', 'events', 'config', 'platform'],
  demo: ['events', 'config', 'platform'],
  diagnosis: ['engine', 'events', 'config'],
  offline: ['diagnosis', 'engine', 'parsers', 'events', 'config', 'platform'],
  store: ['diagnosis', 'engine', 'events', 'config'],
  outputs: ['store', 'diagnosis', 'engine', 'events', 'config', 'platform'],
} as const;
type Layer = keyof typeof mayImport;

/** The only layer that may import each of these; everything else is the composition root's business. */
const owner: Record<string, Layer> = {
  'node:sqlite': 'store',
  'node:child_process': 'platform',
  'node:fs': 'platform',
  'node:fs/promises': 'platform',
  'node:dgram': 'platform',
  'node:timers': 'platform',
  'node:timers/promises': 'platform',
  'node:process': 'platform',
  'node:stream': 'platform',
  'node:zlib': 'platform',
  'node:net': 'platform',
  'node:worker_threads': 'platform',
  pino: 'platform',
  fastify: 'outputs',
  'prom-client': 'outputs',
  tail: 'sources',
  'node-cron': 'sources',
  sax: 'parsers',
  yaml: 'config',
  ajv: 'config',
  'json-schema-to-ts': 'config',
};
const pure: readonly Layer[] = ['events', 'config', 'parsers', 'engine', 'diagnosis'];
const layers = Object.keys(mayImport) as Layer[];
const clocks = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'process'];

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'import', 'node', 'promise', 'oxc'],
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'no-console': 'error',
    'typescript/no-floating-promises': [
      'error',
      {
        checkThenables: true,
        allowForKnownSafeCalls: [
          {
            from: 'package',
            package: 'node:test',
            name: ['test', 'it', 'describe', 'suite', 'before', 'after'],
          },
        ],
      },
    ],
    'import/no-named-as-default-member': 'off', // fast-check is used as `fc.…`
    'no-new': 'off', // a prom-client metric registers itself
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/require-post-message-target-origin': 'off', // threads have no origin
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'typescript/consistent-type-imports': 'error',
    'typescript/only-throw-error': 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    ...layers.map((layer) => ({
      files: [`src/${layer}/**/*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...layers
                .filter(
                  (to) => to !== layer && !(mayImport[layer] as readonly string[]).includes(to),
                )
                .map((to) => ({
                  group: [`**/${to}/**`],
                  message: `${layer} may import only: ${mayImport[layer].join(', ') || 'nothing'}`,
                })),
              {
                group: ['**/test/**', '**/main.ts', '**/app.ts'],
                message: 'nothing in src imports tests or the composition root',
              },
              ...Object.entries(owner)
                .filter(([, who]) => who !== layer)
                .map(([module, who]) => ({
                  regex: `^${module}(/|$)`,
                  message: `only src/${who} imports ${module}`,
                })),
              ...(pure.includes(layer)
                ? [
                    {
                      // The owners above keep every other package away from config and parsers.
                      regex: ['config', 'parsers'].includes(layer) ? '^node:' : '^[^.]',
                      message: `${layer} is pure: no packages, no built-ins`,
                    },
                  ]
                : []),
            ],
          },
        ],
        ...(layer === 'platform'
          ? {}
          : {
              'no-restricted-globals': [
                'error',
                ...clocks.map((name) => ({ name, message: 'take it from src/platform' })),
              ],
            }),
      },
    })),
    {
      // Date.UTC is arithmetic, not a clock; the property rule still bans Date.now.
      files: ['src/parsers/timestamp.ts'],
      rules: {
        'no-restricted-globals': 'off',
        'no-restricted-properties': ['error', { object: 'Date', property: 'now' }],
      },
    },
    {
      // sax is no event target.
      files: ['src/parsers/inventory/xml-records.ts'],
      rules: { 'unicorn/prefer-add-event-listener': 'off' },
    },
    {
      // A test keeps its small makers beside the assertions that use them.
      files: ['test/**'],
      rules: { 'unicorn/consistent-function-scoping': 'off' },
    },
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
});

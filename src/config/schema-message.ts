import type { ErrorObject } from 'ajv/dist/2020.js';

/** What a schema's complaint says to a person who writes YAML. */
export function schemaMessage(error: ErrorObject): string {
  const { keyword, data, parentSchema = {}, params } = error;
  const description: unknown = parentSchema['description'];
  const hint = typeof description === 'string' ? ` (${description})` : '';
  const pattern: unknown = parentSchema['pattern'];
  const limit = Number(params['limit']);
  const given = parentSchema['writeOnly'] === true ? 'what stands here' : JSON.stringify(data);
  switch (keyword) {
    case 'additionalProperties':
      return `no such key; known here: ${Object.keys(parentSchema['properties'] ?? {}).join(', ')}`;
    case 'required':
      return `needs the key ${String(params['missingProperty'])}${hint}`;
    case 'enum':
      return `must be one of ${String(error.schema).replaceAll(',', ', ')}${hint}`;
    case 'type':
    case 'pattern':
      return typeof pattern === 'string'
        ? `${given} does not have the form ${formOf(pattern)}${hint}`
        : `must be ${typeNames[String(params['type'])] ?? String(params['type'])}${hint}`;
    case 'minLength':
      return `must not be empty${hint}`;
    case 'maxLength':
      return `must have at most ${limit} characters${hint}`;
    case 'maxItems':
      return `must have at most ${limit} entries${hint}`;
    case 'minItems':
      return `must have at least ${limit} ${limit === 1 ? 'entry' : 'entries'}${hint}`;
    case 'minimum':
      return `must be at least ${limit}${hint}`;
    case 'maximum':
      return `must be at most ${limit}${hint}`;
    default:
      return `${error.message ?? 'is not valid'}${hint}`;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a section with keys of its own',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
};

function formOf(pattern: string): string {
  if (pattern.startsWith('^[1-9]') && pattern.includes('ms|s')) {
    return 'of a duration above zero, for instance 30s, 5m, 90d';
  }
  if (pattern.includes('ms|s')) return 'of a duration, for instance 0s, 30s, 5m';
  if (pattern.includes('MiB')) return 'of a size, for instance 512MiB';
  if (pattern.includes(':[0-9]')) return 'ADDRESS:PORT, for instance 127.0.0.1:9814';
  if (pattern.includes('scrypt')) return 'of a hashed password';
  if (pattern.includes('[^:]')) return 'of a name without a colon';
  return 'of a code: a to z, 0 to 9, dots, dashes and underscores';
}

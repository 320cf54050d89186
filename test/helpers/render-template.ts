import type { FieldTypeName } from '../../src/parsers/field-types.ts';
import { type Placeholder, parseTemplate } from '../../src/parsers/template.ts';

/** One value of each type, as charon would print it. */
const samples: Readonly<Record<FieldTypeName, string>> = {
  text: 'some text',
  any: 'C=JP, O=Branch [Osaka], CN=fw.example',
  name: 'Branch Osaka-1',
  proposals: 'ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ, ESP:AES_GCM_16_256/NO_EXT_SEQ',
  word: 'MODP_2048',
  int: '7',
  port: '[4500]',
  spi: 'c1a2b3d4',
  hex: '1e:2b:51',
  host: '198.51.100.20',
  ts: '192.0.2.0/25 2001:db8::/64[tcp/https] 192.0.2.200..192.0.2.210',
  enum: 'SOME_NAME',
  mark: ' (mark 66/0xffffffff)',
  label: ' (ctx system_u:object_r:ipsec_spd_t:s0)',
};

export interface Rendered {
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A message of the template; `pick` chooses the value of each placeholder. */
export function renderTemplate(
  template: string,
  pick: (placeholder: Placeholder) => string = sample,
): Rendered {
  const pieces = parseTemplate(template);
  if ('problem' in pieces) throw new Error(`${template}: ${pieces.problem}`);
  const fields: Record<string, string> = {};
  const texts = pieces.map((piece) => {
    if (typeof piece === 'string') return piece;
    const text = pick(piece);
    if (piece.name !== '') fields[piece.name] = piece.type === 'port' ? text.slice(1, -1) : text;
    return text;
  });
  return { text: texts.join(''), fields };
}

export function sample({ type }: Placeholder): string {
  return typeof type === 'string' ? samples[type] : (type.at(0) ?? '');
}

import assert from 'node:assert/strict';
import { advise } from '../../src/diagnosis/advice.ts';
import { diagnosed, logsOnly, recordedEvents } from './diagnosed.ts';
import type { Diagnosed } from './diagnosed.ts';

/** What comes of a recording, with its one tunnel as the operator would have configured it. */
export function fromRecording(name: string): Diagnosed {
  const [local, remote] = ['10.0.1.1', '10.0.1.2'];
  const about = diagnosed(
    name.endsWith('-fw')
      ? logsOnly(['Osaka-1', { local: remote, remote: local }])
      : logsOnly(['HQ-1', { local, remote }]),
  );
  about.feed(...recordedEvents(name));
  return about;
}

/** The best candidate's remedies, in the menu names of SFOS. */
export function remedies({ engine, of }: Diagnosed): readonly string[] {
  const [tunnel = ''] = engine.tunnels.keys();
  const [best] = of(tunnel);
  assert.ok(best !== undefined, 'there is a diagnosis');
  return advise(best, 'en', 'sfos', engine.tunnels.get(tunnel)?.spec.role).remedies;
}

/** Each pattern is met by a remedy, none before the one of the pattern before. */
export function assertInOrder(texts: readonly string[], ...patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const found = texts.findIndex((text, index) => index >= from && pattern.test(text));
    assert.notEqual(found, -1, `${pattern} after step ${from} of ${texts.join('\n')}`);
    from = found;
  }
}

import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';

interface StreamedEvent {
  readonly id: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of an event stream that keeps what it gets. */
export interface EventSourceClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Whole blocks as they came, comments and `retry` among them. */
  readonly blocks: string[];
  readonly events: StreamedEvent[];
  readonly isOver: () => boolean;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

function parseBlock(block: string): StreamedEvent | undefined {
  const { id, kind, data } =
    /^id: (?<id>\d+)\nevent: (?<kind>\w+)\ndata: (?<data>.*)$/.exec(block)?.groups ?? {};
  if (id === undefined || kind === undefined || data === undefined) return undefined;
  return { id: Number(id), kind, data: JSON.parse(data) };
}

/** Connects; resolves when the head of the answer is there. `reading: false` takes no body. */
export async function openEventSource(
  context: Pick<TestContext, 'after'>,
  address: string,
  { headers = {}, reading = true }: { headers?: Record<string, string>; reading?: boolean } = {},
): Promise<EventSourceClient> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(`${address}/api/v1/events/stream`, { headers, agent: false }, resolve);
  outgoing.on('error', reject).end();
  const response = await promise;
  // Being cut off is an end like any other.
  response.on('error', () => undefined);
  context.after(() => response.destroy());
  const blocks: string[] = [];
  const events: StreamedEvent[] = [];
  let rest = '';
  const read = (): void => {
    response.setEncoding('utf8').on('data', (text: string) => {
      const whole = (rest + text).split('\n\n');
      rest = whole.pop() ?? '';
      blocks.push(...whole);
      events.push(...whole.flatMap((block) => parseBlock(block) ?? []));
    });
  };
  if (reading) read();
  let isOver = false;
  response.on('close', () => {
    isOver = true;
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    blocks,
    events,
    isOver: () => isOver,
    pause: () => response.pause(),
    resume: () => (response.readableFlowing === null ? read() : response.resume()),
    close: () => response.destroy(),
  };
}

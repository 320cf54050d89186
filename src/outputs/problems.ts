import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { securityHeaders } from './security-headers.ts';

/**
 * Every error that the API answers with, by its stable code (RFC 9457 problem details).
 * docs/rest.md lists the same ones; a test holds the two together.
 */
export const problems = {
  'invalid-request': { status: 400, title: 'The request has a part that is not valid' },
  unauthorized: { status: 401, title: 'Credentials are needed, or those given are not known' },
  'unknown-tunnel': { status: 404, title: 'There is no tunnel of that name' },
  'unknown-group': { status: 404, title: 'There is no failover group of that name' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'Everything here can only be read' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'wrong-host': { status: 421, title: 'The Host header names a host that this one is not' },
  'too-many-failures': { status: 429, title: 'Too many wrong credentials came from this address' },
  'headers-too-large': { status: 431, title: 'The address and the headers are too long' },
  internal: { status: 500, title: 'The daemon made a mistake; its log says more' },
  'too-many-streams': { status: 503, title: 'Too many event streams are open' },
} as const;
export type ProblemCode = keyof typeof problems;

/** Thrown by a route; answered as a problem body. `message` is for the person who asked. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

const contentType = 'application/problem+json';

function problemBody(code: ProblemCode, detail: string): string {
  // The type leads to where the API's description explains it.
  const type = `/openapi.json#/components/responses/${code}`;
  return `${JSON.stringify({ type, ...problems[code], code, detail })}\n`;
}

export function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string): FastifyReply {
  // What fails before a route is found does not come by the hook that sets these headers.
  const answer = reply.code(problems[code].status).headers(securityHeaders).type(contentType);
  return answer.send(problemBody(code, detail));
}

/** What goes wrong becomes a problem body; never a stack in an answer. */
export function registerProblems(app: FastifyInstance, onMistake: (error: unknown) => void): void {
  // Before a body is read: nothing here takes one.
  app.addHook('onRequest', async ({ method }, reply) => {
    if (method === 'GET' || method === 'HEAD') return;
    void reply.header('allow', 'GET, HEAD');
    throw new ProblemError('method-not-allowed', `${method} is not part of this service`);
  });
  app.setNotFoundHandler(({ url }, reply) =>
    sendProblem(reply, 'not-found', `${url} is not part of this service`),
  );
  app.setErrorHandler((error: FastifyError | ProblemError, _request, reply) => {
    if (error instanceof ProblemError) return sendProblem(reply, error.code, error.message);
    if (error.validation !== undefined) {
      return sendProblem(reply, 'invalid-request', explainInvalid(error.validation));
    }
    onMistake(error);
    return sendProblem(reply, 'internal', 'see the log of the daemon');
  });
}

/** The likeliest mistake is a zone's plus sign: in a query it stands for a space. */
export const exampleTime = 'for instance 2026-11-23T12:00:00Z or 2026-11-23T13:00:00%2B01:00';

/** Says which parameter is wrong, and what may stand there. */
function explainInvalid(validation: NonNullable<FastifyError['validation']>): string {
  const { keyword, instancePath, message, params } = validation[0]!;
  const name = instancePath.slice(1);
  if (keyword === 'additionalProperties') {
    return `there is no parameter ${JSON.stringify(params['additionalProperty'])} here`;
  }
  const { allowedValues: allowed, format } = params;
  if (Array.isArray(allowed)) return `${name} must be one of ${allowed.join(', ')}`;
  if (format === 'date-time') return `${name} must be a time, ${exampleTime}`;
  return `${name} ${message}`;
}

/** Node's own refusals, by its error codes. */
const refusals: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'at most 16 KiB in all'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'send it faster'],
};

type ClientErrorHandler = NonNullable<FastifyServerOptions['clientErrorHandler']>;

/** Answers what cannot be read as a request at all; there is no reply object for it. */
export const refuse: ClientErrorHandler = ({ code: reason }, socket) => {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = refusals[reason] ?? ['invalid-request', 'this is no HTTP'];
  const { status } = problems[code];
  const body = problemBody(code, detail);
  const headers = Object.entries({
    ...securityHeaders,
    'content-type': contentType,
    'content-length': body.length,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
};

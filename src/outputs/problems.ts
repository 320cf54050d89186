import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Every error that the API answers with, by its stable code (RFC 9457 problem details).
 * docs/rest.md lists the same ones; a test holds the two together.
 */
export const problems = {
  'unknown-tunnel': { status: 404, title: 'There is no tunnel of that name' },
  'unknown-group': { status: 404, title: 'There is no failover group of that name' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'invalid-request': { status: 400, title: 'The request has a part that is not valid' },
  'too-many-streams': { status: 503, title: 'Too many event streams are open' },
  internal: { status: 500, title: 'The daemon made a mistake; its log says more' },
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

function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string): FastifyReply {
  const { status, title } = problems[code];
  const body = { type: `/docs/problems#${code}`, title, status, code, detail };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}

/** Turns what goes wrong in a route into a problem body; never a stack in an answer. */
export function registerProblems(app: FastifyInstance, onMistake: (error: unknown) => void): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 'not-found', `${request.method} ${request.url} is not part of this service`),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ProblemError) return sendProblem(reply, error.code, error.message);
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (error instanceof Error && status < 500) {
      return sendProblem(reply, 'invalid-request', error.message);
    }
    onMistake(error);
    return sendProblem(reply, 'internal', 'see the log of the daemon');
  });
}

import type { FastifyInstance } from 'fastify';

/** The status page's files: name → text. */
export type PageFiles = Readonly<Record<'index.html' | 'page.css' | 'page.js', string>>;

const types = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
} as const;

/** `/` and what it loads; nothing from any other host. */
export function registerPage(app: FastifyInstance, files: PageFiles): void {
  const serve = (path: string, file: keyof PageFiles): void => {
    app.get(path, async (_request, reply) =>
      reply.type(types[file]).header('cache-control', 'no-cache').send(files[file]),
    );
  };
  serve('/', 'index.html');
  serve('/page.css', 'page.css');
  serve('/page.js', 'page.js');
}

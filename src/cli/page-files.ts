import { fileURLToPath } from 'node:url';
import type { PageFiles } from '../outputs/page.ts';
import type { Files } from '../platform/files.ts';

/** Reads the status page's files, which lie beside the program. */
export function loadPage(files: Files): PageFiles {
  const text = (name: string): string => {
    const read = files.readText(fileURLToPath(new URL(`../outputs/page/${name}`, import.meta.url)));
    if (!read.ok) throw new Error(`the program is incomplete: ${read.detail}`);
    return read.text;
  };
  return {
    'index.html': text('index.html'),
    'page.css': text('page.css'),
    'page.js': text('page.js'),
  };
}

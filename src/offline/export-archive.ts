import type { InventoryFile } from '../events/inventory.ts';
import { createEntitiesReader } from '../parsers/inventory/entities.ts';
import type { Files } from '../platform/files.ts';
import type { Gunzip } from '../platform/gunzip.ts';
import { InputError, fileBytes, headOf, slicedBytes, unpackedBytes } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { parseTarHeader, readTarEntries } from './tar.ts';

const headBytes = 512;

/**
 * What the export in an archive says, as Import-export of SFOS writes it: a tar, packed or not, with
 * an Entities.xml in it. Undefined for what is no archive.
 * @throws InputError where it has no such file, is damaged, or cannot be read.
 */
export async function readExportArchive(
  path: string,
  { files, gunzip }: { readonly files: Files; readonly gunzip: Gunzip },
): Promise<InventoryFile | undefined> {
  const archive = await archiveOf(fileBytes(path, files), gunzip);
  if (archive === undefined) return undefined;
  for await (const { name, offset, sizeBytes } of readTarEntries(archive.read(0), 0)) {
    if (!/(?:^|\/)entities\.xml$/i.test(name)) continue;
    return parsed(`${path}/${name}`, slicedBytes(archive, offset, sizeBytes));
  }
  throw new InputError('is an archive without an Entities.xml');
}

async function archiveOf(bytes: Bytes, gunzip: Gunzip): Promise<Bytes | undefined> {
  const head = await headOf(bytes, headBytes);
  if (head.startsWith('\x1f\x8b')) {
    const unpacked = unpackedBytes(bytes, gunzip);
    return isTar(await headOf(unpacked, headBytes)) ? unpacked : undefined;
  }
  return isTar(head) ? bytes : undefined;
}

function isTar(head: string): boolean {
  return parseTarHeader(head) !== undefined;
}

async function parsed(origin: string, bytes: Bytes): Promise<InventoryFile> {
  const reader = createEntitiesReader(origin);
  const decoder = new TextDecoder();
  for await (const piece of bytes.read(0))
    reader.push(decoder.decode(Buffer.from(piece, 'latin1'), { stream: true }));
  return reader.end();
}

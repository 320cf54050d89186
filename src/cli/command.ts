import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../config/config.ts';
import type { Overrides } from '../config/parse.ts';
import { createParsingThread } from '../offline/second-thread.ts';
import { systemFiles } from '../platform/files.ts';
import { exit, print } from '../platform/system.ts';
import { configuredInventory, readInventory } from './inventory-files.ts';
import { loadConfig } from './load-config.ts';
import { UsageError, exitStatus, usage } from './usage.ts';
import type { Command } from './usage.ts';
import { version } from './version.ts';

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const inventory = { entities: many, 'ipsec-conf': many, 'swanctl-conf': many } as const;
const flag = { type: 'boolean' } as const;
const help = { help: { ...flag, short: 'h' } } as const;
const noOverrides: Overrides = {
  logDirectory: undefined,
  stateDirectory: undefined,
  listen: undefined,
};

/** Parses a command's arguments; prints its help and returns undefined where that was asked for. */
function parse<T extends ParseArgsOptionsConfig>(
  command: Command,
  args: readonly string[],
  options: T,
  allowPositionals = false,
) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...options, ...help },
      allowPositionals,
    });
    if (!('help' in parsed.values)) return parsed;
    print(usage[command]);
    return undefined;
  } catch (error) {
    throw new UsageError(`${command}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function languageOf(command: Command, name: string | undefined): Config['language'] | undefined {
  if (name === undefined || name === 'en' || name === 'ja') return name;
  throw new UsageError(`${command}: --lang is en or ja, not ${JSON.stringify(name)}`);
}

/**
 * Runs one command to its end. Each is loaded only when it is asked for.
 * @throws UsageError, ConfigError, StoreError: for main.ts to explain.
 */
export async function runCommand([command = '', ...args]: readonly string[]): Promise<void> {
  switch (command) {
    case 'run': {
      const flags = { config: text, 'log-dir': text, 'state-dir': text, listen: text } as const;
      const values = parse('run', args, flags)?.values;
      if (values === undefined) return;
      const overrides: Overrides = {
        logDirectory: values['log-dir'],
        stateDirectory: values['state-dir'],
        listen: values.listen,
      };
      const { run } = await import('./run.ts');
      await run(() => loadConfig(values.config, overrides, systemFiles));
      return;
    }
    case 'check': {
      const values = parse('check', args, { config: text })?.values;
      if (values === undefined) return;
      const { check } = await import('./check.ts');
      const config = loadConfig(values.config, noOverrides, systemFiles);
      check(config, await configuredInventory(config));
      return;
    }
    case 'diagnose': {
      const flags = { config: text, ...inventory, json: flag, lang: text } as const;
      const parsed = parse('diagnose', args, flags, true);
      if (parsed === undefined) return;
      const { values, positionals } = parsed;
      if (positionals.length === 0) throw new UsageError('diagnose: name at least one file');
      const language = languageOf('diagnose', values.lang);
      const config = loadConfig(values.config, noOverrides, systemFiles);
      const sizes = positionals.map((path) => systemFiles.status(path)?.sizeBytes ?? 0);
      // Before the rest of the program is loaded, which takes as long.
      const thread = createParsingThread(config.logs.patterns, sizes);
      const { diagnose } = await import('./diagnose.ts');
      await diagnose(positionals, config, {
        language: language ?? config.language,
        json: values.json ?? false,
        inventory: await readInventory('diagnose', values),
        thread,
      });
      return;
    }
    case 'coverage': {
      const parsed = parse('coverage', args, { config: text }, true);
      if (parsed === undefined) return;
      const { values, positionals } = parsed;
      if (positionals.length === 0) throw new UsageError('coverage: name at least one file');
      const { coverage } = await import('./coverage.ts');
      await coverage(positionals, loadConfig(values.config, noOverrides, systemFiles));
      return;
    }
    case 'audit': {
      const flags = { config: text, ...inventory, lang: text, json: flag } as const;
      const values = parse('audit', args, flags)?.values;
      if (values === undefined) return;
      const language = languageOf('audit', values.lang);
      const { runAudit } = await import('./audit.ts');
      const config = loadConfig(values.config, noOverrides, systemFiles);
      const configured = await configuredInventory(config);
      const files = [
        ...configured.flatMap(({ file }) => file ?? []),
        ...(await readInventory('audit', values)),
      ];
      const hasErrors = runAudit(config, files, {
        language: language ?? config.language,
        json: values.json ?? false,
      });
      if (hasErrors) exit(exitStatus.failure);
      return;
    }
    case 'hash-password': {
      if (parse('hash-password', args, {}) === undefined) return;
      const { printPasswordHash } = await import('./hash-password.ts');
      await printPasswordHash();
      return;
    }
    case 'demo': {
      const values = parse('demo', args, { listen: text })?.values;
      if (values === undefined) return;
      const { demo } = await import('./demo.ts');
      await demo(values.listen);
      return;
    }
    case '--version':
      print(version);
      return;
    case '':
    case '-h':
    case '--help':
    case 'help':
      print(usage['']);
      return;
    default:
      throw new UsageError(`there is no command ${JSON.stringify(command)}`);
  }
}

import { runCommand } from './cli/command.ts';
import { UsageError, exitStatus } from './cli/usage.ts';
import { ConfigError } from './config/config-error.ts';
import { complain, exit } from './platform/system.ts';
import { StoreError } from './store/database.ts';

/** What the user can mend is said in a sentence; a mistake of ours shows where it was made. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    complain(`tunnelwarden: ${error.message}\nTry: tunnelwarden --help`);
    return exitStatus.usage;
  }
  if (error instanceof ConfigError) {
    complain(error.message);
    return exitStatus.config;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const isOperators = error instanceof StoreError || (error instanceof Error && 'syscall' in error);
  complain(`tunnelwarden: ${isOperators ? error.message : text}`);
  return exitStatus.failure;
}

try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  exit(explain(error));
}

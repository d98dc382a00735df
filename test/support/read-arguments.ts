import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Reads the command line. What it refuses ends the process with the reason, the usage and exit code 2. */
export function readArguments<const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
}

import { parseDuration } from '#libs/service-defaults';
import { InvalidArgumentError } from 'commander';

/** The milliseconds of an option's value, for commander. @throws InvalidArgumentError, of which it makes exit code 2 */
export function durationArgument(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It is no duration such as 5m.');
  return milliseconds;
}

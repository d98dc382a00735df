import { loadConfig, type AnyConfigClass } from '#libs/service-defaults';

/** The one component's configuration that a command needs. @throws ConfigError */
export function configured<C extends AnyConfigClass>(config: C): InstanceType<C> {
  return loadConfig([config]).get(config) as InstanceType<C>;
}

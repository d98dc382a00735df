import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rabbitmqPassword } from '../kept-password.js';

type Required = [string, string, string, string, string];
const [binaries, directoryArgument, port, distribution, epmdPort] = process.argv.slice(
  2,
) as Required;
const directory = resolve(directoryArgument);
const path = (...parts: string[]) => [directory, ...parts].join('/');
// A node of a cluster has a name, a home and a port mapper that it shares, the names of all nodes, and what it
// does in a minority.
const [nodeName = 'usher@localhost', home = path('home'), nodes, partitions = 'pause_minority'] =
  process.argv.slice(7);

for (const folder of [home, path('log'), path('mnesia')]) mkdirSync(folder, { recursive: true });
const password = rabbitmqPassword(home);
const cookie = `${home}/.erlang.cookie`;
if (!existsSync(cookie)) {
  writeFileSync(cookie, randomBytes(24).toString('hex'));
  chmodSync(cookie, 0o400);
}
writeFileSync(
  path('rabbitmq.conf'),
  [
    `listeners.tcp.default = 127.0.0.1:${port}`,
    'default_user = usher',
    `default_pass = ${password}`,
    'disk_free_limit.absolute = 50MB',
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    ...clusterOf(nodes?.split(',') ?? []),
  ].join('\n') + '\n',
  { mode: 0o600 },
);
writeFileSync(path('advanced.config'), '[].\n');
writeFileSync(path('enabled_plugins'), '[].\n');

// Nothing of a system-wide broker is read.
const env = {
  // The port mapper of the same version, where the folder has one.
  PATH: `${binaries}:${process.env['PATH']}`,
  LANG: 'C.UTF-8',
  HOME: home,
  ERL_CRASH_DUMP: path('erl_crash.dump'),
  ERL_EPMD_PORT: epmdPort,
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_NODENAME: nodeName,
  RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
  RABBITMQ_NODE_PORT: port,
  RABBITMQ_DIST_PORT: distribution,
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_BASE: directory,
  RABBITMQ_MNESIA_BASE: path('mnesia'),
  RABBITMQ_LOG_BASE: path('log'),
  RABBITMQ_LOGS: '-',
  RABBITMQ_CONFIG_FILE: path('rabbitmq.conf'),
  RABBITMQ_ADVANCED_CONFIG_FILE: path('advanced.config'),
  RABBITMQ_CONFIG_FILES: path('conf.d'),
  RABBITMQ_ENABLED_PLUGINS_FILE: path('enabled_plugins'),
  RABBITMQ_PLUGINS_EXPAND_DIR: path('plugins'),
  RABBITMQ_GENERATED_CONFIG_DIR: path('config'),
  RABBITMQ_FEATURE_FLAGS_FILE: path('feature_flags'),
  RABBITMQ_PID_FILE: path('pid'),
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
    '-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
};

const run = (command: string, args: string[]) =>
  spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });

const epmd = nodes
  ? undefined
  : run('epmd', ['-address', '127.0.0.1', '-port', epmdPort, '-relaxed_command_check']);
const server = run(`${binaries}/rabbitmq-server`, []);

process.once('SIGTERM', () => {
  server.kill('SIGTERM');
});
server.once('exit', (code) => process.exit(code ?? 0));
// Also when the server could not be started.
process.once('exit', () => epmd?.kill('SIGTERM'));

const ctl = `${binaries}/rabbitmqctl`;
const ready = spawn(ctl, ['--quiet', 'wait', '--timeout', '60', path('pid')], {
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const [code] = await once(ready, 'exit');
if (code !== 0) {
  server.kill('SIGTERM');
  throw new Error(`rabbitmq-server did not start; see ${path('log')}`);
}
const settings = ['HOME', 'ERL_EPMD_PORT', 'RABBITMQ_NODENAME'] as const;
process.send?.({
  url: `amqp://usher:${password}@127.0.0.1:${port}`,
  ctl: `env ${settings.map((name) => `${name}=${env[name]}`).join(' ')} ${ctl}`,
});

function clusterOf(members: readonly string[]): string[] {
  if (members.length === 0) return [];
  return [
    `cluster_partition_handling = ${partitions}`,
    'cluster_formation.peer_discovery_backend = classic_config',
    ...members.map((node, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${node}`),
  ];
}

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds in one unit of /proc/<pid>/stat: USER_HZ is 100 wherever Node runs (proc(5), sysconf(3)). */
const TICK_MS = 10;

interface ProcessTimes {
  readonly parent: number;
  /** Its own, and that of its children which have ended. */
  readonly milliseconds: number;
}

/**
 * Begins to count processor time; the answer tells how many milliseconds each of these processes has used
 * since, with all that it started. This process counts alone. Nothing is told where there is no /proc.
 */
export async function countCpu(
  pids: Readonly<Record<string, number | undefined>>,
): Promise<() => Promise<Record<string, number>>> {
  const before = await cpuTimes(pids);
  return async () => {
    const after = await cpuTimes(pids);
    return Object.fromEntries(
      Object.entries(after).map(([name, time]) => [name, time - (before[name] ?? 0)]),
    );
  };
}

async function cpuTimes(pids: Readonly<Record<string, number | undefined>>) {
  if (!existsSync('/proc/self/stat')) return {};
  const processes = await readProcesses();
  const times: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pids)) {
    if (pid !== undefined) times[name] = pid === process.pid ? ownTime() : treeTime(processes, pid);
  }
  return times;
}

function ownTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function treeTime(processes: ReadonlyMap<number, ProcessTimes>, root: number): number {
  let total = processes.get(root)?.milliseconds ?? 0;
  for (const [pid, { parent }] of processes) {
    if (parent === root) total += treeTime(processes, pid);
  }
  return total;
}

async function readProcesses(): Promise<Map<number, ProcessTimes>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = new Map<number, ProcessTimes>();
  for (const pid of pids) {
    // It may have ended since.
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (text) processes.set(Number(pid), parseStat(text));
  }
  return processes;
}

/** One line of /proc/<pid>/stat (proc(5)); the name in parentheses may hold anything. */
export function parseStat(line: string): ProcessTimes {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).map(Number);
  return {
    parent: Number(fields[1]),
    milliseconds: ticks.reduce((sum, each) => sum + each, 0) * TICK_MS,
  };
}

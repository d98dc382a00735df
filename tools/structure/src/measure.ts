import { dirname } from 'node:path/posix';

/** One source file that imports another, both relative to the repository. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** How a folder's subfolders depend on each other. */
export interface Structure {
  readonly path: string;
  /** Folders directly below `path` with a source file in or below them. */
  readonly folders: number;
  /** The longest chain of imports between them, after folders in a circle are merged into one. */
  readonly levels: number;
  /** Pairs of folders of which one imports the other. */
  readonly imports: number;
  /** Pairs that run against the order: the importer stands before what it imports. */
  readonly against: number;
}

/** The pairs behind {@link Structure.against}, as `importer -> imported`. */
export interface Measured extends Structure {
  readonly offending: readonly string[];
}

/**
 * Measures one root.
 * @param files the source files, relative to the repository
 * @param order the folders of the root; each imports only those that stand before it
 * @throws Error when a folder has no place in the order, or a place has no folder
 */
export function measure(
  path: string,
  files: readonly string[],
  imports: readonly Import[],
  order: readonly string[],
): Measured {
  const folders = [...new Set(files.map((file) => folderOf(path, file)))].filter(
    (name) => name !== undefined,
  );
  refuseDisorder(path, folders, order);
  const pairs = pairsBetween(path, imports);
  const offending = pairs.filter(([from, to]) => order.indexOf(from) < order.indexOf(to));
  return {
    path,
    folders: folders.length,
    levels: longestChain(folders, pairs),
    imports: pairs.length,
    against: offending.length,
    offending: offending.map((pair) => pair.join(' -> ')),
  };
}

/** The folder directly below the root that the file is in; undefined for a file of the root itself or of elsewhere. */
function folderOf(root: string, file: string): string | undefined {
  if (!file.startsWith(`${root}/`) || dirname(file) === root) return undefined;
  return file.slice(root.length + 1).split('/')[0];
}

function refuseDisorder(path: string, folders: readonly string[], order: readonly string[]): void {
  const unplaced = folders.filter((folder) => !order.includes(folder));
  const missing = order.filter((folder) => !folders.includes(folder));
  if (unplaced.length > 0) {
    throw new Error(
      `${path}: add ${unplaced.join(', ')} to tools/structure/order.json, after what each imports`,
    );
  }
  if (missing.length > 0) {
    throw new Error(
      `${path}: remove ${missing.join(', ')} from tools/structure/order.json; there is no such folder`,
    );
  }
}

type Pair = readonly [from: string, to: string];

function pairsBetween(path: string, imports: readonly Import[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const each of imports) {
    const from = folderOf(path, each.from);
    const to = folderOf(path, each.to);
    if (from && to && from !== to) pairs.set(`${from} ${to}`, [from, to]);
  }
  return [...pairs.values()];
}

/** The number of folders, or circles of folders, in the longest chain. */
function longestChain(folders: readonly string[], pairs: readonly Pair[]): number {
  const reaches = reachability(folders, pairs);
  const inCircle = (a: string, b: string) =>
    a === b || (reaches.get(a)!.has(b) && reaches.get(b)!.has(a));
  const levels = new Map<string, number>();
  const levelOf = (folder: string): number => {
    const known = levels.get(folder);
    if (known !== undefined) return known;
    const below = [...reaches.get(folder)!].filter((other) => !inCircle(folder, other));
    const level = 1 + Math.max(0, ...below.map(levelOf));
    levels.set(folder, level);
    return level;
  };
  return Math.max(0, ...folders.map(levelOf));
}

function reachability(
  folders: readonly string[],
  pairs: readonly Pair[],
): Map<string, Set<string>> {
  const reaches = new Map(folders.map((folder) => [folder, new Set<string>()]));
  for (const folder of folders) {
    const open = [folder];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const [from, to] of pairs) {
        if (from !== next || reaches.get(folder)!.has(to)) continue;
        reaches.get(folder)!.add(to);
        open.push(to);
      }
    }
  }
  return reaches;
}

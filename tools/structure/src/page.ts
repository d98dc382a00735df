import type { Structure } from './measure.js';

export const ARCHITECTURE_PAGE = 'docs/architecture.md';

const BEGIN = '<!-- npm run structure -- --write -->\n\n';
const END = '\n<!-- end -->';

/** The page with its table of structure written again. @throws Error when the page has no place for it */
export function withStructure(page: string, roots: readonly Structure[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0)
    throw new Error(`${ARCHITECTURE_PAGE} has no ${BEGIN.trim()} … ${END.trim()}`);
  return page.slice(0, begin + BEGIN.length) + markdownTable(roots) + page.slice(end);
}

function markdownTable(roots: readonly Structure[]): string {
  const rows = [
    ['root', 'folders', 'levels', 'imports', 'against the order'],
    ...roots.map(({ path, folders, levels, imports, against }) => [
      `\`${path}\``,
      ...[folders, levels, imports, against].map(String),
    ]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`;
  const [head, ...body] = rows.map(line);
  return head + line(widths.map((width) => '-'.repeat(width))) + body.join('');
}

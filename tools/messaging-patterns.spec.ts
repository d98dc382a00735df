import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from './embedded-stack/src/examples.js';
import { root } from './embedded-stack/src/paths.js';

const FOLDER = 'examples/patterns';
const PAGES = ['docs/messaging-patterns.md', 'docs/messaging-patterns.zh-CN.md'] as const;

const read = (path: string) => readFileSync(join(root, path), 'utf8');

const sections = (page: string) => read(page).split(/^## /m).slice(1);
const blocks = (text: string, language: string) =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block!);
/** Without the indentation, which a page leaves out. */
const flush = (code: string) => code.replaceAll(/^ +/gm, '');

it('every file of examples/patterns but the shared one can be run by its name', () => {
  const files = readdirSync(join(root, FOLDER)).map((file) => file.replace(/\.ts$/, ''));
  expect(new Set(files)).toEqual(new Set([...Object.keys(EXAMPLES), 'broker']));
});

it.each(Object.keys(EXAMPLES))('%s is short enough to be read at once', (name) => {
  expect(read(`${FOLDER}/${name}.ts`).split('\n').length).toBeLessThanOrEqual(70);
});

describe.each(PAGES)('%s', (page) => {
  it('has a section for every example, in the same order, and no other', () => {
    const described = sections(page).map(
      (text) => /examples\/patterns\/([\w-]+)\.ts/.exec(text)?.[1],
    );
    expect(described).toEqual(Object.keys(EXAMPLES));
  });

  it.each(Object.keys(EXAMPLES))(
    'shows of %s a diagram, code that is in it, and its output',
    (name) => {
      const text = sections(page).find((each) => each.includes(`${FOLDER}/${name}.ts`))!;
      expect(blocks(text, 'mermaid')).toHaveLength(1);
      const [snippet, ...more] = blocks(text, 'ts');
      expect(more).toEqual([]);
      expect(flush(read(`${FOLDER}/${name}.ts`))).toContain(flush(snippet!));
      const outputs = blocks(text, 'text');
      expect(outputs[0]).toContain(`npm run example -- ${name}\n`);
    },
  );

  it('says of each when it is the wrong one, and where Usher has it', () => {
    const labels = sections(page).map((text) => text.match(/^- \*\*/gm)?.length ?? 0);
    expect(Math.min(...labels)).toBeGreaterThanOrEqual(2);
  });
});

it('the translation has the headings, code and outputs of the original', () => {
  const [original, translation] = PAGES.map((page) => {
    const text = read(page);
    return {
      headings: text.match(/^#+ /gm),
      code: blocks(text, 'ts'),
      outputs: blocks(text, 'text'),
      labels: sections(page).map((each) => each.match(/^- \*\*/gm)?.length),
      links: [...text.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, target]) => target),
    };
  });
  expect(translation).toEqual(original);
});

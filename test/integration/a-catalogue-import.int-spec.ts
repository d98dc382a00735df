import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCatalogue } from '../../apps/recommendation-worker/src/catalogue/import-catalogue.js';
import { loadSampleCatalogue } from '../../apps/recommendation-worker/src/catalogue/sample-catalogue.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-import-'));
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  db = await createTestDatabase();
});

afterEach(() => db.drop());

const HEADER = 'id,title,url,tags,language,countries,popularity,publishedAt';

async function importing(name: string, content: string | Buffer, { dryRun = false } = {}) {
  const file = join(folder, name);
  await writeFile(file, content);
  return importCatalogue(db.database, { file, dryRun, onProgress: () => undefined });
}

const csv = (...rows: string[]) => [HEADER, ...rows, ''].join('\n');
const jsonLines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

const items = () =>
  db.database.query(
    `SELECT id, title, url, tags, language, countries, popularity, to_char(published_at, 'YYYY-MM-DD') AS published, version
       FROM recommendation.items ORDER BY id`,
  );

const rejectedIn = async (name: string) => {
  const text = await readFile(join(folder, `${name}.rejected.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; reasons: string[]; row: unknown });
};

const chess = {
  id: 'chess',
  title: 'Chess, explained',
  url: 'https://example.com/chess',
  tags: ['chess', 'board-games'],
  language: 'en',
};

describe('an import', () => {
  it('reads CSV: quotes, lists, empty cells, and a byte-order mark', async () => {
    const text = csv(
      'chess,"Chess, ""explained""",https://example.com/chess,chess; board-games,en,DE;AT,0.25,2024-02-29',
      'go,围棋,http://example.com/go,board-games,zh-CN,,,',
    );
    const report = await importing('quotes.csv', `\uFEFF${text}`);

    expect(report).toMatchObject({ rows: 2, added: 2, changed: 0, unchanged: 0, rejected: 0 });
    expect(await items()).toEqual([
      {
        id: 'chess',
        title: 'Chess, "explained"',
        url: 'https://example.com/chess',
        tags: ['chess', 'board-games'],
        language: 'en',
        countries: ['DE', 'AT'],
        popularity: 0.25,
        published: '2024-02-29',
        version: 1,
      },
      {
        id: 'go',
        title: '围棋',
        url: 'http://example.com/go',
        tags: ['board-games'],
        language: 'zh-CN',
        countries: [],
        popularity: 0.5,
        published: null,
        version: 1,
      },
    ]);
  });

  it('reads JSON Lines', async () => {
    const report = await importing('lines.jsonl', jsonLines(chess, { ...chess, id: 'other' }));

    expect(report).toMatchObject({ rows: 2, added: 2, version: 1 });
    expect(await items()).toHaveLength(2);
  });

  it('repeated changes nothing, and makes no new version', async () => {
    const first = await importing('again.jsonl', jsonLines(chess));
    const again = await importing('again.jsonl', jsonLines(chess));

    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 1, version: first.version });
  });

  it('replaces what has changed, and only that is of the new version', async () => {
    await importing('one.jsonl', jsonLines(chess, { ...chess, id: 'other' }));
    const changed = { ...chess, title: 'Chess anew' };
    const report = await importing('two.jsonl', jsonLines(changed, { ...chess, id: 'other' }));

    expect(report).toMatchObject({ added: 0, changed: 1, unchanged: 1, version: 2 });
    expect(await items()).toMatchObject([
      { id: 'chess', title: 'Chess anew', version: 2 },
      { id: 'other', version: 1 },
    ]);
  });

  it('takes the last of several rows with one id, however far apart they are', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => ({ ...chess, title: `Chess ${i}` }));
    const spread = rows.flatMap((row, i) => [row, { ...chess, id: `item-${i}` }]);
    const report = await importing('repeated.jsonl', jsonLines(...spread));

    expect(report.rows).toBe(5_000);
    const [first] = await items();
    expect(first).toMatchObject({ id: 'chess', title: 'Chess 2499' });
    expect(await items()).toHaveLength(2_501);
  });

  it('counts the items of each interest, and offers tags that are new', async () => {
    await loadSampleCatalogue(db.database);
    const theremin = { ...chess, id: 'theremin', tags: ['electronic-music', 'music'] };
    await importing('interests.jsonl', jsonLines(theremin));
    const interests = await db.database.query<{ tag: string; items: number; counted: number }>(
      `SELECT tag, labels, items, (SELECT count(*)::int FROM recommendation.items WHERE i.tag = ANY (tags)) AS counted
         FROM recommendation.interests AS i ORDER BY tag`,
    );

    expect(interests.find(({ tag }) => tag === 'electronic-music')).toEqual({
      tag: 'electronic-music',
      labels: { en: 'Electronic music' },
      items: 1,
      counted: 1,
    });
    expect(interests.filter((row) => row.items !== row.counted)).toEqual([]);
    expect(interests.find(({ tag }) => tag === 'music')).toMatchObject({
      labels: { en: 'Music', 'zh-CN': '音乐' },
    });
  });
});

describe('a dry run', () => {
  it('tells what would happen, and keeps nothing', async () => {
    const rows = jsonLines(chess, { ...chess, id: 'bad id' });
    const report = await importing('dry.jsonl', rows, { dryRun: true });

    expect(report).toMatchObject({ rows: 2, added: 1, rejected: 1, version: 0 });
    expect(await items()).toEqual([]);
    expect(await db.database.query('SELECT * FROM recommendation.catalogue')).toEqual([]);
    expect(await rejectedIn('dry.jsonl')).toHaveLength(1);
  });
});

describe('a row that is no item', () => {
  it.each<[string, object, string]>([
    ['no title', { title: undefined }, 'title: is required'],
    ['an empty title', { title: '  ' }, 'title: must not be empty'],
    [
      'a script for a link',
      { url: 'javascript:alert(1)' },
      'url: expected an http or https address',
    ],
    ['data for a link', { url: 'data:text/html,x' }, 'url: expected an http or https address'],
    ['an id with a space', { id: 'a b' }, 'id: expected 1 to 100 characters'],
    ['no tag', { tags: [] }, 'tags: must not be empty'],
    ['a tag that is none', { tags: ['Not A Tag'] }, 'tags.0: expected lower-case words'],
    ['a language that nobody speaks here', { language: 'xx' }, 'language: '],
    [
      'a country that is none',
      { countries: ['Germany'] },
      'countries.0: expected two capital letters',
    ],
    ['a popularity beyond one', { popularity: 1.5 }, 'popularity: '],
    ['a day that does not exist', { publishedAt: '2023-02-29' }, 'publishedAt: '],
    ['a NUL', { title: 'a\0b' }, 'title: must be one line'],
    ['a field that is unknown', { role: 'admin' }, 'Unrecognized key'],
  ])(
    'since it has %s, is rejected with the reason; the others go in',
    async (_what, change, reason) => {
      const rows = jsonLines({ ...chess, ...change }, { ...chess, id: 'good' });
      const report = await importing('rejected.jsonl', rows);

      expect(report).toMatchObject({ rows: 2, added: 1, rejected: 1 });
      const [rejected] = await rejectedIn('rejected.jsonl');
      expect(rejected!.line).toBe(1);
      expect(rejected!.reasons.join('; ')).toContain(reason);
    },
  );

  it('is kept as it was read, with its line', async () => {
    await importing('places.csv', csv('a,A,https://a.example,chess,en,,,', 'b,B', ',,,,,,,'));
    const rejected = await rejectedIn('places.csv');

    expect(rejected.map(({ line }) => line)).toEqual([3, 4]);
    expect(rejected[0]).toEqual({ line: 3, reasons: ['expected 8 columns, found 2'], row: 'b,B' });
    expect(rejected[1]!.reasons.length).toBeGreaterThan(3);
  });

  it('may be no JSON, no UTF-8, or too long to be looked at', async () => {
    const long = JSON.stringify({ ...chess, title: 'x'.repeat(100_000) });
    const content = Buffer.concat([
      Buffer.from(`{"id":\n${long}\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(JSON.stringify(chess)),
    ]);
    const report = await importing('broken.jsonl', content);

    expect(report).toMatchObject({ rows: 4, added: 1, rejected: 3 });
    const reasons = (await rejectedIn('broken.jsonl')).map(({ reasons: [reason] }) => reason);
    expect(reasons).toEqual([
      expect.stringContaining('is not JSON'),
      'longer than 65536 bytes',
      'is not UTF-8',
    ]);
  });

  it('leaves no file behind when there is none any more', async () => {
    await importing('mended.jsonl', jsonLines({ ...chess, id: '' }));
    await importing('mended.jsonl', jsonLines(chess));

    await expect(rejectedIn('mended.jsonl')).rejects.toThrow('ENOENT');
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['missing.txt', '', 'expected a file named .csv or .jsonl'],
    ['empty.csv', '', 'has no line that names the columns'],
    ['columns.csv', 'id,name\n1,2\n', 'lacks the columns title, url, tags, language'],
    ['unknown.csv', `${HEADER},role\n`, 'unknown or repeated columns role'],
    ['quote.csv', csv(`a,"A,https://a.example,chess,en,,,`, 'x'.repeat(70_000)), 'Max Record Size'],
  ])(
    'as %s, is refused whole, and the catalogue stays as it was',
    async (name, content, message) => {
      await expect(importing(name, content)).rejects.toThrow(message);
      expect(await items()).toEqual([]);
    },
  );

  it('since it is not there, is refused', async () => {
    const file = join(folder, 'nowhere.csv');
    const attempt = importCatalogue(db.database, {
      file,
      dryRun: false,
      onProgress: () => undefined,
    });

    await expect(attempt).rejects.toThrow('ENOENT');
  });
});

describe('two imports at the same time', () => {
  it('wait for each other, and each makes a version of its own', async () => {
    const reports = await Promise.all(
      ['left', 'right'].map((id) => importing(`${id}.jsonl`, jsonLines({ ...chess, id }))),
    );

    expect(reports.map(({ version }) => version).toSorted()).toEqual([1, 2]);
    expect(await items()).toHaveLength(2);
  });
});

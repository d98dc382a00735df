import { usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { usher } from '../support/command-line.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const topology = planTopology(usherMessaging, [1_000, 2_000]);
/** A day: nothing is learnt meanwhile. */
const NEVER = { RECOMMENDATION_LEARN_INTERVAL: '1d' };

let stack: Stack;
let broker: TestBroker;
let workers: RunningApp[];
let api: RunningApp;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  stack = await prepareStack();
  workers = await Promise.all([
    stack.start('recommendation-worker', NEVER),
    stack.start('recommendation-worker', NEVER),
  ]);
  api = await stack.start('api');
});

afterAll(async () => {
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

interface Item {
  readonly itemId: string;
  readonly because: { tag: string; weight: number }[];
}

const preview = (body: object, headers?: Record<string, string>) =>
  stack.api.request('POST', '/v1/recommendations/preview', { body, headers });

/** The answer of a worker, not the one for want of it: the API's connection may still be on its way. */
const previewed = (body: object, headers?: Record<string, string>) =>
  eventually(async () => {
    const answer = await preview(body, headers);
    return answer.body.modelVersion !== 'popular-1' && answer;
  });

const idsOf = ({ items }: { items: Item[] }) => items.map(({ itemId }) => itemId);

const listOf = async (token: string) => (await stack.api.get('/v1/me/recommendations', token)).body;

async function signUp(change: object = {}): Promise<{ id: string; token: string }> {
  const { body } = await stack.api.signUp(change);
  return { id: body.user.id, token: body.session.token };
}

const readyList = (token: string) =>
  eventually(async () => {
    const list = await listOf(token);
    return list.status === 'ready' && list;
  });

const open = (token: string | undefined, itemId: string) =>
  stack.api.request('POST', `/v1/me/recommendations/${itemId}/opened`, { token });

const metric = async ({ metricsUrl }: { metricsUrl: string }, name: string) => {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1]);
};

describe('a preview', () => {
  it('says what would be recommended, and why', async () => {
    const { status, body } = await previewed({ interests: ['chess', 'databases'], limit: 5 });

    expect(status).toBe(200);
    expect(body).toMatchObject({ fallback: 'none', catalogueVersion: 1 });
    expect(body.items).toHaveLength(5);
    for (const { because } of body.items as Item[]) {
      expect(because.length).toBeGreaterThan(0);
      expect(['chess', 'databases']).toEqual(expect.arrayContaining(because.map(({ tag }) => tag)));
    }
  });

  it('is what a sign-up with these interests gets, but for the place of the new item', async () => {
    const interests = ['music', 'poetry', 'travel'];
    const { body } = await previewed({ interests });
    const { token } = await signUp({ interests });
    const ids = idsOf(await readyList(token));

    expect(ids.slice(0, 9)).toEqual(idsOf(body).slice(0, 9));
    expect(ids.slice(10)).toEqual(idsOf(body).slice(9, 19));
  });

  it('speaks Chinese to those who do', async () => {
    const { body } = await previewed({ interests: ['poetry'] }, { 'accept-language': 'zh-CN' });
    const english = await previewed({ interests: ['poetry'] });

    expect(JSON.stringify(body)).toMatch(/\p{Script=Han}/u);
    expect(JSON.stringify(english.body)).not.toMatch(/\p{Script=Han}/u);
  });

  it.each([
    [['chess', 'unheard-of'], 'partial'],
    [['unheard-of'], 'popular'],
    [[], 'popular'],
  ])('of %j is marked as %s', async (interests, fallback) => {
    expect((await previewed({ interests })).body).toMatchObject({ fallback });
  });

  it.each<[object, string]>([
    [{}, 'interests'],
    [{ interests: ['Not A Tag'] }, 'interests.0'],
    [{ interests: Array.from({ length: 21 }, (_, i) => `tag-${i}`) }, 'interests'],
    [{ interests: [], limit: 0 }, 'limit'],
    [{ interests: [], limit: 21 }, 'limit'],
  ])('of %j is refused, the field named', async (body, path) => {
    const answer = await preview(body);

    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors[0].path).toBe(path);
  });
});

describe('an item that was opened', () => {
  const counts = (itemId: string) =>
    stack.database.query(
      `SELECT c.people, (SELECT json_object_agg(tag, people) FROM recommendation.affinities WHERE item_id = $1) AS tags
         FROM recommendation.item_counts AS c WHERE item_id = $1`,
      [itemId],
    );

  it('counts once for a person and for each of their interests', async () => {
    const [ada, mei] = await Promise.all([
      signUp({ interests: ['chess', 'history'] }),
      signUp({ interests: ['chess'] }),
    ]);
    const { items } = await readyList(ada.token);
    const { itemId } = items[0] as Item;
    for (const { token } of [ada, ada, mei, ada]) {
      expect(await open(token, itemId)).toMatchObject({ status: 204, body: '' });
    }
    await eventually(async () => {
      const [row] = await stack.database.query<{ handled: number }>(
        `SELECT count(*)::int AS handled FROM messaging.deliveries
          WHERE consumer = 'recommendation-worker.count-interaction' AND status = 'done'`,
      );
      return row!.handled === 4;
    });

    expect(await counts(itemId)).toEqual([{ people: 2, tags: { chess: 2, history: 1 } }]);
    const people = await stack.database.query(
      'SELECT tag, people FROM recommendation.tag_counts ORDER BY tag',
    );
    expect(people).toEqual([
      { tag: 'chess', people: 2 },
      { tag: 'history', people: 1 },
    ]);
  });

  it.each(['no-such-item', '%00', 'a%20b', 'x'.repeat(200)])(
    'is not found when it is %s',
    async (itemId) => {
      const { token } = await signUp();

      expect(await open(token, itemId)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  it('needs a session', async () => {
    expect(await open(undefined, 'blender')).toMatchObject({ status: 401 });
  });
});

describe('what a person is shown', () => {
  it('is recorded once a day, with its place and the slot', async () => {
    const { id, token } = await signUp({ interests: ['music'] });
    const list = await readyList(token);
    await listOf(token);
    const shown = await stack.database.query<{ itemId: string; slot: string }>(
      `SELECT item_id AS "itemId", slot, rank, model_version AS "modelVersion", catalogue_version AS "catalogueVersion"
         FROM recommendation.impressions WHERE user_id = $1 AND slot <> 'popular' ORDER BY rank`,
      [id],
    );

    const { modelVersion, catalogueVersion } = list;
    expect(shown).toEqual(
      (list.items as Item[]).map(({ itemId }, i) => ({
        itemId,
        rank: i + 1,
        modelVersion,
        catalogueVersion,
        slot: i === 9 ? 'explored' : 'ranked',
      })),
    );
  });
});

describe('a worker that learns', () => {
  it('recommends what people with the same interest have opened', async () => {
    const surprise = 'attention-is-all-you-need';
    const interests = ['gardening'];
    const { body: before } = await previewed({ interests });
    expect(idsOf(before)).not.toContain(surprise);
    const people = await Promise.all(Array.from({ length: 8 }, () => signUp({ interests })));
    for (const { token } of people) expect((await open(token, surprise)).status).toBe(204);
    await eventually(async () => {
      const [row] = await stack.database.query<{ people: number }>(
        'SELECT people FROM recommendation.item_counts WHERE item_id = $1',
        [surprise],
      );
      return row?.people === people.length;
    });
    // It reads everything when it starts, as the others will when the interval is over.
    const learner = await stack.start('recommendation-worker', NEVER);
    const reason = await eventually(async () => {
      const { body } = await preview({ interests });
      return (body.items as Item[]).find(({ itemId }) => itemId === surprise)?.because;
    });
    await learner.child.stop();

    expect(reason).toEqual([{ tag: 'gardening', weight: expect.any(Number) }]);
  });
});

describe('an import', () => {
  let folder: string;
  const env = () => ({
    DATABASE_URL: stack.databaseUrlOf('operator'),
    RABBITMQ_URL: given('RABBITMQ_URL'),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-catalogue-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function importing(name: string, rows: string[], ...options: string[]) {
    const file = join(folder, name);
    await writeFile(file, ['id,title,url,tags,language,popularity', ...rows, ''].join('\n'));
    return usher(['catalogue', 'import', file, '--json', ...options], env());
  }

  it('is seen by every instance, and found by those who look for it', async () => {
    const { body: before } = await previewed({ interests: ['theremin'] });
    expect(before.fallback).toBe('popular');
    const rows = [
      'clara,Clara Rockmore,https://example.com/clara,theremin;music,en,0.9',
      'bad,,,,,',
    ];
    const { code, stdout } = await importing('theremin.csv', rows);
    const report = JSON.parse(stdout);

    expect(code).toBe(0);
    expect(report).toMatchObject({ rows: 2, added: 1, rejected: 1, version: 2 });
    for (const worker of workers) {
      await eventually(async () => (await metric(worker, 'usher_catalogue_version')) === 2);
    }
    const { body } = await previewed({ interests: ['theremin'] });
    expect(body).toMatchObject({ fallback: 'none', catalogueVersion: 2 });
    expect(body.items[0]).toMatchObject({ itemId: 'clara', title: 'Clara Rockmore' });
    const { body: interests } = await stack.api.get('/v1/interests');
    expect(interests).toContainEqual({ tag: 'theremin', label: 'Theremin', items: 1 });
  });

  it('as a dry run changes nothing', async () => {
    const row = 'leon,Leon Theremin,https://example.com/leon,theremin,en,0.9';
    const { code, stdout } = await importing('dry.csv', [row], '--dry-run');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ added: 1, version: 2 });
    expect(idsOf((await previewed({ interests: ['theremin'] })).body)).not.toContain('leon');
  });

  it('of a file that is none fails, and says why', async () => {
    const { code, stderr } = await usher(['catalogue', 'import', join(folder, 'none.csv')], env());

    expect(code).toBe(1);
    expect(stderr).toContain('ENOENT');
  });
});

describe('without a worker', () => {
  it('a preview is the popular list, and the missed deadline is counted', async () => {
    for (const { child } of workers) await child.stop();
    const missed = (await metric(api, 'usher_rpc_deadline_missed_total')) || 0;
    const { status, body } = await preview({ interests: ['chess'], limit: 7 });

    expect(status).toBe(200);
    expect(body).toMatchObject({ fallback: 'popular', modelVersion: 'popular-1' });
    expect(body.items).toHaveLength(7);
    expect(await metric(api, 'usher_rpc_deadline_missed_total')).toBe(missed + 1);
  });
});

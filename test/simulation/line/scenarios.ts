import type { Scenario } from './scenario.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const ONE: Omit<Scenario, 'name'> = {
  people: 20_000,
  arrivalsPerSecond: 2_000,
  shares: {},
  instances: [1],
  balancing: 'round robin',
  hashesPerSecond: 70,
  guess: 0.5,
  logInsPerSecond: 0,
  lineLimitMs: 15 * MINUTE,
  doorLimit: 64,
  concurrency: 4,
  oneNetwork: 0,
  signUpRate: 'off',
  event: undefined,
  hasDatabase: true,
};
const SIX = { ...ONE, instances: [1, 1, 1, 1, 1, 1] };
const MANY = { ...SIX, people: 200_000, lineLimitMs: 120 * MINUTE };
const ONE_IS_SLOW = { ...SIX, instances: [1, 1, 1, 1, 1, 0.5] };

/** What `npm run simulate -- line` lets happen. */
export const scenarios: readonly Scenario[] = [
  { ...ONE, name: 'one instance' },
  { ...ONE, name: 'one, 20 % leave', shares: { leaves: 0.2 } },
  { ...ONE, name: 'one, 50 % leave', shares: { leaves: 0.5 } },
  { ...ONE, name: 'one, 80 % leave', shares: { leaves: 0.8 } },
  { ...ONE, name: 'one, all in a second', arrivalsPerSecond: 20_000 },
  {
    ...ONE,
    name: 'one, all in a second, 50 % leave',
    arrivalsPerSecond: 20_000,
    shares: { leaves: 0.5 },
  },
  { ...ONE, name: 'one, 20 % know only Retry-After', shares: { 'retry-after': 0.2 } },
  { ...ONE, name: 'one, 20 % hammer', shares: { hammers: 0.2 } },
  { ...ONE, name: 'one, 2 % hammer without ticket', shares: { 'hammers-blindly': 0.02 } },
  {
    ...ONE,
    name: 'one, 90 % bots',
    shares: { leaves: 0.9 },
    people: 100_000,
    arrivalsPerSecond: 10_000,
    lineLimitMs: 60 * MINUTE,
  },
  {
    ...ONE,
    name: 'one, one network',
    oneNetwork: 1,
  },
  {
    ...ONE,
    name: 'one, one network, 20 % Retry-After',
    shares: { 'retry-after': 0.2 },
    oneNetwork: 1,
  },
  {
    ...ONE,
    name: 'one, half of them behind one network that is limited',
    people: 10_000,
    oneNetwork: 0.5,
    signUpRate: { count: 300, perMs: MINUTE },
  },
  { ...ONE, name: 'one, a door for one', people: 2_000, doorLimit: 1, concurrency: 1 },
  {
    ...ONE,
    name: 'one that is slower than it thinks, 280 people',
    people: 280,
    hashesPerSecond: 21,
    guess: 2.4,
  },
  {
    ...ONE,
    name: 'one that is slower than it thinks',
    guess: 2.4,
  },
  {
    ...ONE,
    name: 'one, a door for one, slower than it thinks, 120 people',
    people: 120,
    doorLimit: 1,
    concurrency: 1,
    hashesPerSecond: 12,
    guess: 2.4,
  },
  {
    ...ONE,
    name: 'one, a door for one, faster than it thinks, 120 people',
    people: 120,
    doorLimit: 1,
    concurrency: 1,
    hashesPerSecond: 20,
    guess: 0.4,
  },
  { ...ONE, name: 'one, 5 log-ins/s', logInsPerSecond: 5 },
  { ...ONE, name: 'one that restarts', event: { what: 'restarts', atMs: MINUTE } },
  { ...SIX, name: 'six, round robin' },
  { ...SIX, name: 'six, random', balancing: 'random' },
  { ...SIX, name: 'six, sticky', balancing: 'sticky' },
  { ...SIX, name: 'six, 20 % leave', shares: { leaves: 0.2 } },
  { ...SIX, name: 'six, 50 % leave', shares: { leaves: 0.5 } },
  { ...SIX, name: 'six, 80 % leave', shares: { leaves: 0.8 } },
  {
    ...SIX,
    name: 'six, everything',
    shares: { leaves: 0.3, 'retry-after': 0.2, hammers: 0.05 },
    balancing: 'random',
  },
  { ...ONE_IS_SLOW, name: 'six, one half as fast' },
  { ...ONE_IS_SLOW, name: 'six, one half as fast, random', balancing: 'random' },
  { ...ONE_IS_SLOW, name: 'six, one half as fast, sticky', balancing: 'sticky' },
  { ...ONE_IS_SLOW, name: 'six, one half as fast, no database', hasDatabase: false },
  { ...SIX, name: 'six, one joins', event: { what: 'joins', atMs: MINUTE } },
  { ...SIX, name: 'six, one restarts', event: { what: 'restarts', atMs: MINUTE } },
  { ...SIX, name: 'six, one dies', event: { what: 'dies', atMs: MINUTE } },
  { ...MANY, name: 'six, 200,000' },
  { ...MANY, name: 'six, 200,000, 50 % leave', shares: { leaves: 0.5 } },
  { ...MANY, name: 'six, 200,000, LINE_LIMIT=15m', lineLimitMs: 15 * MINUTE },
];

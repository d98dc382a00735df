import { localMoment } from './local-moment.js';

/**
 * 09:00 on the third day after the sign-up's date, as `zdump -v` of tzdata 2025b has the offsets: Kolkata and
 * Kathmandu without summer time, Lord Howe with one of 30 minutes, Casablanca with one that pauses in Ramadan.
 */
const MORNINGS = [
  ['Asia/Kolkata', '2026-03-01T17:45:00Z', '2026-03-04T03:30:00.000Z'],
  ['Asia/Kolkata', '2026-03-01T18:45:00Z', '2026-03-05T03:30:00.000Z'],
  ['Asia/Kathmandu', '2026-03-01T18:00:00Z', '2026-03-04T03:15:00.000Z'],
  ['Asia/Kathmandu', '2026-03-01T18:30:00Z', '2026-03-05T03:15:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-01T03:00:00Z', '2026-04-03T22:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-02T03:00:00Z', '2026-04-04T22:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-09-30T03:00:00Z', '2026-10-02T22:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-01T03:00:00Z', '2026-10-03T22:00:00.000Z'],
  ['Africa/Casablanca', '2026-02-11T12:00:00Z', '2026-02-14T08:00:00.000Z'],
  ['Africa/Casablanca', '2026-02-12T12:00:00Z', '2026-02-15T09:00:00.000Z'],
  ['Africa/Casablanca', '2026-03-18T12:00:00Z', '2026-03-21T09:00:00.000Z'],
  ['Africa/Casablanca', '2026-03-19T12:00:00Z', '2026-03-22T08:00:00.000Z'],
  ['Europe/Berlin', '2026-03-25T12:00:00Z', '2026-03-28T08:00:00.000Z'],
  ['Europe/Berlin', '2026-03-26T12:00:00Z', '2026-03-29T07:00:00.000Z'],
  ['Europe/Berlin', '2026-10-21T12:00:00Z', '2026-10-24T07:00:00.000Z'],
  ['Europe/Berlin', '2026-10-22T12:00:00Z', '2026-10-25T08:00:00.000Z'],
  ['America/New_York', '2026-03-04T17:00:00Z', '2026-03-07T14:00:00.000Z'],
  ['America/New_York', '2026-03-05T17:00:00Z', '2026-03-08T13:00:00.000Z'],
  ['America/New_York', '2026-10-28T17:00:00Z', '2026-10-31T13:00:00.000Z'],
  ['America/New_York', '2026-10-29T17:00:00Z', '2026-11-01T14:00:00.000Z'],
] as const;

const NINE = { days: 3, time: '09:00' };

it.each(MORNINGS)('in %s, after a sign-up at %s, the morning is at %s', (zone, start, expected) => {
  expect(localMoment(new Date(start), zone, NINE).toISOString()).toBe(expected);
});

it('is in UTC for somebody whose time zone is not known', () => {
  const start = new Date('2026-03-01T23:59:59.999Z');

  expect(localMoment(start, null, NINE).toISOString()).toBe('2026-03-04T09:00:00.000Z');
});

describe('a time that the clocks skip', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-03-29T01:30:00.000Z'],
    ['Australia/Lord_Howe', '02:15', '2026-10-03T15:45:00.000Z'],
  ])('is the later one in %s at %s', (zone, time, expected) => {
    const day = new Date(Date.parse(expected));

    expect(localMoment(day, zone, { days: 0, time }).toISOString()).toBe(expected);
  });
});

describe('a time that the clocks repeat', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '01:30', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', '01:45', '2026-04-04T14:45:00.000Z'],
  ])('is the first one in %s at %s', (zone, time, expected) => {
    const day = new Date(Date.parse(expected));

    expect(localMoment(day, zone, { days: 0, time }).toISOString()).toBe(expected);
  });
});

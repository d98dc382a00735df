import { timeZone } from '#libs/contracts';
import { localMoment } from '#libs/journeys';

it('every time zone that a sign-up may name has a morning', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  // ICU knows some abbreviations that Temporal refuses.
  const abbreviations = alphabet.flatMap((a) =>
    alphabet.flatMap((b) => alphabet.map((c) => `${a}${b}${c}`)),
  );
  const named = [...Intl.supportedValuesOf('timeZone'), ...abbreviations];
  const taken = named.filter((name) => timeZone.safeParse(name).success);

  expect(taken).toEqual(expect.arrayContaining(['Europe/Berlin', 'UTC', 'GMT', 'CET']));
  expect(taken).not.toContain('BST');
  for (const name of taken)
    expect(() => localMoment(new Date(), name, { days: 3, time: '09:00' })).not.toThrow();
});

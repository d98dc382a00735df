import { ConfigError, loadConfig } from '#libs/service-defaults';
import { JourneyConfig } from './journey.config.js';

const load = (env: Record<string, string>) =>
  loadConfig([JourneyConfig], env).get(JourneyConfig) as JourneyConfig;

describe('when journeys come', () => {
  it('is a day after the sign-up, and the third morning, unless something else is given', () => {
    expect(load({})).toEqual({
      JOURNEY_VERIFY_REMINDER: 86_400_000,
      JOURNEY_TIPS: { days: 3, time: '09:00' },
    });
  });

  it('may be something else, or never', () => {
    expect(load({ JOURNEY_VERIFY_REMINDER: '2h', JOURNEY_TIPS: '14d@23:59' })).toEqual({
      JOURNEY_VERIFY_REMINDER: 7_200_000,
      JOURNEY_TIPS: { days: 14, time: '23:59' },
    });
    expect(load({ JOURNEY_VERIFY_REMINDER: 'off', JOURNEY_TIPS: 'off' })).toEqual({
      JOURNEY_VERIFY_REMINDER: undefined,
      JOURNEY_TIPS: undefined,
    });
  });

  it.each(['3d', '09:00', '3d@24:00', '3d@9:00', '-1d@09:00', '1000d@09:00', 'on', '3d@09:00Z'])(
    'cannot be %j',
    (text) => {
      expect(() => load({ JOURNEY_TIPS: text })).toThrow(ConfigError);
      expect(() => load({ JOURNEY_TIPS: text })).toThrow(
        'JOURNEY_TIPS: expected off, or days and a time such as 3d@09:00',
      );
    },
  );

  it.each(['0s', '24', 'never', '366d', '999999999d'])('of the reminder cannot be %j', (text) => {
    expect(() => load({ JOURNEY_VERIFY_REMINDER: text })).toThrow(
      'JOURNEY_VERIFY_REMINDER: expected off, or a duration such as 24h',
    );
  });
});

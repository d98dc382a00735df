import { userRegistered } from './user-registered.event.js';

const registration = (properties: Record<string, unknown> = {}) => ({
  userId: '01890a5d-ac96-774b-bcce-b302099a8057',
  email: 'mike@example.com',
  displayName: 'Mike',
  interests: ['jazz', 'hiking'],
  interestsVersion: 1,
  locale: 'en',
  country: 'DE',
  ...properties,
});

const accepts = (properties: Record<string, unknown>) =>
  userRegistered.data.safeParse(registration(properties)).success;

describe('the data of user.registered.v1', () => {
  it('is accepted as it is, with and without a country', () => {
    expect(userRegistered.data.parse(registration())).toEqual(registration());
    expect(accepts({ country: undefined })).toBe(true);
  });

  it('loses properties that the schema does not know: the reader is tolerant', () => {
    expect(userRegistered.data.parse(registration({ referrer: 'a friend' }))).toEqual(
      registration(),
    );
  });

  it('may have no interests at all, and interests that nobody has heard of', () => {
    expect(accepts({ interests: [] })).toBe(true);
    expect(accepts({ interests: ['underwater-basket-weaving'] })).toBe(true);
  });

  it.each(["o'brien+list@example.com", 'a!b/c@example.com', 'mike@xn--e1afmkfd.xn--p1ai'])(
    'has every address that a sign-up accepts, as %s',
    (email) => {
      expect(accepts({ email })).toBe(true);
    },
  );

  it.each<[string, unknown]>([
    ['userId', '42'],
    ['userId', undefined],
    ['email', 'mike'],
    ['email', 'mike@example.com, eve@example.com'],
    ['displayName', ''],
    ['displayName', 'x'.repeat(101)],
    ['interests', 'jazz'],
    ['interests', ['Jazz']],
    ['interests', Array.from({ length: 21 }, (_, i) => `tag-${i}`)],
    ['interestsVersion', 0],
    ['interestsVersion', 1.5],
    ['locale', 'fr'],
    ['country', 'Germany'],
  ])('is refused with the %s %j', (property, value) => {
    expect(accepts({ [property]: value })).toBe(false);
  });
});

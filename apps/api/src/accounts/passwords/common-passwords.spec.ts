import { COMMON_PASSWORDS, isCommon } from './common-passwords.js';

describe('the list of common passwords', () => {
  it('is as long as its description says', () => {
    expect(COMMON_PASSWORDS.size).toBe(49_233);
  });

  it.each(['password', '123456', 'iloveyou', 'PassWord', 'qwertyuiop12345'])(
    'knows %j, in whatever letters',
    (password) => {
      expect(isCommon(password)).toBe(true);
    },
  );

  it.each(['passwordpassword', 'passwordpasswordpass', '123456123456', 'DragonDragonDragon'])(
    'knows %j, which is only one of them repeated',
    (password) => {
      expect(isCommon(password)).toBe(true);
    },
  );

  it.each(['correct horse battery', 'password and the badger', 'my dragon is called Lin', ''])(
    'does not know %j',
    (password) => {
      expect(isCommon(password)).toBe(false);
    },
  );

  it('is asked about the longest password in no time', () => {
    expect(isCommon(`${'a'.repeat(255)}b`)).toBe(false);
  });
});

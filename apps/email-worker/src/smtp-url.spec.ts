import { smtpDefaults, smtpUrl } from './smtp-url.js';

describe('SMTP_URL', () => {
  it.each([
    'smtp://maildev:1025?ignoreTLS=true',
    'smtps://user:pass%2Fword@mail.example.com',
    'smtp://mail.example.com:587?requireTLS=true&name=app.example.com&authMethod=LOGIN',
    'smtp://10.0.0.5?tls.servername=mail.example.com&tls.rejectUnauthorized=true',
  ])('may be %s', (url) => {
    expect(smtpUrl().safeParse(url).success).toBe(true);
  });

  it.each([
    ['a parameter with a typing error', 'smtp://mail.example.com?requiretls=true'],
    ['a flag that is neither true nor false', 'smtp://mail.example.com?requireTLS=yes'],
    ['a parameter that is given twice', 'smtp://mail.example.com?ignoreTLS=false&ignoreTLS=true'],
    ['the name of a property of every object', 'smtp://mail.example.com?constructor=true'],
    ['an empty name', 'smtp://mail.example.com?name='],
    ['what would print whole mails', 'smtp://mail.example.com?logger=true&debug=true'],
    ['what would read files', 'smtp://mail.example.com?disableFileAccess=false'],
    ['another protocol', 'http://mail.example.com'],
  ])('is refused with %s', (_, url) => {
    const { success, error } = smtpUrl().safeParse(url);
    expect(success).toBe(false);
    expect(error!.issues).toHaveLength(1);
  });
});

describe('without a word about it in SMTP_URL', () => {
  const PUBLIC_URL = 'https://accounts.example.com';

  it.each([
    ['smtp://mail.example.com:587', true],
    ['smtp://relay', true],
    ['smtp://user:secret@10.0.0.5?requireTLS=false', true],
    ['smtps://mail.example.com', undefined],
    ['smtp://maildev:1025?ignoreTLS=true', undefined],
    ['smtp://127.0.0.1:1025', undefined],
    ['smtp://[::1]:1025', undefined],
    ['smtp://localhost', undefined],
    ['smtp://127.0.0.1.example.com', true],
    ['smtp://localhost.example.com', true],
  ])('%s must be upgraded by STARTTLS: %s', (url, required) => {
    expect(smtpDefaults(url, PUBLIC_URL).requireTLS).toBe(required);
  });

  it.each([
    ['https://accounts.example.com/usher', 'accounts.example.com'],
    ['http://127.0.0.1:3000', undefined],
    ['http://[::1]:3000', undefined],
    ['http://localhost:3000', undefined],
  ])('of %s the EHLO is %s', (publicUrl, name) => {
    expect(smtpDefaults('smtp://relay', publicUrl).name).toBe(name);
  });
});

import { loadConfig } from '#libs/service-defaults';
import { EmailWorkerConfig } from './email-worker.config.js';

const sender = (MAIL_FROM?: string) => {
  const env = { SMTP_URL: 'smtp://localhost', ...(MAIL_FROM !== undefined && { MAIL_FROM }) };
  return (loadConfig([EmailWorkerConfig], env).get(EmailWorkerConfig) as EmailWorkerConfig)
    .MAIL_FROM;
};

describe('the sender of mails', () => {
  it.each([
    [undefined, 'Usher', 'hello@usher.example'],
    ['hello@x.example', '', 'hello@x.example'],
    ['Acme, Inc. <a@x.example>', 'Acme, Inc.', 'a@x.example'],
    ['"Acme, Inc." <a@x.example>', 'Acme, Inc.', 'a@x.example'],
    ['Käse & Co <a@x.example>', 'Käse & Co', 'a@x.example'],
    ['欢迎 <a@x.example>', '欢迎', 'a@x.example'],
  ])('%j is %j at %j', (text, name, address) => {
    expect(sender(text)).toEqual({ name, address });
  });

  it.each([
    'Usher',
    'a@x.example>',
    'Usher <a@x.example',
    'Usher <a@x.example> <b@x.example>',
    'Usher\r\nBcc: b@x.example <a@x.example>',
    '<a@x.example>, b@x.example',
    'a@b@x.example',
  ])('cannot be %j', (text) => {
    expect(() => sender(text)).toThrow('MAIL_FROM: expected Name <address>');
  });
});

import { headersWithId, idInHeaders, idInMetadata, idInTags } from './carried-id.js';
import { MailIds } from './mail-ids.js';

const id = new MailIds(Buffer.alloc(32, 7)).sign({
  eventId: '01890a5d-ac96-774b-bcce-b302099a8058',
  consumer: 'email-worker.send-welcome-email',
  recipient: 'mike@example.com',
});

describe('a mail carries its id', () => {
  it('nowhere when no provider gives it back', () => {
    expect(headersWithId('none', id)).toEqual({});
  });

  it('in a tag and a header for Amazon SES', () => {
    expect(headersWithId('ses', id)).toEqual({
      'X-SES-MESSAGE-TAGS': `usher-mail-id=${id}`,
      'X-Usher-Mail-Id': id,
    });
    expect(idInTags({ 'ses:source-ip': ['192.0.2.7'], 'usher-mail-id': [id] })).toBe(id);
    expect(idInHeaders([{ name: 'x-usher-mail-ID', value: ` ${id.toUpperCase()}` }])).toBe(id);
  });

  it('in metadata for Postmark, within its limits', () => {
    const headers = Object.entries(headersWithId('postmark', id));

    expect(headers).toEqual([['X-PM-Metadata-usher-mail-id', id]]);
    expect('usher-mail-id'.length).toBeLessThanOrEqual(20);
    expect(id.length).toBeLessThanOrEqual(80);
    expect(idInMetadata({ color: 'blue', 'Usher-Mail-Id': id })).toBe(id);
  });

  it.each([{}, { 'usher-mail-id': 'altered' }, { 'usher-mail-id': 42 }, { id }])(
    'in nothing like %j',
    (metadata) => {
      expect(idInMetadata(metadata as Record<string, unknown>)).toBeUndefined();
    },
  );

  it('in no tag and no header of another name or form', () => {
    expect(idInTags({})).toBeUndefined();
    expect(idInTags({ 'usher-mail-id': [] })).toBeUndefined();
    expect(idInTags({ 'usher-mail-id': ['altered'] })).toBeUndefined();
    expect(idInHeaders([{ name: 'Message-ID', value: id }])).toBeUndefined();
  });
});

import { formatDueMoment } from './due-moment.js';

const DUE = '2026-12-03T08:00:00Z';

describe('the moment at which something is due', () => {
  it('is a day and a time of the person’s clock, in the person’s language', () => {
    expect(formatDueMoment(DUE, 'en', 'Europe/Berlin', 'Europe/Berlin')).toMatch(
      /^Thursday, December 3\D+9:00\sAM$/,
    );
    expect(formatDueMoment(DUE, 'zh-CN', 'Asia/Shanghai', 'Asia/Shanghai')).toBe(
      '12月3日星期四 16:00',
    );
  });

  it('is by the browser’s clock when no zone is known', () => {
    expect(formatDueMoment(DUE, 'en', null, 'America/New_York')).toMatch(/3:00\sAM$/);
  });

  it('names the zone where the browser is in another one', () => {
    expect(formatDueMoment(DUE, 'en', 'Asia/Shanghai', 'Europe/Berlin')).toMatch(
      /4:00\sPM\sGMT\+8$/,
    );
  });

  it('is shown all the same when the browser does not know the zone', () => {
    expect(formatDueMoment(DUE, 'en', 'Mars/Olympus', 'Mars/Olympus')).toMatch(/\d:\d\d\s[AP]M$/);
  });
});

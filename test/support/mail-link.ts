import { eventually } from './eventually.js';
import type { SmtpSink } from './smtp-sink.js';

/** The link in the newest mail to an address that leads to this page, as soon as there is one. */
export async function mailLink(smtp: SmtpSink, address: string, page: string): Promise<string> {
  return eventually(() => {
    const links = smtp
      .to(address)
      .map(({ raw }) => raw.replaceAll(/=\r\n/g, '').replaceAll('=3D', '='))
      .map((raw) => new RegExp(`http://\\S+/${page}#token=[\\w.-]+`).exec(raw)?.[0]);
    return links.at(-1);
  });
}

import { Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Locale } from '#libs/contracts';
import { Database } from '#libs/database';
import { readLinkToken, verifyLinkToken } from '#libs/link-tokens';
import { currentTime, Messaging } from '#libs/messaging';
import type { Request, Response } from 'express';
import { ApiConfig } from '../../api.config.js';
import { FromClient, type Client } from '../../http/client.js';
import { preferredLocale } from '../../http/preferred-locale.js';
import { Problem } from '../../http/problem.js';
import { PageDocuments } from '../../page/page-documents.js';
import { Accounts } from '../users/accounts.js';
import type { User } from '../users/user.js';
import { UNSUBSCRIBE_TEXTS, type UnsubscribeState } from './unsubscribe-texts.js';

/**
 * Ends mails with tips by the link in such a mail, without a session. A mail program posts to it when somebody
 * presses its button (RFC 8058); a person gets a page with one. To open the link changes nothing, since programs
 * that check mails open every link.
 */
@Controller('unsubscribe')
@ApiExcludeController()
export class UnsubscribeController {
  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly accounts: Accounts,
    private readonly documents: PageDocuments,
  ) {}

  /** A mail program may have cut the link off before the token. */
  @Get(['', ':token'])
  @Header('cache-control', 'no-store')
  async show(
    @Param('token') token: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { person, refusal = 'asks' } = await this.read(token);
    return this.page(refusal, person?.locale, request, response);
  }

  @Post(':token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async end(
    @Param('token') token: string,
    @Req() request: Request,
    @FromClient() client: Client,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { person, refusal = 'ended' } = await this.read(token);
    if (person && refusal === 'ended')
      await this.accounts.change(person.id, { tips: false }, client);
    return this.page(refusal, person?.locale, request, response);
  }

  /** The person of a link, and why it is refused. The link of an account that is gone is unknown. */
  private async read(token = ''): Promise<{ person?: User; refusal?: UnsubscribeState }> {
    const { LINK_SIGNING_KEY } = this.config;
    const genuine = await readLinkToken(LINK_SIGNING_KEY, 'unsubscribe', token);
    const person = genuine && (await this.find(genuine.userId));
    if (!person) return { refusal: 'unknown' };
    const now = () => currentTime(this.messaging, this.database);
    const isGood = await verifyLinkToken(LINK_SIGNING_KEY, 'unsubscribe', token, now);
    return isGood ? { person } : { person, refusal: 'expired' };
  }

  private async find(userId: string): Promise<User | undefined> {
    try {
      return await this.accounts.get(userId);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  private page(
    state: UnsubscribeState,
    locale: Locale | undefined,
    request: Request,
    response: Response,
  ): string {
    if (state === 'expired' || state === 'unknown') response.status(400);
    response.type('html');
    const lang = locale ?? preferredLocale(request);
    const { heading, text, next } = UNSUBSCRIBE_TEXTS[lang][state];
    return this.documents
      .get('unsubscribe')
      .replaceAll('%HEADING%', heading)
      .replace('%LANG%', lang)
      .replace('%TEXT%', text)
      .replace(
        '%NEXT%',
        state === 'asks'
          ? // To the address that it was opened by, which has the token.
            `<form method="post"><button class="primary" type="submit">${next}</button></form>`
          : `<a class="primary" href="${this.config.PUBLIC_URL}/">${next}</a>`,
      );
  }
}

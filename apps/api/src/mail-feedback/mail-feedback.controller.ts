import { Controller, Headers, HttpCode, Logger, Post, Req } from '@nestjs/common';
import { ApiBasicAuth, ApiBody } from '@nestjs/swagger';
import type { FeedbackSource } from '#libs/contracts';
import {
  countFeedback,
  FeedbackRecorder,
  isBasicAuth,
  readPostmarkPost,
  readSnsPost,
  type FeedbackPost,
} from '#libs/mail-feedback';
import { FromClient, type Client } from '../http/client.js';
import { notFound, Problem } from '../http/problem.js';
import { Documented } from '../openapi/documented.decorator.js';
import { ApiConfig } from '../api.config.js';
import { SnsClient } from './sns-client.js';

/** How Postmark shows who it is, by its name in the description of the API. */
export const POSTMARK = 'postmark';

/** When a provider is to send it again. */
const RETRY_AFTER_SECONDS = 30;

/**
 * What providers say of mails that they took from us. A provider's signature or password proves the provider; the
 * signed id of a mail proves that it is about a mail of ours. What is repeated, unknown or too old changes nothing
 * and is answered like all else, so that no provider sends it for ever.
 */
@Controller('v1/mail-feedback')
export class MailFeedbackController {
  private readonly logger = new Logger(MailFeedbackController.name);

  constructor(
    private readonly config: ApiConfig,
    private readonly recorder: FeedbackRecorder,
    private readonly sns: SnsClient,
  ) {}

  @Post('ses')
  @HttpCode(204)
  @ApiBody({ description: 'What Amazon SNS posts, up to 1 MiB', schema: { type: 'object' } })
  @Documented(
    'What Amazon SES says of mails, by Amazon SNS',
    { 204: null },
    'bad_request',
    'invalid_signature',
    'not_found',
    'payload_too_large',
    'certificate_unavailable',
  )
  async ses(@Req() { body }: { body: unknown }, @FromClient() client: Client): Promise<void> {
    const topicArn = this.config.MAIL_FEEDBACK_SES_TOPIC_ARN;
    if (topicArn === undefined) throw notFound();
    const fetchCertificate = (url: string) => this.sns.certificate(url);
    const post = await readSnsPost(bytes(body), { topicArn, fetchCertificate });
    switch (post.kind) {
      case 'unauthorized':
        throw new Problem('invalid_signature', `The message is refused: ${post.reason}.`);
      case 'certificate-unavailable':
        throw this.unavailable(post.reason);
      case 'subscription':
        return this.confirm(post.confirmationUrl);
      case 'unsubscribed':
        this.logger.warn(`${topicArn} sends no more feedback: somebody has unsubscribed`);
        return;
      default:
        await this.take(post, 'ses', client);
    }
  }

  @Post('postmark')
  @HttpCode(204)
  @ApiBasicAuth(POSTMARK)
  @ApiBody({
    description: 'What a webhook of Postmark posts, up to 1 MiB',
    schema: { type: 'object' },
  })
  @Documented(
    'What Postmark says of mails',
    { 204: null },
    'bad_request',
    'invalid_signature',
    'not_found',
    'payload_too_large',
  )
  async postmark(
    @Req() { body }: { body: unknown },
    @Headers('authorization') authorization: string | undefined,
    @FromClient() client: Client,
  ): Promise<void> {
    const expected = this.config.MAIL_FEEDBACK_POSTMARK_AUTH;
    if (expected === undefined) throw notFound();
    if (!isBasicAuth(authorization, expected))
      throw new Problem('invalid_signature', 'User or password is wrong.');
    await this.take(readPostmarkPost(bytes(body)), 'postmark', client);
  }

  private async take(post: FeedbackPost, source: FeedbackSource, client: Client): Promise<void> {
    if (post.kind === 'unreadable') {
      countFeedback('unreadable', source);
      throw new Problem('bad_request', `The body cannot be read: ${post.reason}.`);
    }
    countFeedback('unknown', source, post.withoutId);
    const origin = { source, app: 'api', correlationId: client.requestId };
    for (const feedback of post.feedback) await this.recorder.record(feedback, origin);
  }

  private async confirm(url: string): Promise<void> {
    try {
      await this.sns.confirm(url);
    } catch (error) {
      throw this.unavailable(`the subscription cannot be confirmed: ${(error as Error).message}`);
    }
  }

  /** SNS sends again what it gets no 2xx for. */
  private unavailable(reason: string): Problem {
    this.logger.warn(`feedback by Amazon SNS is not taken now: ${reason}`);
    return new Problem('certificate_unavailable', undefined, {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** The body as it came; nothing when there was none. */
const bytes = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

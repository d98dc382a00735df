import { aboutUsher } from '#libs/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  asyncApiDocument,
  Messaging,
  MessagingConfig,
  type AsyncApiDocument,
} from '#libs/messaging';

/** The description of the events for programs, with the pauses between attempts that this deployment has. */
@Controller()
@ApiExcludeController()
export class AsyncApiController {
  private readonly made: AsyncApiDocument;

  constructor(messaging: Messaging, config: MessagingConfig) {
    this.made = asyncApiDocument(messaging, aboutUsher, config.CONSUMER_RETRY_DELAYS);
  }

  @Get('asyncapi.json')
  document() {
    return this.made;
  }
}

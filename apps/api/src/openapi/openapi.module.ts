import { Module } from '@nestjs/common';
import { ApiReferenceController } from './api-reference.controller.js';
import { ApiReference } from './api-reference.js';

/** The description of the API, to which each wing adds its ways to prove who asks. */
@Module({
  controllers: [ApiReferenceController],
  providers: [ApiReference],
  exports: [ApiReference],
})
export class OpenApiModule {}

import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiConfig } from '../api.config.js';
import { SessionCookie } from '../http/session-cookie.js';
import { OPERATIONS_TOKEN } from '../operations/ops-token.guard.js';
import { problem } from './problem.schema.js';

const VERSION = '1';

/** The description of the API, made of its controllers and the zod schemas that they check requests with. */
@Injectable()
export class ApiReference {
  private made: OpenAPIObject | undefined;

  constructor(
    private readonly config: ApiConfig,
    private readonly cookie: SessionCookie,
  ) {}

  get document(): OpenAPIObject {
    if (!this.made) throw new Error('the API is not described yet');
    return this.made;
  }

  /** Called once, when all controllers are known. */
  describe(app: INestApplication): void {
    const frame = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Usher')
      .setVersion(VERSION)
      .addServer(this.config.PUBLIC_URL)
      .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'token')
      .addBearerAuth({ type: 'http', scheme: 'bearer' }, OPERATIONS_TOKEN)
      .addCookieAuth(this.cookie.name, { type: 'apiKey', in: 'cookie' }, 'cookie')
      .build();
    const document = SwaggerModule.createDocument(app, frame, {
      standardSchemaConverter: (schema, { schemaType }) => ({
        schema: jsonSchema(schema as z.ZodType, schemaType),
      }),
    });
    document.components = {
      ...document.components,
      schemas: { ...document.components?.schemas, Problem: jsonSchema(problem, 'output') },
    };
    this.made = document;
  }
}

/** The dialect of OpenAPI 3.1 is JSON Schema 2020-12: https://spec.openapis.org/oas/v3.1.1.html#schema-object */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

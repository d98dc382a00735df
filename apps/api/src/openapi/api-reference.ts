import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiConfig } from '../api.config.js';
import { problem } from '../http/problem.schema.js';

const VERSION = '1';

type SecurityScheme = Parameters<DocumentBuilder['addSecurity']>[1];

/** The description of the API, made of its controllers and the zod schemas that they check requests with. */
@Injectable()
export class ApiReference {
  private readonly frame: DocumentBuilder;
  private made: OpenAPIObject | undefined;

  constructor({ PUBLIC_URL }: ApiConfig) {
    this.frame = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Usher')
      .setVersion(VERSION)
      .addServer(PUBLIC_URL);
  }

  /** Describes a way to prove who asks; for constructors, since it counts only before {@link describe}. */
  addSecurityScheme(name: string, scheme: SecurityScheme): void {
    this.frame.addSecurity(name, scheme);
  }

  get document(): OpenAPIObject {
    if (!this.made) throw new Error('the API is not described yet');
    return this.made;
  }

  /** Called once, when all controllers are known. */
  describe(app: INestApplication): void {
    const document = SwaggerModule.createDocument(app, this.frame.build(), {
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

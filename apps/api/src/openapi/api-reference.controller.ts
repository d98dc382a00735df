import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { LinkConfig } from '#libs/link-tokens';
import type { Response } from 'express';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { notFound } from '../http/problem.js';
import { ApiReference } from './api-reference.js';

const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const ASSETS = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']);

/** @param docs where this page and its files are */
const page = (docs: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Usher API</title>
    <link rel="icon" href="${docs}/favicon-32x32.png" />
    <link rel="stylesheet" href="${docs}/swagger-ui.css" />
    <script src="${docs}/swagger-ui-bundle.js" defer></script>
    <script src="${docs}/start.js" defer></script>
  </head>
  <body>
    <div id="swagger-ui"></div>
  </body>
</html>
`;

const start = (
  document: string,
) => `SwaggerUIBundle({ url: '${document}', domNode: document.getElementById('swagger-ui'), deepLinking: true });
`;

/** The description of the API for programs, and for people a page that shows it; nothing inline, nothing from elsewhere. */
@Controller()
@ApiExcludeController()
export class ApiReferenceController {
  constructor(
    private readonly reference: ApiReference,
    private readonly links: LinkConfig,
  ) {}

  @Get('openapi.json')
  document() {
    return this.reference.document;
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page() {
    return page(`${this.links.basePath}/docs`);
  }

  @Get('docs/start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start() {
    return start(`${this.links.basePath}/openapi.json`);
  }

  @Get('docs/:asset')
  asset(@Param('asset') asset: string, @Res() response: Response) {
    if (!ASSETS.has(asset)) throw notFound();
    response.sendFile(join(SWAGGER_UI, asset), { maxAge: '1d' });
  }
}

import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import sirv, { type RequestHandler } from 'sirv';
import { notFound } from '../http/problem.js';
import { PAGE_FOLDER, PageDocuments } from './page-documents.js';

/** What the build names after its content never changes. */
const ASSET_MAX_AGE_SECONDS = 365 * 86_400;

/** Serves the documents of the page; their scripts and styles have names that change with their content. */
@Controller()
@ApiExcludeController()
export class PageController {
  private readonly assets: RequestHandler;

  constructor(private readonly documents: PageDocuments) {
    // It also picks the files that the build has compressed.
    const options = { brotli: true, gzip: true, immutable: true, maxAge: ASSET_MAX_AGE_SECONDS };
    this.assets = sirv(PAGE_FOLDER, options);
  }

  @Get()
  @PageHeaders()
  home() {
    return this.documents.get('index');
  }

  @Get('ops')
  @PageHeaders()
  operations() {
    return this.documents.get('ops');
  }

  @Get('verify-email')
  @PageHeaders()
  verifyEmail() {
    return this.documents.get('verify-email');
  }

  @Get('reset-password')
  @PageHeaders()
  resetPassword() {
    return this.documents.get('reset-password');
  }

  @Get('change-email')
  @PageHeaders()
  changeEmail() {
    return this.documents.get('change-email');
  }

  @Get('keep-email')
  @PageHeaders()
  keepEmail() {
    return this.documents.get('keep-email');
  }

  @Get('assets/:file')
  asset(@Req() request: Request, @Res() response: Response): void {
    this.assets(request, response, () => {
      throw notFound();
    });
  }
}

/** Kept by browsers, but asked for each time: it names the scripts of the version that runs. */
function PageHeaders(): MethodDecorator {
  const decorators = [
    Header('content-type', 'text/html; charset=utf-8'),
    Header('cache-control', 'no-cache'),
  ];
  return (target, key, descriptor) => {
    for (const decorate of decorators) decorate(target, key, descriptor);
  };
}

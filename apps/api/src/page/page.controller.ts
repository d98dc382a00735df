import { Controller, Get, Header, Req, Res, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { LinkConfig } from '#libs/link-tokens';
import type { Request, Response } from 'express';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv, { type RequestHandler } from 'sirv';
import { ApiConfig } from '../api.config.js';
import { notFound } from '../http/problem.js';

/** Where `vite build` puts the page, seen from the built API. */
const PAGE_FOLDER = fileURLToPath(new URL('../../../web/', import.meta.url));

/** What the build names after its content never changes. */
const ASSET_MAX_AGE_SECONDS = 365 * 86_400;

const FILES = ['index', 'ops', 'verify-email', 'reset-password'] as const;
type File = (typeof FILES)[number];

/** Serves the documents of the page; their scripts and styles have names that change with their content. */
@Controller()
@ApiExcludeController()
export class PageController implements OnModuleInit {
  private readonly documents = new Map<File, string>();
  private readonly assets: RequestHandler;

  constructor(
    private readonly config: ApiConfig,
    private readonly links: LinkConfig,
  ) {
    // It also picks the files that the build has compressed.
    const options = { brotli: true, gzip: true, immutable: true, maxAge: ASSET_MAX_AGE_SECONDS };
    this.assets = sirv(PAGE_FOLDER, options);
  }

  async onModuleInit(): Promise<void> {
    for (const file of FILES) {
      const html = await readFile(join(PAGE_FOLDER, `${file}.html`), 'utf8');
      const { PASSWORD_MIN, SIGNUP_MODE } = this.config;
      const { basePath } = this.links;
      const filled = html
        .replaceAll('"./assets/', `"${basePath}/assets/`)
        .replace('%BASE_PATH%', basePath)
        .replace('%PASSWORD_MIN%', String(PASSWORD_MIN))
        .replace('%SIGNUP_MODE%', SIGNUP_MODE);
      this.documents.set(file, filled);
    }
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

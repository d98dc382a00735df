import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LinkConfig } from '#libs/link-tokens';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiConfig } from '../api.config.js';

/** Where `vite build` puts the page, seen from the built API. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../../web/', import.meta.url));

const FILES = [
  'index',
  'ops',
  'verify-email',
  'reset-password',
  'change-email',
  'keep-email',
  'unsubscribe',
] as const;
type File = (typeof FILES)[number];

/** The documents of the page as this installation serves them. */
@Injectable()
export class PageDocuments implements OnModuleInit {
  private readonly documents = new Map<File, string>();

  constructor(
    private readonly config: ApiConfig,
    private readonly links: LinkConfig,
  ) {}

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

  get(file: File): string {
    return this.documents.get(file)!;
  }
}

import { Global, Module } from '@nestjs/common';
import { PageController } from './page.controller.js';
import { PageDocuments } from './page-documents.js';

/** The page, and its documents for a wing that fills in one of its own. */
@Global()
@Module({ controllers: [PageController], providers: [PageDocuments], exports: [PageDocuments] })
export class PageModule {}

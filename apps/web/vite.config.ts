import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const OUT = here('../../dist/apps/web');
const SMALLEST_BYTES = 1_024;
const BROTLI_QUALITY = 9;

/** Compresses once what the API would otherwise have to compress for every visitor. */
const precompress: Plugin = {
  name: 'precompress',
  async closeBundle() {
    const folder = join(OUT, 'assets');
    for (const name of await readdir(folder)) {
      if (!/\.(js|css|svg)$/.test(name)) continue;
      const content = await readFile(join(folder, name));
      if (content.length < SMALLEST_BYTES) continue;
      const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
      await writeFile(
        join(folder, `${name}.br`),
        await promisify(brotliCompress)(content, { params }),
      );
      await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(content));
    }
    // `npm run dev` waits for this line: no earlier one says that the files are complete.
    if (this.meta.watchMode) console.log('the page is built');
  },
};

/** Every document begins with the same head. */
const head: Plugin = {
  name: 'head',
  transformIndexHtml: {
    order: 'pre',
    handler: async (html) =>
      html.replace('<head>', `<head>\n${await readFile(here('head.html'), 'utf8')}`),
  },
};

export default defineConfig({
  root: here('.'),
  // The files find each other wherever they lie; what the documents name, the API completes.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2023',
    // The page may load nothing that is written inline, not even a small picture.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The dictionaries of the strength meter, which are loaded when somebody chooses a password.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: [
        'index',
        'ops',
        'verify-email',
        'reset-password',
        'change-email',
        'keep-email',
        'unsubscribe',
      ].map((name) => here(`${name}.html`)),
    },
  },
  plugins: [head, precompress],
});

import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HttpConfig } from './http.config.js';
import { initialise, runProcess, startOptions, type AppModule } from './run-process.js';

/** A request body is at most this long; a longer one is answered 413. */
const BODY_LIMIT = '64kb';

/** Runs the API: HTTP on `HTTP_HOST:HTTP_PORT`. See {@link runProcess} for start and stop. */
export async function runApi(module: AppModule): Promise<void> {
  await runProcess(module, [HttpConfig], async ({ root, configOf }) => {
    const { HTTP_HOST, HTTP_PORT } = configOf(HttpConfig);
    const app = await NestFactory.create<NestExpressApplication>(root, {
      ...startOptions,
      bodyParser: false,
    });
    app.useBodyParser('json', { limit: BODY_LIMIT });
    app.disable('x-powered-by');
    await initialise(app);
    await app.listen(HTTP_PORT, HTTP_HOST);
    new Logger('api').log(`listening on http://${HTTP_HOST}:${HTTP_PORT}`);
    return app;
  });
}

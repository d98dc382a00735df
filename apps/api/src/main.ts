import { runApi } from '#libs/bootstrap';
import { LinkConfig } from '#libs/link-tokens';
import { ApiModule } from './api.module.js';
import { exceptBelow } from './http/except-below.js';
import { jsonOnly } from './http/json-only.middleware.js';
import { noStore } from './http/no-store.middleware.js';
import { sameOrigin } from './http/same-origin.middleware.js';
import { OpenStreams } from './follow-ups/live/open-streams.js';
import { rawBody } from './mail-feedback/raw-body.middleware.js';
import { ApiReference } from './openapi/api-reference.js';
import { AdmissionFront } from './accounts/admission/admission-front.js';
import { countRefusedSignUps } from './accounts/admission/count-sign-ups.js';

await runApi(ApiModule, {
  front: (app) => app.get(AdmissionFront).look,
  beforeLog: (app) => {
    app.get(ApiReference).describe(app);
    app.use(countRefusedSignUps);
  },
  onStop: (app) => app.get(OpenStreams).end(),
  beforeBody: (app) =>
    app
      .use('/v1', noStore)
      // Providers sign the bytes of what they post.
      .use('/v1/mail-feedback', rawBody())
      .use(
        // Programs that end mails post a form there, from wherever they are (RFC 8058).
        exceptBelow('/unsubscribe', sameOrigin(app.get(LinkConfig).PUBLIC_URL)),
        exceptBelow('/unsubscribe', exceptBelow('/v1/mail-feedback', jsonOnly)),
      ),
});

import { EmailLinkPage } from './link-pages/email-link-page.js';
import { start } from './shell/start.js';

/** The link that went to a new address. */
const ChangeEmail = () => <EmailLinkPage texts="newAddress" path="/v1/email-changes/confirm" />;

start(ChangeEmail, 'newAddress');

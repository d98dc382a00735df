import { EmailLinkPage } from './link-pages/email-link-page.js';
import { start } from './shell/start.js';

/** The link by which the old address takes its account back. */
const KeepEmail = () => <EmailLinkPage texts="oldAddress" path="/v1/email-changes/undo" />;

start(KeepEmail, 'oldAddress');

export { LinkConfig } from './link.config.js';
export { signLinkToken, verifyLinkToken, type LinkClaims, type LinkPurpose } from './link-token.js';

export { LinkConfig } from './link.config.js';
export {
  readLinkToken,
  signLinkToken,
  verifyLinkToken,
  type LinkClaims,
  type LinkPurpose,
} from './link-token.js';

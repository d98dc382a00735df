export { deriveKey } from './derive-key.js';
export { LinkConfig } from './link.config.js';
export {
  readLinkToken,
  signLinkToken,
  verifyLinkToken,
  type ClaimsOf,
  type LinkClaims,
  type LinkPurpose,
} from './link-token.js';

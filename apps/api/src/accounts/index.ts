/** All that other wings know of accounts: the place where another identity provider would go in. */
export { FromSession, RequiresSession } from './sessions/session.guard.js';
export { SessionStore, type CurrentSession } from './sessions/session-store.js';
export { Accounts } from './users/accounts.js';

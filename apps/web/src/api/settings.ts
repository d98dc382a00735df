/** What the server writes into its documents about itself. */
const setting = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/**
 * An address of this site as the browser must be given it: below the path of `PUBLIC_URL`, if it has one.
 * @param path begins with a slash
 */
export const here = (path: string): string => `${setting('base-path') ?? ''}${path}`;

/** The shortest password that the server takes. */
export const passwordMin = (): number => Number(setting('password-min')) || 15;

/** Whether nobody is told who has an account: then a sign-up ends in the person's mail, not in the account. */
export const isPrivate = (): boolean => setting('signup-mode') === 'private';

/** What the server writes into its documents about itself. */
const setting = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** The shortest password that the server takes. */
export const passwordMin = (): number => Number(setting('password-min')) || 15;

/** Whether nobody is told who has an account: then a sign-up ends in the person's mail, not in the account. */
export const isPrivate = (): boolean => setting('signup-mode') === 'private';

/** The shortest password that the server takes; it writes the number into the page. */
export function passwordMin(): number {
  const given = document.querySelector<HTMLMetaElement>('meta[name="password-min"]')?.content;
  return Number(given) || 15;
}

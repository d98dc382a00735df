import type { Locale } from '#libs/contracts';
import { html, type Html } from './html.js';

/** The frame around every mail: one readable column, light and dark, no images, nothing loaded. */
export function mailLayout(locale: Locale, title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
      </head>
      <body
        style="margin:0;padding:32px 16px;background:#f4f4f1;color:#1d1d1b;font:16px/1.6 system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif"
      >
        <div
          style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px"
        >
          <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${title}</h1>
          ${body}
        </div>
      </body>
    </html>`.text;
}

/** A link that looks like a button. */
export const button = (href: string, label: string): Html =>
  html`<p style="margin:24px 0">
    <a
      href="${href}"
      style="display:inline-block;padding:12px 24px;border-radius:8px;background:#3d3bd1;color:#ffffff;text-decoration:none;font-weight:600"
      >${label}</a
    >
  </p>`;

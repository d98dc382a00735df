import { locale, type Locale } from '#libs/contracts';
import type { Request } from 'express';

/** The language that `Accept-Language` prefers of those that we speak. */
export function preferredLocale(request: Request): Locale {
  const preferred = request.acceptsLanguages([...locale.options, 'zh']);
  return preferred === 'zh' || preferred === 'zh-CN' ? 'zh-CN' : 'en';
}

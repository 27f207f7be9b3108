/** The security headers of every answer. */
import type { MiddlewareHandler } from 'hono';

/** Blobs: pictures and media that came over a link. WebAssembly: OPAQUE and the encryption engine. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PERMISSIONS_POLICY = [
  'camera=(self)',
  'microphone=(self)',
  'display-capture=(self)',
  'geolocation=()',
  'payment=()',
  'usb=()',
].join(', ');

const ALWAYS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export function securityHeaders(
  isSecure: (context: Parameters<MiddlewareHandler>[0]) => boolean,
): MiddlewareHandler {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(ALWAYS)) context.res.headers.set(name, value);
    if (isSecure(context)) context.res.headers.set('Strict-Transport-Security', 'max-age=31536000');
  };
}

/** The built page: hashed assets for ever, the rest asked for again each time, precompressed where the build did it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { Context, Handler } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

const FOR_EVER = 'public, max-age=31536000, immutable';

export function staticFiles(root: string): Handler {
  return async (context) => {
    const path = safePath(context.req.path);
    if (path === null) return context.notFound();
    const file = await found(join(root, path));
    if (file !== null) return answer(context, root, path, file);
    // A page's own address, such as /settings, is answered with the page; a missing file is not.
    if (extname(path) !== '' || path.startsWith(`${sep}assets${sep}`)) return context.notFound();
    const index = await found(join(root, 'index.html'));
    return index === null
      ? context.text('The page is not built: npm run build', 503)
      : answer(context, root, '/index.html', index);
  };
}

/** Inside the folder, whatever the address tries; null if it is malformed. */
function safePath(path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const inside = normalize(`/${decoded}`);
  return inside === sep ? `${sep}index.html` : inside;
}

interface Found {
  readonly size: number;
  readonly modified: number;
}

async function found(path: string): Promise<Found | null> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) return null;
    throw error;
  });
  return stats?.isFile() === true ? { size: stats.size, modified: Math.floor(stats.mtimeMs) } : null;
}

async function answer(context: Context, root: string, path: string, file: Found): Promise<Response> {
  const accepts = context.req.header('accept-encoding') ?? '';
  const brotli = /\bbr\b/.test(accepts) ? await found(join(root, `${path}.br`)) : null;
  const headers = new Headers({
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'Cache-Control': path.startsWith(`${sep}assets${sep}`) ? FOR_EVER : 'no-cache',
    ETag: `"${file.size.toString(36)}-${file.modified.toString(36)}${brotli === null ? '' : '-br'}"`,
    Vary: 'Accept-Encoding',
  });
  if (context.req.header('if-none-match') === headers.get('ETag')) {
    return new Response(null, { status: 304, headers });
  }
  if (brotli !== null) headers.set('Content-Encoding', 'br');
  headers.set('Content-Length', String((brotli ?? file).size));
  if (context.req.method === 'HEAD') return new Response(null, { headers });
  const stream = createReadStream(join(root, brotli === null ? path : `${path}.br`));
  return new Response(Readable.toWeb(stream) as ReadableStream, { headers });
}

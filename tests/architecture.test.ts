/** Holds the layering of the design on the real tree, and shows on planted violations that the check can fail. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf, violationsOf } from './architecture/rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = ['web', 'signaling', 'turn', 'db']
  .flatMap((top) =>
    readdirSync(`${root}/${top}`, { recursive: true, encoding: 'utf8' }).map((file) => `${top}/${file}`),
  )
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file))
  .filter((file) => !/\.test\.tsx?$|\.d\.ts$|\/drizzle\.config\.ts$/.test(file));

describe('the tree', () => {
  it('is found', () => {
    expect(files).toContain('web/core/model.ts');
    expect(files).toContain('signaling/protocol/socket.ts');
  });

  it('keeps the layering', () => {
    expect(files.flatMap((file) => violationsOf(file, readFileSync(`${root}/${file}`, 'utf8')))).toEqual([]);
  });
});

describe('a planted violation is seen:', () => {
  const planted: readonly (readonly [string, string, string])[] = [
    ['the protocol importing the server', 'signaling/protocol/x.ts', "import { a } from '../app.ts';"],
    ['the relay importing the server', 'turn/x.ts', "import { a } from '../signaling/app.ts';"],
    ['the database importing the relay', 'db/x.ts', "export { a } from '../turn/credential.ts';"],
    [
      'the server importing the relay itself',
      'signaling/ice/x.ts',
      "import { a } from '../../turn/server/start.ts';",
    ],
    ['the server importing the page', 'signaling/x.ts', "import '../web/core/value.ts';"],
    ['core importing the app', 'web/core/x.ts', "const a = await import('../app/main.tsx');"],
    ['core importing the server', 'web/core/x.ts', "import type { A } from '../../signaling/app.ts';"],
    ['a feature importing a feature', 'web/core/link/x.ts', "import {\n  a,\n} from '../conversation/y.ts';"],
    ['wire importing a feature', 'web/core/wire/x.ts', "import { a } from '../link/y.ts';"],
    ['core using a global', 'web/core/link/x.ts', 'const a = navigator.onLine;'],
    ['core knowing React', 'web/core/x.ts', "import { useState } from 'react';"],
    ['the app fetching', 'web/app/x.tsx', "const a = fetch('/api/info');"],
    ['the app opening a connection', 'web/app/x.tsx', 'const a = new RTCPeerConnection();'],
    ['a file in no layer', 'web/elsewhere/x.ts', ''],
  ];

  it.each(planted)('%s', (_name, file, source) => {
    expect(violationsOf(file, source)).toHaveLength(1);
  });

  it('but not what is allowed', () => {
    expect(violationsOf('web/core/browser.ts', 'new WebSocket(url)')).toEqual([]);
    expect(violationsOf('signaling/ice/x.ts', "import { mint } from '../../turn/credential.ts';")).toEqual(
      [],
    );
    expect(
      violationsOf('web/core/link/x.ts', '// navigator.onLine lies\nimport x from "../wire/y.ts";'),
    ).toEqual([]);
    expect(importsOf('a/b.ts', "import c from './c.ts?worker';")).toEqual(['a/c.ts']);
  });
});

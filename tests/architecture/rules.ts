/** Who may import whom, as data and one pure check; architecture.test.ts runs it on the tree and on planted violations. */
import { dirname, normalize } from 'node:path/posix';

export interface Violation {
  readonly file: string;
  readonly why: string;
}

/** Features of core: they meet only where messenger.ts joins them. `signaling` is how all of them reach the server. */
const FEATURES = [
  'account',
  'people',
  'link',
  'conversation',
  'groups',
  'mail',
  'transfer',
  'call',
  'search',
  'history',
  'diagnostics',
];
const FOUNDATIONS = [
  'wire',
  'crypto',
  'value',
  'scope',
  'platform',
  'result',
  'model',
  'account-model',
  'call-model',
  'conversation-model',
  'failure-model',
  'file-model',
  'group-model',
  'history-model',
  'notice-model',
  'path-model',
  'people-model',
  'search-model',
  'security-model',
  'base64',
  'hex',
  'back-off',
];

interface Layer {
  readonly name: string;
  readonly holds: (file: string) => boolean;
  readonly may: (target: string) => boolean;
}

const under =
  (...folders: readonly string[]) =>
  (file: string) =>
    folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
const anyOf =
  (...tests: readonly ((file: string) => boolean)[]) =>
  (file: string) =>
    tests.some((test) => test(file));
const coreFeature = (file: string) => FEATURES.find((feature) => file.startsWith(`web/core/${feature}/`));
const isFoundation = (file: string) =>
  FOUNDATIONS.some((name) => under(`web/core/${name}`)(file) || file === `web/core/${name}.ts`);

/** The first layer that holds a file decides. */
const LAYERS: readonly Layer[] = [
  { name: 'signaling/protocol', holds: under('signaling/protocol'), may: under('signaling/protocol') },
  // The composition root starts the bundled relay; nothing else of the server touches it.
  {
    name: 'signaling/main',
    holds: (file) => file === 'signaling/main.ts',
    may: under('signaling', 'db', 'turn'),
  },
  {
    name: 'signaling',
    holds: under('signaling'),
    may: anyOf(under('signaling', 'db'), (target) =>
      ['turn/credential.ts', 'turn/config.ts'].includes(target),
    ),
  },
  { name: 'turn', holds: under('turn'), may: under('turn') },
  { name: 'db', holds: under('db'), may: under('db') },
  {
    name: 'web/core foundations',
    holds: isFoundation,
    may: anyOf(isFoundation, under('signaling/protocol')),
  },
  {
    name: 'web/core/signaling',
    holds: under('web/core/signaling'),
    may: anyOf(
      isFoundation,
      under('web/core/signaling', 'signaling/protocol'),
      (target) => target === 'web/core/back-off.ts',
    ),
  },
  {
    name: 'web/core',
    holds: under('web/core'),
    may: anyOf(under('web/core', 'web/worker', 'signaling/protocol'), (target) => target === 'package.json'),
  },
  { name: 'web/app', holds: under('web/app'), may: under('web/app', 'web/core', 'signaling/protocol') },
  { name: 'web/embed', holds: under('web/embed'), may: under('web/embed', 'web/core', 'signaling/protocol') },
  { name: 'web/build', holds: under('web/build'), may: under('web/build') },
  {
    name: 'web/worker',
    holds: under('web/worker'),
    may: under('web/worker', 'web/core', 'signaling/protocol'),
  },
];

/** A word that a file of some layer must not contain, outside comments. */
interface Ban {
  readonly holds: (file: string) => boolean;
  readonly pattern: RegExp;
  readonly why: string;
}

const BANS: readonly Ban[] = [
  {
    holds: (file) => under('web/core')(file) && file !== 'web/core/browser.ts',
    pattern:
      /(?<![.\w])(?:(?:window|document|navigator|localStorage|sessionStorage|indexedDB|globalThis)\.|fetch\(|new (?:RTCPeerConnection|WebSocket|BroadcastChannel|Worker)\()/,
    why: 'core touches the browser only in browser.ts',
  },
  {
    holds: under('web/core'),
    pattern: /from 'react(?:-dom)?(?:\/[^']*)?'/,
    why: 'core knows no React',
  },
  {
    holds: under('web/app', 'web/embed'),
    pattern: /(?<![.\w])(?:fetch\(|new (?:RTCPeerConnection|WebSocket)\()/,
    why: 'the page speaks to nobody itself: core does',
  },
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Paths (relative to the repository) that a file imports from the repository. */
export function importsOf(file: string, source: string): string[] {
  return [...source.matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((target) => target.startsWith('.'))
    .map((target) => normalize(`${dirname(file)}/${target.replace(/\?.*$/, '')}`));
}

const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

/** Every rule that a file breaks. `file` is relative to the repository, with forward slashes. */
export function violationsOf(file: string, source: string): Violation[] {
  const code = withoutComments(source);
  const layer = LAYERS.find(({ holds }) => holds(file));
  if (layer === undefined) return [{ file, why: 'stands in no known layer' }];
  const imports = importsOf(file, code);
  const layering = imports
    .filter((target) => !layer.may(target))
    .map((target) => ({ file, why: `${layer.name} must not import ${target}` }));
  const feature = coreFeature(file);
  const sideways = imports
    .filter((target) => feature !== undefined && (coreFeature(target) ?? feature) !== feature)
    .map((target) => ({
      file,
      why: `feature ${feature} must not import feature ${target}: messenger joins them`,
    }));
  const banned = BANS.filter(({ holds, pattern }) => holds(file) && pattern.test(code)).map(({ why }) => ({
    file,
    why,
  }));
  return [...layering, ...sideways, ...banned];
}

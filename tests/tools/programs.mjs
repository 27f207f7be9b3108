/** Finds the programs that the tests need beside Node (a browser, PostgreSQL, coturn's tools) and installs them where it may. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A program: the variable that names it outright, the names to look for on PATH, other usual places,
 * and the packages that bring it, by package manager.
 * @typedef {{ title: string, variable: string, names: string[], places: () => string[], packages: Record<string, string[]> }} Program
 */

/** @type {Record<string, Program>} */
export const PROGRAMS = {
  chromium: {
    title: 'Chromium',
    variable: 'HOLLER_CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
    places: () => [
      '/usr/lib/chromium/chromium',
      '/snap/bin/chromium',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    ],
    // The fonts are for the screenshots: without them Chinese and emoji are empty boxes.
    packages: {
      'apt-get': ['chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji'],
      dnf: ['chromium', 'google-noto-sans-cjk-fonts', 'google-noto-color-emoji-fonts'],
      apk: ['chromium', 'font-noto-cjk', 'font-noto-emoji'],
      brew: ['chromium'],
    },
  },
  firefox: {
    title: 'Firefox',
    variable: 'HOLLER_FIREFOX',
    names: ['firefox-esr', 'firefox'],
    places: () => ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    packages: { 'apt-get': ['firefox-esr'], dnf: ['firefox'], apk: ['firefox-esr'], brew: ['firefox'] },
  },
  certutil: {
    title: "NSS's certutil, which gives a browser's profile an authority to trust",
    variable: 'HOLLER_CERTUTIL',
    names: ['certutil'],
    places: () => [],
    packages: { 'apt-get': ['libnss3-tools'], dnf: ['nss-tools'], apk: ['nss-tools'], brew: ['nss'] },
  },
  initdb: {
    title: "PostgreSQL's server programs (initdb)",
    variable: 'HOLLER_INITDB',
    names: ['initdb'],
    places: () => versionsUnder('/usr/lib/postgresql', 'bin/initdb'),
    packages: {
      'apt-get': ['postgresql'],
      dnf: ['postgresql-server'],
      apk: ['postgresql'],
      brew: ['postgresql'],
    },
  },
  turnserver: {
    title: 'coturn (turnserver, turnutils_uclient)',
    variable: 'HOLLER_TURNSERVER',
    names: ['turnserver'],
    places: () => ['/usr/bin/turnserver', '/usr/local/bin/turnserver'],
    packages: { 'apt-get': ['coturn'], dnf: ['coturn', 'coturn-utils'], apk: ['coturn'], brew: ['coturn'] },
  },
  strace: {
    title: 'strace',
    variable: 'HOLLER_STRACE',
    names: ['strace'],
    places: () => [],
    packages: { 'apt-get': ['strace'], dnf: ['strace'], apk: ['strace'] },
  },
  nft: {
    title: 'nft (nftables)',
    variable: 'HOLLER_NFT',
    names: ['nft'],
    places: () => ['/sbin/nft', '/usr/sbin/nft'],
    packages: { 'apt-get': ['nftables'], dnf: ['nftables'], apk: ['nftables'] },
  },
  ip: {
    title: 'ip (iproute2)',
    variable: 'HOLLER_IP',
    names: ['ip'],
    places: () => ['/sbin/ip', '/usr/sbin/ip'],
    packages: { 'apt-get': ['iproute2'], dnf: ['iproute'], apk: ['iproute2'] },
  },
};

/** Newest first: /usr/lib/postgresql/16/bin/initdb, then 15, ... */
function versionsUnder(folder, rest) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(folder, version, rest));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
}

/** The program's path, or null. @param {string} key @returns {string | null} */
export function find(key) {
  const program = PROGRAMS[key];
  const named = process.env[program.variable];
  if (named !== undefined) return isExecutable(named) ? named : null;
  return [...program.names.flatMap(onPath), ...program.places()].find(isExecutable) ?? null;
}

/** The program's path; throws the one sentence that says what to install. @param {string} key @returns {string} */
export function need(key) {
  const path = find(key);
  if (path === null) throw new Error(howToGet(key));
  return path;
}

function howToGet(key) {
  const { title, variable, packages } = PROGRAMS[key];
  const debian = packages['apt-get'].join(' ');
  return `${title} is needed by the tests and was not found: install it (Debian: apt-get install ${debian}) or set ${variable} to its path.`;
}

/** Installs what is missing of `keys` by the platform's package manager, if this user may; throws with a sentence otherwise. */
export function ensure(keys) {
  const missing = keys.filter((key) => find(key) === null);
  if (missing.length === 0) return;
  const manager = packageManager();
  if (manager !== null) {
    const packages = [...new Set(missing.flatMap((key) => PROGRAMS[key].packages[manager.name] ?? []))];
    console.log(`Installing for the tests: ${packages.join(' ')}`);
    manager.install(packages);
  }
  for (const key of missing) need(key);
}

function packageManager() {
  const root = process.getuid?.() === 0;
  const has = (name) => onPath(name).some(isExecutable);
  const run = (command, args) =>
    execFileSync(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  if (has('brew')) return { name: 'brew', install: (packages) => run('brew', ['install', ...packages]) };
  if (!root) return null;
  if (has('apt-get')) {
    return {
      name: 'apt-get',
      install: (packages) => {
        run('apt-get', ['update', '-qq']);
        run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
      },
    };
  }
  if (has('dnf')) return { name: 'dnf', install: (packages) => run('dnf', ['install', '-y', ...packages]) };
  if (has('apk')) return { name: 'apk', install: (packages) => run('apk', ['add', ...packages]) };
  return null;
}

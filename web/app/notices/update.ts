/** A newer build of the page: noticing it, and moving to it when the person agrees. */
import type { Value } from '../../core/value.ts';
import { cell } from '../../core/value.ts';

const found = cell<ServiceWorker | null>(null);

/** The worker of a newer build that waits for its turn; null if this build is the newest known. */
export const waitingUpdate: Value<ServiceWorker | null> = found;

const CHECK_EVERY_MS = 60 * 60_000;

/** Keeps the shell for the next start, and looks out for newer builds. */
export function registerShell(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.register('/service-worker.js').then(watch, () => {
    // Refused in some private modes: the page works without it, only not offline.
  });
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    // The first worker of all replaces nothing: there is no news in it.
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null)
      found.set(registration.waiting);
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  setInterval(() => {
    // The server cannot be reached: the next turn asks again.
    registration.update().catch(() => undefined);
  }, CHECK_EVERY_MS);
}

/** Loads the page again, with the newest build that the server has. */
export async function reloadIntoUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const waiting = registration?.waiting ?? (await newest(registration));
  if (waiting === null) {
    // Nothing newer is known, yet the server refuses this page: forget the kept shell and ask the server.
    await registration?.unregister();
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take-over');
}

async function newest(registration: ServiceWorkerRegistration | undefined): Promise<ServiceWorker | null> {
  if (registration === undefined) return null;
  // Without the server there is nothing newer than what is known here.
  const updated = await registration.update().catch(() => registration);
  const worker = updated.installing ?? updated.waiting;
  if (worker === null || worker.state === 'installed') return worker;
  await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
  return worker.state === 'redundant' ? null : worker;
}

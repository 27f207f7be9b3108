/** Shows the page in any scene, for screenshots and axe: ?scene=base&lang=zh-CN&theme=dark&at=/c/lin. */
import { createRoot } from 'react-dom/client';
import { App } from '../../web/app/app.tsx';
import type { Preferences } from '../../web/core/model.ts';
import { type FakeMessenger, fakeMessenger } from '../fakes/messenger.ts';
import { BASE, SCENES } from '../fakes/scenes.ts';

declare global {
  interface Window {
    messenger: FakeMessenger;
  }
}

const query = new URLSearchParams(location.search);
const scene = SCENES[query.get('scene') ?? 'base'] ?? BASE;
const preferences: Preferences = {
  ...scene.preferences,
  language: (query.get('lang') ?? 'auto') as Preferences['language'],
  theme: (query.get('theme') ?? 'system') as Preferences['theme'],
};
history.replaceState(null, '', query.get('at') ?? '/');

const messenger = fakeMessenger({ ...scene, preferences });
window.messenger = messenger;
const root = document.querySelector('#root');
if (root === null) throw new Error('no root');
createRoot(root).render(<App messenger={messenger} />);

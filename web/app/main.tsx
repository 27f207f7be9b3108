/** Starts the page: one Messenger on the real browser, and the app that shows it. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserPlatform } from '../core/browser.ts';
import { createMessenger } from '../core/messenger.ts';
import { App } from './app.tsx';
import { registerShell } from './notices/update.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App messenger={createMessenger(browserPlatform())} />
  </StrictMode>,
);
registerShell();

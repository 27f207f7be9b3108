/** `npm run dev`: the server restarts and the page reloads as their files change. One address for both: http://localhost:3000. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pagePort = Number(process.env.PORT ?? 3000);
const serverPort = pagePort + 1;

const server = spawn(
  process.execPath,
  [fileURLToPath(import.meta.resolve('tsx/cli')), 'watch', '--clear-screen=false', 'signaling/main.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(serverPort),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    },
  },
);

// The Host header is passed on as it came, so that the server's check of Origin against Host holds here too.
const toServer = { target: `http://127.0.0.1:${serverPort}`, ws: true, xfwd: true };
const page = await createServer({
  configFile: `${root}/vite.config.ts`,
  server: { port: pagePort, strictPort: true, proxy: { '^/(api|healthz|readyz|metrics)': toServer } },
});
await page.listen();
page.printUrls();

async function stop(code) {
  server.kill('SIGTERM');
  await page.close();
  process.exit(code);
}
server.on('exit', (code) => void stop(code ?? 1));
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

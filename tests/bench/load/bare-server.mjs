/** The reference: `ws` with nothing on top. Prints its address. */
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', () => {});
  socket.on('error', () => socket.terminate());
});
server.on('listening', () => console.log(`Holler is at http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

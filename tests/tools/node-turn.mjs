/** node-turn in a process of its own, as some packets end it; its settings come as JSON, and SIGUSR2 stops it. */
import NodeTurn from 'node-turn';

const server = new NodeTurn({
  authMech: 'long-term',
  realm: 'holler',
  debugLevel: 'OFF',
  ...JSON.parse(process.argv[2] ?? '{}'),
});
server.start();
process.on('SIGUSR2', () => server.stop());

/** node-turn in a process of its own, as some packets end it; its settings come as JSON. */
import NodeTurn from 'node-turn';

new NodeTurn({
  authMech: 'long-term',
  realm: 'holler',
  debugLevel: 'OFF',
  ...JSON.parse(process.argv[2] ?? '{}'),
}).start();

/** Loaded into a measured process by `--import`: collects garbage and tells its memory when its parent asks. Needs --expose-gc. */
process.on('message', (question) => {
  if (question !== 'memory') return;
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ rss, heap: heapUsed + external });
});
// The question must not keep the process alive.
process.channel?.unref();

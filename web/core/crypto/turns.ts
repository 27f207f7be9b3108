/** Runs tasks of one name strictly one after the other; different names do not wait for each other. */
export function createTurns(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (name, task) => {
    const run = (last.get(name) ?? Promise.resolve()).then(task, task);
    last.set(name, run);
    const tidy = () => {
      if (last.get(name) === run) last.delete(name);
    };
    run.then(tidy, tidy);
    return run;
  };
}

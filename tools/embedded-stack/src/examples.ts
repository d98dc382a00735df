/** What `npm run example` can run, in the order in which one would learn it: files of examples/patterns. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  'hello-world': 'a message straight to a queue, by its name',
  'work-queue': 'jobs for several workers; prefetch 1 gives them to whoever is free',
  broadcast: 'a copy for everybody who listens (fanout)',
  direct: 'by the routing key, letter by letter',
  topic: 'by patterns of the routing key: * and #',
  headers: 'by several attributes at once: all of them, or any',
  rpc: 'a question with a deadline; a late answer is dropped',
  'delayed-message': 'later, by a TTL and a dead letter; no plugin',
  'later-unless': 'later, unless something happens first: a row until it is due',
  persistence: 'what is still there after a restart of the broker',
  'ordered-processing': 'one consumer at a time, and the next goes on in order',
  'releasing-a-queue': 'purge, delete, and delete only if unused or empty',
};

/**
 * Loaded by `node --import` into what the launcher starts: the process stops when the launcher is gone,
 * however it went, so that nothing is left running behind it.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

/**
 * Loaded by `node --import` into what the launcher starts: the process stops when the launcher is gone,
 * however it went, so that nothing is left running behind it.
 */
const stop = () => process.kill(process.pid, 'SIGTERM');
process.once('disconnect', stop);
// It may have gone before this was loaded.
if (!process.connected) stop();
process.channel?.unref();

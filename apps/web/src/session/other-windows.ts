const CHANNEL = 'usher.session';

/** Tells the other windows of this browser that somebody logged in or out. */
export function announceChange(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('changed');
  channel.close();
}

/** Calls back whenever somebody logged in or out in another window. @returns how to stop */
export function onChangeElsewhere(callback: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', callback);
  return () => channel.close();
}

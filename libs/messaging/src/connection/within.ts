/** The broker did not answer in time. */
export class NoBrokerAnswerError extends Error {
  override name = 'NoBrokerAnswerError';
}

/** Settles like `request`, or rejects with NoBrokerAnswerError when the time is up first. */
export async function within<T>(milliseconds: number, request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const expire = () =>
      reject(new NoBrokerAnswerError(`the broker did not answer within ${milliseconds} ms`));
    timer = setTimeout(expire, milliseconds);
  });
  try {
    return await Promise.race([request, silence]);
  } finally {
    clearTimeout(timer);
  }
}

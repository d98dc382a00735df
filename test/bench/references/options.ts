/** What the bench asks a program for: one JSON object as its argument. */
export const optionsOf = <T>(): T => JSON.parse(process.argv[2]!) as T;

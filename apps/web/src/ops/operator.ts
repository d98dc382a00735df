import { request } from '../api/request.js';
import { keptInThisWindow } from '../storage/kept.js';

/** Asks the API in an operator's name. */
export class Operator {
  constructor(
    readonly token: string,
    readonly name: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return request<T>('GET', `/v1/ops/${path}`, { headers: this.headers });
  }

  /** What is changed is written to the log together with the name. */
  post<T>(path: string, body: object): Promise<T> {
    const named = this.name ? { ...body, operator: this.name } : body;
    return request<T>('POST', `/v1/ops/${path}`, { headers: this.headers, body: named });
  }

  private get headers() {
    return { authorization: `Bearer ${this.token}` };
  }
}

const TOKEN = 'usher.ops-token';
const NAME = 'usher.operator';

/** The operator of this window, who is forgotten when it is closed. */
export function rememberedOperator(): Operator | undefined {
  const token = keptInThisWindow.read(TOKEN);
  return token ? new Operator(token, keptInThisWindow.read(NAME) ?? '') : undefined;
}

export function remember({ token, name }: Operator): void {
  keptInThisWindow.write(TOKEN, token);
  keptInThisWindow.write(NAME, name);
}

export function forget(): void {
  keptInThisWindow.remove(TOKEN);
  keptInThisWindow.remove(NAME);
}

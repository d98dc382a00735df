import { ApiClient } from '../../support/api-client.js';
import { HttpClient } from '../load/http-client.js';
import { onlyAnswers } from '../load/load-result.js';
import { openLoop } from '../load/open-loop.js';
import { newPerson } from '../load/people.js';
import { latency, type Latency } from '../measuring/statistics.js';
import { usherLoad } from './sign-up-load.js';

/** People who look at their account meanwhile, each second. */
const READERS_PER_SECOND = 25;
const CONNECTIONS = 50;

/** How long `GET /v1/me` takes while sign-ups saturate the machine. */
export async function readWhileSigningUp(url: string, seconds: number): Promise<Latency> {
  const { body } = await new ApiClient(url).signUp(newPerson());
  const headers = { authorization: `Bearer ${body.session.token}` };
  const client = new HttpClient(url, CONNECTIONS);
  const read = async () => (await client.get('/v1/me', headers)).status;
  const [result] = await Promise.all([
    openLoop({ perSecond: READERS_PER_SECOND, seconds, send: read }),
    usherLoad({ url, seconds, pids: {} }),
  ]);
  client.close();
  return latency(onlyAnswers(200, result));
}

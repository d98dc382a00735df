import { z } from 'zod';
import type { Client } from '../http/client.js';

/** Who an operator says they are: the token is shared, so the name is for the log and proves nothing. */
export const operatorName = z.string().trim().min(1).max(64).optional();

/** What the log keeps of whoever changed something. */
export const whoDidIt = (operator: string | undefined, client: Client) => ({
  operator: operator ?? 'unnamed',
  network: client.network,
  correlationId: client.requestId,
});

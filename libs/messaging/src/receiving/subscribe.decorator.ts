import { Catch, type ExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventDefinition, EventOf } from '../contract/define-event.js';
import type { Subscription } from '../contract/define-subscription.js';
import { throwError, type Observable } from 'rxjs';
import type { Delivery } from './delivery.js';

/** The key under which Nest's pattern extras carry the subscription. */
export const SUBSCRIPTION = 'subscription';

type HandlerMethod<D extends EventDefinition> = (
  event: EventOf<D>,
  delivery: Delivery,
) => Promise<void>;

/**
 * Makes a controller's method the handler of a subscription. Return: done. Throw PermanentError:
 * dead-letter now. Throw DependencyUnavailableError: wait without using up an attempt. Throw anything
 * else: retry, then dead-letter.
 */
export function Subscribe<D extends EventDefinition>(subscription: Subscription<D>) {
  return <Method extends HandlerMethod<D>>(
    target: object,
    method: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    // The pattern is the queue's name, since Nest would chain the handlers of an equal pattern.
    EventPattern<string>(subscription.consumer, { [SUBSCRIPTION]: subscription })(
      target,
      method,
      descriptor,
    );
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
  };
}

/** Hands a handler's error on as it is; Nest's default filter would replace it by "Internal server error". */
@Catch()
export class RethrowFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

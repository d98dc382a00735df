import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { Documented } from './documented.decorator.js';

/** Describes a stream of server-sent events by the names of its events, each with what it tells. */
export const DocumentedStream = (summary: string, events: Readonly<Record<string, string>>) =>
  applyDecorators(
    Documented(summary, {}, 'too_many_streams', 'overloaded'),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'The last event that was seen',
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: Object.entries(events)
        .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
        .join('; '),
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
  );

import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Response } from 'express';
import { notFound, Problem } from '../../http/problem.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { placeAnswer } from './line.schema.js';
import { SignUpLine, toPlace } from './sign-up-line.js';

@Controller('v1/line')
export class LineController {
  constructor(private readonly line: SignUpLine) {}

  @Get()
  @ApiHeader({ name: 'Usher-Ticket', required: true, schema: { type: 'string' } })
  @Documented(
    'The place of a ticket; the answer carries the ticket with its present turn as Usher-Ticket',
    { 200: placeAnswer },
    'unknown_ticket',
  )
  look(
    @Headers('usher-ticket') given: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { current } = this.line;
    if (!current) throw notFound();
    const found = given === undefined ? undefined : current.look(given);
    if (!found) throw new Problem('unknown_ticket');
    const { ticket, ...place } = toPlace(found);
    response.setHeader('usher-ticket', ticket);
    return place;
  }
}

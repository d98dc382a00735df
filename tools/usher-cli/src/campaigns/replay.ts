/** One row of `campaign.changes`, with what the claim is. */
export interface Change {
  readonly no: string;
  /** Null when the capacity was changed. */
  readonly claim: string | null;
  readonly was: string | null;
  readonly became: string | null;
  readonly cause: string;
  readonly at: Date;
  readonly transaction_id: string;
  readonly capacity: number;
  readonly user_id: string | null;
  readonly position: string | null;
}

/** The rules that a campaign keeps, by the names that the audit gives them. */
export const RULES = [
  'never-oversold',
  'resolved-once',
  'no-place-free-while-somebody-waits',
  'one-live-claim-a-person',
  'in-order',
  'counts-are-the-rows',
] as const;
export type Rule = (typeof RULES)[number];

/** What breaks a rule: the number of the change, and what is wrong there. */
export interface Breach {
  readonly no?: string;
  readonly claim?: string;
  readonly problem: string;
}

const NEXT: Readonly<Record<string, readonly string[]>> = {
  held: ['confirmed', 'expired', 'released'],
  waitlisted: ['held', 'confirmed', 'closed', 'released'],
  confirmed: ['released'],
  // A payment that comes late, while the place is still free.
  expired: ['confirmed'],
};
const TAKEN = ['held', 'confirmed'];
const LIVE = [...TAKEN, 'waitlisted'];

/** Goes through the changes of one campaign in their order, and notes where a rule is broken. */
export class Replay {
  private readonly statuses = new Map<string, string>();
  private readonly live = new Map<string, string>();
  /** By position; who has left stays in it until the head comes to them. */
  private readonly line: { readonly claim: string; readonly position: number }[] = [];
  private head = 0;
  private waiting = 0;
  private taken = 0;
  private capacity = 0;
  private ceiling = 0;
  private lastNo = 0;
  private lastPosition = 0;
  private last: Change | undefined;

  constructor(
    private readonly closesAt: Date | null,
    private readonly breach: (rule: Rule, breach: Breach) => void,
  ) {}

  apply(change: Change): void {
    if (this.last && this.last.transaction_id !== change.transaction_id) this.endTransaction();
    if (Number(change.no) !== this.lastNo + 1)
      this.note('in-order', change, `follows change ${this.lastNo}`);
    this.lastNo = Number(change.no);
    if (change.claim === null) this.changeCapacity(change);
    else this.move(change, change.claim);
    this.last = change;
  }

  /** After the last change. */
  end(): void {
    if (this.last) this.endTransaction();
  }

  private changeCapacity({ capacity }: Change): void {
    this.capacity = capacity;
    this.ceiling = Math.max(capacity, this.taken);
  }

  private move(change: Change, claim: string): void {
    const { was, became, capacity } = change;
    // The first change of a campaign sets its capacity; one without has been tampered with.
    if (capacity !== this.capacity)
      this.note('counts-are-the-rows', change, `the capacity is ${this.capacity}`);
    const before = this.statuses.get(claim) ?? null;
    if (was !== before) this.note('resolved-once', change, `it was ${before}, not ${was}`);
    else if (was !== null && !NEXT[was]?.includes(became!))
      this.note('resolved-once', change, `${was} does not become ${became}`);
    else if (was === null && became !== 'waitlisted')
      this.note('in-order', change, 'a claim begins at the end of the line');
    this.statuses.set(claim, became!);
    if (was === null) this.join(change, claim);
    if (before === 'waitlisted') this.leave(change, claim);
    this.count(change, claim);
  }

  private join(change: Change, claim: string): void {
    const position = Number(change.position);
    if (position !== this.lastPosition + 1)
      this.note('in-order', change, `position ${position} follows ${this.lastPosition}`);
    this.lastPosition = position;
    this.line.push({ claim, position });
    this.waiting++;
  }

  private leave(change: Change, claim: string): void {
    this.waiting--;
    const isOffer = TAKEN.includes(change.became!);
    if (isOffer && change.at >= (this.closesAt ?? FOREVER))
      this.note('in-order', change, 'offered after the end of the campaign');
    while (this.head < this.line.length) {
      const first = this.line[this.head]!;
      if (first.claim !== claim && this.statuses.get(first.claim) === 'waitlisted') {
        if (isOffer) this.note('in-order', change, `position ${first.position} was before it`);
        return;
      }
      this.head++;
      if (first.claim === claim) return;
    }
  }

  private count(change: Change, claim: string): void {
    const { became, was } = change;
    const isTaken = TAKEN.includes(became!);
    const wasTaken = TAKEN.includes(was!);
    this.taken += Number(isTaken) - Number(wasTaken);
    if (wasTaken && !isTaken)
      this.ceiling = Math.max(this.capacity, Math.min(this.ceiling, this.taken));
    if (isTaken && !wasTaken && this.taken > this.capacity)
      this.note('never-oversold', change, `${this.taken} of ${this.capacity} places are taken`);
    if (this.taken > this.ceiling)
      this.note('never-oversold', change, `${this.taken} are taken, ${this.ceiling} may be`);
    const person = change.user_id;
    if (person === null) return;
    const other = this.live.get(person);
    if (LIVE.includes(became!)) {
      if (other !== undefined && other !== claim)
        this.note('one-live-claim-a-person', change, `the person has ${other}`);
      this.live.set(person, claim);
    } else if (other === claim) this.live.delete(person);
  }

  private endTransaction(): void {
    const change = this.last!;
    const isOver = change.at >= (this.closesAt ?? FOREVER);
    if (!isOver && this.waiting > 0 && this.taken < this.capacity)
      this.note(
        'no-place-free-while-somebody-waits',
        change,
        `${this.capacity - this.taken} places are free, ${this.waiting} people wait`,
      );
  }

  private note(rule: Rule, { no, claim }: Change, problem: string): void {
    this.breach(rule, { no, ...(claim !== null && { claim }), problem });
  }
}

const FOREVER = new Date(8.64e15);

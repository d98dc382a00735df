import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Hints, PROGRESS, progressHint } from '#libs/messaging';
import { LiveFeed, type Watcher } from './live-feed.js';

/** The feeds of this process; a hint that a user has advanced goes to all of them. */
@Injectable()
export class LiveFeeds implements OnModuleInit, OnModuleDestroy {
  private readonly feeds: Pick<LiveFeed<Watcher>, 'start' | 'stop' | 'hint'>[] = [];

  constructor(private readonly hints: Hints) {}

  /** See {@link LiveFeed}. It runs from the start of the app to its end. */
  create<W extends Watcher>(
    name: string,
    update: (watchers: readonly W[]) => Promise<void>,
  ): LiveFeed<W> {
    const feed = new LiveFeed(name, update);
    this.feeds.push(feed);
    return feed;
  }

  onModuleInit(): void {
    this.hints.subscribe(PROGRESS, (body) => {
      for (const userId of progressHint.parse(body).subjects) {
        for (const feed of this.feeds) feed.hint(userId);
      }
    });
    for (const feed of this.feeds) feed.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.feeds.map((feed) => feed.stop()));
  }
}

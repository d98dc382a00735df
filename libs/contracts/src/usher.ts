import { Messaging, type AsyncApiInfo } from '#libs/messaging';
import { eventCatalog } from './event-catalog.js';
import { requests } from './requests.js';
import { subscriptions } from './subscriptions.js';
import { PREFIX } from './users/define-user-event.js';

/** The topic of hints that the catalogue has changed. */
export const CATALOGUE = 'catalogue';

/** Usher's messaging. Schema and queues have had their names before there was a prefix. */
export const usherMessaging = new Messaging({
  prefix: PREFIX,
  schema: 'messaging',
  queuePrefix: '',
  events: eventCatalog,
  subscriptions,
  requests,
  hintTopics: [CATALOGUE],
});

/** What the AsyncAPI document says of itself. */
export const aboutUsher: AsyncApiInfo = {
  title: 'Usher',
  version: '1',
  description:
    'The events of Usher, who gets them, and what becomes of those that fail. Made of the catalogue, the ' +
    'list of subscriptions and the planned topology.',
};

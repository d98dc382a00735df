import { Messaging, type AsyncApiInfo, type MessagingDefinition } from '#libs/messaging';
import { eventCatalog } from './event-catalog.js';
import { FEATURES, type Feature } from './features.js';
import { requests } from './requests.js';
import { subscriptionsWith } from './subscriptions.js';
import { PREFIX } from './users/define-user-event.js';

/** The topic of hints that the catalogue has changed. */
export const CATALOGUE = 'catalogue';

/** Usher's messaging with these features. Schema and queues have had their names before there was a prefix. */
export const usherDefinition = (features: readonly Feature[]): MessagingDefinition => ({
  prefix: PREFIX,
  schema: 'messaging',
  queuePrefix: '',
  events: eventCatalog,
  subscriptions: subscriptionsWith(features),
  requests,
  hintTopics: [CATALOGUE],
});

/** Usher's messaging with every feature; a process has that of the features which are on in it. */
export const usherMessaging = new Messaging(usherDefinition(FEATURES));

/** What the AsyncAPI document says of itself. */
export const aboutUsher: AsyncApiInfo = {
  title: 'Usher',
  version: '1',
  description:
    'The events of Usher, who gets them, and what becomes of those that fail. Made of the catalogue, the ' +
    'list of subscriptions and the planned topology.',
};

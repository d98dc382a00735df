import { features, usherDefinition } from '#libs/contracts';
import { Messaging } from '#libs/messaging';
import { defineConfig } from '#libs/service-defaults';
import { configured } from './configured.js';

class FeaturesConfig extends defineConfig({ FEATURES: features }) {}

/** What the processes of this installation use, by the `FEATURES` that they are given. */
export const messagingHere = async (): Promise<Messaging> =>
  new Messaging(usherDefinition((await configured(FeaturesConfig)).FEATURES));

export { journeyKey, type Journey } from './journey-keys.js';
export { JourneyConfig, type LocalMoment } from './journey.config.js';
export { localMoment } from './local-moment.js';

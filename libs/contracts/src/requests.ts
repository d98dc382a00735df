import type { RequestDefinition } from '#libs/messaging';
import { previewRecommendations } from './recommendations/preview-recommendations.request.js';

/** What apps answer while somebody waits: the one list from which their queues are declared. */
export const requests: readonly RequestDefinition[] = [previewRecommendations];

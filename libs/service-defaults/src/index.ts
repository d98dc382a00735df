export { Backoff, sleep } from './backoff.js';
export { duration, formatDuration, parseDuration } from './duration.js';
export { Readiness, type ReadinessCheck } from './health.js';
export { startHealthServer } from './health-server.js';
export { ConfigError, defineConfig, loadConfig, type AnyConfigClass } from './load-config.js';
export { createLog, earlyLogger, loggerModule, type Log } from './logger.js';
export { Periodic } from './periodic.js';
export { port, secret, ServiceConfig } from './service.config.js';
export { SharedLook } from './shared-look.js';

import { jest } from '@jest/globals';

const shutdown = jest.fn(async () => undefined);
const registerTracerProvider = jest.fn(() => ({ shutdown }));
const load = jest.fn(() => ({ registerTracerProvider }));
jest.unstable_mockModule('./tracer-provider.js', load);
const { startTracing } = await import('./start-tracing.js');

const ENDPOINT = 'http://127.0.0.1:4318';

beforeEach(() => {
  jest.resetModules();
  for (const mock of [load, registerTracerProvider, shutdown]) mock.mockClear();
});
afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('OTEL_')) delete process.env[name];
  }
});

describe('tracing', () => {
  it.each([
    ['there is no receiver', {}],
    ['the receiver is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['it is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
    ['nothing exports', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
  ])('does not even load the SDK when %s', async (_, env) => {
    Object.assign(process.env, env);
    const stop = await startTracing('api');
    await stop();
    expect(load).not.toHaveBeenCalled();
  });

  it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
    'begins with %s, and sends the last spans at the end',
    async (variable) => {
      process.env[variable] = ENDPOINT;
      const stop = await startTracing('api');
      expect(registerTracerProvider).toHaveBeenCalledWith('api');
      await stop();
      expect(shutdown).toHaveBeenCalledTimes(1);
    },
  );
});

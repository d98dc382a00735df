/** Runs TypeScript sources as ES modules; `npm test` brings up what the tests need and passes its addresses on. */
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@app/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

export default {
  testTimeout: 180_000,
  openHandlesTimeout: 5_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      roots: [
        '<rootDir>/apps',
        '<rootDir>/libs',
        '<rootDir>/tools',
        '<rootDir>/test/chaos',
        '<rootDir>/test/bench',
        '<rootDir>/test/simulation',
      ],
      testMatch: ['**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'integration',
      roots: ['<rootDir>/test/integration'],
      testMatch: ['**/*.int-spec.ts'],
    },
    {
      // Part of integration; `npm test` runs it a second time, on RabbitMQ.
      ...shared,
      displayName: 'rabbitmq',
      roots: ['<rootDir>/test/integration'],
      testMatch: ['**/the-broker-contract-*.int-spec.ts'],
    },
    {
      // Part of integration; `npm run test:examples` runs it a second time, on RabbitMQ.
      ...shared,
      displayName: 'examples',
      roots: ['<rootDir>/test/integration'],
      testMatch: ['**/the-patterns-of-messaging.int-spec.ts', '**/a-*-in-any-language.int-spec.ts'],
    },
    {
      ...shared,
      displayName: 'faults',
      roots: ['<rootDir>/test/faults', '<rootDir>/test/chaos'],
      testMatch: ['**/*.fault-spec.ts'],
    },
    {
      ...shared,
      displayName: 'cluster',
      roots: ['<rootDir>/test/cluster'],
      testMatch: ['**/*.cluster-spec.ts'],
    },
    {
      ...shared,
      displayName: 'browser',
      roots: ['<rootDir>/test/browser'],
      testMatch: ['**/*.browser-spec.ts'],
    },
    {
      ...shared,
      displayName: 'deploy',
      roots: ['<rootDir>/test/deploy'],
      testMatch: ['**/*.deploy-spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      roots: ['<rootDir>/test/e2e'],
      testMatch: ['**/*.e2e-spec.ts'],
    },
  ],
};

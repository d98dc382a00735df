// Who may import whom; docs/architecture.md says why.
const lib = (name) => `^libs/${name}/`;
const mayOnlyUse = (name, ...others) => ({
  name: `${name}-imports`,
  severity: 'error',
  from: { path: lib(name) },
  to: { path: '^(libs|apps|tools|test)/', pathNot: [name, ...others].map(lib) },
});

module.exports = {
  forbidden: [
    mayOnlyUse('service-defaults'),
    mayOnlyUse('link-tokens', 'service-defaults'),
    mayOnlyUse('journeys', 'service-defaults'),
    mayOnlyUse('mail-feedback', 'contracts', 'link-tokens', 'messaging'),
    {
      // What it reads may come by HTTP, by SMTP or out of a file.
      name: 'mail-feedback-knows-no-framework',
      severity: 'error',
      from: { path: lib('mail-feedback') },
      to: { path: '^node_modules/(@nestjs|typeorm|pg|express|nodemailer|smtp-server)/' },
    },
    // A library for any application: what it uses knows nothing of Usher's events and tables.
    mayOnlyUse('messaging', 'service-defaults'),
    {
      name: 'messaging-knows-no-typeorm',
      severity: 'error',
      from: { path: lib('messaging') },
      to: { path: '^node_modules/typeorm/' },
    },
    mayOnlyUse('contracts', 'messaging'),
    {
      name: 'contracts-import-zod-and-messaging-only',
      severity: 'error',
      from: { path: lib('contracts'), pathNot: '\\.spec\\.ts$' },
      to: { pathNot: [lib('contracts'), lib('messaging'), '^node_modules/zod/'] },
    },
    mayOnlyUse('database', 'messaging'),
    {
      name: 'no-lib-imports-an-app-a-tool-or-a-test',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|tools|test)/' },
    },
    {
      name: 'no-app-imports-another',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-page-imports-nothing-of-the-servers',
      severity: 'error',
      from: { path: '^apps/web/' },
      to: { path: '^(libs|apps)/', pathNot: '^apps/web/' },
    },
    {
      // The seam where another identity provider goes in: index.ts exports five names.
      name: 'accounts-are-entered-by-their-index',
      severity: 'error',
      from: { path: '^apps/api/src/[^/]+/', pathNot: '^apps/api/src/accounts/' },
      to: { path: '^apps/api/src/accounts/', pathNot: '^apps/api/src/accounts/index\\.ts$' },
    },
    {
      name: 'no-app-imports-a-tool-or-a-test',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^(tools|test)/' },
    },
    {
      name: 'a-lib-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^(apps|tools|test)/' },
      // Fixtures are for the tests of the lib and for those of what uses it.
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/(index|.+\\.fixture)\\.ts$' },
    },
    {
      name: 'a-lib-enters-another-by-its-index',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'an-example-stands-alone',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^(apps|libs|tools|test)/' },
    },
    {
      name: 'nobody-imports-an-example',
      severity: 'error',
      from: { path: '^(apps|libs|tools|test)/' },
      to: { path: '^examples/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@app/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};

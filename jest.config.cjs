'use strict';

/** Unit, golden, property and contract tests lie beside the source; the long ones that start processes lie in test/. */
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // The CEL library is an ES module; Node can require it, jest has to have it transformed (docs/decisions/cel.md).
  transform: { '^.+\\.ts$': '@swc/jest', '/@marcbachmann/cel-js/lib/.+\\.js$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/cel-js/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  setupFiles: ['reflect-metadata'],
};

module.exports = {
  maxWorkers: 2,
  // Generous, because a busy machine is slow; a test that hangs still fails.
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/house/**/*.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    { ...shared, displayName: 'real', testMatch: ['<rootDir>/test/real/**/*.spec.ts'] },
  ],
};

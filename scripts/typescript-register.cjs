'use strict';

// Lets plain Node run TypeScript: `node -r ./scripts/typescript-register.cjs bench/NAME.ts`. Types are stripped, not checked.
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, sourceMaps: 'inline' });
  module._compile(code, filename);
};

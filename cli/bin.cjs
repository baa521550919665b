#!/usr/bin/env node
// The command `flywheel`. A checkout runs the sources as they are; the package holds them as one bundled file.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const sources = join(__dirname, 'flywheel.ts');
if (existsSync(sources)) {
  require('tsx/cjs');
  require(sources);
} else {
  require(join(__dirname, '..', 'dist', 'npm', 'cli', 'flywheel.js'));
}

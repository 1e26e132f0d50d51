// Required into a phone's processes by NODE_OPTIONS: the sound driver cannot be found, as on a machine where it was not built.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request.startsWith('naudiodon')) throw new Error('naudiodon was not built here');
  return resolve.call(this, request, ...rest);
};

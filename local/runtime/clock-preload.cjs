// Loaded first in every Lambda worker: makes Date and Date.now virtual, as the laptop runtime's clock is.
// Timers, performance.now and everything else that measures durations stay real.
'use strict';

const RealDate = Date;

/**
 * @param {number} epochMs real time at which virtual and real time were the same
 * @param {number} speed virtual seconds per real second
 */
module.exports = function installClock(epochMs, speed) {
  // A worker ends with the server that feeds it.
  process.stdin.once('close', () => process.exit(0));
  if (speed === 1) {
    return;
  }
  const now = () => Math.floor(epochMs + (RealDate.now() - epochMs) * speed);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
  RealDate.prototype.constructor = globalThis.Date;
};

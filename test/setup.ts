import fc from 'fast-check';

/**
 * Property tests draw the same examples on every run, so that a failure is a change's and not the draw's.
 * `FAST_CHECK_SEED=<number>` draws others.
 */
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_240_510) });

// Schemas of every request that the management API takes.
export * from './inputs.ts';
export * from './people-inputs.ts';
export * from './webhook-inputs.ts';

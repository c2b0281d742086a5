// Overlays of this installation: none here. Start and deploy put those below overlays/ in place of this file's map when
// they bundle.

/** Name of an integration → the modules of its overlays, in the order in which they are laid over it. */
export const overlays = new Map<string, readonly (() => Promise<unknown>)[]>();

// Integrations from outside the checkout: nothing here. Start and deploy put the folders below PATCHBAY_INTEGRATIONS in
// place of this file's map when they bundle.

/** Path in a folder, e.g. `resources/service.json` → its JSON module. */
export type FolderFiles = Readonly<Record<string, () => Promise<unknown>>>;

export const outsideFolders = new Map<string, FolderFiles>();

// The custom fields set up in the sandbox, by collection.

import type { Collection } from './collections.ts';
import definitions from './custom-fields.json' with { type: 'json' };
import type { JsonObject } from './json.ts';

type Definition = JsonObject & { id: number; caption: string; type: string; entryMethod: string };

export const CUSTOM_FIELDS: Readonly<Partial<Record<Collection, readonly Definition[]>>> = definitions;

// The shape of requests and answers, said for all methods or for one.
import * as z from 'zod';
import { text } from './shared.ts';

/**
 * Constants that a request sends besides its arguments. `{{argument}}` makes a required argument; `{{setting:name}}`, in the query
 * and in headers, stands for a setting of the account that is no secret.
 */
export const constantsSchema = z.strictObject({
	query: z.record(text, z.string()).optional(),
	headers: z.record(text, z.string()).optional(),
	body: z
		.record(text, z.unknown())
		.optional()
		.describe('Path in the body, wrapping included, → value: `data/type`; `[]` is the only element of an array.'),
});

/**
 * `json`: the fields as an object. `json_patch`: array of operations with bare top-level names. `json_pointer_patch`:
 * RFC 6902. `whole`: the record is read, changed and sent whole, since the vendor empties what an update leaves out.
 */
export const updateBody = z.enum(['json', 'json_patch', 'json_pointer_patch', 'whole']);

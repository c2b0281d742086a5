// Remembers what follows from an integration and a server's filter, for as long as both are in use.
import type { ToolFilter } from './filter.ts';
import type { IntegrationHead, OperationHeader } from './operations.ts';

/** Both are immutable. A filter is one object for as long as an isolate remembers its server (`filterOf`). */
export function rememberPerFilter<Value>(
	make: (head: IntegrationHead, filter: ToolFilter) => Value,
): (head: IntegrationHead, filter: ToolFilter) => Value {
	const known = new WeakMap<readonly OperationHeader[], WeakMap<ToolFilter, { value: Value }>>();
	return (head, filter) => {
		let ofHead = known.get(head.headers);
		if (!ofHead) {
			ofHead = new WeakMap();
			known.set(head.headers, ofHead);
		}
		let found = ofHead.get(filter);
		if (!found) {
			found = { value: make(head, filter) };
			ofHead.set(filter, found);
		}
		return found.value;
	};
}

// Options of a call that a client did not make itself: a part of a whole job, or a preview.

export interface CallHow {
	/** The call is checked, resolved and described; the answer says what it would do, and no write is sent. */
	isPreview?: boolean;
	/** List format, where it differs from the server's. */
	listFormat?: 'records' | 'table';
	/** The list is read to its end, in no order: pages may be asked for in the vendor's way for that. */
	isWholeList?: boolean;
	/** An empty answer is an answer: its names are the job's own, and mean nothing else. */
	takesEmpty?: boolean;
	/** Budget of the answer in bytes, for an answer that is processed here and not returned. */
	budgetBytes?: number;
	/** Path of the field that tells two states of a record apart, such as the moment of its last change. */
	versionField?: string;
	/** The write is made once for this text, as far as the server detects repeats: the seal of its preview. */
	once?: string;
	/** The moment from which words of a time count (`tomorrow`), where that is an earlier call's, in ms since 1970. */
	saidAtMs?: number;
	/** An update is sent only while the record has this version, the one that its preview showed. */
	expectedVersion?: string;
}

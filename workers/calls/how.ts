// How a call is made where it is not one of a client's own: as a part of a whole job, or to be looked at beforehand.

export interface CallHow {
	/** The call is checked, resolved and described; the answer says what it would do, and no write is sent. */
	isPreview?: boolean;
	/** Where it is not the server's. */
	listFormat?: 'records' | 'table';
	/** The list is read to its end, in no order: pages may be asked for in the vendor's way for that. */
	isWholeList?: boolean;
	/** An empty answer is an answer: its names are the job's own, and mean nothing else. */
	takesEmpty?: boolean;
	/** Budget of the answer in bytes, where the answer is worked on and not told. */
	budgetBytes?: number;
	/** Path of the field that tells two states of a record apart, such as the moment of its last change. */
	versionField?: string;
	/** An update is sent only while the record has this version, as its preview told. */
	expectedVersion?: string;
}

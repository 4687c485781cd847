package io.unicorn.ipc;

/**
 * Whether a worker has answered a call.
 */
public enum CallOutcome {

	/** It has answered, at least in part. */
	ANSWERED(0),

	/** No ready worker has the slot. */
	UNKNOWN(1),

	/** It has not answered in time. */
	SILENT(2),

	/** It has exited, or its control connection was lost, before it answered. */
	GONE(3),

	/** Too many calls of the one worker, or to the other, are under way. */
	BUSY(4),

	/** Its answer breaks the protocol. */
	FAILED(5);

	private final int code;

	CallOutcome(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

	/** A later version may know more; none of them is an answer. */
	static CallOutcome of(int code) {
		for (CallOutcome value : values()) {
			if (value.code == code) {
				return value;
			}
		}
		return FAILED;
	}

}

package io.unicorn.ipc;

/**
 * What a worker initializes of that which all workers share, such as the schema of a
 * database.
 */
public enum Initialization {

	/** Everything: the master is of a version that does not decide on it. */
	EVERYTHING(0),

	/** Everything, as the first worker of a pool that starts. */
	START(1),

	/** What other workers, which serve meanwhile, can bear: it is a canary. */
	ROLL_OUT(2),

	/** Nothing: another worker has done so. */
	NOTHING(3);

	private final int code;

	Initialization(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

	/** A later version may know more; what this one does not know, it must not do. */
	static Initialization of(int code) {
		for (Initialization value : values()) {
			if (value.code == code) {
				return value;
			}
		}
		return NOTHING;
	}

}

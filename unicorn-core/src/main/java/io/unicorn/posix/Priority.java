package io.unicorn.posix;

/**
 * What a process gets of the processors while others want them too.
 */
public enum Priority {

	/** As much as any other. */
	NORMAL(0),

	/**
	 * What the others leave, and a little more: about a seventieth of what one of them
	 * gets. Whoever wakes up takes the processor from it at once.
	 */
	BACKGROUND(19);

	private final int nice;

	Priority(int nice) {
		this.nice = nice;
	}

	/** The nice value of the process's group. */
	int nice() {
		return this.nice;
	}

}

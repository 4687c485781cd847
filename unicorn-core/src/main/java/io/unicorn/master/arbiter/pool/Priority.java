package io.unicorn.master.arbiter.pool;

/**
 * How a process shares the processors with others.
 */
public enum Priority {

	/** No limit. */
	NORMAL,

	/** Limited, so that workers that serve run first. */
	BACKGROUND

}

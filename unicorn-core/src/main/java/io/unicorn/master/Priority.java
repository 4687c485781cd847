package io.unicorn.master;

/**
 * What a process gets of the processors while others want them too.
 */
enum Priority {

	/** As much as any other. */
	NORMAL,

	/** What keeps it out of the way of whoever wakes up to serve. */
	BACKGROUND

}

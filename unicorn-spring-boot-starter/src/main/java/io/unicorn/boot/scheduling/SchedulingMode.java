package io.unicorn.boot.scheduling;

/**
 * Says which workers run scheduled tasks ({@code unicorn.scheduling}).
 */
public enum SchedulingMode {

	/** The leader. */
	LEADER,

	/** Every worker, as each would by itself. */
	ALL

}

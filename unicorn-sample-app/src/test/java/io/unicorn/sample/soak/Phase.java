package io.unicorn.sample.soak;

/**
 * The phase of a soak in which a request is sent.
 */
enum Phase {

	/** The server has just started. Requests count, but latencies are not reported. */
	WARM_UP,

	/** Nothing happens, and no roll-out has happened yet. */
	STEADY,

	/** From the request for a roll-out until it is complete. */
	ROLL_OUT,

	/** After a roll-out; the new processes may not have reached their full speed. */
	BETWEEN;

	/** The phase of a request that met a roll-out, however briefly, is the roll-out. */
	static Phase of(Phase atStart, Phase atEnd) {
		return (atEnd == ROLL_OUT) ? atEnd : atStart;
	}

}

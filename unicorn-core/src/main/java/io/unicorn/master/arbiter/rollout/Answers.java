package io.unicorn.master.arbiter.rollout;

/**
 * How many requests were answered, and how many of these with a status of 500 or above.
 */
record Answers(long requests, long errors) {

	/**
	 * Above this, both numbers are halved: a test of larger ones would take noticeable
	 * time, and workers, which report them, are not trusted.
	 */
	private static final long MOST = 1_000_000_000;

	static final Answers NONE = new Answers(0, 0);

	Answers {
		requests = Math.max(0, requests);
		errors = Math.min(Math.max(0, errors), requests);
		while (requests > MOST) {
			requests /= 2;
			errors /= 2;
		}
	}

	Answers plus(Answers more) {
		return new Answers(this.requests + more.requests, this.errors + more.errors);
	}

	/** Return the share of errors, 0 to 1. */
	double share() {
		return (this.requests == 0) ? 0 : (double) this.errors / this.requests;
	}

	@Override
	public String toString() {
		return this.errors + " of " + this.requests;
	}

}

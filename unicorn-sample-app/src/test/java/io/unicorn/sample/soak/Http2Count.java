package io.unicorn.sample.soak;

/**
 * The counts of h2load.
 *
 * @param sent the requests that were begun
 * @param right those that were answered with a status from 200 to 299
 * @param wrong those that were answered with another status
 * @param refused those whose stream was closed without an answer. h2load also counts a
 * request as begun and its stream as closed if it learned of the end of the connection
 * just before it would have written it; our own clients of this kind tell one from the
 * other
 * @param lost those that got no answer
 */
record Http2Count(long sent, long right, long wrong, long refused, long lost) {

	static final Http2Count NONE = new Http2Count(0, 0, 0, 0, 0);

	Http2Count plus(Http2Count other) {
		return new Http2Count(this.sent + other.sent, this.right + other.right, this.wrong + other.wrong,
				this.refused + other.refused, this.lost + other.lost);
	}

}

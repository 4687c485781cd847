package io.unicorn.boot.tomcat;

/**
 * Follows a stream of server-sent events and knows whether it may end here: between two
 * events, not within one, which a client would have to throw away. Not thread-safe.
 */
final class EventBoundary {

	/** What the line begins with that is being written. */
	private enum Line {

		EMPTY, COMMENT, FIELD

	}

	private Line line = Line.EMPTY;

	/** A field was written, and the empty line that sends the event off was not. */
	private boolean pending;

	/** A line feed that follows belongs to the line that has ended. */
	private boolean carriageReturn;

	/**
	 * Go on by a byte, or by a character of any encoding that keeps ASCII.
	 */
	void append(int next) {
		if (next == '\n' && this.carriageReturn) {
			this.carriageReturn = false;
			return;
		}
		this.carriageReturn = (next == '\r');
		if (next == '\n' || next == '\r') {
			this.pending = (this.line == Line.FIELD) || (this.line == Line.COMMENT && this.pending);
			this.line = Line.EMPTY;
		}
		else if (this.line == Line.EMPTY) {
			this.line = (next == ':') ? Line.COMMENT : Line.FIELD;
		}
	}

	void append(byte[] bytes, int offset, int length) {
		for (int i = offset; i < offset + length; i++) {
			append(bytes[i]);
		}
	}

	void append(char[] text, int offset, int length) {
		for (int i = offset; i < offset + length; i++) {
			append(text[i]);
		}
	}

	/**
	 * Whether no event is incomplete.
	 */
	boolean isReached() {
		return this.line == Line.EMPTY && !this.pending;
	}

}

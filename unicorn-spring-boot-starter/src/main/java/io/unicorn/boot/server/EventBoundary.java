package io.unicorn.boot.server;

/**
 * Parses a stream of server-sent events to find out whether it is between two events. A
 * stream must not end within an event, because the client would discard it. Not
 * thread-safe.
 */
public final class EventBoundary {

	/** The kind of the present line, by its first character. */
	private enum Line {

		EMPTY, COMMENT, FIELD

	}

	private Line line = Line.EMPTY;

	/** Whether an event has a field and lacks the empty line that completes it. */
	private boolean pending;

	/** Whether a line feed that follows belongs to the line that has ended. */
	private boolean carriageReturn;

	/**
	 * Parse a byte, or a character of any encoding that extends ASCII.
	 */
	public void append(int next) {
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

	/**
	 * Parse bytes.
	 */
	public void append(byte[] bytes, int offset, int length) {
		for (int i = offset; i < offset + length; i++) {
			append(bytes[i]);
		}
	}

	/**
	 * Parse characters.
	 */
	public void append(char[] text, int offset, int length) {
		for (int i = offset; i < offset + length; i++) {
			append(text[i]);
		}
	}

	/**
	 * Whether no event is incomplete.
	 */
	public boolean isReached() {
		return this.line == Line.EMPTY && !this.pending;
	}

}

package io.unicorn.master.event;

import io.unicorn.posix.Posix;

/**
 * The terminal at which the master was started, if there was one.
 */
public final class Terminal {

	private static final int NONE = -1;

	private final Posix posix;

	private final int fd;

	public Terminal(Posix posix) {
		this.posix = posix;
		this.fd = posix.isTerminal(0) ? 0 : posix.isTerminal(1) ? 1 : posix.isTerminal(2) ? 2 : NONE;
	}

	/** Whether there was one at the start. */
	public boolean exists() {
		return this.fd != NONE;
	}

	/**
	 * Whether there was one and it was closed: the descriptor is no terminal any more.
	 */
	public boolean wasClosed() {
		return exists() && !this.posix.isTerminal(this.fd);
	}

}

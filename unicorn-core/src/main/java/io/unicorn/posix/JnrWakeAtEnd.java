package io.unicorn.posix;

/**
 * A pair of sockets that nobody else has. When this process ends, or becomes another
 * program, the kernel closes one and then the other, and whichever is still open then
 * sends the signal that it was asked for.
 */
final class JnrWakeAtEnd implements WakeAtEnd {

	private static final int SIGCONT = 18;

	private final Descriptors descriptors;

	private final int[] fds;

	private boolean closed;

	private JnrWakeAtEnd(Descriptors descriptors, int[] fds) {
		this.descriptors = descriptors;
		this.fds = fds;
	}

	/**
	 * Open.
	 * @param fds the sockets of a pair, close-on-exec; they are closed if this fails
	 */
	static JnrWakeAtEnd of(Descriptors descriptors, int[] fds, int pid) throws PosixException {
		JnrWakeAtEnd promise = new JnrWakeAtEnd(descriptors, fds);
		try {
			for (int fd : fds) {
				descriptors.signal(fd, pid, SIGCONT);
			}
			return promise;
		}
		catch (PosixException ex) {
			promise.close();
			throw ex;
		}
	}

	@Override
	public synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			for (int fd : this.fds) {
				this.descriptors.close(fd);
			}
		}
	}

}

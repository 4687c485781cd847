package io.unicorn.posix;

import java.net.InetSocketAddress;
import java.util.Set;

/**
 * The calls to the operating system that a master needs and the JDK does not offer.
 * Thread-safe. Every failing call throws {@link PosixException} with its {@code errno}.
 */
public interface Posix {

	/**
	 * Return the process id of this process.
	 */
	int pid();

	/**
	 * Whether the descriptor is a terminal.
	 */
	boolean isTerminal(int fd);

	/**
	 * Open a listening TCP socket, in blocking mode, close-on-exec, with
	 * {@code SO_REUSEADDR}. The wildcard address listens on IPv6 and IPv4 alike where the
	 * machine has IPv6, unless an IPv4 address is given.
	 * @param address where to listen; port 0 lets the system choose
	 * @param backlog the length of the accept queue, at least 1
	 */
	Listener listen(InetSocketAddress address, int backlog) throws PosixException;

	/**
	 * Take over a listening socket that this process inherited, and make it
	 * close-on-exec.
	 */
	Listener inherited(int fd) throws PosixException;

	/**
	 * Open a pair of connected stream sockets, both close-on-exec.
	 */
	ControlPair controlPair() throws PosixException;

	/**
	 * Close a descriptor. A descriptor that is closed already is ignored.
	 */
	void close(int fd);

	/**
	 * Replace this process by another program: same process id, same standard streams.
	 * Returns only by failing.
	 * @param command what to run
	 * @param inherit descriptors above 2 that stay open, under their numbers; all others
	 * are closed
	 */
	void exec(Command command, Set<Integer> inherit) throws PosixException;

	/**
	 * Start a child in a process group of its own. Its standard input is
	 * {@code /dev/null}, its standard output and error are ours, and the given
	 * descriptors become 3, 4, and so on; no other descriptor is inherited.
	 * @param command what to run
	 * @param descriptors our numbers of the descriptors to pass on, in order
	 * @return the process id of the child
	 */
	int spawn(Command command, int... descriptors) throws PosixException;

	/**
	 * Send a signal to a child that was started by {@link #spawn} and has not been
	 * returned by {@link #awaitExit} yet. Any other process id is left alone, so that a
	 * number that the system has given to somebody else is never hit.
	 * @return whether the signal was sent
	 */
	boolean kill(int pid, int signal);

	/**
	 * Wait until a child exits, and reap it. Children that were not started by
	 * {@link #spawn} (orphans, if this process is the init of a container) are reaped and
	 * not returned. Waits also while there is no child.
	 * @throws InterruptedException if the thread is interrupted while there is no child
	 */
	Exit awaitExit() throws InterruptedException;

}

package io.unicorn.posix;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

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
	 * {@code SO_REUSEADDR}.
	 * @param address where to listen; null means all addresses of this machine, IPv6 and
	 * IPv4 alike, or IPv4 alone where there is no IPv6 or the system property
	 * {@code java.net.preferIPv4Stack} is true. {@code 0.0.0.0} is IPv4 alone, {@code ::}
	 * needs IPv6 and takes IPv4 too.
	 * @param port 0 to 65535; 0 lets the system choose
	 * @param backlog the length of the accept queue, at least 1
	 */
	Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException;

	/**
	 * Open a TCP socket that is not bound yet, as {@link #listen(InetAddress, int, int)}
	 * would for this address. A child can be given it before it is known on which port it
	 * is to listen: what is done to it here holds for all who have it.
	 * @param address where to listen, or null as above
	 * @return the descriptor
	 */
	int socket(@Nullable InetAddress address) throws PosixException;

	/**
	 * Bind a socket and let it listen.
	 * @param socket a descriptor from {@link #socket}
	 * @param address where to listen, or null as above
	 * @param port 0 to 65535; 0 lets the system choose
	 * @param backlog the length of the accept queue, at least 1
	 * @throws PosixException also if the address is of another family than the socket;
	 * the socket stays open and is of no use then
	 */
	Listener listen(int socket, @Nullable InetAddress address, int port, int backlog) throws PosixException;

	/**
	 * Take over a listening socket that this process inherited: make it close-on-exec and
	 * put it in blocking mode. A low number is given up for a higher one, so use only the
	 * returned descriptor afterwards.
	 * @param fd the inherited descriptor, above 2
	 * @throws PosixException if it is not a listening TCP socket; it is left as it was
	 */
	Listener inherited(int fd) throws PosixException;

	/**
	 * Let nobody new in at a listening socket, without closing it: from now on the system
	 * leaves requests for a connection unanswered. What had begun by then is not touched:
	 * handshakes complete, and what they bring wakes a blocked {@code accept}, in other
	 * processes too, which share the socket and this state of it. A client that is left
	 * without an answer asks again, a second later for the first time, and is refused
	 * once the socket is closed, or let in after {@link #admitNew}. Needs no privilege.
	 * <p>
	 * To stop without a reset: call this, accept until {@link #handshakes} and then
	 * {@link #waiting} return 0, and close.
	 * @param listener descriptor of a {@link Listener}
	 */
	void refuseNew(int listener) throws PosixException;

	/**
	 * Let new connections begin again after {@link #refuseNew}, for all processes that
	 * share the socket. Nothing happens if they can.
	 * @param listener descriptor of a {@link Listener}
	 */
	void admitNew(int listener) throws PosixException;

	/**
	 * Return how many connections wait in the queue of a listening socket for somebody to
	 * accept them. One system call.
	 * @param listener descriptor of a {@link Listener}
	 */
	int waiting(int listener) throws PosixException;

	/**
	 * Return how many handshakes are under way at a listening socket: answered by the
	 * system, not yet confirmed by the client. This takes one round trip, or a second and
	 * more if a packet was lost, and up to a minute if the client is gone, so do not wait
	 * for 0 without a limit. Not counted are the clients to whom the system sent a SYN
	 * cookie because too many came at once; counted are those of another listening socket
	 * with the same port and another address.
	 * <p>
	 * Not for frequent calls: it reads a list of all connections of this machine or
	 * container, which took 5 ms without any and 25 ms with 10,000.
	 * @param listener descriptor of a {@link Listener}
	 */
	int handshakes(int listener) throws PosixException;

	/**
	 * Open a pair of connected stream sockets, both close-on-exec. Our end never blocks,
	 * the other does.
	 */
	ControlPair controlPair() throws PosixException;

	/**
	 * Take over our end of a control connection that this process inherited, from the
	 * program that ran in it before: it is close-on-exec and never blocks. A low number
	 * is given up for a higher one, so ask the returned object for its descriptor. That
	 * the other end is gone is noticed by a {@link ControlPoller}, not here.
	 * @param fd the inherited descriptor, above 2
	 * @throws PosixException if it is not a stream socket of this machine; it is left as
	 * it was
	 */
	ControlSocket inheritedControl(int fd) throws PosixException;

	/**
	 * Create a poller for our ends of control connections. Close it after use.
	 */
	ControlPoller poller() throws PosixException;

	/**
	 * Close a descriptor. A descriptor that is closed already is ignored.
	 */
	void close(int fd);

	/**
	 * Replace this process by another program: same process id, same standard streams, no
	 * blocked signals; signals that this process ignores stay ignored. Returns only by
	 * failing; then the given descriptors are close-on-exec again. To be called by a
	 * platform thread.
	 * @param command what to run
	 * @param inherit descriptors above 2 that stay open, under their numbers; all others
	 * are closed
	 */
	void exec(Command command, Set<Integer> inherit) throws PosixException;

	/**
	 * Replace this process by another program as {@link #exec(Command, Set)} does, and
	 * let signals wait for it: the given ones are blocked when it starts, so that they
	 * neither end it nor get lost until it takes them by {@link #signals}. Pending ones
	 * are passed on. A signal that was ignored when this program started ({@code nohup})
	 * stays ignored.
	 * <p>
	 * A JVM leaves them blocked in every thread, with two exceptions. It would admit HUP,
	 * INT and TERM, unless they are ignored, so they are ignored too, which means nothing
	 * as long as they are blocked. And it uses USR2 itself, unless the environment of
	 * {@code command} has {@code _JAVA_SR_SIGNUM} with the number of another signal, such
	 * as 40. QUIT may be given as well: the JVM admits it as soon as it can print its
	 * threads.
	 * <p>
	 * A signal that this program does not block itself, because it was not started in
	 * this way, takes its usual effect until the last instant; a JVM that HUP, INT or
	 * TERM has told to end does not become another program. One within that instant,
	 * which is shorter than a millisecond, is lost.
	 * @param command what to run
	 * @param inherit descriptors above 2 that stay open, under their numbers; all others
	 * are closed
	 * @param deferred numbers of the signals that wait
	 */
	void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException;

	/**
	 * Take signals that wait because {@link #exec(Command, Set, Set)} has started this
	 * program. Others are not taken: they do what they do in any JVM. To upgrade without
	 * losing a signal, close the result, handle what its receiver was given, and call
	 * {@code exec}; if that fails, ask for a new source.
	 * @param signals the numbers of the signals to take
	 */
	SignalSource signals(Set<Integer> signals) throws PosixException;

	/**
	 * Start a child in a process group of its own, which its terminal neither interrupts
	 * nor stops. Its standard input is {@code /dev/null}, its standard output and error
	 * are ours, and the given descriptors become 3, 4, and so on; no other descriptor is
	 * inherited. No signal is blocked or ignored.
	 * @param command what to run
	 * @param descriptors our numbers of the descriptors to pass on, in order: those of
	 * {@link Listener}s and {@link ControlPair}s
	 * @return the process id of the child
	 */
	int spawn(Command command, int... descriptors) throws PosixException;

	/**
	 * Start a child as {@link #spawn(Command, int...)} does, but with its standard output
	 * and error in a file instead of ours. Both append to it, so neither overwrites the
	 * other.
	 * @param command what to run
	 * @param output the file: created, readable for us alone, or emptied, its permissions
	 * then being left as they are
	 * @param descriptors our numbers of the descriptors to pass on, in order
	 * @return the process id of the child
	 * @throws PosixException also if the file cannot be written
	 */
	int spawn(Command command, Path output, int... descriptors) throws PosixException;

	/**
	 * Send a signal to a child that was started by {@link #spawn} and has not been
	 * returned by {@link #awaitExit} yet. Any other process id is left alone, so that a
	 * number that the system has given to somebody else is never hit.
	 * @return whether the signal was sent
	 */
	boolean kill(int pid, int signal);

	/**
	 * Send a signal to a child and to all processes that it has started and that have not
	 * left its process group.
	 * @param pid a child that {@link #kill} would reach
	 * @param signal number of the signal
	 * @return whether the signal was sent
	 */
	boolean killGroup(int pid, int signal);

	/**
	 * Let a child come last for good, with all that it will start: it gets the processors
	 * when nobody else of its cgroup wants them, and where memory runs out the kernel
	 * ends it first. Cannot be taken back without a privilege. What the system refuses is
	 * left out. To be called at once after the start.
	 * @param pid a child that was started by {@link #spawn}
	 */
	void makeLast(int pid);

	/**
	 * Kill a child with SIGKILL, and reap it. For those who wait for no exit: nobody else
	 * hears of this one. A process id that is not a child's is left alone.
	 * @param pid a child that was started by {@link #spawn}
	 */
	void end(int pid);

	/**
	 * Keep a child out of the way of others, with all of its threads and those that they
	 * start. It uses some processors alone, and has long turns there, which others may
	 * interrupt (Linux 6.12 and later); where this process has a privilege or a limit to
	 * take a nice value back ({@code CAP_SYS_NICE}, {@code RLIMIT_NICE}), it has the
	 * highest one. What the system refuses is left out. A process id that is not a
	 * child's is left alone.
	 * @param pid a child that was started by {@link #spawn}
	 * @param most how many processors it may use, at least 1; {@link Integer#MAX_VALUE}
	 * for all
	 */
	void background(int pid, int most);

	/**
	 * Let a child have its share of the processors again, as it had when it was started.
	 * A process id that is not a child's is left alone.
	 * @param pid a child that was started by {@link #spawn}
	 */
	void foreground(int pid);

	/**
	 * Let the optimizing compiler of a process, if that is a HotSpot JVM, use the
	 * processors when nobody else does, in that process or in others. Where this process
	 * has neither a privilege nor a limit to take that back ({@code CAP_SYS_NICE},
	 * {@code RLIMIT_NICE}), nothing happens. Compilers that start later are not meant,
	 * unless an idle one starts them.
	 * @param pid this process, or a child that was started by {@link #spawn}; others are
	 * left alone
	 * @return whether there is such a compiler, which waits now. A JVM has none in the
	 * first instants of its life.
	 */
	boolean compileWhenIdle(int pid);

	/**
	 * Let the optimizing compiler of a process compete with everybody again.
	 * @param pid this process, or a child that was started by {@link #spawn}; others are
	 * left alone
	 */
	void compileAsUsual(int pid);

	/**
	 * See to it that a child which is stopped (SIGSTOP) goes on when this process ends,
	 * however it ends, or becomes another program.
	 * @param pid a child that was started by {@link #spawn}
	 * @throws PosixException if the system refuses that
	 */
	WakeAtEnd wakeAtEnd(int pid) throws PosixException;

	/**
	 * Count a process as one of those that {@link #spawn} has started: a child of this
	 * process that was started by the program that ran in it before {@link #exec}. If it
	 * has exited meanwhile, {@link #awaitExit} finds it like any other. To be called
	 * before the first call of {@link #awaitExit}, which reaps an unknown child as an
	 * orphan.
	 * @throws PosixException if this process has no such child
	 */
	void adopt(int pid) throws PosixException;

	/**
	 * Wait until a child exits, reap it, and pass on its exit. Children that were neither
	 * started by {@link #spawn} nor given to {@link #adopt} (orphans, if this process is
	 * the init of a container) are reaped and not passed on. Waits also while there is no
	 * child. An interrupt does not end the wait for a running child, so this is for a
	 * daemon thread.
	 * @param receiver called once, by this thread, while no signal can be sent and no
	 * child started by another; must not block or throw
	 * @throws InterruptedException if the thread is interrupted while there is no child
	 */
	void awaitExit(Consumer<Exit> receiver) throws InterruptedException;

	/**
	 * Wait until a child exits, reap it, and return its exit. For those who never call
	 * {@link #exec} while they have children.
	 * @throws InterruptedException if the thread is interrupted while there is no child
	 * @see #awaitExit(Consumer)
	 */
	default Exit awaitExit() throws InterruptedException {
		List<Exit> exits = new ArrayList<>(1);
		awaitExit(exits::add);
		return exits.get(0);
	}

	/**
	 * Hold back the exits of children. When this returns, every exit that was taken from
	 * the system has been passed to its receiver, and until the result is released no
	 * other is: a child that exits meanwhile stays a zombie, which {@link #awaitExit}
	 * finds afterwards, be it here or in the program that replaces this one. Everything
	 * else goes on; a signal to such a zombie is accepted and does nothing.
	 * <p>
	 * This is how no exit is lost in an {@link #exec}. The caller
	 * <ol>
	 * <li>holds exits,</li>
	 * <li>handles every exit that its receiver was given,</li>
	 * <li>writes down which children are left,</li>
	 * <li>calls {@code exec}, and releases the hold if that fails.</li>
	 * </ol>
	 * The new program calls {@link #adopt} for each of the children written down, and
	 * then {@link #awaitExit}.
	 */
	ExitHold holdExits();

}

package io.unicorn.posix;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Calls the operating system for what a master needs and the JDK does not offer.
 * <p>
 * Every method may be called by any thread, unless it says otherwise. A failing call
 * throws {@link PosixException} with its {@code errno}; an argument outside of its range
 * throws {@link IllegalArgumentException} and has no effect. Descriptors that these
 * methods return are close-on-exec, have numbers from 100 on, and belong to the caller,
 * who closes them by {@link #close}.
 */
public interface Posix {

	/**
	 * Return the process id of this process.
	 */
	int pid();

	/**
	 * Return whether a descriptor is a terminal; false for a closed one.
	 */
	boolean isTerminal(int fd);

	/**
	 * Open a listening TCP socket, in blocking mode, with {@code SO_REUSEADDR}.
	 * @param address where to listen; null means all addresses of this machine, IPv6 and
	 * IPv4 alike, or IPv4 alone where there is no IPv6 or the system property
	 * {@code java.net.preferIPv4Stack} is true. {@code 0.0.0.0} is IPv4 alone, {@code ::}
	 * needs IPv6 and takes IPv4 too.
	 * @param port 0 to 65535; 0 lets the system choose
	 * @param backlog the length of the backlog, at least 1
	 * @throws PosixException with {@link PosixException#EADDRINUSE} if another socket
	 * listens there, {@link PosixException#EACCES} if the port needs a privilege, or
	 * another number if this machine does not have the address
	 */
	Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException;

	/**
	 * Open a listening TCP socket as {@link #listen(InetAddress, int, int)} does, with
	 * {@code SO_REUSEPORT}: processes of the same user may listen on the same address if
	 * their sockets have it too, and the kernel divides new connections among the
	 * sockets.
	 * @param address where to listen; null means all addresses of this machine
	 * @param port 0 to 65535; 0 lets the system choose
	 * @param backlog the length of the backlog, at least 1
	 */
	Listener listenShared(@Nullable InetAddress address, int port, int backlog) throws PosixException;

	/**
	 * Open a listening Unix stream socket, in blocking mode. Nobody can connect before
	 * its file has the mode and the owner. The file of a socket on which no process
	 * listens any more is replaced. Closing the socket leaves the file behind.
	 * @param file where to listen
	 * @param backlog the length of the backlog, at least 1
	 * @throws PosixException with {@link PosixException#EADDRINUSE} if a process listens
	 * there, or if the file is no socket; {@link PosixException#ENOENT} if there is no
	 * such directory, {@link PosixException#EACCES} or another number if the file cannot
	 * be made or cannot have this owner; then there is no file
	 */
	Listener listen(SocketFile file, int backlog) throws PosixException;

	/**
	 * Adopt a listening socket that this process inherited: make it close-on-exec and put
	 * it in blocking mode. A number below 100 is closed in exchange for a higher one, so
	 * use only the returned descriptor afterwards.
	 * @param fd the inherited descriptor, above 2
	 * @throws PosixException if it is not a listening TCP or Unix stream socket; then it
	 * is unchanged
	 */
	Listener inherited(int fd) throws PosixException;

	/**
	 * Stop new connections at a listening socket, without closing it: from now on the
	 * kernel leaves requests for a connection (SYN) unanswered. Handshakes that have
	 * begun complete, and the connections that they bring wake a blocked {@code accept},
	 * also in other processes, which share the socket and this state of it. A client
	 * without an answer repeats its request, for the first time after a second. It is
	 * refused when the socket is closed, and connected after {@link #admitNew}. Needs no
	 * privilege.
	 * <p>
	 * To stop without a reset: call this, accept until {@link #handshakes} and then
	 * {@link #waiting} return 0, and close.
	 * @param listener descriptor of a {@link Listener} on TCP
	 * @throws PosixException if it is not a listening TCP socket; a Unix socket has no
	 * handshake to stop
	 */
	void refuseNew(int listener) throws PosixException;

	/**
	 * Admit new connections again after {@link #refuseNew}, in all processes that share
	 * the socket. Has no effect if they are admitted already.
	 * @param listener descriptor of a {@link Listener} on TCP
	 * @throws PosixException if it is not a listening TCP socket
	 */
	void admitNew(int listener) throws PosixException;

	/**
	 * Return the number of connections in the backlog: established, and not accepted yet.
	 * One system call for TCP; for a Unix socket the list of all Unix sockets of this
	 * machine or container is read.
	 * @param listener descriptor of a {@link Listener}
	 * @throws PosixException if it is not a listening socket, or if {@code /proc} cannot
	 * be read
	 */
	int waiting(int listener) throws PosixException;

	/**
	 * Return how many connections fit into the backlog: as many as were asked for, but
	 * not more than {@code net.core.somaxconn} allows. One system call.
	 * @param listener descriptor of a {@link Listener} on TCP
	 * @throws PosixException if it is not a listening TCP socket; a Unix socket does not
	 * tell, see {@link BacklogLimit}
	 */
	int backlog(int listener) throws PosixException;

	/**
	 * Return the number of handshakes under way at a listening socket: answered by the
	 * kernel, not yet confirmed by the client. A handshake takes one round trip, a second
	 * and more if a packet was lost, and up to a minute if the client is gone, so a wait
	 * for 0 needs a limit. Clients that got a SYN cookie, because too many came at once,
	 * are not counted. Clients of another listening socket with the same port and another
	 * address are counted. A Unix socket has none.
	 * <p>
	 * Not for frequent calls: it reads the list of all connections of this machine or
	 * container, which takes 5 ms for none and 25 ms for 10,000.
	 * @param listener descriptor of a {@link Listener}
	 * @throws PosixException if it is not a listening socket, or if {@code /proc} cannot
	 * be read
	 */
	int handshakes(int listener) throws PosixException;

	/**
	 * Open the socket pair of a control connection. Our end never blocks, the worker's
	 * end does.
	 */
	ControlPair controlPair() throws PosixException;

	/**
	 * Adopt our end of a control connection that this process inherited from the program
	 * that ran in it before: make it close-on-exec and non-blocking. A number below 100
	 * is closed in exchange for a higher one, see {@link ControlSocket#fd}. Whether the
	 * other end is gone is found out by a {@link ControlPoller}, not here.
	 * @param fd the inherited descriptor, above 2
	 * @throws PosixException if it is not a connected Unix stream socket; then it is
	 * unchanged
	 */
	ControlSocket inheritedControl(int fd) throws PosixException;

	/**
	 * Create a poller for our ends of control connections. The caller closes it.
	 */
	ControlPoller poller() throws PosixException;

	/**
	 * Take a shared lock on a file or directory ({@code flock}), and wait while a process
	 * has an exclusive one. The lock lasts until the returned descriptor and all copies
	 * of it in children are closed: it ends with the last process that has one, however
	 * that process ends.
	 * @param path what to lock; it is opened for reading
	 * @return the descriptor that holds the lock
	 * @throws PosixException with {@link PosixException#ENOENT} if there is no such file,
	 * or another number, also if the file system has no such locks
	 */
	int lockShared(Path path) throws PosixException;

	/**
	 * Take an exclusive lock on a file or directory, if no process, this one included,
	 * has a lock on it. Does not wait.
	 * @param path what to lock; it is opened for reading
	 * @return the descriptor that holds the lock until it is closed, or empty if there is
	 * another lock
	 * @throws PosixException as {@link #lockShared}
	 */
	OptionalInt lockExclusive(Path path) throws PosixException;

	/**
	 * Make another directory the working directory of this process, and of the processes
	 * that it starts afterwards.
	 * @param directory its path, which may lead through symbolic links
	 * @throws PosixException with {@link PosixException#ENOENT} if there is no such
	 * directory, or another number
	 */
	void changeDirectory(Path directory) throws PosixException;

	/**
	 * Close a descriptor. Has no effect on one that is closed already; the caller makes
	 * sure that its number was not given to another file.
	 */
	void close(int fd);

	/**
	 * Execute another program in this process: same process id, same standard streams, no
	 * blocked signals; signals that this process ignores stay ignored. Returns only by
	 * failing; then the given descriptors are close-on-exec again. Call it on a platform
	 * thread, because the mask of blocked signals belongs to the thread.
	 * @param command what to execute
	 * @param inherit descriptors above 2 that stay open, under their numbers; all others
	 * are closed
	 */
	void exec(Command command, Set<Integer> inherit) throws PosixException;

	/**
	 * Execute another program as {@link #exec(Command, Set)} does, with signals deferred:
	 * the given ones are blocked when the program starts, so that they neither end it nor
	 * get lost before it takes them by {@link #signals}. Pending signals are passed on. A
	 * signal that was ignored when this program started ({@code nohup}) stays ignored.
	 * <p>
	 * A JVM leaves deferred signals blocked in every thread, with these exceptions. It
	 * would unblock HUP, INT and TERM unless they are ignored, so they are ignored too,
	 * which has no effect while they are blocked. It uses USR2 itself, unless the
	 * environment of {@code command} has {@code _JAVA_SR_SIGNUM} with the number of
	 * another signal, such as 40. It unblocks QUIT as soon as it can print its threads.
	 * <p>
	 * A signal that this program does not block itself, because it was not started in
	 * this way, takes its usual effect until {@code execve}; a JVM that HUP, INT or TERM
	 * has told to end does not execute another program. Such a signal is lost if it
	 * arrives within the last millisecond before {@code execve}.
	 * @param command what to execute
	 * @param inherit descriptors above 2 that stay open, under their numbers; all others
	 * are closed
	 * @param deferred numbers of the deferred signals, 1 to 64
	 */
	void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException;

	/**
	 * Create a source of the signals that {@link #exec(Command, Set, Set)} has deferred
	 * when it started this program. Other signals take their usual effect in a JVM. To
	 * upgrade without losing a signal, close the source, handle what its receiver was
	 * given, and call {@code exec}; if that fails, create a new source.
	 * @param signals the numbers of the signals to take, 1 to 64
	 */
	SignalSource signals(Set<Integer> signals) throws PosixException;

	/**
	 * Start a child in a process group of its own, which its terminal neither interrupts
	 * nor stops. Its standard input is {@code /dev/null}, its standard output and error
	 * are those of this process, and the given descriptors become 3, 4, and so on; it
	 * inherits no other descriptor. No signal is blocked, and none is ignored but TTOU.
	 * @param command what to execute
	 * @param descriptors our numbers of the descriptors to pass on, in order, as these
	 * methods return them
	 * @return the process id of the child
	 * @throws PosixException also if the program cannot be executed
	 */
	int spawn(Command command, int... descriptors) throws PosixException;

	/**
	 * Start a child as {@link #spawn(Command, int...)} does, with its standard output and
	 * error in a file. Both append to it, so neither overwrites the other.
	 * @param command what to execute
	 * @param output the file: created with mode 0600, or emptied with the mode that it
	 * has
	 * @param descriptors our numbers of the descriptors to pass on, in order
	 * @return the process id of the child
	 * @throws PosixException also if the file cannot be written
	 */
	int spawn(Command command, Path output, int... descriptors) throws PosixException;

	/**
	 * Start a child as {@link #spawn(Command, int...)} does, of which nothing is left:
	 * when it exits, all processes in its process group are killed, before its exit is
	 * passed on.
	 * @param command what to execute
	 * @param descriptors our numbers of the descriptors to pass on, in order
	 * @return the process id of the child
	 * @throws PosixException also if the program cannot be executed
	 */
	int spawnGroup(Command command, int... descriptors) throws PosixException;

	/**
	 * Open a pipe for the output of a child.
	 */
	OutputPipe outputPipe() throws PosixException;

	/**
	 * Send a signal to a child that was started by {@link #spawn} or given to
	 * {@link #adopt}, and that {@link #awaitExit} has not passed on yet. Has no effect on
	 * any other process, so a process id that the kernel has given to another process is
	 * never hit.
	 * @return whether the signal was sent
	 */
	boolean kill(int pid, int signal);

	/**
	 * Send a signal to a child and to all processes in its process group: those that it
	 * has started and that have not left the group.
	 * @param pid a child that {@link #kill} would reach
	 * @param signal number of the signal
	 * @return whether the signal was sent
	 */
	boolean killGroup(int pid, int signal);

	/**
	 * Give a child the lowest priority for the rest of its life, with all processes that
	 * it starts afterwards: the highest nice value, and the highest
	 * {@code oom_score_adj}, so that the kernel ends it first when memory runs out. A
	 * process without a privilege cannot undo this. A part that the system refuses is
	 * left out without an error. Call it at once after the start.
	 * @param pid a child that {@link #kill} would reach; others are left alone
	 */
	void deprioritize(int pid);

	/**
	 * Confine a child with all of its threads and those that they start: it runs on some
	 * of the processors only, and has long time slices there, which threads of other
	 * processes may interrupt (Linux 6.12 and later). If this process may lower a nice
	 * value again ({@code CAP_SYS_NICE}, {@code RLIMIT_NICE}), the child has the highest
	 * one. A part that the system refuses is left out without an error.
	 * @param pid a child that {@link #kill} would reach; others are left alone
	 * @param most how many processors it may use, at least 1; {@link Integer#MAX_VALUE}
	 * for all
	 */
	void background(int pid, int most);

	/**
	 * Undo {@link #background}: give a child the processors, time slices and nice value
	 * of this process again.
	 * @param pid a child that {@link #kill} would reach; others are left alone
	 */
	void foreground(int pid);

	/**
	 * Give threads of a process the policy {@code SCHED_IDLE}: they use a processor when
	 * no other thread wants it, in that process or in others. Has no effect where this
	 * process may not take that back, which needs {@code CAP_SYS_NICE} or
	 * {@code RLIMIT_NICE}. A thread that starts later has the policy only if the thread
	 * that starts it has it.
	 * @param pid this process, or a child that {@link #kill} would reach; others are left
	 * alone
	 * @param threads the name of the threads as the kernel keeps it, at most 15 bytes
	 * @return whether there are such threads, and they have the policy now or had another
	 * one than {@code SCHED_OTHER}
	 */
	boolean scheduleIdle(int pid, String threads);

	/**
	 * Undo {@link #scheduleIdle}: give threads of a process the policy
	 * {@code SCHED_OTHER} again, and the nice value of the first thread of that process.
	 * @param pid this process, or a child that {@link #kill} would reach; others are left
	 * alone
	 * @param threads the name of the threads as the kernel keeps it, at most 15 bytes
	 */
	void scheduleNormally(int pid, String threads);

	/**
	 * Treat a process like one that {@link #spawn} has started: a child of this process
	 * that was started by the program that ran in it before {@link #exec}. If it has
	 * exited meanwhile, {@link #awaitExit} passes its exit on. Call it before the first
	 * call of {@link #awaitExit}, which reaps an unknown child and drops its exit.
	 * @throws PosixException if this process has no such child
	 */
	void adopt(int pid) throws PosixException;

	/**
	 * Wait until a child exits, reap it, and pass its exit on. Children that were neither
	 * started by {@link #spawn} nor given to {@link #adopt} (orphans, if this process is
	 * the init of a container) are reaped, and their exits dropped. Waits also while
	 * there is no child. For one thread at a time, and a daemon thread, because an
	 * interrupt does not end the wait for a running child.
	 * @param receiver called once, by this thread. Until it returns, other threads can
	 * neither send a signal nor start a child; so it must not block, and must not throw
	 * @throws InterruptedException if the thread is interrupted while there is no child
	 */
	void awaitExit(Consumer<Exit> receiver) throws InterruptedException;

	/**
	 * Hold back the exits of children. When this returns, every child that was reaped has
	 * been passed to its receiver, and no other is reaped until the result is released: a
	 * child that exits meanwhile stays a zombie, which {@link #awaitExit} finds
	 * afterwards, here or in the program that is executed next. All other methods work as
	 * before; a signal to such a zombie is accepted and has no effect.
	 * <p>
	 * With this, no exit is lost in an {@link #exec}. The caller
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

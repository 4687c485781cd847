package io.unicorn.posix;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/**
 * An operating system in which nothing happens but what a test says. It remembers what
 * was asked of it: processes, signals, listeners, locks. Thread-safe.
 */
public final class ScriptedPosix implements Posix {

	/** Process id of this process. */
	public static final int PID = 4242;

	private static final int FIRST_CHILD = 5001;

	private static final int FIRST_DESCRIPTOR = 100;

	/**
	 * A process that was started.
	 *
	 * @param pid its process id
	 * @param command its program, arguments and environment
	 * @param descriptors what it inherits, from descriptor 3 on
	 * @param output where its output goes, or {@code null} if it goes where ours goes
	 */
	public record Spawned(int pid, Command command, List<Integer> descriptors, @Nullable Path output) {

	}

	/** A signal that was sent to a process. */
	public record Sent(int pid, int signal) {

	}

	/**
	 * This process has become another program.
	 *
	 * @param command that program
	 * @param inherited the descriptors that it inherits
	 */
	public record Executed(Command command, Set<Integer> inherited) {

	}

	private final List<Spawned> spawned = new ArrayList<>();

	private final List<Sent> sent = new ArrayList<>();

	private final Map<Integer, Listener> listeners = new LinkedHashMap<>();

	private final Map<Integer, ScriptedControlSocket> sockets = new HashMap<>();

	private final Set<Integer> refusing = new HashSet<>();

	private final Set<Integer> background = new HashSet<>();

	private final Set<Integer> alive = new HashSet<>();

	private final Map<Integer, Path> locks = new HashMap<>();

	private final Map<String, Throwable> failures = new ConcurrentHashMap<>();

	private final BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();

	private final BlockingQueue<Integer> signals = new LinkedBlockingQueue<>();

	private final List<Path> directories = new ArrayList<>();

	private @Nullable Executed executed;

	private int nextPid = FIRST_CHILD;

	private int nextDescriptor = FIRST_DESCRIPTOR;

	private int waiting;

	// The script

	/**
	 * Let the next call of a method fail.
	 * @param method its name, such as {@code spawn}
	 */
	public void fail(String method, int errno, String text) {
		this.failures.put(method, new PosixException(method, errno, text));
	}

	/**
	 * Let the next call of a method throw.
	 * @param method its name, such as {@code spawn}
	 * @param failure a {@link PosixException}, a {@link RuntimeException} or an
	 * {@link Error}
	 */
	public void fail(String method, Throwable failure) {
		this.failures.put(method, failure);
	}

	/** Whether a method that was to throw has not been called. */
	public boolean isAboutToFail(String method) {
		return this.failures.containsKey(method);
	}

	/** Let a child end. */
	public synchronized void exit(int pid, int code, int signal) {
		this.alive.remove(pid);
		this.exits.add(new Exit(pid, code, signal));
	}

	/** Send a signal to this process. */
	public void signal(int number) {
		this.signals.add(number);
	}

	/** Let so many connections wait at each listener. */
	public synchronized void letWait(int connections) {
		this.waiting = connections;
	}

	// What was asked

	/** Return what was started, oldest first. */
	public synchronized List<Spawned> spawned() {
		return List.copyOf(this.spawned);
	}

	/** Return the signals that were sent. */
	public synchronized List<Sent> sent() {
		return List.copyOf(this.sent);
	}

	/** Return our end of the control connection of a child. */
	public synchronized ScriptedControlSocket socketOf(Spawned child) {
		ScriptedControlSocket socket = this.sockets.get(child.descriptors().get(0));
		if (socket == null) {
			throw new IllegalStateException("no control connection was opened for " + child);
		}
		return socket;
	}

	/** Return the listeners that are open. */
	public synchronized List<Listener> listeners() {
		return List.copyOf(this.listeners.values());
	}

	/** Whether no connection can begin at a listener. */
	public synchronized boolean isRefusing(int listener) {
		return this.refusing.contains(listener);
	}

	/** Whether a child yields to other processes. */
	public synchronized boolean isInBackground(int pid) {
		return this.background.contains(pid);
	}

	/** Return the directories that this process has changed to. */
	public synchronized List<Path> directories() {
		return List.copyOf(this.directories);
	}

	/** Return what this process has become, or {@code null} if it goes on. */
	public synchronized @Nullable Executed executed() {
		return this.executed;
	}

	// The operating system

	private void failIfScripted(String method) throws PosixException {
		Throwable failure = this.failures.remove(method);
		if (failure instanceof PosixException ex) {
			throw ex;
		}
		throwUnchecked(failure);
	}

	private void throwIfScripted(String method) {
		throwUnchecked(this.failures.remove(method));
	}

	private static void throwUnchecked(@Nullable Throwable failure) {
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof Error ex) {
			throw ex;
		}
	}

	@Override
	public int pid() {
		return PID;
	}

	@Override
	public boolean isTerminal(int fd) {
		return false;
	}

	@Override
	public synchronized Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		failIfScripted("listen");
		int fd = this.nextDescriptor++;
		InetAddress host = (address != null) ? address : InetAddress.getLoopbackAddress();
		Listener listener = new Listener(fd, new InetSocketAddress(host, (port != 0) ? port : fd));
		this.listeners.put(fd, listener);
		return listener;
	}

	@Override
	public Listener listenShared(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		return listen(address, port, backlog);
	}

	@Override
	public synchronized Listener listen(SocketFile file, int backlog) throws PosixException {
		failIfScripted("listen");
		int fd = this.nextDescriptor++;
		Listener listener = new Listener(fd, UnixDomainSocketAddress.of(file.path()));
		this.listeners.put(fd, listener);
		return listener;
	}

	@Override
	public synchronized Listener inherited(int fd) throws PosixException {
		failIfScripted("inherited");
		return this.listeners.computeIfAbsent(fd,
				(number) -> new Listener(number, new InetSocketAddress(InetAddress.getLoopbackAddress(), number)));
	}

	@Override
	public synchronized void refuseNew(int listener) throws PosixException {
		failIfScripted("refuseNew");
		this.refusing.add(listener);
	}

	@Override
	public synchronized void admitNew(int listener) throws PosixException {
		failIfScripted("admitNew");
		this.refusing.remove(listener);
	}

	@Override
	public synchronized int waiting(int listener) throws PosixException {
		failIfScripted("waiting");
		return this.waiting;
	}

	@Override
	public int backlog(int listener) throws PosixException {
		failIfScripted("backlog");
		return 128;
	}

	@Override
	public int handshakes(int listener) throws PosixException {
		failIfScripted("handshakes");
		return 0;
	}

	@Override
	public synchronized ControlPair controlPair() throws PosixException {
		failIfScripted("controlPair");
		int ours = this.nextDescriptor++;
		int theirs = this.nextDescriptor++;
		ScriptedControlSocket socket = new ScriptedControlSocket(ours);
		this.sockets.put(ours, socket);
		this.sockets.put(theirs, socket);
		return new ControlPair(socket, theirs);
	}

	@Override
	public synchronized ControlSocket inheritedControl(int fd) throws PosixException {
		failIfScripted("inheritedControl");
		return this.sockets.computeIfAbsent(fd, ScriptedControlSocket::new);
	}

	@Override
	public ControlPoller poller() throws PosixException {
		failIfScripted("poller");
		return new ScriptedControlPoller();
	}

	@Override
	public synchronized int lockShared(Path path) throws PosixException {
		failIfScripted("lockShared");
		int fd = this.nextDescriptor++;
		this.locks.put(fd, path);
		return fd;
	}

	@Override
	public synchronized OptionalInt lockExclusive(Path path) throws PosixException {
		failIfScripted("lockExclusive");
		if (this.locks.containsValue(path)) {
			return OptionalInt.empty();
		}
		int fd = this.nextDescriptor++;
		this.locks.put(fd, path);
		return OptionalInt.of(fd);
	}

	@Override
	public synchronized void changeDirectory(Path directory) throws PosixException {
		failIfScripted("changeDirectory");
		this.directories.add(directory);
	}

	@Override
	public synchronized void close(int fd) {
		this.listeners.remove(fd);
		this.refusing.remove(fd);
		this.locks.remove(fd);
	}

	@Override
	public void exec(Command command, Set<Integer> inherit) throws PosixException {
		exec(command, inherit, Set.of());
	}

	@Override
	public synchronized void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException {
		failIfScripted("exec");
		this.executed = new Executed(command, Set.copyOf(inherit));
	}

	@Override
	public SignalSource signals(Set<Integer> numbers) throws PosixException {
		failIfScripted("signals");
		return new ScriptedSignals();
	}

	@Override
	public int spawn(Command command, int... descriptors) throws PosixException {
		return spawned(command, null, descriptors);
	}

	@Override
	public int spawn(Command command, Path output, int... descriptors) throws PosixException {
		return spawned(command, output, descriptors);
	}

	@Override
	public int spawnGroup(Command command, int... descriptors) throws PosixException {
		return spawned(command, null, descriptors);
	}

	@Override
	public synchronized OutputPipe outputPipe() throws PosixException {
		failIfScripted("outputPipe");
		return new OutputPipe(InputStream.nullInputStream(), this.nextDescriptor++);
	}

	private synchronized int spawned(Command command, @Nullable Path output, int[] descriptors) throws PosixException {
		failIfScripted("spawn");
		int pid = this.nextPid++;
		List<Integer> inherited = new ArrayList<>();
		for (int descriptor : descriptors) {
			inherited.add(descriptor);
		}
		this.alive.add(pid);
		this.spawned.add(new Spawned(pid, command, List.copyOf(inherited), output));
		return pid;
	}

	@Override
	public synchronized boolean kill(int pid, int signal) {
		throwIfScripted("kill");
		this.sent.add(new Sent(pid, signal));
		return this.alive.contains(pid);
	}

	@Override
	public boolean killGroup(int pid, int signal) {
		return kill(pid, signal);
	}

	@Override
	public void deprioritize(int pid) {
		// The kernel of this test kills no process.
	}

	@Override
	public synchronized void background(int pid, int most) {
		throwIfScripted("background");
		this.background.add(pid);
	}

	@Override
	public synchronized void foreground(int pid) {
		throwIfScripted("foreground");
		this.background.remove(pid);
	}

	@Override
	public boolean scheduleIdle(int pid, String threads) {
		throwIfScripted("scheduleIdle");
		return true;
	}

	@Override
	public void scheduleNormally(int pid, String threads) {
		throwIfScripted("scheduleNormally");
		// These processes have no threads.
	}

	@Override
	public synchronized void adopt(int pid) throws PosixException {
		failIfScripted("adopt");
		this.alive.add(pid);
	}

	@Override
	public void awaitExit(Consumer<Exit> receiver) throws InterruptedException {
		throwIfScripted("awaitExit");
		receiver.accept(this.exits.take());
	}

	@Override
	public ExitHold holdExits() {
		throwIfScripted("holdExits");
		return () -> {
		};
	}

	/** Takes the signals of the script. */
	private final class ScriptedSignals implements SignalSource {

		private static final int CLOSED = 0;

		@Override
		public void run(IntConsumer receiver) {
			try {
				for (int number = ScriptedPosix.this.signals
					.take(); number != CLOSED; number = ScriptedPosix.this.signals.take()) {
					receiver.accept(number);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void close() {
			ScriptedPosix.this.signals.add(CLOSED);
		}

	}

	/** Connects sockets with their handlers; what arrives is said by the sockets. */
	private static final class ScriptedControlPoller implements ControlPoller {

		private final CountDownLatch closed = new CountDownLatch(1);

		@Override
		public void register(ControlSocket socket, Handler handler) {
			((ScriptedControlSocket) socket).register(handler);
		}

		@Override
		public void run() {
			try {
				this.closed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void close() {
			this.closed.countDown();
		}

	}

}

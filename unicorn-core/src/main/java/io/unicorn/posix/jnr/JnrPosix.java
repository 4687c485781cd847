package io.unicorn.posix.jnr;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Exit;
import io.unicorn.posix.ExitHold;
import io.unicorn.posix.Listener;
import io.unicorn.posix.OutputPipe;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import io.unicorn.posix.SocketFile;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.FileLocks;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.NativeMemory;
import io.unicorn.posix.process.Children;
import io.unicorn.posix.process.Execution;
import io.unicorn.posix.process.OutputPipes;
import io.unicorn.posix.process.Signals;
import io.unicorn.posix.scheduling.Background;
import io.unicorn.posix.scheduling.IdleThreads;
import io.unicorn.posix.scheduling.Niceness;
import io.unicorn.posix.socket.AcceptQueue;
import io.unicorn.posix.socket.ControlSockets;
import io.unicorn.posix.socket.Listeners;
import io.unicorn.posix.socket.UnixListeners;
import org.jspecify.annotations.Nullable;

/**
 * Implements {@link Posix} for 64-bit Linux by native calls through jffi. The constructor
 * loads native code, which takes some hundredths of a second. Only one instance of a
 * process may spawn children, because {@link #awaitExit} reaps every child of the
 * process. Thread-safe.
 */
public final class JnrPosix implements Posix {

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final Listeners listeners;

	private final UnixListeners unixListeners;

	private final AcceptQueue acceptQueue;

	private final ControlSockets controlSockets;

	private final OutputPipes outputPipes;

	private final FileLocks fileLocks;

	private final Signals signals;

	private final Execution execution;

	private final IdleThreads idleThreads;

	private final Children children;

	/**
	 * Load the C library.
	 * @throws UnsatisfiedLinkError if there is no native library for this system
	 */
	public JnrPosix() {
		this.kernel = Kernel.load();
		this.descriptors = new Descriptors(this.kernel);
		this.listeners = new Listeners(this.kernel, this.descriptors);
		this.unixListeners = new UnixListeners(this.kernel, this.descriptors);
		this.acceptQueue = new AcceptQueue(this.kernel);
		this.controlSockets = new ControlSockets(this.kernel, this.descriptors);
		this.outputPipes = new OutputPipes(this.kernel, this.descriptors);
		this.fileLocks = new FileLocks(this.kernel, this.descriptors);
		this.signals = new Signals(this.kernel, this.descriptors);
		this.execution = new Execution(this.kernel, this.descriptors, this.signals);
		Niceness niceness = new Niceness(this.kernel.libc());
		this.idleThreads = new IdleThreads(this.kernel.libc(), niceness);
		this.children = new Children(this.kernel, this.descriptors, new Background(this.kernel.libc(), niceness),
				this.idleThreads);
	}

	@Override
	public int pid() {
		return this.kernel.libc().getpid();
	}

	@Override
	public boolean isTerminal(int fd) {
		return this.kernel.libc().isatty(fd) == 1;
	}

	@Override
	public Listener listen(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		return this.listeners.listen(address, port, backlog);
	}

	@Override
	public Listener listenShared(@Nullable InetAddress address, int port, int backlog) throws PosixException {
		return this.listeners.listenShared(address, port, backlog);
	}

	@Override
	public Listener listen(SocketFile file, int backlog) throws PosixException {
		return this.unixListeners.listen(file, backlog);
	}

	@Override
	public Listener inherited(int fd) throws PosixException {
		return this.listeners.inherited(fd);
	}

	@Override
	public void refuseNew(int listener) throws PosixException {
		this.acceptQueue.refuseNew(listener);
	}

	@Override
	public void admitNew(int listener) throws PosixException {
		this.acceptQueue.admitNew(listener);
	}

	@Override
	public int waiting(int listener) throws PosixException {
		return this.acceptQueue.waiting(listener);
	}

	@Override
	public int backlog(int listener) throws PosixException {
		return this.acceptQueue.backlog(listener);
	}

	@Override
	public int handshakes(int listener) throws PosixException {
		return this.acceptQueue.handshakes(listener);
	}

	@Override
	public ControlPair controlPair() throws PosixException {
		return this.controlSockets.pair();
	}

	@Override
	public ControlSocket inheritedControl(int fd) throws PosixException {
		return this.controlSockets.inherited(fd);
	}

	@Override
	public ControlPoller poller() throws PosixException {
		return this.controlSockets.poller();
	}

	@Override
	public int lockShared(Path path) throws PosixException {
		return this.fileLocks.shared(path);
	}

	@Override
	public OptionalInt lockExclusive(Path path) throws PosixException {
		return this.fileLocks.exclusive(path);
	}

	@Override
	public void changeDirectory(Path directory) throws PosixException {
		NativeMemory path = NativeMemory.string(Command.bytes(directory));
		this.kernel.call("change to " + directory, () -> this.kernel.libc().chdir(path));
	}

	@Override
	public void close(int fd) {
		this.descriptors.close(fd);
	}

	@Override
	public void exec(Command command, Set<Integer> inherit) throws PosixException {
		this.execution.exec(command, inherit, Set.of());
	}

	@Override
	public void exec(Command command, Set<Integer> inherit, Set<Integer> deferred) throws PosixException {
		this.execution.exec(command, inherit, deferred);
	}

	@Override
	public SignalSource signals(Set<Integer> signals) throws PosixException {
		return this.signals.source(signals);
	}

	@Override
	public int spawn(Command command, int... descriptors) throws PosixException {
		return this.children.spawn(command, null, descriptors);
	}

	@Override
	public int spawn(Command command, Path output, int... descriptors) throws PosixException {
		return this.children.spawn(command, output, descriptors);
	}

	@Override
	public int spawnGroup(Command command, int... descriptors) throws PosixException {
		return this.children.spawnGroup(command, descriptors);
	}

	@Override
	public OutputPipe outputPipe() throws PosixException {
		return this.outputPipes.open();
	}

	@Override
	public boolean kill(int pid, int signal) {
		return this.children.kill(pid, signal);
	}

	@Override
	public boolean killGroup(int pid, int signal) {
		return this.children.killGroup(pid, signal);
	}

	@Override
	public void deprioritize(int pid) {
		this.children.deprioritize(pid);
	}

	@Override
	public void background(int pid, int most) {
		this.children.background(pid, most);
	}

	@Override
	public void foreground(int pid) {
		this.children.foreground(pid);
	}

	@Override
	public boolean scheduleIdle(int pid, String threads) {
		return (pid == pid()) ? this.idleThreads.idle(pid, threads) : this.children.scheduleIdle(pid, threads);
	}

	@Override
	public void scheduleNormally(int pid, String threads) {
		if (pid == pid()) {
			this.idleThreads.normal(pid, threads);
		}
		else {
			this.children.scheduleNormally(pid, threads);
		}
	}

	@Override
	public void adopt(int pid) throws PosixException {
		this.children.adopt(pid);
	}

	@Override
	public void awaitExit(Consumer<Exit> receiver) throws InterruptedException {
		this.children.awaitExit(receiver);
	}

	@Override
	public ExitHold holdExits() {
		return this.children.hold();
	}

}

package io.unicorn.posix;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * {@link Posix} for 64-bit Linux, by way of jffi. The constructor loads native code,
 * which takes some hundredths of a second; one instance per process is enough, and since
 * an instance reaps every child of the process, there must not be two that spawn.
 */
public final class JnrPosix implements Posix {

	private static final int SFD_CLOEXEC = 0x80000;

	private static final int SFD_NONBLOCK = 0x800;

	private final Kernel kernel;

	private final Descriptors descriptors;

	private final Listeners listeners;

	private final AcceptQueue acceptQueue;

	private final ControlSockets controlSockets;

	private final Signals signals;

	private final Execution execution;

	private final OptimizingCompiler compiler;

	private final Children children;

	/**
	 * Load the C library.
	 * @throws UnsatisfiedLinkError if this is not a system that we know
	 */
	public JnrPosix() {
		this.kernel = Kernel.load();
		this.descriptors = new Descriptors(this.kernel);
		this.listeners = new Listeners(this.kernel, this.descriptors);
		this.acceptQueue = new AcceptQueue(this.kernel);
		this.controlSockets = new ControlSockets(this.kernel, this.descriptors);
		this.signals = new Signals(this.kernel);
		this.execution = new Execution(this.kernel, this.descriptors, this.signals);
		Niceness niceness = new Niceness(this.kernel);
		this.compiler = new OptimizingCompiler(this.kernel, niceness);
		this.children = new Children(this.kernel, new Spawner(this.kernel, this.descriptors),
				new Background(this.kernel, niceness), this.compiler);
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
	public int socket(@Nullable InetAddress address) throws PosixException {
		return this.listeners.socket(address);
	}

	@Override
	public Listener listen(int socket, @Nullable InetAddress address, int port, int backlog) throws PosixException {
		return this.listeners.listen(socket, address, port, backlog);
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
		return new JnrControlPoller(this.kernel, new Wakeup(this.kernel, this.descriptors));
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
		NativeMemory set = this.signals.set(signals);
		int fd = this.kernel.call("signalfd", () -> this.kernel.libc().signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK));
		try {
			return new JnrSignalSource(this.kernel, this.descriptors, new Wakeup(this.kernel, this.descriptors), fd);
		}
		catch (PosixException ex) {
			this.descriptors.close(fd);
			throw ex;
		}
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
	public boolean kill(int pid, int signal) {
		return this.children.kill(pid, signal);
	}

	@Override
	public boolean killGroup(int pid, int signal) {
		return this.children.killGroup(pid, signal);
	}

	@Override
	public void makeLast(int pid) {
		this.children.makeLast(pid);
	}

	@Override
	public void end(int pid) {
		this.children.end(pid);
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
	public boolean compileWhenIdle(int pid) {
		return (pid == pid()) ? this.compiler.whenIdle(pid) : this.children.compileWhenIdle(pid);
	}

	@Override
	public void compileAsUsual(int pid) {
		if (pid == pid()) {
			this.compiler.asUsual(pid);
		}
		else {
			this.children.compileAsUsual(pid);
		}
	}

	@Override
	public WakeAtEnd wakeAtEnd(int pid) throws PosixException {
		return this.controlSockets.wakeAtEnd(pid);
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

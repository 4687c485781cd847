package io.unicorn.master.process;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.PosixException;

/**
 * The master's end of one worker's control connection. The worker is not trusted: what it
 * sends is limited, and if it breaks the limits or the protocol, the connection is closed
 * and the arbiter is told. {@link ControlPoller.Handler}'s methods are called by the
 * polling thread, all others by the master's main thread.
 */
final class WorkerLink implements ControlPoller.Handler {

	private final long id;

	private final int pid;

	private final ControlSocket socket;

	private final WorkerChannel channel;

	private final FrameDecoder<Message.FromWorker> decoder = new FrameDecoder<>(Message.FromWorker.class);

	private final Intake intake = new Intake(System.nanoTime());

	private final CompilerThreads compilers;

	private final WorkerProcesses.MainThread main;

	private boolean greeted;

	private boolean started;

	/** Bytes that have arrived since the last message. */
	private int bytes;

	/** Whether the master has closed the connection. */
	private volatile boolean lost;

	WorkerLink(long id, int pid, ControlSocket socket, CompilerThreads compilers, WorkerProcesses.MainThread main) {
		this.id = id;
		this.pid = pid;
		this.socket = socket;
		this.channel = new WorkerChannel(socket);
		this.compilers = compilers;
		this.main = main;
	}

	void listen(ControlPoller poller) {
		try {
			poller.register(this.socket, this);
		}
		catch (IOException ex) {
			report(new Event.ChannelLost(this.id, "its control connection cannot be read: " + ex.getMessage()));
		}
	}

	/** Go on where the master before has stopped. */
	void resume(WorkerConnection connection) {
		received(connection.received().duplicate());
		try {
			this.channel.resume(connection.unsent());
		}
		catch (IOException ex) {
			lose(ex);
		}
	}

	WorkerConnection handOver() {
		return new WorkerConnection(this.id, this.pid, this.lost ? WorkerConnection.NONE : this.socket.fd(),
				this.decoder.unfinished(), this.channel.unsent());
	}

	void close() {
		this.socket.close();
	}

	// Reading

	@Override
	public void received(ByteBuffer arrived) {
		try {
			this.bytes += arrived.remaining();
			this.intake.read(arrived.remaining(), System.nanoTime());
			this.decoder.feed(arrived, this::pass);
			if (this.intake.isBroken(System.nanoTime())) {
				misbehaved("it has sent more than its share for more than " + Intake.PATIENCE.toSeconds() + " s");
			}
		}
		catch (MalformedFrameException ex) {
			misbehaved("it sent a malformed frame: " + ex.getMessage());
		}
		catch (Throwable ex) {
			// A message is lost. The stream could not be read on without it.
			closeAndReport(new Event.ChannelLost(this.id, "its control connection is closed, because of " + ex));
		}
	}

	private void pass(Message.FromWorker message) {
		schedule(message);
		int size = this.bytes;
		this.bytes = 0;
		this.intake.passed(message, size);
		this.main.post(() -> {
			this.intake.handled(size);
			this.main.decide(new Event.Received(this.id, message));
		});
	}

	/**
	 * Let the optimizing compiler of a worker yield until the application has started.
	 */
	private void schedule(Message.FromWorker message) {
		try {
			scheduleCompiler(message);
		}
		catch (RuntimeException | Error ex) {
			// It only makes boots faster.
		}
	}

	private void scheduleCompiler(Message.FromWorker message) {
		if (message instanceof Message.Hello && !this.greeted) {
			this.greeted = true;
			this.compilers.waitForIdleProcessors(this.pid);
		}
		else if ((message instanceof Message.Started || message instanceof Message.Ready) && !this.started) {
			// A worker of an older version does not send Started.
			this.started = true;
			this.compilers.compete(this.pid);
		}
	}

	private void misbehaved(String how) {
		closeAndReport(new Event.Misbehaved(this.id, how));
	}

	@Override
	public int pauseMillis() {
		return this.intake.pauseMillis(System.nanoTime());
	}

	@Override
	public void closed() {
		report(new Event.ChannelLost(this.id, ""));
	}

	// Writing

	void send(Message.FromMaster message) {
		try {
			this.intake.sent(message);
			this.channel.send(message);
		}
		catch (IOException ex) {
			lose(ex);
		}
		catch (RuntimeException | Error ex) {
			if (!WorkerChannel.mayBeDropped(message)) {
				// The worker waits for it, perhaps for ever.
				closeAndReport(new Event.ChannelLost(this.id, "its control connection is closed, because of " + ex));
			}
			throw ex;
		}
	}

	@Override
	public void writable() {
		try {
			this.channel.flush();
			long dropped = this.channel.takeDropped();
			if (dropped > 0) {
				report(new Event.RepliesDropped(this.id, dropped));
			}
		}
		catch (IOException ex) {
			lose(ex);
		}
	}

	/**
	 * Close a connection that cannot be written to. That its other end is closed is no
	 * news: the process has exited, or the poller says so too.
	 */
	private void lose(IOException cause) {
		boolean hungUp = cause instanceof PosixException ex && ex.errno() == PosixException.EPIPE;
		closeAndReport(new Event.ChannelLost(this.id,
				hungUp ? "" : "its control connection is closed, " + cause.getMessage()));
	}

	private void closeAndReport(Event event) {
		boolean first = !this.lost;
		this.lost = true;
		this.socket.close();
		if (first) {
			report(event);
		}
	}

	private void report(Event event) {
		this.main.post(() -> this.main.decide(event));
	}

}

package io.unicorn.master.command;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.launch.workdir.CommandSocket;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.event.EventSources;
import io.unicorn.master.log.LogQueue;
import io.unicorn.posix.Peer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the operator's commands on a local socket, and returns the arbiter's answers.
 * Each connection has a thread of its own, so the master never waits for a client. If the
 * socket cannot be opened, that is logged, and the pool runs without commands.
 *
 * <p>
 * Methods are called by the master's main thread.
 */
public final class Commands {

	/**
	 * How many connections may be open. One more closes the oldest: a command asks and
	 * leaves within milliseconds, so the oldest hangs.
	 */
	static final int MOST = 8;

	/**
	 * How long to wait when there is no descriptor or no thread for a connection. It
	 * stays in the backlog meanwhile.
	 */
	private static final Duration PAUSE = Duration.ofSeconds(1);

	/** Accepts a connection, as a channel does. */
	interface Acceptor {

		SocketChannel accept() throws IOException;

	}

	private final LogQueue log;

	private final Consumer<Event> events;

	private final ThreadFactory threads;

	private final Duration pause;

	/** By number, oldest first. */
	private final Map<Long, Client> clients = new LinkedHashMap<>();

	private long lastClient;

	private @Nullable ServerSocketChannel server;

	private @Nullable Thread acceptor;

	private @Nullable Path socket;

	/** The private directory, in which the socket usually is. */
	private Path workDir = Path.of("");

	/**
	 * Create.
	 * @param events is told of each question, on other threads
	 */
	public Commands(LogQueue log, Consumer<Event> events) {
		this(log, events, Thread::new, PAUSE);
	}

	Commands(LogQueue log, Consumer<Event> events, ThreadFactory threads, Duration pause) {
		this.log = log;
		this.events = events;
		this.threads = threads;
		this.pause = pause;
	}

	/**
	 * Start to accept commands.
	 * @param path where, or {@code null} if there is no place for a socket
	 * @param workDir the private directory, in which the socket usually is
	 */
	public void listen(@Nullable String path, Path workDir) {
		this.workDir = workDir;
		try {
			if (path == null) {
				throw new SocketException("there is no private directory with a path that is short enough");
			}
			Path file = Path.of(path);
			CommandSocket.secure(file);
			// The master that ran in this process before has left it.
			Files.deleteIfExists(file);
			ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.server = channel;
			// Loads a library for the user of a client, which is gone when the JDK is.
			var unused = channel.supportedOptions();
			channel.bind(UnixDomainSocketAddress.of(file));
			this.socket = file;
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
			this.acceptor = EventSources.daemon("unicorn-commands", () -> accept(channel::accept, channel::isOpen));
			if (!file.startsWith(workDir)) {
				this.log.write(Effect.Level.INFO, "commands are taken at " + file
						+ ", because a path in unicorn.work-dir would be too long for a socket");
			}
		}
		catch (IOException | RuntimeException ex) {
			close();
			this.log.write(Effect.Level.WARN,
					"no commands are taken, only signals: " + ((path != null) ? path + ": " : "") + reason(ex));
		}
	}

	private static String reason(Throwable ex) {
		return (ex.getMessage() != null) ? ex.getMessage() : ex.toString();
	}

	/**
	 * Open the socket again if its file was deleted: clients find it by its name.
	 */
	public void keep() {
		Path file = this.socket;
		if (file == null || !Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		close();
		this.socket = null;
		listen(file.toString(), this.workDir);
		if (this.socket != null) {
			this.log.write(Effect.Level.WARN, "the command socket " + file + " was deleted; it is open again");
		}
	}

	/**
	 * Accept no more connections, before another program is executed in this process. A
	 * connection that is accepted during the exec would stay open in the new program,
	 * which does not know it, and its client would wait for ever. The file stays: the new
	 * master replaces it.
	 */
	public void suspend() throws IOException, InterruptedException {
		if (this.server != null && this.acceptor != null) {
			this.server.close();
			this.acceptor.join();
		}
	}

	/**
	 * Accept connections again, if {@link #suspend} has ended that.
	 */
	public void resume() {
		if (this.server != null && !this.server.isOpen() && this.socket != null) {
			listen(this.socket.toString(), this.workDir);
		}
	}

	/**
	 * Give an answer to the client that waits for it.
	 */
	public synchronized void answer(Effect.Answer answer) {
		Client client = this.clients.get(answer.client());
		if (client != null) {
			client.answers.add(answer.message());
		}
	}

	/**
	 * Take no more commands, end the connections, and remove the socket.
	 */
	public synchronized void close() {
		this.clients.values().forEach((client) -> client.thread.interrupt());
		try {
			if (this.server != null) {
				this.server.close();
			}
			if (this.socket != null) {
				Files.deleteIfExists(this.socket);
			}
		}
		catch (IOException ex) {
			// A later master removes it.
		}
	}

	/**
	 * Accept connections until the channel is closed. Too few descriptors or threads pass
	 * by, so they are no reason to stop.
	 */
	void accept(Acceptor channel, BooleanSupplier open) {
		boolean failing = false;
		while (open.getAsBoolean()) {
			try {
				serve(channel.accept());
				failing = false;
			}
			catch (IOException | OutOfMemoryError ex) {
				if (!open.getAsBoolean()) {
					return;
				}
				if (!failing) {
					this.log.write(Effect.Level.WARN, "a command has to wait: " + reason(ex));
				}
				failing = true;
				LockSupport.parkNanos(this.pause.toNanos());
			}
		}
	}

	private synchronized void serve(SocketChannel channel) throws IOException {
		if (this.clients.size() >= MOST) {
			Long oldest = this.clients.keySet().iterator().next();
			Client forgotten = this.clients.remove(oldest);
			if (forgotten != null) {
				forgotten.thread.interrupt();
			}
		}
		long number = ++this.lastClient;
		Client client = new Client(number, channel);
		this.clients.put(number, client);
		try {
			client.thread.start();
		}
		catch (OutOfMemoryError ex) {
			// The limit of threads is reached.
			this.clients.remove(number);
			channel.close();
			throw ex;
		}
	}

	private synchronized void forget(long number) {
		this.clients.remove(number);
	}

	/**
	 * A connection: a question, its answer, the next question. To interrupt the thread
	 * closes the channel.
	 */
	private final class Client {

		private final long number;

		private final SocketChannel channel;

		private final BlockingQueue<Message.FromMaster> answers = new LinkedBlockingQueue<>();

		private final Thread thread;

		Client(long number, SocketChannel channel) {
			this.number = number;
			this.channel = channel;
			this.thread = Commands.this.threads.newThread(this::run);
			this.thread.setName("unicorn-command-" + number);
			this.thread.setDaemon(true);
		}

		private void run() {
			try (this.channel) {
				Peer peer = Peer.of(this.channel);
				if (!peer.isTrusted()) {
					Commands.this.log.write(Effect.Level.WARN, "a command of user " + peer.user() + " was refused");
					return;
				}
				converse(peer);
			}
			catch (MalformedFrameException ex) {
				Commands.this.log.write(Effect.Level.WARN, "a command was not understood: " + ex.getMessage());
			}
			catch (IOException ex) {
				// The client is gone.
			}
			catch (InterruptedException ex) {
				// It was there for too long.
			}
			catch (LinkageError ex) {
				Commands.this.log.write(Effect.Level.WARN, "a command was refused, because its user is "
						+ "unknown: this JDK is without the module jdk.net");
			}
			finally {
				forget(this.number);
			}
		}

		private void converse(Peer peer) throws IOException, InterruptedException {
			MessageReader<Message.Question> in = new MessageReader<>(Channels.newInputStream(this.channel),
					Message.Question.class);
			MessageWriter<Message.FromMaster> out = new MessageWriter<>(Channels.newOutputStream(this.channel));
			for (Message.Question question = in.read(); question != null; question = in.read()) {
				Commands.this.events.accept(new Event.Query(this.number, signed(question, peer)));
				out.write(this.answers.take());
			}
		}

		/** Take the user from the kernel, not from what the client says. */
		private static Message.Question signed(Message.Question question, Peer peer) {
			return (question instanceof Message.Request request)
					? request.by("command of user " + peer.user().getName()) : question;
		}

	}

}

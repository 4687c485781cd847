package io.unicorn.master;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.launch.CommandSocket;
import io.unicorn.posix.Peer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the operator's commands from a local socket, and gives them the arbiter's
 * answers. Each connection has a thread of its own that sleeps in the kernel, so the
 * master never waits for a client. A pool without this socket is still a pool: if it
 * cannot be opened, that is logged and nothing else happens.
 *
 * <p>
 * Methods are called by the master's main thread.
 */
final class Commands {

	/**
	 * How many connections there may be. When there are more, the oldest is closed: a
	 * command asks and leaves within milliseconds, so it has been forgotten.
	 */
	static final int MOST = 8;

	private final LogQueue log;

	private final Consumer<Event> events;

	/** By number, oldest first. */
	private final Map<Long, Client> clients = new LinkedHashMap<>();

	private long lastClient;

	private @Nullable ServerSocketChannel server;

	private @Nullable Path socket;

	/**
	 * Create.
	 * @param events is told of each question, on other threads
	 */
	Commands(LogQueue log, Consumer<Event> events) {
		this.log = log;
		this.events = events;
	}

	/**
	 * Take commands from now on.
	 * @param path where, or {@code null} if there is no place for a socket
	 * @param workDir the private directory, in which the socket usually is
	 */
	void listen(@Nullable String path, Path workDir) {
		try {
			if (path == null) {
				throw new SocketException("there is no private directory with a path that is short enough");
			}
			Path file = Path.of(path);
			CommandSocket.secure(file);
			// One of the same process: of the master that was here before.
			Files.deleteIfExists(file);
			ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.server = channel;
			channel.bind(UnixDomainSocketAddress.of(file));
			this.socket = file;
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
			Hearing.daemon("unicorn-commands", () -> accept(channel));
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

	private static String reason(Exception ex) {
		return (ex.getMessage() != null) ? ex.getMessage() : ex.toString();
	}

	/**
	 * Give an answer to the client that waits for it.
	 */
	synchronized void answer(Effect.Answer answer) {
		Client client = this.clients.get(answer.client());
		if (client != null) {
			client.answers.add(answer.message());
		}
	}

	/**
	 * Take no more commands, end the connections, and remove the socket.
	 */
	synchronized void close() {
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
			// It is removed when somebody cleans up after processes that have ended.
		}
	}

	private void accept(ServerSocketChannel channel) {
		try {
			while (true) {
				serve(channel.accept());
			}
		}
		catch (IOException ex) {
			if (channel.isOpen()) {
				close();
				this.log.write(Effect.Level.WARN, "no commands are taken any more, only signals: " + reason(ex));
			}
		}
	}

	private synchronized void serve(SocketChannel channel) {
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
		client.thread.start();
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
			this.thread = new Thread(this::run, "unicorn-command-" + number);
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
				Commands.this.log.write(Effect.Level.WARN, "a command was refused, because it cannot be known "
						+ "whose it is: this JDK is without the module jdk.net");
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
				Commands.this.events.accept(new Event.Asked(this.number, signed(question, peer)));
				out.write(this.answers.take());
			}
		}

		/** Who wants a roll-out is what the kernel says, not what the client says. */
		private static Message.Question signed(Message.Question question, Peer peer) {
			return (question instanceof Message.RolloutRequest request)
					? new Message.RolloutRequest(request.query(), "command of user " + peer.user().getName())
					: question;
		}

	}

}

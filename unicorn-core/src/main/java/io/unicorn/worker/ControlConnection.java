package io.unicorn.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges messages with the master. One thread reads; another one writes, because a
 * master that is stopped does not read, and neither a request nor a readiness check may
 * wait for it. Thread-safe.
 */
final class ControlConnection {

	/**
	 * How long {@link #flush} waits at most, so that a master that does not read delays
	 * no exit.
	 */
	private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);

	private final MessageReader<Message.FromMaster> reader;

	private final MessageWriter<Message.FromWorker> writer;

	private final Message.Welcome welcome;

	private final ScheduledExecutorService writerThread = Executors
		.newSingleThreadScheduledExecutor(DaemonThread.factory("unicorn-agent"));

	/** Queries without a reply yet, by number. */
	private final Map<Long, CompletableFuture<Message.Reply>> queries = new ConcurrentHashMap<>();

	private final AtomicLong lastQuery = new AtomicLong();

	/**
	 * Create a connection and wait for the master's first message.
	 * @throws EOFException if the master has closed its end
	 * @throws IOException if the streams fail or the first message is not
	 * {@link Message.Welcome}
	 */
	ControlConnection(InputStream in, OutputStream out) throws IOException {
		this.reader = new MessageReader<>(in, Message.FromMaster.class);
		this.writer = new MessageWriter<>(out);
		Message.FromMaster first = this.reader.read();
		if (first == null) {
			throw new EOFException("the master has closed the control connection");
		}
		if (!(first instanceof Message.Welcome message)) {
			throw new IOException(
					"the first message of the master is " + first.getClass().getSimpleName() + ", not Welcome");
		}
		this.welcome = message;
	}

	/**
	 * Return the master's first message.
	 */
	Message.Welcome welcome() {
		return this.welcome;
	}

	/**
	 * Start to read, on a thread of its own. To be called once. Replies go to the callers
	 * of {@link #query}.
	 * @param onMessage gets every other message, in the order of sending; must not block,
	 * because nothing is read meanwhile
	 * @param onEnd is called last, with a phrase for the log, when the connection was
	 * closed or has failed
	 */
	void listen(Consumer<Message.FromMaster> onMessage, Consumer<String> onEnd) {
		DaemonThread.start("unicorn-control", () -> onEnd.accept(readAll(onMessage)));
	}

	/**
	 * Read until the connection ends.
	 * @return why it has ended
	 */
	private String readAll(Consumer<Message.FromMaster> onMessage) {
		try {
			Message.FromMaster message = this.reader.read();
			while (message != null) {
				if (message instanceof Message.Reply reply) {
					complete(reply);
				}
				else {
					onMessage.accept(message);
				}
				message = this.reader.read();
			}
			return "the control connection was closed";
		}
		catch (IOException ex) {
			return "the control connection failed: " + ex.getMessage();
		}
	}

	private void complete(Message.Reply reply) {
		CompletableFuture<Message.Reply> waiting = this.queries.get(reply.query());
		if (waiting != null) {
			waiting.complete(reply);
		}
	}

	/**
	 * Send a message after those sent before. Returns at once; what a lost master does
	 * not get is dropped.
	 */
	void send(Message.FromWorker message) {
		this.writerThread.execute(() -> write(message));
	}

	/**
	 * Send a message now and again after each interval. To be called once.
	 * @param message returns what to send, or {@code null} to send nothing this time;
	 * called on the writing thread, so no messages queue up behind a master that does not
	 * read
	 * @param onFault gets what {@code message} throws; it is called again nevertheless
	 */
	void sendEvery(Duration interval, Supplier<Message.@Nullable FromWorker> message,
			Consumer<RuntimeException> onFault) {
		// The executor drops a task that throws.
		var unused = this.writerThread.scheduleAtFixedRate(() -> {
			try {
				Message.FromWorker next = message.get();
				if (next != null) {
					write(next);
				}
			}
			catch (RuntimeException ex) {
				onFault.accept(ex);
			}
		}, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Send a query and wait for its reply.
	 * @param query makes the message from the number that the reply repeats
	 * @param type the class of the reply
	 * @param timeout how long to wait at most
	 * @return the reply, empty if there was none in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	<R extends Message.Reply> Optional<R> query(LongFunction<Message.FromWorker> query, Class<R> type, Duration timeout)
			throws InterruptedException {
		long number = this.lastQuery.incrementAndGet();
		CompletableFuture<Message.Reply> reply = new CompletableFuture<>();
		this.queries.put(number, reply);
		try {
			send(query.apply(number));
			return Optional.of(type.cast(reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS)));
		}
		catch (TimeoutException | ExecutionException ex) {
			return Optional.empty();
		}
		finally {
			this.queries.remove(number);
		}
	}

	/**
	 * Wait until everything that was sent is written, for a second at most.
	 */
	void flush() {
		try {
			this.writerThread.submit(() -> {
			}).get(FLUSH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			// The master does not read.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void write(Message.FromWorker message) {
		try {
			this.writer.write(message);
		}
		catch (IOException ex) {
			// The reading thread sees the same end and reports it.
		}
	}

}

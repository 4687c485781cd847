package io.unicorn.sample.connections;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.load.ClientThreads;

/**
 * Clients of a Unix socket, each with a connection per request. They count every request
 * and repeat none.
 */
final class UnixLoad implements AutoCloseable {

	private static final byte[] REQUEST = "GET /whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final Duration PAUSE = Duration.ofMillis(10);

	private static final String BODY = "\r\n\r\n";

	private final UnixDomainSocketAddress address;

	private final AtomicLong answered = new AtomicLong();

	/** Requests of connections that could not be made. */
	private final AtomicLong refused = new AtomicLong();

	/** What became of requests that were neither answered nor refused. */
	private final Queue<String> lost = new ConcurrentLinkedQueue<>();

	private final List<Thread> threads;

	private volatile boolean stopped;

	UnixLoad(Path file, int clients) {
		this.address = UnixDomainSocketAddress.of(file);
		this.threads = IntStream.range(0, clients).mapToObj((i) -> new Thread(this::run, "unix-client-" + i)).toList();
		this.threads.forEach(Thread::start);
	}

	/** Return the body of a response, on a connection of its own. */
	static String get(Path file, String path) throws IOException {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
			channel.write(ByteBuffer
				.wrap(("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
			String response = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
			return response.substring(response.indexOf(BODY) + BODY.length());
		}
	}

	private void run() {
		while (!this.stopped) {
			request();
			// Leaves processor time to workers that boot.
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	private void request() {
		try (SocketChannel channel = SocketChannel.open(this.address)) {
			exchange(channel);
		}
		catch (IOException ex) {
			this.refused.incrementAndGet();
		}
	}

	private void exchange(SocketChannel channel) {
		String response;
		try {
			channel.write(ByteBuffer.wrap(REQUEST));
			response = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			response = ex.toString();
		}
		if (response.startsWith("HTTP/1.1 200 ") && response.stripTrailing().endsWith("}")) {
			this.answered.incrementAndGet();
		}
		else {
			this.lost.add(response);
		}
	}

	void awaitAnswers(long count, Duration timeout) {
		long wanted = this.answered.get() + count;
		Await.until(timeout, () -> wanted - this.answered.get() + " more answers", () -> this.answered.get() >= wanted);
	}

	long answered() {
		return this.answered.get();
	}

	long refused() {
		return this.refused.get();
	}

	List<String> lost() {
		return List.copyOf(this.lost);
	}

	@Override
	public void close() {
		this.stopped = true;
		ClientThreads.join(this.threads, Duration.ofMinutes(1));
	}

}

package io.unicorn.master.process;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.launch.workdir.WorkDir;

/**
 * Asks another JVM for its threads in the way of {@code jcmd}: a JVM that gets SIGQUIT
 * and finds a request listens on a Unix socket in place of printing its threads. Waits
 * for no step longer than until its deadline, because that JVM may be hung.
 */
final class JvmAttachment {

	/** Version, command and three arguments, each with a zero byte at its end. */
	private static final byte[] THREAD_DUMP = "1\0threaddump\0\0\0\0".getBytes(StandardCharsets.US_ASCII);

	private static final Duration POLL = Duration.ofMillis(20);

	/** The first line of an answer, with a limit. */
	private static final int MOST_STATUS = 16;

	private final Path request;

	private final Path socket;

	private final long deadline;

	/**
	 * Create.
	 * @param directory where the JVM looks for requests and has its socket: {@code /tmp},
	 * whatever its directory of temporary files is
	 * @param limit what all steps together may take, from now on
	 */
	JvmAttachment(int pid, Path directory, Duration limit) {
		this.request = directory.resolve(".attach_pid" + pid);
		this.socket = directory.resolve(".java_pid" + pid);
		this.deadline = System.nanoTime() + limit.toNanos();
	}

	/** Whether the JVM listens, because another program has attached to it before. */
	boolean isListening() {
		return Files.exists(this.socket, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Place a request; SIGQUIT has to follow.
	 */
	void request() throws IOException {
		Files.deleteIfExists(this.request);
		Files.createFile(this.request, WorkDir.PRIVATE_FILE);
	}

	/** Take the request back: the next SIGQUIT makes the JVM print its threads. */
	void withdraw() {
		try {
			Files.deleteIfExists(this.request);
		}
		catch (IOException ex) {
			// The directory cannot be written any more.
		}
	}

	/**
	 * Write the threads of the JVM.
	 * @throws IOException if it does not answer in time or refuses
	 */
	void threadDump(OutputStream out) throws IOException {
		awaitSocket();
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
				Selector selector = Selector.open()) {
			channel.configureBlocking(false);
			if (!channel.connect(UnixDomainSocketAddress.of(this.socket))) {
				throw new IOException("its JVM does not accept connections");
			}
			// So short a text fits into the empty buffer of the socket.
			channel.write(ByteBuffer.wrap(THREAD_DUMP));
			channel.register(selector, SelectionKey.OP_READ);
			ByteBuffer buffer = ByteBuffer.allocate(8192);
			expectSuccess(channel, selector, buffer);
			do {
				out.write(buffer.array(), buffer.position(), buffer.remaining());
			}
			while (read(channel, selector, buffer));
		}
	}

	private void awaitSocket() throws IOException {
		while (!isListening()) {
			requireTime("its JVM does not listen");
			LockSupport.parkNanos(POLL.toNanos());
		}
		Object owner = Files.getAttribute(this.socket, "unix:uid", LinkOption.NOFOLLOW_LINKS);
		if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
			throw new IOException(this.socket + " belongs to another user");
		}
	}

	/** Read the status of the answer, and leave what follows it in the buffer. */
	private void expectSuccess(SocketChannel channel, Selector selector, ByteBuffer buffer) throws IOException {
		StringBuilder status = new StringBuilder();
		buffer.flip();
		while (status.length() < MOST_STATUS) {
			if (!buffer.hasRemaining() && !read(channel, selector, buffer)) {
				throw new EOFException("its JVM has closed the connection");
			}
			char next = (char) buffer.get();
			if (next == '\n') {
				break;
			}
			status.append(next);
		}
		if (!status.toString().equals("0")) {
			throw new IOException("its JVM refuses with " + status);
		}
	}

	/** Read what comes next; returns whether there was something before the end. */
	private boolean read(SocketChannel channel, Selector selector, ByteBuffer buffer) throws IOException {
		buffer.clear();
		int count = channel.read(buffer);
		while (count == 0) {
			requireTime("its JVM does not answer");
			selector.select(POLL.toMillis());
			count = channel.read(buffer);
		}
		buffer.flip();
		return count > 0;
	}

	private void requireTime(String otherwise) throws IOException {
		if (System.nanoTime() - this.deadline > 0) {
			throw new IOException(otherwise);
		}
	}

}

package io.unicorn.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays the master of an agent, and its process, which does not end. Collects what the
 * agent sends; replies to pool queries if the test has set a reply.
 */
final class FakeMaster implements AutoCloseable, ProcessEnd, WorkerObserver {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private volatile boolean shutdown;

	private final Socket ours;

	private final Socket theirs;

	private final MessageWriter<Message.FromMaster> writer;

	private final BlockingQueue<Message.FromWorker> received = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

	private final List<String> observed = new CopyOnWriteArrayList<>();

	private volatile Function<Message.PoolQuery, Message.PoolReply> reply = (query) -> null;

	FakeMaster() throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.theirs = new Socket(server.getInetAddress(), server.getLocalPort());
			this.ours = server.accept();
		}
		this.ours.setTcpNoDelay(true);
		this.theirs.setTcpNoDelay(true);
		this.writer = new MessageWriter<>(this.ours.getOutputStream());
		Thread thread = new Thread(this::read, "fake-master");
		thread.setDaemon(true);
		thread.start();
	}

	private void read() {
		try {
			MessageReader<Message.FromWorker> reader = new MessageReader<>(this.ours.getInputStream(),
					Message.FromWorker.class);
			Message.FromWorker message = reader.read();
			while (message != null) {
				if (message instanceof Message.PoolQuery query) {
					Message.PoolReply reply = this.reply.apply(query);
					if (reply != null) {
						send(reply);
					}
				}
				this.received.add(message);
				message = reader.read();
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	WorkerAgent agent(Message.Welcome welcome) throws IOException {
		send(welcome);
		return agent();
	}

	WorkerAgent agent() throws IOException {
		WorkerAgent agent = new WorkerAgent(this.theirs.getInputStream(), this.theirs.getOutputStream(), this, this);
		agent.start();
		return agent;
	}

	void send(Message.FromMaster message) {
		try {
			this.writer.write(message);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void sendBytes(int... bytes) throws IOException {
		for (int value : bytes) {
			this.ours.getOutputStream().write(value);
		}
	}

	void reply(Function<Message.PoolQuery, Message.PoolReply> reply) {
		this.reply = reply;
	}

	/** Close the connection, as the kernel does for a master that dies. */
	void hangUp() throws IOException {
		this.ours.shutdownOutput();
	}

	/** Return the next message of the given type, and drop those before it. */
	<T extends Message.FromWorker> T next(Class<T> type) throws InterruptedException {
		while (true) {
			Message.FromWorker message = next();
			if (type.isInstance(message)) {
				return type.cast(message);
			}
		}
	}

	/**
	 * Return the next message. Reports of a boot are dropped, because they come at any
	 * time.
	 */
	Message.FromWorker next() throws InterruptedException {
		Message.FromWorker message = any();
		while (message instanceof Message.Booting) {
			message = any();
		}
		return message;
	}

	/** Return the next report of a boot, and drop the messages before it. */
	Message.Booting booting() throws InterruptedException {
		Message.FromWorker message = any();
		while (!(message instanceof Message.Booting)) {
			message = any();
		}
		return (Message.Booting) message;
	}

	private Message.FromWorker any() throws InterruptedException {
		Message.FromWorker message = this.received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		assertThat(message).as("a message within %s", PATIENCE).isNotNull();
		return message;
	}

	/** Return how the process has ended: {@code exit 0}, {@code halt 1}. */
	String end() throws InterruptedException {
		String end = this.ends.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		assertThat(end).as("the end of the process within %s", PATIENCE).isNotNull();
		return end;
	}

	boolean hasEnded() {
		return !this.ends.isEmpty();
	}

	List<String> observed() {
		return this.observed;
	}

	@Override
	public void exit(int code) {
		this.ends.add("exit " + code);
	}

	@Override
	public void halt(int code) {
		this.ends.add("halt " + code);
	}

	@Override
	public boolean isUnderWay() {
		return this.shutdown;
	}

	/** Let the agent believe that the JVM shuts down. */
	void shutDown() {
		this.shutdown = true;
	}

	@Override
	public void leader(boolean leader) {
		this.observed.add(leader ? "leader" : "no leader");
	}

	@Override
	public void draining(Duration timeout) {
		this.observed.add("draining " + timeout.toMillis());
	}

	@Override
	public void masterLost(String cause) {
		this.observed.add("lost: " + cause);
	}

	@Override
	public void fault(String what, RuntimeException fault) {
		this.observed.add("fault: " + what);
	}

	@Override
	public void close() throws IOException {
		this.ours.close();
		this.theirs.close();
	}

}

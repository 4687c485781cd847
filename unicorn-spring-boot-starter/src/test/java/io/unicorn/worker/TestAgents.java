package io.unicorn.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * An agent whose master is this object: it answers pool queries with a snapshot that the
 * test sets, and collects what else it hears. Lies in the agent's package, because only a
 * worker process has a public way to an agent.
 */
public final class TestAgents implements AutoCloseable {

	private final Socket ours;

	private final MessageWriter<Message.FromMaster> writer;

	private final List<Message.FromWorker> received = new CopyOnWriteArrayList<>();

	private final WorkerAgent agent;

	private final List<String> ends = new CopyOnWriteArrayList<>();

	private volatile @Nullable PoolSnapshot pool;

	public TestAgents() {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Socket theirs = new Socket(server.getInetAddress(), server.getLocalPort());
			this.ours = server.accept();
			this.writer = new MessageWriter<>(this.ours.getOutputStream());
			this.writer.write(new Message.Welcome(1, 5, 2, 2000, false, 0, 0));
			this.agent = new WorkerAgent(theirs.getInputStream(), theirs.getOutputStream(), () -> "", new Silent(),
					new WorkerAgent.ProcessEnd() {

						@Override
						public void exit(int code) {
							TestAgents.this.ends.add("exit " + code);
						}

						@Override
						public void halt(int code) {
							TestAgents.this.ends.add("halt " + code);
						}

					});
			this.agent.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread thread = new Thread(this::read, "test-master");
		thread.setDaemon(true);
		thread.start();
	}

	private void read() {
		try {
			MessageReader<Message.FromWorker> reader = new MessageReader<>(this.ours.getInputStream(),
					Message.FromWorker.class);
			Message.FromWorker message = reader.read();
			while (message != null) {
				PoolSnapshot snapshot = this.pool;
				if (message instanceof Message.PoolQuery query && snapshot != null) {
					send(new Message.PoolReply(query.query(), snapshot));
				}
				if (message instanceof Message.RolloutRequest request && snapshot != null) {
					send(new Message.RolloutReply(request.query(), snapshot.rollouts().size() + 1));
				}
				this.received.add(message);
				message = reader.read();
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	public WorkerAgent agent() {
		return this.agent;
	}

	public void pool(@Nullable PoolSnapshot snapshot) {
		this.pool = snapshot;
	}

	public List<Message.FromWorker> received() {
		return this.received;
	}

	public List<String> ends() {
		return this.ends;
	}

	public void send(Message.FromMaster message) {
		try {
			this.writer.write(message);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.ours.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class Silent implements WorkerObserver {

		@Override
		public void leader(boolean leader) {
		}

		@Override
		public void draining(Duration timeout) {
		}

		@Override
		public void masterLost(String cause) {
		}

		@Override
		public void fault(String what, RuntimeException fault) {
			throw fault;
		}

	}

}

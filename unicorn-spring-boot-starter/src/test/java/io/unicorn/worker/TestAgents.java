package io.unicorn.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterFormat;
import io.unicorn.meters.MeterTable;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Provides an agent whose master is this object: it answers pool queries with a snapshot
 * that the test sets, and collects all messages of the agent. It is in the agent's
 * package, because the agent's constructor is not public.
 */
public final class TestAgents implements AutoCloseable {

	private static final int INDEX = 1;

	private static final int ID = 5;

	private final Socket ours;

	private final MessageWriter<Message.FromMaster> writer;

	private final List<Message.FromWorker> received = new CopyOnWriteArrayList<>();

	private final WorkerAgent agent;

	private final List<String> ends = new CopyOnWriteArrayList<>();

	private final MeterTable meters = new MeterTable();

	private volatile @Nullable PoolSnapshot pool;

	private volatile boolean shutdown;

	private volatile Consumer<Message.Request> onRequest = (request) -> {
	};

	private volatile Message.@Nullable Result result;

	private volatile String text = "";

	public TestAgents() {
		this(Initialization.EVERYTHING, "");
	}

	/**
	 * Create the agent of a worker.
	 * @param initialization what the worker initializes
	 * @param secret the secret of its pool
	 */
	public TestAgents(Initialization initialization, String secret) {
		this(ID, initialization, secret);
	}

	/** Create the agent of the very first worker of a pool. */
	public static TestAgents first() {
		return new TestAgents(1, Initialization.EVERYTHING, "");
	}

	private TestAgents(long id, Initialization initialization, String secret) {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Socket theirs = new Socket(server.getInetAddress(), server.getLocalPort());
			this.ours = server.accept();
			this.writer = new MessageWriter<>(this.ours.getOutputStream());
			this.writer.write(new Message.Welcome(INDEX, id, 2, 2000, false, 0, 0, initialization, secret));
			this.agent = new WorkerAgent(theirs.getInputStream(), theirs.getOutputStream(), new Silent(),
					new ProcessEnd() {

						@Override
						public void exit(int code) {
							TestAgents.this.ends.add("exit " + code);
						}

						@Override
						public void halt(int code) {
							TestAgents.this.ends.add("halt " + code);
						}

						@Override
						public boolean isUnderWay() {
							return TestAgents.this.shutdown;
						}

					});
			this.agent.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.meters.add(ID, INDEX);
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
				this.received.add(message);
				PoolSnapshot snapshot = this.pool;
				if (message instanceof Message.PoolQuery query && snapshot != null) {
					send(new Message.PoolReply(query.query(), snapshot));
				}
				if (message instanceof Message.RolloutRequest request && snapshot != null) {
					this.onRequest.accept(request);
					send(new Message.RolloutReply(request.query(), snapshot.rollouts().size() + 1));
				}
				else if (message instanceof Message.Request request && this.result != null) {
					send(new Message.RequestReply(request.query(), this.result, this.text));
				}
				if (message instanceof Message.OfMeters about) {
					onMeters(about);
				}
				message = reader.read();
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	private synchronized void onMeters(Message.OfMeters message) {
		if (message instanceof Message.Meters told) {
			this.meters.update(ID, MeterFormat.decode(told.part().toByteBuffer()));
		}
		else if (message instanceof Message.MetersQuery query && this.pool != null) {
			List<ByteBuffer> parts = MeterFormat.encode(this.meters.merge(this.meters.workers()));
			Blob part = parts.isEmpty() ? Blob.EMPTY : Blob.of(parts.get(query.part()));
			send(new Message.MetersReply(query.query(), 1, Math.max(1, parts.size()), List.of(7), part));
		}
	}

	/** Let another worker, in slot 0, tell of series. */
	public synchronized void otherWorker(MeterBatch batch) {
		this.meters.add(ID - 1, 0);
		this.meters.update(ID - 1, batch);
	}

	/** Let a context be that of this agent's worker. */
	public void register(ConfigurableApplicationContext context) {
		context.getBeanFactory().registerSingleton("unicornWorkerAgent", this.agent);
		context.getBeanFactory().registerSingleton("unicornRequestLedger", new RequestLedger(0, () -> {
		}));
	}

	public WorkerAgent agent() {
		return this.agent;
	}

	/** Let the agent believe that the JVM shuts down. */
	public void shutDown() {
		this.shutdown = true;
	}

	public void pool(@Nullable PoolSnapshot snapshot) {
		this.pool = snapshot;
	}

	/** Set what happens when a roll-out is requested, before the reply. */
	public void onRequest(Consumer<Message.Request> action) {
		this.onRequest = action;
	}

	/** Reply to all other requests from now on. */
	public void reply(Message.Result result, String text) {
		this.text = text;
		this.result = result;
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

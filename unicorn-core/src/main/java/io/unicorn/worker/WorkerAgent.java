package io.unicorn.worker;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;

import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A worker's side of the conversation with its master. One per process; created before
 * the application context and living until the process ends. Thread-safe.
 */
public final class WorkerAgent {

	/** How long the end of this process waits for its last messages to be written. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final MessageReader<Message.FromMaster> reader;

	private final MessageWriter<Message.FromWorker> writer;

	private final WorkerIdentity identity;

	private final Duration gracefulTimeout;

	/** How long after it was ready this worker goes on to report its health. */
	private final Duration observed;

	/** The longest silence that the master allows, or zero. */
	private final Duration silence;

	private final WorkerObserver observer;

	private final ProcessEnd end;

	private final Drain drain = new Drain();

	private final ScheduledExecutorService scheduler = Executors
		.newSingleThreadScheduledExecutor((task) -> thread("unicorn-agent", task));

	private final AtomicBoolean leaving = new AtomicBoolean();

	/** Falls when nothing more is waited for before this process ends. */
	private final CountDownLatch drained = new CountDownLatch(1);

	private final Map<Long, CompletableFuture<Message.FromMaster>> queries = new ConcurrentHashMap<>();

	private final AtomicLong lastQuery = new AtomicLong();

	private volatile RequestLedger requests = new RequestLedger(0, () -> {
	});

	private volatile boolean leader;

	private volatile boolean accepting;

	private volatile Runnable refuseTraffic = () -> {
	};

	/** How this process ends; a seam for tests. */
	interface ProcessEnd {

		void exit(int code);

		void halt(int code);

	}

	private static final ProcessEnd OWN_END = new ProcessEnd() {

		@Override
		public void exit(int code) {
			System.exit(code);
		}

		@Override
		public void halt(int code) {
			Runtime.getRuntime().halt(code);
		}

	};

	WorkerAgent(InputStream in, OutputStream out, Supplier<String> configuration, WorkerObserver observer,
			ProcessEnd end) throws IOException {
		this.reader = new MessageReader<>(in, Message.FromMaster.class);
		this.writer = new MessageWriter<>(out);
		this.observer = observer;
		this.end = end;
		Message.FromMaster first = beWelcomed(configuration);
		if (first == null) {
			throw new EOFException("the master is gone");
		}
		if (!(first instanceof Message.Welcome welcome)) {
			throw new IOException("the master does not say who this worker is");
		}
		this.identity = new WorkerIdentity(welcome.index(), welcome.id(), welcome.generation(), welcome.probation());
		this.observed = Duration.ofMillis(welcome.observedMillis());
		this.gracefulTimeout = Duration.ofMillis(welcome.gracefulTimeoutMillis());
		this.silence = Duration.ofMillis(welcome.silenceMillis());
	}

	/** Until it is said who this worker is, the master may change its mind. */
	private Message.@Nullable FromMaster beWelcomed(Supplier<String> configuration) throws IOException {
		try {
			Message.FromMaster first = this.reader.read();
			if (first instanceof Message.TellConfiguration) {
				this.writer.write(new Message.Configuration(configuration.get()));
				first = this.reader.read();
			}
			return first;
		}
		catch (MalformedFrameException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// A connection whose other end was closed unread is reset.
			return null;
		}
	}

	/**
	 * Connect to the master through an inherited descriptor, and learn who this worker
	 * is.
	 * @param fd the descriptor of the control channel
	 * @param configuration called if the master wants to know a digest of what this
	 * worker finds in its environment
	 * @param observer is told what happens to this worker
	 * @throws EOFException if the master is gone, or was never to be
	 * @throws IOException if this is no conversation with a master
	 */
	public static WorkerAgent connect(int fd, Supplier<String> configuration, WorkerObserver observer)
			throws IOException {
		var descriptor = InheritedDescriptors.descriptor(fd);
		// Buffered, because a plain file stream asks for its position, which a socket
		// lacks.
		WorkerAgent agent = new WorkerAgent(new BufferedInputStream(new FileInputStream(descriptor)),
				new FileOutputStream(descriptor), configuration, observer, OWN_END);
		agent.start();
		return agent;
	}

	/**
	 * Return the agent of a process that has no master and is no worker, but builds the
	 * context of one. What it sends is lost, and nobody answers.
	 * @param observer is told what happens to it
	 */
	public static WorkerAgent unconnected(WorkerObserver observer) {
		ByteBuffer buffer = MessageCodec.encode(new Message.Welcome(0, 1, 1, 0, false, 0, 0));
		byte[] welcome = new byte[buffer.remaining()];
		buffer.get(welcome);
		try {
			return new WorkerAgent(new ByteArrayInputStream(welcome), OutputStream.nullOutputStream(), () -> "",
					observer, OWN_END);
		}
		catch (IOException ex) {
			throw new IllegalStateException("a message that was just written can be read", ex);
		}
	}

	void start() {
		thread("unicorn-control", this::listen).start();
	}

	/**
	 * Return who this worker is.
	 */
	public WorkerIdentity identity() {
		return this.identity;
	}

	/**
	 * Whether this worker is the leader of the pool now.
	 */
	public boolean isLeader() {
		return this.leader;
	}

	/**
	 * Report the configuration to the master and begin to send heartbeats. To be called
	 * once.
	 * @param configuration settings by property name
	 * @param timeout the silence after which the master takes a worker for hung, or zero
	 * @param requests counts the requests of this worker
	 */
	public void hello(Map<String, String> configuration, Duration timeout, RequestLedger requests) {
		this.requests = requests;
		send(new Message.Hello(Message.PROTOCOL_VERSION, configuration));
		Rhythm rhythm = new Rhythm(timeout, this.silence);
		var unused = this.scheduler.scheduleAtFixedRate(() -> beat(rhythm), 0, rhythm.interval().toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/**
	 * Put a server into the agent's care. It accepts nothing before {@link #ready}.
	 */
	public void register(DrainableServer server) {
		this.drain.add(server);
	}

	/**
	 * Have something done when the pool is about to stop and the application is to say so
	 * to balancers, while it serves on.
	 */
	public void onRefuseTraffic(Runnable action) {
		this.refuseTraffic = action;
	}

	/**
	 * Let the servers warm up and then accept, and tell the master so; on another thread.
	 * A worker on probation does that when its readiness check passes.
	 * @param check whether the application is ready
	 */
	public void ready(ReadinessCheck check) {
		send(new Message.Started());
		if (!this.identity.probation()) {
			serve();
			return;
		}
		ScheduledExecutorService health = Executors
			.newSingleThreadScheduledExecutor((task) -> thread("unicorn-health", task));
		health.execute(new Probation(check, this.observed, this::send, this::serve, this::isReady,
				() -> !this.leaving.get(), health));
	}

	/**
	 * Whether this worker accepts connections, or did so before it was told to leave.
	 */
	public boolean isReady() {
		return this.accepting;
	}

	/**
	 * On a thread of its own: meanwhile the application goes on with what it does at its
	 * start, and the readiness check with its answers.
	 */
	private void serve() {
		thread("unicorn-warm-up", () -> {
			try {
				this.drain.warmUp();
			}
			catch (RuntimeException ex) {
				this.observer.fault("the servers could not be warmed up", ex);
			}
			finally {
				accept();
			}
		}).start();
	}

	private void accept() {
		if (this.drain.startAccepting()) {
			this.accepting = true;
			send(new Message.Ready());
		}
	}

	/**
	 * Report what this process has printed. Of interest, and sent, only if it ends before
	 * it was ready and nobody has told it to.
	 * @param lines the last lines, oldest first
	 */
	public void failed(List<String> lines) {
		if (!this.accepting && !this.leaving.get()) {
			send(new Message.BootLog(lines));
			flush();
		}
	}

	/**
	 * Ask to be replaced. The worker serves on until the master tells it to drain.
	 * @param reason a word for statistics, such as {@code max-requests}
	 * @param detail a phrase for the log
	 */
	public void retire(String reason, String detail) {
		send(new Message.Retire(reason, detail));
	}

	/**
	 * Ask the master for the state of the pool.
	 * @param timeout how long to wait for the answer
	 * @return the state, or {@code null} if there was no answer in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable PoolSnapshot pool(Duration timeout) throws InterruptedException {
		return ask(Message.PoolQuery::new, Message.PoolReply.class, timeout).map(Message.PoolReply::pool).orElse(null);
	}

	private <R extends Message.FromMaster> Optional<R> ask(LongFunction<Message.FromWorker> question, Class<R> reply,
			Duration timeout) throws InterruptedException {
		long query = this.lastQuery.incrementAndGet();
		CompletableFuture<Message.FromMaster> answer = new CompletableFuture<>();
		this.queries.put(query, answer);
		try {
			send(question.apply(query));
			return Optional.of(reply.cast(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS)));
		}
		catch (TimeoutException | ExecutionException ex) {
			return Optional.empty();
		}
		finally {
			this.queries.remove(query);
		}
	}

	/**
	 * Ask the master to begin a roll-out.
	 * @param trigger who wants it, as a phrase for the log
	 * @param timeout how long to wait for the answer
	 * @return the number of the roll-out, which may have to wait for another to end; 0 if
	 * there will be none, because the pool stops; {@code null} if there was no answer in
	 * time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable Long rollOut(String trigger, Duration timeout) throws InterruptedException {
		return ask((query) -> new Message.RolloutRequest(query, trigger), Message.RolloutReply.class, timeout)
			.map(Message.RolloutReply::rollout)
			.orElse(null);
	}

	/**
	 * Stop accepting and wait for the connections, for an exit that the master did not
	 * ask for, such as SIGTERM. If the worker drains already, only waits for that.
	 */
	public void drainBeforeExit() {
		Duration timeout = connectionTime();
		if (this.leaving.compareAndSet(false, true)) {
			this.observer.draining(timeout);
			drain(timeout);
			return;
		}
		try {
			var unused = this.drained.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The rest of the graceful-timeout is for closing the application. */
	private Duration connectionTime() {
		return this.gracefulTimeout.multipliedBy(4).dividedBy(5);
	}

	private void drain(Duration timeout) {
		this.drain.stopAccepting();
		int left = this.drain.awaitNoConnections(timeout);
		send(heartbeat());
		send(new Message.Drained(left));
		flush();
		this.drained.countDown();
	}

	private void listen() {
		String cause = "its control channel was closed";
		try {
			Message.FromMaster message = this.reader.read();
			while (message != null) {
				handle(message);
				message = this.reader.read();
			}
		}
		catch (IOException ex) {
			cause = "its control channel failed: " + ex.getMessage();
		}
		this.leader = false;
		if (this.leaving.compareAndSet(false, true)) {
			this.observer.masterLost(cause);
			// Nobody is left to end this process if it does not end by itself.
			var unused = this.scheduler.schedule(() -> this.end.halt(1), this.gracefulTimeout.toMillis(),
					TimeUnit.MILLISECONDS);
			leave(connectionTime());
		}
	}

	private void handle(Message.FromMaster message) {
		if (message instanceof Message.Drain order) {
			if (this.leaving.compareAndSet(false, true)) {
				Duration timeout = Duration.ofMillis(order.timeoutMillis());
				this.observer.draining(timeout);
				thread("unicorn-drain", () -> leave(timeout)).start();
			}
		}
		else if (message instanceof Message.RefuseTraffic) {
			thread("unicorn-readiness", this.refuseTraffic).start();
		}
		else if (message instanceof Message.EndConnections) {
			this.drain.endConnections();
		}
		else if (message instanceof Message.StopAccepting) {
			thread("unicorn-drain", this.drain::stopAccepting).start();
		}
		else if (message instanceof Message.Stop) {
			this.leaving.set(true);
			thread("unicorn-stop", () -> {
				this.drain.stopAccepting();
				this.drained.countDown();
				this.end.exit(0);
			}).start();
		}
		else if (message instanceof Message.Leader order) {
			this.leader = order.leader();
			this.observer.leader(order.leader());
		}
		else if (message instanceof Message.PoolReply reply) {
			answer(reply.query(), reply);
		}
		else if (message instanceof Message.RolloutReply reply) {
			answer(reply.query(), reply);
		}
	}

	private void answer(long query, Message.FromMaster reply) {
		CompletableFuture<Message.FromMaster> waiting = this.queries.get(query);
		if (waiting != null) {
			waiting.complete(reply);
		}
	}

	private void leave(Duration timeout) {
		drain(timeout);
		this.end.exit(0);
	}

	/**
	 * A heartbeat that fails must not be the last one; the scheduler would drop the task.
	 */
	private void beat(Rhythm rhythm) {
		try {
			Message.Heartbeat heartbeat = heartbeat();
			if (rhythm.isDue(heartbeat)) {
				write(heartbeat);
			}
		}
		catch (RuntimeException ex) {
			this.observer.fault("a heartbeat could not be sent", ex);
		}
	}

	private Message.Heartbeat heartbeat() {
		RequestLedger ledger = this.requests;
		Runtime runtime = Runtime.getRuntime();
		return new Message.Heartbeat(ledger.finished(), ledger.inFlight(), ledger.oldestMillis(),
				this.drain.connections(), Math.max(0, runtime.totalMemory() - runtime.freeMemory()), ledger.errors());
	}

	/**
	 * Let the agent's own thread write: a master that is stopped does not read, and
	 * neither a request nor a probe may wait for it.
	 */
	private void send(Message.FromWorker message) {
		this.scheduler.execute(() -> write(message));
	}

	private void write(Message.FromWorker message) {
		try {
			this.writer.write(message);
		}
		catch (IOException ex) {
			// The reader sees the same end and acts on it.
		}
	}

	/** Wait until what was sent is written, for a moment at most. */
	private void flush() {
		try {
			this.scheduler.submit(() -> {
			}).get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			// The master does not read; there is nobody to tell.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

}

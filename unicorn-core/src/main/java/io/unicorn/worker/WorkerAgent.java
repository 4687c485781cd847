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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.meters.CollectedMeters;
import io.unicorn.meters.MeterSource;
import org.jspecify.annotations.Nullable;

/**
 * Connects a worker process with its master: reports start, heartbeats and retirement to
 * it, and does what its messages say. One per process; created before the application
 * context, lives until the process ends. Thread-safe.
 */
public final class WorkerAgent {

	/** How long the end of this process waits for a master that does not answer. */
	private static final Duration NOTED = Duration.ofSeconds(5);

	/** How long TERM waits for a master that does not answer. */
	private static final Duration ASKED = Duration.ofSeconds(1);

	private final ControlConnection connection;

	private final WorkerIdentity identity;

	/** How long this worker reports its health after it has begun to serve. */
	private final Duration observed;

	/** The longest time without a heartbeat that the master allows, or zero. */
	private final Duration maxSilence;

	private final WorkerObserver observer;

	private final Drain drain;

	private final WorkerExit exit;

	private final Calls calls;

	private final CallService callService;

	private final ProcessEnd end;

	private final Duration gracefulTimeout;

	private final MeterReporter meters;

	private final WorkerEvents events;

	/** Set while the application has no context, and may build another one. */
	private final AtomicReference<@Nullable CountDownLatch> resting = new AtomicReference<>();

	private volatile RequestLedger requests = new RequestLedger(0, () -> {
	});

	private volatile boolean leader;

	private volatile boolean ready;

	private Initialization initialization;

	private final String secret;

	private volatile BootReport boot = new BootReport(Thread.currentThread());

	private volatile Runnable refuseTraffic = () -> {
	};

	private volatile BiConsumer<String, String> logLevels = (logger, level) -> {
	};

	WorkerAgent(InputStream in, OutputStream out, WorkerObserver observer, ProcessEnd end) throws IOException {
		this.connection = new ControlConnection(in, out);
		this.observer = observer;
		this.drain = new Drain(observer::fault);
		this.calls = new Calls(this.connection::send);
		this.callService = new CallService(this.connection::send, observer::fault);
		Message.Welcome welcome = this.connection.welcome();
		this.identity = new WorkerIdentity(welcome.index(), welcome.id(), welcome.generation(),
				welcome.awaitsReadiness());
		this.observed = Duration.ofMillis(welcome.observedMillis());
		this.maxSilence = Duration.ofMillis(welcome.silenceMillis());
		this.initialization = welcome.initialization();
		this.secret = welcome.secret();
		this.end = end;
		this.meters = new MeterReporter(this.connection, this::isReady, observer);
		this.gracefulTimeout = Duration.ofMillis(welcome.gracefulTimeoutMillis());
		this.events = new WorkerEvents(this.connection::send, observer);
		this.exit = new WorkerExit(this.drain, this.connection, this::heartbeat, observer, this.events,
				this.gracefulTimeout, end);
	}

	/**
	 * Connect to the master through an inherited descriptor, and wait until it has told
	 * this worker its identity. To be called by the thread that runs the application's
	 * main method, whose end the agent reports, as it does that of the process.
	 * @param fd the descriptor of the control connection
	 * @param observer is told what happens to this worker
	 * @return an agent that reads the master's messages
	 * @throws EOFException if the master is gone
	 * @throws IOException if the descriptor cannot be used or its other end is no master
	 */
	public static WorkerAgent connect(int fd, WorkerObserver observer) throws IOException {
		var descriptor = InheritedDescriptors.descriptor(fd);
		// Buffered, because a plain file stream asks for its position, which a socket
		// lacks.
		WorkerAgent agent = new WorkerAgent(new BufferedInputStream(new FileInputStream(descriptor)),
				new FileOutputStream(descriptor), observer, ProcessEnd.JVM);
		agent.start();
		DaemonThread.start("unicorn-main",
				new MainThread(Thread.currentThread(), agent::isReady, agent.connection::send));
		TermSignal.ask(agent::terminated);
		Runtime.getRuntime()
			.addShutdownHook(
					new Thread(() -> agent.exiting(ExitCause.of(Thread.getAllStackTraces().values())), "unicorn-exit"));
		return agent;
	}

	/**
	 * Return the agent of a process that has no master, but builds the context of a
	 * worker: one that trains a class-data cache. Its messages are dropped, its queries
	 * have no reply, and it gets no messages.
	 * @param observer is told what happens to it
	 * @return the agent
	 */
	public static WorkerAgent unconnected(WorkerObserver observer) {
		ByteBuffer buffer = MessageCodec
			.encode(new Message.Welcome(0, 1, 1, 0, false, 0, 0, Initialization.NOTHING, ""));
		byte[] welcome = new byte[buffer.remaining()];
		buffer.get(welcome);
		try {
			WorkerAgent agent = new WorkerAgent(new ByteArrayInputStream(welcome), OutputStream.nullOutputStream(),
					observer, ProcessEnd.JVM);
			agent.meters.disconnect();
			return agent;
		}
		catch (IOException ex) {
			throw new IllegalStateException("an encoded Welcome cannot be decoded", ex);
		}
	}

	void start() {
		this.connection.listen(this::handle, (cause) -> {
			if (this.leader) {
				this.leader = false;
				this.events.revoked();
			}
			this.meters.disconnect();
			this.exit.masterLost(cause);
		});
	}

	private void handle(Message.FromMaster message) {
		if (message instanceof Message.Drain request) {
			this.exit.drainAndExit(Duration.ofMillis(request.timeoutMillis()));
		}
		else if (message instanceof Message.Stop) {
			this.exit.stop();
		}
		else if (message instanceof Message.StopAccepting) {
			DaemonThread.start("unicorn-drain", this.drain::stopAccepting);
		}
		else if (message instanceof Message.CollectMeters collect) {
			this.meters.collect(collect.collection());
		}
		else if (message instanceof Message.EndConnections) {
			this.drain.endConnections();
		}
		else if (message instanceof Message.RefuseTraffic) {
			DaemonThread.start("unicorn-readiness", this.refuseTraffic);
		}
		else if (message instanceof Message.SetLogLevel order) {
			this.logLevels.accept(order.logger(), order.level());
		}
		else if (message instanceof Message.Perform perform) {
			this.callService.on(perform);
		}
		else if (message instanceof Message.Continue next) {
			this.callService.on(next);
		}
		else if (message instanceof Message.CallResult result) {
			this.calls.on(result);
		}
		else if (message instanceof Message.Leader election) {
			this.leader = election.leader();
			this.observer.leader(election.leader());
			if (election.leader()) {
				this.events.granted(election);
			}
			else {
				this.events.revoked();
			}
		}
	}

	/**
	 * Tell the master what this worker has counted, and if the application ends this
	 * process of its own accord, and wait until the master has noted it. Called by a
	 * shutdown hook.
	 */
	void exiting(ExitCause cause) {
		this.meters.finish();
		boolean own = cause == ExitCause.CALLED || cause == ExitCause.THREADS_ENDED;
		if (own && !this.exit.isOrdered()) {
			var unused = isNoted((query) -> new Message.Exiting(query, cause == ExitCause.CALLED), NOTED);
		}
	}

	/**
	 * Tell the master that the application cannot run as a pool. The caller ends this
	 * process then, and the master runs the application without a pool.
	 * @param obstacle why, as a clause for the log
	 */
	public void noPool(String obstacle) {
		this.connection.send(new Message.NoPool(obstacle));
	}

	/**
	 * Tell the master that this process has got TERM, unless the master has ordered the
	 * exit.
	 * @return whether the master tells this worker when to leave
	 */
	boolean terminated() {
		return !this.exit.isOrdered() && isNoted(Message.Terminated::new, ASKED);
	}

	private boolean isNoted(LongFunction<Message.FromWorker> report, Duration timeout) {
		try {
			return this.connection.query(report, Message.Noted.class, timeout).isPresent();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Return what the master calls this worker.
	 * @return the numbers of this worker
	 */
	public WorkerIdentity identity() {
		return this.identity;
	}

	/**
	 * Whether this worker is the leader of the pool now.
	 * @return {@code false} also when the master is gone
	 */
	public boolean isLeader() {
		return this.leader;
	}

	/**
	 * Return what this worker initializes of that which all workers share. A worker does
	 * so once, even if it builds the application's context again.
	 * @return what the master has decided; nothing from the second call on, unless the
	 * master does not decide on it
	 */
	public synchronized Initialization takeInitialization() {
		Initialization taken = this.initialization;
		if (taken != Initialization.EVERYTHING) {
			this.initialization = Initialization.NOTHING;
		}
		return taken;
	}

	/**
	 * Return the secret that all workers of this pool have, until the pool ends.
	 * @return the secret in Base64; empty if there is no master, or one of a version that
	 * has none
	 */
	public String secret() {
		return this.secret;
	}

	/**
	 * Tell the master that this worker begins to initialize something that all workers
	 * share; the master then waits for it. Has no effect on a worker that is ready.
	 * @param what a phrase for the log, such as {@code Liquibase (bean liquibase)}
	 */
	public void initializing(String what) {
		this.boot.initializing(what);
		reportBoot();
	}

	/** Tell the master that the initialization has ended, also by an exception. */
	public void initialized() {
		if (this.boot.isInitializing()) {
			initializing("");
		}
	}

	private void reportBoot() {
		Message.Booting booting = this.ready ? null : this.boot.next();
		if (booting != null) {
			this.connection.send(booting);
		}
	}

	/**
	 * Report the configuration to the master and begin to send heartbeats. To be called
	 * once, on the thread that builds the application.
	 * @param configuration settings by property name
	 * @param timeout the time without a heartbeat after which the master takes a worker
	 * for hung, or zero if it never does
	 * @param requests counts the requests of this worker
	 */
	public void hello(Map<String, String> configuration, Duration timeout, RequestLedger requests) {
		this.requests = requests;
		this.boot = new BootReport(Thread.currentThread());
		this.connection.send(new Message.Hello(Message.PROTOCOL_VERSION, configuration));
		HeartbeatSchedule schedule = new HeartbeatSchedule(timeout, this.maxSilence);
		this.connection.sendEvery(schedule.interval(), () -> {
			reportBoot();
			Message.Heartbeat heartbeat = heartbeat();
			return schedule.isDue(heartbeat) ? heartbeat : null;
		}, (ex) -> this.observer.fault("a heartbeat could not be sent", ex));
	}

	private Message.Heartbeat heartbeat() {
		RequestLedger ledger = this.requests;
		Runtime runtime = Runtime.getRuntime();
		return new Message.Heartbeat(ledger.finished(), ledger.inFlight(), ledger.oldestMillis(),
				this.drain.connections(), Math.max(0, runtime.totalMemory() - runtime.freeMemory()), ledger.errors(),
				runtime.maxMemory());
	}

	/**
	 * Add a server, which the agent starts, drains and stops from now on. It accepts
	 * nothing before {@link #ready}.
	 * @param server a server that has not begun to accept
	 */
	public void register(DrainableServer server) {
		this.drain.add(server);
	}

	/**
	 * Set what to do when the pool is about to stop, while this worker still serves: the
	 * application's readiness goes down, so that balancers choose other pools.
	 * @param action called on a thread of its own; replaces an earlier one
	 */
	public void onRefuseTraffic(Runnable action) {
		this.refuseTraffic = action;
	}

	/**
	 * Set what is told of the events of this worker from now on. If this worker is the
	 * leader, it is told so.
	 * @param listener replaces an earlier one
	 */
	public void listen(WorkerListener listener) {
		this.events.listen(listener);
	}

	/**
	 * Set what changes the level of a logger.
	 * @param change receives the name of the logger and one of
	 * {@link io.unicorn.ipc.Message.LogLevelRequest#LEVELS}; called on the thread that
	 * reads the master's messages; replaces an earlier one
	 */
	public void onLogLevel(BiConsumer<String, String> change) {
		this.logLevels = change;
	}

	/**
	 * Tell the master that the application has started. Then, on other threads, wait for
	 * the readiness check if this worker {@linkplain WorkerIdentity#awaitsReadiness has
	 * to}, warm up the servers, let them accept, and tell the master so.
	 * @param check whether the application is ready
	 */
	public void ready(ReadinessCheck check) {
		if (this.ready) {
			// The application has closed its context and built another one.
			serve();
			return;
		}
		this.connection.send(new Message.Started());
		if (!this.identity.awaitsReadiness()) {
			serve();
			return;
		}
		ScheduledExecutorService scheduler = Executors
			.newSingleThreadScheduledExecutor(DaemonThread.factory("unicorn-health"));
		scheduler.execute(new ReadinessMonitor(check, this.observed, this.connection::send, this::serve, this::isReady,
				this.exit::isLeaving, scheduler));
	}

	/**
	 * Has a thread of its own, so that the application can finish its start, and the
	 * readiness check go on, during the warm-up.
	 */
	private void serve() {
		DaemonThread.start("unicorn-warm-up", () -> {
			try {
				this.drain.warmUp();
			}
			catch (RuntimeException ex) {
				this.observer.fault("the servers could not be warmed up", ex);
			}
			finally {
				accept();
			}
		});
	}

	private void accept() {
		if (this.drain.startAccepting() && !this.ready) {
			this.ready = true;
			this.connection.send(new Message.Ready());
			this.events.ready();
		}
	}

	/**
	 * Whether this worker accepts connections, or did so before it was told to leave.
	 * @return {@code false} during start, readiness check and warm-up
	 */
	public boolean isReady() {
		return this.ready;
	}

	/**
	 * Send the master what this process has printed, if it ends before it was ready and
	 * without having been told to; otherwise do nothing. Waits until the lines are
	 * written, for a second at most.
	 * @param lines the last lines, oldest first
	 */
	public void failed(List<String> lines) {
		if (!this.ready && !this.exit.isOrdered()) {
			this.connection.send(new Message.BootLog(lines));
			this.connection.flush();
		}
	}

	/**
	 * Ask to be replaced. The worker serves until the master tells it to drain.
	 * @param reason a word for statistics, such as {@code max-requests}
	 * @param detail a phrase for the log
	 */
	public void retire(String reason, String detail) {
		this.connection.send(new Message.Retire(reason, detail));
	}

	/**
	 * Ask the master for the state of the pool.
	 * @param timeout how long to wait for the reply
	 * @return the state, or {@code null} if there was no reply in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable PoolSnapshot pool(Duration timeout) throws InterruptedException {
		return this.connection.query(Message.PoolQuery::new, Message.PoolReply.class, timeout)
			.map(Message.PoolReply::pool)
			.orElse(null);
	}

	/**
	 * Ask the master for a {@linkplain PoolSnapshot#summary summary} of the state of the
	 * pool.
	 * @param timeout how long to wait for the reply
	 * @return the summary, or {@code null} if there was no reply in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable PoolSnapshot summary(Duration timeout) throws InterruptedException {
		return this.connection.query((query) -> new Message.PoolQuery(query, false), Message.PoolReply.class, timeout)
			.map((reply) -> reply.pool().summary())
			.orElse(null);
	}

	/**
	 * Begin to report meters to the master.
	 * @param source reads them, on several threads, but one at a time; replaces an
	 * earlier one
	 */
	public void reportMeters(MeterSource source) {
		this.meters.begin(source);
	}

	/**
	 * Report the meters of this worker, and ask the master for those of the pool.
	 * @param timeout how long to wait for each of several replies
	 * @return the meters of all workers, or {@code null} if there was no reply in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 * @throws RuntimeException if a meter of this worker cannot be read
	 */
	public @Nullable CollectedMeters meters(Duration timeout) throws InterruptedException {
		return this.meters.pool(timeout);
	}

	/**
	 * Ask the master to begin a roll-out.
	 * @param trigger the person or program that asks, as a phrase for the log
	 * @param timeout how long to wait for the reply
	 * @return the number of the roll-out, which may have to wait for another to end; 0 if
	 * there will be none, because the pool stops; {@code null} if there was no reply in
	 * time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable Long rollOut(String trigger, Duration timeout) throws InterruptedException {
		return this.connection
			.query((query) -> new Message.RolloutRequest(query, trigger), Message.RolloutReply.class, timeout)
			.map(Message.RolloutReply::rollout)
			.orElse(null);
	}

	/**
	 * Ask the master to change the pool, by a request other than a
	 * {@link Message.RolloutRequest}.
	 * @param request makes the request from the number that the reply repeats
	 * @param timeout how long to wait for the reply
	 * @return what has become of it, or {@code null} if there was no reply in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public Message.@Nullable RequestReply request(LongFunction<Message.Request> request, Duration timeout)
			throws InterruptedException {
		return this.connection.query(request::apply, Message.RequestReply.class, timeout).orElse(null);
	}

	/**
	 * Let a ready worker perform an operation, this one included, and wait for its
	 * answer.
	 * @param index its slot
	 * @param operation what to do, at most {@value Message.Call#MAX_BYTES} bytes
	 * @param timeout how long to wait, at most two minutes
	 * @return the reply, or {@code null} if there was none from the master
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable CallReply call(int index, byte[] operation, Duration timeout) throws InterruptedException {
		List<CallReply> replies = this.calls.call(index, operation, timeout);
		return replies.isEmpty() ? null : replies.get(0);
	}

	/**
	 * Let all other ready workers perform an operation, and wait for their answers.
	 * @param operation what to do, at most {@value Message.Call#MAX_BYTES} bytes
	 * @param timeout how long to wait, at most two minutes
	 * @return one reply per worker that was to perform it, with the first 256 bytes of
	 * its answer; {@code null} if the master does not tell who was to perform it
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public @Nullable List<CallReply> callOthers(byte[] operation, Duration timeout) throws InterruptedException {
		List<CallReply> replies = this.calls.call(Message.Call.ALL_OTHERS, operation, timeout);
		boolean alone = replies.size() == 1 && replies.get(0).outcome() == CallOutcome.UNKNOWN;
		boolean told = replies.stream().noneMatch((reply) -> reply.index() == Message.Call.ALL_OTHERS);
		if (alone) {
			return List.of();
		}
		return (told && !replies.isEmpty()) ? replies : null;
	}

	/**
	 * Set what performs the operations of other workers: gets an operation and returns
	 * its answer, at most {@value Message.CallAnswer#MAX_BYTES} bytes. Called on threads
	 * of the agent, up to four at a time. Replaces an earlier one.
	 * @param operations what performs them
	 */
	public void onCall(UnaryOperator<byte[]> operations) {
		this.callService.performBy(operations);
	}

	/**
	 * Stop accepting and wait for the connections, for an exit that the master has not
	 * ordered, such as one by SIGTERM. If the worker drains already, only waits for that.
	 * Takes four fifths of the graceful-timeout at most.
	 */
	void drainBeforeExit() {
		this.exit.drainBeforeExit();
	}

	/**
	 * Stop accepting and wait for the connections, because the application's context is
	 * closed. Takes four fifths of the graceful-timeout at most.
	 * <p>
	 * If the process does not end, the application may build another context, as after a
	 * restart by Spring Cloud. If it has not begun to within the graceful-timeout, the
	 * worker leaves.
	 * @param keepListeners keeps the listeners open for the next context; called first,
	 * unless the process ends
	 */
	public void contextClosing(Runnable keepListeners) {
		if (this.exit.isLeaving() || this.end.isUnderWay()) {
			drainBeforeExit();
			return;
		}
		keepListeners.run();
		this.drain.stopAccepting();
		this.drain.awaitNoConnections(this.gracefulTimeout.multipliedBy(4).dividedBy(5));
		CountDownLatch resumed = new CountDownLatch(1);
		this.resting.set(resumed);
		DaemonThread.start("unicorn-rest", () -> leaveUnless(resumed));
	}

	private void leaveUnless(CountDownLatch resumed) {
		try {
			if (!resumed.await(this.gracefulTimeout.toMillis(), TimeUnit.MILLISECONDS)
					&& this.resting.compareAndSet(resumed, null)) {
				drainBeforeExit();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Whether the application has closed its context and may build another one.
	 * @return {@code false} as long as it has a context, and when this worker leaves
	 */
	public boolean isResting() {
		return this.resting.get() != null && !this.exit.isLeaving();
	}

	/**
	 * Begin anew for another context: servers that were registered are forgotten.
	 * @return what counts the requests, or {@code null} if the application has had no
	 * context before
	 */
	public @Nullable RequestLedger resume() {
		CountDownLatch resumed = this.resting.getAndSet(null);
		if (resumed == null) {
			return null;
		}
		resumed.countDown();
		this.drain.restart();
		return this.requests;
	}

	/**
	 * Whether a web server was registered since the application's context was built.
	 * @return {@code false} also if the web server has not adopted the listener
	 */
	public boolean hasServer() {
		return this.drain.hasWebServers();
	}

}

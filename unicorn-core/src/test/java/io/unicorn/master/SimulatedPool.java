package io.unicorn.master;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.AotCache;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.launch.WorkerClass;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A world of scripted workers under a virtual clock, in which an arbiter rules. Checks
 * after every effect what must never happen.
 */
final class SimulatedPool {

	static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

	/** What may go wrong with a worker; chances are per worker started. */
	record Faults(double spawnFails, double bootFails, double bootHangs, double crashes, double hangs, double sticks,
			double losesChannel, double retires) {

		static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0);

		static final Faults RETIREMENTS_ONLY = new Faults(0, 0, 0, 0, 0, 0, 0, 1);

		static final Faults ALL = new Faults(0.02, 0.1, 0.03, 0.3, 0.1, 0.1, 0.05, 0.4);

	}

	private enum Phase {

		BOOTING, READY, LEAVING

	}

	private static final class Simulated {

		final Effect.Spawn spawn;

		Phase phase = Phase.BOOTING;

		boolean leader;

		boolean silent;

		boolean stuck;

		boolean probation;

		Priority priority = Priority.NORMAL;

		Duration observed = Duration.ZERO;

		Instant observedUntil = Instant.MIN;

		Simulated(Effect.Spawn spawn) {
			this.spawn = spawn;
		}

	}

	private record Timed(Instant at, long order, Runnable action) {

	}

	private final Deque<Event> events = new ArrayDeque<>();

	private final Random random;

	private Arbiter arbiter;

	private final Map<Integer, PoolSpec> specs = new HashMap<>();

	private final Map<Long, Simulated> workers = new HashMap<>();

	private final PriorityQueue<Timed> agenda = new PriorityQueue<>(
			Comparator.comparing(Timed::at).thenComparing(Timed::order));

	private final List<String> story = new ArrayList<>();

	private final List<Instant> spawns = new ArrayList<>();

	private final Set<Long> gone = new HashSet<>();

	private Instant now = EPOCH;

	private long order;

	private boolean stopping;

	private Integer exitCode;

	private boolean listening = true;

	Faults faults = Faults.NONE;

	/** Chances that new code is bad, per roll-out. */
	double preparationFails;

	double sick;

	double answersErrors;

	private final Set<Integer> sickGenerations = new HashSet<>();

	private final Set<Integer> erringGenerations = new HashSet<>();

	/** Generations that were forgotten: nothing of them may be started any more. */
	private final Set<Integer> forgotten = new HashSet<>();

	/** Generations that have been in force: the workers of others are only on trial. */
	private final Set<Integer> accepted = new HashSet<>();

	private int target;

	/** The lowest number of workers that was wanted before or after the latest event. */
	private int lowestTarget;

	/** Whether a preparation neither succeeds nor fails by itself. */
	boolean preparationHangs;

	/** Whether a preparation that is cancelled has just come to its end. */
	boolean preparationIsLate;

	/** Whether readiness checks answer once and never again. */
	boolean checksHang;

	/** Whether, without faults, the number of processes is checked to the last one. */
	boolean strict;

	Set<String> addresses = Set.of("* 8080");

	/** Of the cache of class data that suits the code; empty for none. */
	String cacheKey = "";

	/** Chances per training. */
	double trainingFails;

	/** Chances per worker that has a cache. */
	double cacheIsRejected;

	/** Whether a training neither succeeds nor fails by itself. */
	boolean trainingHangs;

	/** Whether another pool makes a cache all the time. */
	boolean trainingIsBusy;

	/** The key of what is being trained, empty if nothing is. */
	private String training = "";

	private boolean trainingCancelled;

	private int trainings;

	private final Set<String> refusing = new HashSet<>();

	/** What waits to be accepted while nothing new may begin. */
	int waiting;

	PoolSettings reported;

	/** Everything that was ordered. */
	final List<Effect> effects = new ArrayList<>();

	SimulatedPool(int workers, long seed) {
		this.random = new Random(seed);
		this.reported = settings(workers);
		this.arbiter = new Arbiter(new ArbiterConfig(4242, EPOCH, spec(), false), new Random(seed + 1));
		this.specs.put(1, spec());
	}

	SimulatedPool(PoolSettings settings, long seed) {
		this.random = new Random(seed);
		this.reported = settings;
		this.arbiter = new Arbiter(new ArbiterConfig(4242, EPOCH, spec(), false), new Random(seed + 1));
		this.specs.put(1, spec());
	}

	/** Put another arbiter in the place of this one, as a new master does. */
	private void replaceArbiter() {
		ArbiterState state = this.arbiter.save(this.now);
		if (state == null) {
			deliver(new Event.UpgradeFailed("something else has begun meanwhile"));
			return;
		}
		assertThat(trains()).as("nothing is trained while the master is replaced").isFalse();
		this.training = "";
		this.trainingCancelled = false;
		this.trainings++;
		this.arbiter = Arbiter.restore(reread(state), new ArbiterConfig(4242, EPOCH, spec(), false), this.specs,
				new Random(this.random.nextLong()));
		deliver(new Event.Resumed());
	}

	private static ArbiterState reread(ArbiterState state) {
		try {
			Path file = Files.createTempFile("state", null);
			HandOverFile.write(new HandOver(state, Map.of(), Plans.PLAN, Map.of(), List.of(), null), file);
			ArbiterState read = HandOverFile.read(file).arbiter();
			Files.delete(file);
			return read;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private PoolSpec spec() {
		return new PoolSpec(this.reported, 2, List.of("-Dcom.sun.management.jmxremote.port=1"), this.addresses,
				"app.jar 00ff", this.cacheKey);
	}

	static PoolSettings settings(int workers) {
		return settings(workers, RolloutSettings.DEFAULT, Duration.ZERO);
	}

	static PoolSettings settings(int workers, RolloutSettings rollout, Duration shutdownDelay) {
		return new PoolSettings(OptionalInt.of(workers), WorkerClass.GTHREAD, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(120), shutdownDelay, true, rollout, AotCache.AUTO);
	}

	/** Return settings of three workers. */
	static PoolSettings withBootTimeout(Duration bootTimeout) {
		return new PoolSettings(OptionalInt.of(3), WorkerClass.GTHREAD, Duration.ofSeconds(30), Duration.ofSeconds(30),
				bootTimeout, Duration.ZERO, true, RolloutSettings.DEFAULT, AotCache.AUTO);
	}

	/** Return a pool in which every worker is ready. */
	static SimulatedPool running(PoolSettings settings) {
		SimulatedPool pool = new SimulatedPool(settings, 42).start();
		pool.run(Duration.ofSeconds(60));
		assertThat(pool.snapshot().ready()).isEqualTo(settings.workers().orElseThrow());
		return pool;
	}

	SimulatedPool start() {
		deliver(new Event.Started());
		return this;
	}

	void run(Duration duration) {
		Instant end = this.now.plus(duration);
		while (this.exitCode == null) {
			Timed next = this.agenda.peek();
			Instant due = this.arbiter.due();
			boolean tick = next == null || due.isBefore(next.at());
			Instant at = (tick || next == null) ? due : next.at();
			if (at.isAfter(end)) {
				break;
			}
			assertThat(at).as("time goes on").isAfterOrEqualTo(this.now);
			this.now = at;
			if (tick) {
				deliver(new Event.Tick());
			}
			else {
				this.agenda.remove();
				next.action().run();
			}
		}
		if (this.exitCode == null) {
			this.now = end;
		}
	}

	void signal(ProcessSignal signal) {
		this.stopping |= signal == ProcessSignal.TERM || signal == ProcessSignal.INT;
		deliver(new Event.Signalled(signal));
	}

	/** Ask as a command does, and return the answer. */
	Message.FromMaster ask(Message.Question question) {
		int before = ordered(Effect.Answer.class).size();
		deliver(new Event.Asked(3, question));
		List<Effect.Answer> answers = ordered(Effect.Answer.class);
		assertThat(answers).hasSize(before + 1);
		assertThat(answers.get(before).client()).isEqualTo(3);
		return answers.get(before).message();
	}

	void jarChanged() {
		deliver(new Event.JarChanged());
	}

	/** Let time pass until the latest roll-out is in a state. */
	SimulatedPool reach(String state) {
		for (int i = 0; i < 60_000 && !state().equals(state); i++) {
			run(Duration.ofMillis(10));
		}
		assertThat(state()).as("state of the roll-out, story: %s", this.story).isEqualTo(state);
		return this;
	}

	private String state() {
		return snapshot().rollouts().isEmpty() ? "" : rollout().state();
	}

	/** Return the latest roll-out. */
	PoolSnapshot.RolloutInfo rollout() {
		return snapshot().rollouts().get(0);
	}

	/** Return the workers of a generation that are ready or boot, oldest first. */
	List<Long> activeOf(int generation) {
		return this.workers.values()
			.stream()
			.filter((worker) -> worker.spawn.generation() == generation && worker.phase != Phase.LEAVING)
			.map((worker) -> worker.spawn.id())
			.sorted()
			.toList();
	}

	/** Return all orders of a kind. */
	<T extends Effect> List<T> ordered(Class<T> kind) {
		return this.effects.stream().filter(kind::isInstance).map(kind::cast).toList();
	}

	/** Return the generations that may still be started. */
	Set<Integer> known() {
		return this.specs.keySet();
	}

	/** Return the states of all roll-outs, oldest first. */
	List<String> results() {
		List<String> states = new ArrayList<>();
		snapshot().rollouts().forEach((rollout) -> states.add(0, rollout.state()));
		return states;
	}

	PoolSnapshot snapshot() {
		return this.arbiter.snapshot();
	}

	List<String> story() {
		return this.story;
	}

	Instant now() {
		return this.now;
	}

	Integer exitCode() {
		return this.exitCode;
	}

	int alive() {
		return this.workers.size();
	}

	long leaders() {
		return this.workers.values().stream().filter((worker) -> worker.leader).count();
	}

	List<Instant> spawns() {
		return this.spawns;
	}

	/** Let the worker with the lowest id among the ready ones do something. */
	long firstReady() {
		return this.workers.values()
			.stream()
			.filter((worker) -> worker.phase == Phase.READY)
			.mapToLong((worker) -> worker.spawn.id())
			.min()
			.orElseThrow();
	}

	/** Return the ready worker of a generation with the lowest id. */
	long firstReadyOf(int generation) {
		return activeOf(generation).stream()
			.filter((id) -> this.workers.get(id).phase == Phase.READY)
			.findFirst()
			.orElseThrow();
	}

	void retire(long id) {
		deliver(new Event.Received(id, new Message.Retire("max-requests", "served 1 000 requests")));
	}

	void exit(long id, int code, int signal) {
		end(id, code, signal);
	}

	void loseChannel(long id) {
		this.workers.get(id).silent = true;
		deliver(new Event.ChannelLost(id, "malformed frame"));
	}

	void silence(long id) {
		this.workers.get(id).silent = true;
	}

	void receive(long id, Message.FromWorker message) {
		deliver(new Event.Received(id, message));
	}

	/** Let time pass without the master seeing it, as when it is stopped itself. */
	void suspend(Duration duration) {
		this.now = this.now.plus(duration);
		List<Timed> late = new ArrayList<>();
		while (!this.agenda.isEmpty() && this.agenda.peek().at().isBefore(this.now)) {
			late.add(this.agenda.remove());
		}
		deliver(new Event.Tick());
		late.forEach((timed) -> timed.action().run());
	}

	private void after(Duration delay, Runnable action) {
		this.agenda.add(new Timed(this.now.plus(delay), this.order++, action));
	}

	private Duration between(long fromMillis, long toMillis) {
		return Duration.ofMillis(fromMillis + this.random.nextLong(toMillis - fromMillis + 1));
	}

	private boolean strikes(double chance) {
		return this.random.nextDouble() < chance;
	}

	/** As the master does it: an event waits until what was decided before is done. */
	private void deliver(Event event) {
		this.events.add(event);
		if (this.events.size() > 1) {
			return;
		}
		while (!this.events.isEmpty()) {
			List<Effect> ordered = this.arbiter.on(this.events.element(), this.now);
			if (!ordered.isEmpty()) {
				PoolSnapshot snapshot = snapshot();
				this.accepted.add(snapshot.master().generation());
				this.lowestTarget = Math.min(this.target, snapshot.target());
				this.target = snapshot.target();
			}
			for (Effect effect : ordered) {
				assertThat(this.exitCode).as("nothing follows the exit, story: %s", this.story).isNull();
				this.effects.add(effect);
				perform(effect);
			}
			this.events.remove();
		}
	}

	private void perform(Effect effect) {
		if (effect instanceof Effect.Spawn spawn) {
			spawn(spawn);
		}
		else if (effect instanceof Effect.Send send) {
			Simulated worker = this.workers.get(send.id());
			if (worker != null) {
				receive(worker, send.message());
			}
		}
		else if (effect instanceof Effect.Kill kill) {
			kill(kill);
		}
		else if (effect instanceof Effect.Prioritize order) {
			prioritize(order);
		}
		else if (effect instanceof Effect.Prepare prepare) {
			prepare(prepare.generation());
		}
		else if (effect instanceof Effect.Upgrade) {
			after(between(500, 3000), this::replaceArbiter);
		}
		else if (effect instanceof Effect.CancelPreparation cancel) {
			PoolSpec spec = spec();
			after(Duration.ofMillis(1), () -> {
				if (this.preparationIsLate) {
					prepared(cancel.generation(), spec);
				}
				else {
					deliver(new Event.PreparationFailed(cancel.generation(), "was killed by signal 9", List.of()));
				}
			});
		}
		else if (effect instanceof Effect.Forget forget) {
			assertThat(this.specs.remove(forget.generation())).as("a generation is forgotten once").isNotNull();
			this.forgotten.add(forget.generation());
			assertThat(this.workers.values()).as("nobody runs what is forgotten")
				.noneMatch((worker) -> worker.spawn.generation() == forget.generation());
		}
		else if (effect instanceof Effect.OfCache order) {
			performOnCache(order);
		}
		else if (effect instanceof Effect.RefuseNew refuse) {
			this.refusing.addAll(refuse.addresses());
		}
		else if (effect instanceof Effect.AdmitNew admit) {
			this.refusing.removeAll(admit.addresses());
		}
		else if (effect instanceof Effect.CountWaiting count) {
			assertThat(this.refusing).as("what is counted is closed before").containsAll(count.addresses());
			deliver(new Event.Waiting(this.waiting, 0, true));
		}
		else if (effect instanceof Effect.CloseListeners) {
			assertThat(this.listening).as("listeners are closed once").isTrue();
			this.listening = false;
		}
		else if (effect instanceof Effect.Tell tell) {
			this.story.add(Duration.between(EPOCH, this.now).toMillis() + " " + tell.level() + " " + tell.text());
		}
		else if (effect instanceof Effect.Exit exit) {
			assertThat(this.workers).as("no worker is left behind").isEmpty();
			assertThat(this.listening).as("listeners are closed at the end").isFalse();
			assertThat(trains()).as("no training is left behind").isFalse();
			this.exitCode = exit.code();
		}
	}

	private void prioritize(Effect.Prioritize order) {
		Simulated worker = this.workers.get(order.id());
		if (worker == null) {
			return;
		}
		worker.priority = order.priority();
		if (order.priority() == Priority.BACKGROUND) {
			assertThat(worker.phase).as("only who boots is kept in the background").isEqualTo(Phase.BOOTING);
			assertThat(snapshot().ready()).as("nobody waits for who is in the background, story: %s", this.story)
				.isGreaterThanOrEqualTo(snapshot().target());
		}
	}

	private boolean trains() {
		return !this.training.isEmpty() && !this.trainingCancelled;
	}

	private void performOnCache(Effect.OfCache effect) {
		if (effect instanceof Effect.Train train) {
			train(this.specs.get(train.generation()).cacheKey());
		}
		else if (effect instanceof Effect.CancelTraining) {
			assertThat(trains()).as("what is cancelled runs").isTrue();
			this.trainingCancelled = true;
			String key = this.training;
			after(Duration.ofMillis(1), () -> {
				if (this.trainingCancelled) {
					endTraining(new Event.TrainingFailed(key, "the training was killed by signal 9", List.of()));
				}
			});
		}
		else if (effect instanceof Effect.InspectCache inspect && strikes(this.cacheIsRejected)) {
			String key = this.specs.get(this.workers.get(inspect.id()).spawn.generation()).cacheKey();
			deliver(new Event.CacheRejected(key, "the JVM does not use it"));
		}
	}

	private void train(String key) {
		assertThat(this.training).as("one training at a time, story: %s", this.story).isEmpty();
		assertThat(this.stopping).as("nothing is trained during a stop").isFalse();
		assertThat(key).as("there is something to train").isNotEmpty();
		assertThat(snapshot().master().state()).as("the pool is calm, story: %s", this.story).isEqualTo("running");
		assertThat(snapshot().ready()).as("the pool is complete, story: %s", this.story)
			.isGreaterThanOrEqualTo(Math.max(1, snapshot().target()));
		if (this.trainingIsBusy) {
			deliver(new Event.TrainingPostponed(key));
			return;
		}
		this.training = key;
		this.trainingCancelled = false;
		int number = ++this.trainings;
		deliver(new Event.TrainingBegun(key));
		Event.OfCache result = strikes(this.trainingFails)
				? new Event.TrainingFailed(key, "the training failed with exit code 1", List.of("Error: no memory"))
				: new Event.Trained(key, 60 << 20);
		if (!this.trainingHangs) {
			after(between(5000, 20_000), () -> {
				if (number == this.trainings && !this.trainingCancelled) {
					endTraining(result);
				}
			});
		}
	}

	private void endTraining(Event.OfCache result) {
		this.training = "";
		this.trainingCancelled = false;
		this.trainings++;
		deliver(result);
	}

	private void prepare(int generation) {
		PoolSpec spec = spec();
		if (strikes(this.preparationFails)) {
			after(between(200, 3000), () -> deliver(new Event.PreparationFailed(generation,
					"the start of the new code failed with exit code 1", List.of("Error: invalid jarfile"))));
			return;
		}
		if (strikes(this.sick)) {
			this.sickGenerations.add(generation);
		}
		if (strikes(this.answersErrors)) {
			this.erringGenerations.add(generation);
		}
		if (!this.preparationHangs) {
			after(between(200, 3000), () -> prepared(generation, spec));
		}
	}

	private void prepared(int generation, PoolSpec spec) {
		assertThat(trains()).as("nothing is trained during a roll-out").isFalse();
		this.specs.put(generation, spec);
		deliver(new Event.Prepared(generation, spec));
	}

	/** The settings of the generation in force. */
	private PoolSettings inForce() {
		return this.specs.get(snapshot().master().generation()).settings();
	}

	private void spawn(Effect.Spawn spawn) {
		this.spawns.add(this.now);
		assertThat(this.forgotten).as("nothing is started that is forgotten").doesNotContain(spawn.generation());
		assertThat(this.stopping).as("nothing is started during a stop").isFalse();
		assertThat(this.workers.values()).as("a number belongs to one worker")
			.noneMatch((worker) -> worker.spawn.index() == spawn.index());
		assertThat(this.workers.values()).as("exclusive flags belong to one worker")
			.noneMatch((worker) -> worker.spawn.exclusive() && spawn.exclusive());
		long active = this.workers.values().stream().filter((worker) -> worker.phase != Phase.LEAVING).count();
		assertThat(active + 1).as("workers at %s, story: %s", this.now, this.story)
			.isLessThanOrEqualTo(snapshot().target() + Math.max(1, inForce().rollout().maxSurge()));
		if (this.strict) {
			assertThat(this.workers.size() + 1).as("processes at %s, story: %s", this.now, this.story)
				.isLessThanOrEqualTo(Math.max(1, snapshot().target() + inForce().rollout().maxSurge()));
		}
		assertThat(snapshot().rollouts()).as("nobody of a generation that has failed is started: %s", this.story)
			.noneMatch((rollout) -> rollout.to() == spawn.generation() && rollout.state().startsWith("roll")
					&& rollout.state().contains("back"));
		assertThat(this.refusing).as("what is in force can be reached, story: %s", this.story)
			.doesNotContainAnyElementsOf(this.specs.get(spawn.generation()).addresses());
		Simulated worker = new Simulated(spawn);
		if (strikes(this.faults.spawnFails())) {
			deliver(new Event.SpawnFailed(spawn.id(), "posix_spawn: Cannot allocate memory"));
			return;
		}
		this.workers.put(spawn.id(), worker);
		worker.stuck = strikes(this.faults.sticks());
		deliver(new Event.Spawned(spawn.id(), 10_000 + (int) spawn.id()));
		PoolSettings settings = this.reported;
		after(Duration.ofMillis(500), () -> {
			if (this.workers.containsKey(spawn.id())) {
				deliver(new Event.Received(spawn.id(), new Message.Hello(Message.PROTOCOL_VERSION, settings.toMap())));
			}
		});
		if (strikes(this.faults.bootFails())) {
			after(between(300, 4000), () -> end(spawn.id(), 1, 0));
		}
		else if (!strikes(this.faults.bootHangs())) {
			after(between(1000, 5000), () -> ready(worker));
		}
	}

	private void ready(Simulated worker) {
		if (!this.workers.containsKey(worker.spawn.id()) || worker.phase != Phase.BOOTING) {
			return;
		}
		if (worker.probation) {
			deliver(new Event.Received(worker.spawn.id(), new Message.Health(true, "")));
		}
		worker.phase = Phase.READY;
		deliver(new Event.Received(worker.spawn.id(), new Message.Ready()));
		heartbeat(worker, 1);
		if (worker.probation) {
			worker.observedUntil = this.now.plus(worker.observed);
			after(Duration.ofMillis(500), () -> health(worker));
		}
		if (this.sickGenerations.contains(worker.spawn.generation())) {
			after(between(0, 4000), () -> receive(worker.spawn.id(), new Message.Health(false, "db is DOWN")));
		}
		long id = worker.spawn.id();
		if (strikes(this.faults.retires())) {
			after(between(1000, 300_000), () -> {
				if (this.workers.containsKey(id)) {
					retire(id);
				}
			});
		}
		if (strikes(this.faults.crashes())) {
			after(between(0, 200_000), () -> end(id, strikes(0.5) ? 3 : -1, 9));
		}
		if (strikes(this.faults.hangs())) {
			after(between(0, 200_000), () -> worker.silent = true);
		}
		if (strikes(this.faults.losesChannel())) {
			after(between(0, 200_000), () -> {
				if (this.workers.containsKey(id)) {
					loseChannel(id);
				}
			});
		}
	}

	private void health(Simulated worker) {
		if (this.workers.containsKey(worker.spawn.id()) && worker.phase == Phase.READY && !this.checksHang) {
			deliver(new Event.Received(worker.spawn.id(), new Message.Health(true, "")));
			if (this.now.isBefore(worker.observedUntil)) {
				after(Duration.ofMillis(500), () -> health(worker));
			}
		}
	}

	private void heartbeat(Simulated worker, int beats) {
		if (this.workers.containsKey(worker.spawn.id())) {
			assertThat(beats > 10 && worker.priority == Priority.BACKGROUND).as("serves in the background").isFalse();
			if (!worker.silent) {
				long errors = this.erringGenerations.contains(worker.spawn.generation()) ? 10L * beats : 0;
				deliver(new Event.Received(worker.spawn.id(),
						new Message.Heartbeat(10L * beats, 1, 5, 3, 1 << 20, errors)));
			}
			after(Duration.ofSeconds(1), () -> heartbeat(worker, beats + 1));
		}
	}

	private void receive(Simulated worker, Message.FromMaster message) {
		if (message instanceof Message.Welcome welcome) {
			worker.probation = welcome.probation();
			worker.observed = Duration.ofMillis(welcome.observedMillis());
		}
		else if (message instanceof Message.Leader leader) {
			worker.leader = leader.leader();
			assertThat(leaders()).as("leaders").isLessThanOrEqualTo(1);
			assertThat(worker.phase).as("a leader is ready").isEqualTo(Phase.READY);
		}
		else if (message instanceof Message.Drain) {
			boolean served = worker.phase == Phase.READY && !worker.silent;
			worker.phase = Phase.LEAVING;
			if (served && !this.stopping && this.accepted.contains(worker.spawn.generation())) {
				assertThat(readyNow()).as("ready workers after a drain at %s, story: %s", this.now, this.story)
					.isGreaterThanOrEqualTo(this.lowestTarget - inForce().rollout().maxUnavailable());
			}
			leaveIfAble(worker, between(10, 20_000), 0);
		}
		else if (message instanceof Message.StopAccepting) {
			worker.phase = Phase.LEAVING;
		}
		else if (message instanceof Message.Stop) {
			worker.phase = Phase.LEAVING;
			leaveIfAble(worker, between(10, 2000), 0);
		}
	}

	private long readyNow() {
		// A worker that has just fallen silent is ready as far as anybody can know.
		return this.workers.values().stream().filter((worker) -> worker.phase == Phase.READY).count();
	}

	private void kill(Effect.Kill kill) {
		assertThat(this.gone).as("a signal for a process that is gone").doesNotContain(kill.id());
		Simulated worker = this.workers.get(kill.id());
		if (worker == null) {
			return;
		}
		if (kill.signal() == ProcessSignal.KILL) {
			worker.phase = Phase.LEAVING;
			after(Duration.ofMillis(1), () -> end(kill.id(), -1, 9));
		}
		else if (kill.signal() == ProcessSignal.TERM) {
			worker.phase = Phase.LEAVING;
			leaveIfAble(worker, between(10, 2000), 143);
		}
	}

	private void leaveIfAble(Simulated worker, Duration delay, int code) {
		if (!worker.silent && !worker.stuck) {
			after(delay, () -> end(worker.spawn.id(), code, 0));
		}
	}

	private void end(long id, int code, int signal) {
		if (this.workers.remove(id) != null) {
			deliver(new Event.ChannelLost(id, ""));
			deliver(new Event.Exited(id, (signal != 0) ? -1 : code, signal, false));
			this.gone.add(id);
		}
	}

}

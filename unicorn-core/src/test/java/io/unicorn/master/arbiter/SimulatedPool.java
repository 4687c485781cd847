package io.unicorn.master.arbiter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
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

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.SamplePlans;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.SimulatedWorker.Phase;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.upgrade.HandOver;
import io.unicorn.master.upgrade.HandOverBytes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A master with simulated workers under a virtual clock: delivers events to an arbiter
 * and performs its effects. The {@link Script} says what goes wrong, the
 * {@link Invariants} check each effect.
 */
public final class SimulatedPool {

	/** Stands for the exit code of a master that executes the application instead. */
	static final int WITHOUT_POOL = -1;

	static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

	private record Timed(Instant at, long order, Runnable action) {

	}

	private final Random random;

	private final Script script;

	private final Invariants invariants = new Invariants(this);

	private final SimulatedTraining training = new SimulatedTraining(this);

	private final Map<Long, SimulatedWorker> workers = new HashMap<>();

	/** The specifications of the generations that may be started. */
	private final Map<Integer, PoolSpec> specs = new HashMap<>();

	/** Generations whose code is gone. */
	private final Set<Integer> lostGenerations = new HashSet<>();

	private final Set<Integer> sickGenerations = new HashSet<>();

	private final Set<Integer> badGenerations = new HashSet<>();

	/** What happens by itself, by time. */
	private final PriorityQueue<Timed> agenda = new PriorityQueue<>(
			Comparator.comparing(Timed::at).thenComparing(Timed::order));

	/** Events that wait until the effects of the one before are performed. */
	private final Deque<Event> events = new ArrayDeque<>();

	private final List<Effect> effects = new ArrayList<>();

	private final List<String> log = new ArrayList<>();

	private final List<Instant> spawns = new ArrayList<>();

	private Arbiter arbiter;

	private int processors = 8;

	private Instant now = EPOCH;

	/** When the last of the hooks that wait ends. */
	private Instant lastHook = EPOCH;

	private long order;

	private Integer exitCode;

	SimulatedPool(int workers, long seed) {
		this(settings(workers), seed);
	}

	SimulatedPool(PoolSettings settings, long seed) {
		this.random = new Random(seed);
		this.script = new Script(settings);
		this.arbiter = new Arbiter(config(), new Random(seed + 1));
		this.specs.put(1, spec());
	}

	/**
	 * Create a pool on a machine with few processors.
	 */
	SimulatedPool(PoolSettings settings, long seed, int processors) {
		this(settings, seed);
		this.processors = processors;
		this.arbiter = new Arbiter(config(), new Random(seed + 1));
	}

	/** Give all hooks a command; to be called before the start. */
	SimulatedPool withHooks() {
		Map<Hook, String> commands = new HashMap<>();
		for (Hook hook : Hook.values()) {
			commands.put(hook, "command of " + hook.configName());
		}
		this.script.hooks(new HookSettings(commands, Duration.ofSeconds(10)));
		this.specs.put(1, spec());
		this.arbiter = new Arbiter(config(), new Random(this.random.nextLong()));
		return this;
	}

	/** Return a pool in which every worker is ready. */
	public static SimulatedPool running(PoolSettings settings) {
		SimulatedPool pool = new SimulatedPool(settings, 42).start();
		pool.run(Duration.ofSeconds(60));
		assertThat(pool.snapshot().ready()).isEqualTo(settings.workers().orElseThrow());
		return pool;
	}

	public static PoolSettings settings(int workers) {
		return settings(workers, RolloutSettings.DEFAULT, Duration.ZERO);
	}

	public static PoolSettings settings(int workers, RolloutSettings rollout, Duration shutdownDelay) {
		return new PoolSettings(OptionalInt.of(workers), WorkerClass.GTHREAD, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(120), shutdownDelay, true, rollout, AotCache.AUTO);
	}

	/** Return settings of three workers. */
	public static PoolSettings withBootTimeout(Duration bootTimeout) {
		return new PoolSettings(OptionalInt.of(3), WorkerClass.GTHREAD, Duration.ofSeconds(30), Duration.ofSeconds(30),
				bootTimeout, Duration.ZERO, true, RolloutSettings.DEFAULT, AotCache.AUTO);
	}

	/** Return what goes wrong, to be changed. */
	public Script script() {
		return this.script;
	}

	/** Check the number of processes exactly; of use only without faults. */
	public void strict() {
		this.invariants.strict();
	}

	// Time and events

	SimulatedPool start() {
		deliver(new Event.Started());
		return this;
	}

	public void run(Duration duration) {
		Instant end = this.now.plus(duration);
		while (this.exitCode == null) {
			Timed next = this.agenda.peek();
			Instant due = this.arbiter.due();
			boolean tick = next == null || due.isBefore(next.at());
			Instant at = (tick || next == null) ? due : next.at();
			if (at.isAfter(end)) {
				break;
			}
			this.invariants.time(at);
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

	/** Let time pass until the latest roll-out is in a state. */
	public SimulatedPool reach(String state) {
		for (int i = 0; i < 60_000 && !state().equals(state); i++) {
			run(Duration.ofMillis(10));
		}
		assertThat(state()).as("state of the roll-out, log: %s", this.log).isEqualTo(state);
		return this;
	}

	private String state() {
		return snapshot().rollouts().isEmpty() ? "" : rollout().state();
	}

	/** Let time pass while the master is suspended. */
	public void suspend(Duration duration) {
		this.now = this.now.plus(duration);
		List<Timed> late = new ArrayList<>();
		while (!this.agenda.isEmpty() && this.agenda.peek().at().isBefore(this.now)) {
			late.add(this.agenda.remove());
		}
		deliver(new Event.Tick());
		late.forEach((timed) -> timed.action().run());
	}

	public void signal(ProcessSignal signal) {
		if (signal == ProcessSignal.TERM || signal == ProcessSignal.INT) {
			this.invariants.stopping();
		}
		deliver(new Event.Signalled(signal));
	}

	/** Ask as a command does, and return the answer. */
	public Message.FromMaster query(Message.Question question) {
		int before = effects(Effect.Answer.class).size();
		deliver(new Event.Query(3, question));
		List<Effect.Answer> answers = effects(Effect.Answer.class);
		assertThat(answers).hasSize(before + 1);
		assertThat(answers.get(before).client()).isEqualTo(3);
		return answers.get(before).message();
	}

	public void jarChanged() {
		deliver(new Event.JarChanged());
	}

	public void receive(long id, Message.FromWorker message) {
		deliver(new Event.Received(id, message));
	}

	/** Let the workers of a generation be launched in another way. */
	void change(int generation, PoolSpec spec) {
		this.specs.put(generation, spec);
		deliver(new Event.GenerationChanged(generation, spec));
	}

	/** Let the code of a generation be deleted. */
	public void loseCode(int generation) {
		this.lostGenerations.add(generation);
	}

	public void retire(long id) {
		receive(id, new Message.Retire("max-requests", "served 1000 requests"));
	}

	/** Let a worker send no further heartbeat. */
	public void silence(long id) {
		this.workers.get(id).fallSilent();
	}

	/** Let a worker write a heap dump. */
	public void dumpHeap(long id, Duration time) {
		this.workers.get(id).dumpHeap(time);
	}

	/** Let a worker get TERM from another process than its master. */
	public void terminate(long id) {
		this.workers.get(id).terminate();
	}

	/** Let all workers get TERM from another process than their master. */
	void terminateAll() {
		List.copyOf(this.workers.values()).forEach(SimulatedWorker::terminate);
	}

	/** Note that the application of a worker is about to end the pool. */
	void ending() {
		this.invariants.stopping();
	}

	/** Let the application of a worker end its process of its own accord. */
	public void endItself(long id, int code) {
		this.workers.get(id).endItself(code);
	}

	/** Let the control connection of a worker break, which the worker does not notice. */
	public void loseChannel(long id) {
		silence(id);
		deliver(new Event.ChannelLost(id, "malformed frame"));
	}

	/** Let the process of a worker end. */
	public void exit(long id, int code, int signal) {
		end(id, code, signal);
	}

	// State

	public PoolSnapshot snapshot() {
		return this.arbiter.snapshot(this.now);
	}

	/** Return the latest roll-out. */
	public PoolSnapshot.RolloutInfo rollout() {
		return snapshot().rollouts().get(0);
	}

	/** Return the states of all roll-outs, oldest first. */
	public List<String> results() {
		List<String> states = new ArrayList<>();
		snapshot().rollouts().forEach((rollout) -> states.add(0, rollout.state()));
		return states;
	}

	/** Return the workers of a generation that are ready or boot, oldest first. */
	public List<Long> activeOf(int generation) {
		return this.workers.values()
			.stream()
			.filter((worker) -> worker.generation() == generation && !worker.is(Phase.LEAVING))
			.map(SimulatedWorker::id)
			.sorted()
			.toList();
	}

	/** Return the id of any worker, 0 if there is none. */
	public long any(Random choice) {
		List<Long> ids = this.workers.keySet().stream().sorted().toList();
		return ids.isEmpty() ? 0 : ids.get(choice.nextInt(ids.size()));
	}

	/** Return for how long the pool has existed. */
	public Duration age() {
		return Duration.between(EPOCH, this.now);
	}

	/** Return the ready worker with the lowest id. */
	public long firstReady() {
		return this.workers.values()
			.stream()
			.filter((worker) -> worker.is(Phase.READY))
			.mapToLong(SimulatedWorker::id)
			.min()
			.orElseThrow();
	}

	/** Return the ready worker of a generation with the lowest id. */
	public long firstReadyOf(int generation) {
		return activeOf(generation).stream()
			.filter((id) -> this.workers.get(id).is(Phase.READY))
			.findFirst()
			.orElseThrow();
	}

	/** Return all effects. */
	public List<Effect> effects() {
		return this.effects;
	}

	/** Return all effects of a kind. */
	public <T extends Effect> List<T> effects(Class<T> kind) {
		return this.effects.stream().filter(kind::isInstance).map(kind::cast).toList();
	}

	/** Return the generations that may still be started. */
	public Set<Integer> known() {
		return this.specs.keySet();
	}

	/** Return the lines of the log, each with its time in milliseconds. */
	public List<String> log() {
		return this.log;
	}

	public Instant now() {
		return this.now;
	}

	public Integer exitCode() {
		return this.exitCode;
	}

	/** Return the number of processes. */
	public int alive() {
		return this.workers.size();
	}

	/** Return when workers were started. */
	public List<Instant> spawns() {
		return this.spawns;
	}

	int processors() {
		return this.processors;
	}

	long leaders() {
		return this.workers.values().stream().filter(SimulatedWorker::isLeader).count();
	}

	// For workers, trainings and invariants

	Invariants invariants() {
		return this.invariants;
	}

	SimulatedTraining training() {
		return this.training;
	}

	Collection<SimulatedWorker> workers() {
		return this.workers.values();
	}

	SimulatedWorker worker(long id) {
		return this.workers.get(id);
	}

	boolean isAlive(long id) {
		return this.workers.containsKey(id);
	}

	PoolSpec spec(int generation) {
		return this.specs.get(generation);
	}

	/** Whether workers of a generation report bad health. */
	boolean isSick(int generation) {
		return this.sickGenerations.contains(generation);
	}

	/** Whether workers of a generation answer with errors only. */
	boolean answersBadly(int generation) {
		return this.badGenerations.contains(generation);
	}

	void after(Duration delay, Runnable action) {
		this.agenda.add(new Timed(this.now.plus(delay), this.order++, action));
	}

	Duration between(long fromMillis, long toMillis) {
		return Duration.ofMillis(fromMillis + this.random.nextLong(toMillis - fromMillis + 1));
	}

	boolean strikes(double chance) {
		return this.random.nextDouble() < chance;
	}

	/** End the process of a worker, if it is alive. */
	void end(long id, int code, int signal) {
		if (this.workers.remove(id) != null) {
			deliver(new Event.ChannelLost(id, ""));
			deliver(new Event.Exited(id, (signal != 0) ? -1 : code, signal, false));
			this.invariants.exited(id);
		}
	}

	/** Deliver an event as the master does: after the effects of the event before. */
	void deliver(Event event) {
		this.events.add(event);
		if (this.events.size() > 1) {
			return;
		}
		while (!this.events.isEmpty()) {
			List<Effect> decided = this.arbiter.on(this.events.element(), this.now);
			if (!decided.isEmpty()) {
				this.invariants.decided(snapshot());
			}
			for (Effect effect : delivered(decided)) {
				this.invariants.check(effect);
				this.effects.add(effect);
				perform(effect);
			}
			this.events.remove();
		}
	}

	// Effects

	/** Return the effects, with what is delivered in the place of its measurement. */
	private static List<Effect> delivered(List<Effect> decided) {
		return decided.stream()
			.map((effect) -> (effect instanceof Effect.Measure measure) ? measure.delivery() : effect)
			.toList();
	}

	private void perform(Effect effect) {
		if (effect instanceof Effect.Spawn spawn) {
			spawn(spawn);
		}
		else if (effect instanceof Effect.Send send && isAlive(send.id())) {
			this.workers.get(send.id()).receive(send.message());
		}
		else if (effect instanceof Effect.Kill kill && isAlive(kill.id())) {
			this.workers.get(kill.id()).signal(kill.signal());
		}
		else if (effect instanceof Effect.LookForHeapDump look && isAlive(look.id())) {
			boolean dumping = this.workers.get(look.id()).isDumping();
			deliver(new Event.HeapDump(look.id(),
					(dumping || this.script.heapDumpStands()) ? "/tmp/java_pid7.hprof" : "",
					dumping ? Duration.between(EPOCH, this.now).toMillis() : 0));
		}
		else if (effect instanceof Effect.SetPriority set && isAlive(set.id())) {
			this.workers.get(set.id()).prioritize(set.priority());
		}
		else if (effect instanceof Effect.Prepare prepare) {
			prepare(prepare.generation());
		}
		else if (effect instanceof Effect.CancelPreparation cancel) {
			cancelPreparation(cancel.generation());
		}
		else if (effect instanceof Effect.RestoreCode restore) {
			restore(restore.generation());
		}
		else if (effect instanceof Effect.ForgetGeneration forget) {
			this.specs.remove(forget.generation());
			this.lostGenerations.remove(forget.generation());
		}
		else if (effect instanceof Effect.Upgrade) {
			after(between(500, 3000), this::replaceArbiter);
		}
		else if (effect instanceof Effect.CacheEffect cache) {
			this.training.perform(cache);
		}
		else if (effect instanceof Effect.CountBacklog) {
			deliver(new Event.BacklogCounted(this.script.backlog(), 0, true));
		}
		else if (effect instanceof Effect.Log line) {
			this.log.add(Duration.between(EPOCH, this.now).toMillis() + " " + line.level() + " " + line.text());
		}
		else if (effect instanceof Effect.RunHook run && !this.script.hooksHang()) {
			this.lastHook = (this.lastHook.isAfter(this.now) ? this.lastHook : this.now).plus(between(1, 400));
			after(Duration.between(this.now, this.lastHook), () -> deliver(new Event.HookEnded(run.hook())));
		}
		else if (effect instanceof Effect.Exit exit) {
			this.exitCode = exit.code();
		}
		else if (effect instanceof Effect.RunWithoutPool) {
			this.exitCode = WITHOUT_POOL;
		}
	}

	private void restore(int generation) {
		boolean restored = strikes(this.script.restoredCode());
		String found = this.script.otherCode();
		after(between(100, 3000), () -> {
			if (restored) {
				this.lostGenerations.remove(generation);
				deliver(new Event.CodeRestored(generation));
			}
			else {
				deliver(new Event.CodeNotRestored(generation, found,
						found.isEmpty() ? "app.jar does not exist" : "app.jar has other content by now"));
			}
		});
	}

	private void spawn(Effect.Spawn spawn) {
		if (strikes(this.script.lostCode())) {
			this.lostGenerations.add(spawn.generation());
		}
		if (this.lostGenerations.contains(spawn.generation())) {
			deliver(new Event.CodeLost(spawn.generation(), spawn.id()));
			return;
		}
		this.spawns.add(this.now);
		if (strikes(this.script.faults().spawnFailures())) {
			deliver(new Event.SpawnFailed(spawn.id(), "posix_spawn: Cannot allocate memory"));
			return;
		}
		SimulatedWorker worker = new SimulatedWorker(this, spawn);
		this.workers.put(spawn.id(), worker);
		worker.boot();
	}

	/** Return the specification of the code that the script says is there now. */
	private PoolSpec spec() {
		return new PoolSpec(this.script.settings(), 2, List.of("-Dcom.sun.management.jmxremote.port=1"),
				this.script.addresses(), "app.jar 00ff", this.script.cacheKey(), this.script.identity(),
				this.script.hooks());
	}

	private void prepare(int generation) {
		PoolSpec spec = spec();
		if (strikes(this.script.preparationFailures())) {
			after(between(200, 3000), () -> deliver(new Event.PreparationFailed(generation,
					"the start of the new code failed with exit code 1", List.of("Error: invalid jarfile"))));
			return;
		}
		if (strikes(this.script.sickCode())) {
			this.sickGenerations.add(generation);
		}
		if (strikes(this.script.badAnswers())) {
			this.badGenerations.add(generation);
		}
		if (!this.script.preparationHangs()) {
			after(between(200, 3000), () -> prepared(generation, spec));
		}
	}

	private void prepared(int generation, PoolSpec spec) {
		this.invariants.prepared();
		this.specs.put(generation, spec);
		deliver(new Event.Prepared(generation, spec));
	}

	private void cancelPreparation(int generation) {
		PoolSpec spec = spec();
		after(Duration.ofMillis(1), () -> {
			if (this.script.preparationIsLate()) {
				prepared(generation, spec);
			}
			else {
				deliver(new Event.PreparationFailed(generation, "was killed by signal 9", List.of()));
			}
		});
	}

	private ArbiterConfig config() {
		return new ArbiterConfig(4242, EPOCH, spec(), false, this.processors, "c2VjcmV0");
	}

	/** Replace the arbiter by one with its state, as the upgrade of a master does. */
	private void replaceArbiter() {
		ArbiterState state = this.arbiter.save(this.now);
		if (state == null) {
			deliver(new Event.UpgradeFailed("something else has begun meanwhile"));
			return;
		}
		this.invariants.handedOver();
		this.training.end();
		this.arbiter = Arbiter.restore(writeAndRead(state), config(), this.specs, new Random(this.random.nextLong()));
		deliver(new Event.Resumed());
	}

	private static ArbiterState writeAndRead(ArbiterState state) {
		try {
			HandOver handOver = new HandOver(state, Map.of(), SamplePlans.bare(), Map.of(), List.of(), null, List.of());
			return HandOverBytes.read(HandOverBytes.of(handOver)).arbiter();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}

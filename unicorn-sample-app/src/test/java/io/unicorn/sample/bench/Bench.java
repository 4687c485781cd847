package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;

import io.unicorn.sample.Await;
import io.unicorn.sample.PoolBuilder;
import io.unicorn.sample.RunningPool;

/**
 * What a workload works with on one JDK. Closing it ends all that was started; another
 * thread than the workload's may do that.
 */
final class Bench implements AutoCloseable {

	/** Names of the subjects that most workloads compare. */
	static final String PLAIN = "plain";

	static final String POOL = "pool";

	/** Process tests are set up to be fast; here a pool is what users have. */
	private static final String[] TEST_DEFAULTS = { "UNICORN_ROLLOUT_OBSERVE", "UNICORN_WARMUP_PATHS",
			"UNICORN_AOTCACHE" };

	private static final String CLASS_DATA = "unicorn.aot-cache";

	/** Longer than a pool waits before it begins. */
	private static final Duration TRAINING_BEGINS = Duration.ofSeconds(20);

	private static final Pattern TRAINED = Pattern.compile("cache of class data (was )?trained");

	private final String workload;

	private final Jdk jdk;

	private final Settings settings;

	private final BenchJars jars;

	private final Results results;

	private final long enough;

	private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();

	private volatile boolean closed;

	/**
	 * Create a bench.
	 * @param enough after this time no further round is begun
	 */
	Bench(String workload, Jdk jdk, Settings settings, BenchJars jars, Results results, Duration enough) {
		this.workload = workload;
		this.jdk = jdk;
		this.settings = settings;
		this.jars = jars;
		this.results = results;
		this.enough = System.nanoTime() + enough.toNanos();
	}

	Settings settings() {
		return this.settings;
	}

	Jdk jdk() {
		return this.jdk;
	}

	/**
	 * Whether there is to be another round: a busy machine gets fewer, so that what was
	 * measured counts.
	 * @param done how many there were
	 * @param usual how many there are if nobody has said it
	 */
	boolean isAnotherRound(int done, int usual) {
		int wanted = this.settings.rounds(usual);
		if (done == 0 || done >= wanted || System.nanoTime() < this.enough) {
			return done < wanted;
		}
		remark("only %d of %d rounds, because they took too long".formatted(done, wanted));
		return false;
	}

	/**
	 * Do what is compared with each other, in the given order and in the next round in
	 * the opposite one: a load by others that grows or falls then harms each as much.
	 */
	void inTurns(int round, Turn... turns) throws IOException, InterruptedException {
		for (int i = 0; i < turns.length; i++) {
			turns[(round % 2 == 0) ? i : turns.length - 1 - i].take();
		}
	}

	/** The application without the starter. */
	PoolBuilder plain() {
		return RunningPool.builder().jar(this.jars.plain()).javaHome(this.jdk.home());
	}

	/**
	 * The application as a pool, without a warm-up of its workers: that is off by
	 * default, and the plain application has none either.
	 * @param workDir its private directory, which is kept
	 */
	PoolBuilder pool(Path workDir) {
		return RunningPool.builder()
			.jar(this.jars.pool())
			.javaHome(this.jdk.home())
			.withoutEnv(TEST_DEFAULTS)
			.args("--unicorn.work-dir=" + workDir, "--unicorn.warm-up.paths=");
	}

	/**
	 * The application as a pool in a private directory of pools that have run before:
	 * with a copy of the application, and with class data where the starter makes some.
	 * @param args those that may change the JVM flags of the workers: each set of flags
	 * has class data of its own
	 */
	PoolBuilder warmPool(String... args) throws IOException, InterruptedException {
		Path workDir = directory("work");
		if (this.settings.warm().add(this.jdk + " " + String.join(" ", args))) {
			App app = start(pool(workDir).args(args)).complete();
			if (Features.has(CLASS_DATA)) {
				train(app);
			}
			end(app);
		}
		return pool(workDir).args(args);
	}

	private void train(App app) {
		Duration limit = this.settings.training();
		if (Await.holds(TRAINING_BEGINS, () -> app.process().output().contains("training a cache of class data"))
				&& !Await.holds(limit, () -> TRAINED.matcher(app.process().output()).find())) {
			remark("no class data was made in %d s, pools start without".formatted(limit.toSeconds()));
		}
	}

	/**
	 * The application as a pool that makes no class data, which would take the processors
	 * from what is measured.
	 */
	PoolBuilder untrainedPool() {
		return untrained(pool(directory("work")));
	}

	private static PoolBuilder untrained(PoolBuilder pool) {
		return Features.has(CLASS_DATA) ? pool.args("--" + CLASS_DATA + "=off") : pool;
	}

	/** Workers that do nothing, under a real master. */
	PoolBuilder stubs() {
		return untrained(RunningPool.builder()
			.jar(this.jars.stubs())
			.javaHome(this.jdk.home())
			.args("--unicorn.work-dir=" + directory("stubs")));
	}

	/** A directory that does not exist yet, unless it was asked for before. */
	Path directory(String name) {
		return this.settings.directory().resolve(name + "-" + this.jdk);
	}

	/** Start on a port that does not change, as users do. */
	App start(PoolBuilder builder, int port) throws IOException, InterruptedException {
		return App.start(builder, port, this::closing);
	}

	App start(PoolBuilder builder) throws IOException, InterruptedException {
		return App.start(builder, this::closing);
	}

	/** Have something closed at the end of the workload. */
	<T extends AutoCloseable> T closing(T closeable) {
		this.started.push(closeable);
		if (this.closed) {
			close();
			throw new IllegalStateException("the workload was given up");
		}
		return closeable;
	}

	/** End an application before the workload ends. */
	void end(App app) {
		this.started.remove(app.process());
		end(app.process());
	}

	private void end(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception | AssertionError ex) {
			this.results.remark(this.workload + " on JDK " + this.jdk + ": " + ex.getMessage());
		}
	}

	void measured(String subject, String quantity, String unit, List<Double> values) {
		this.results.add(new Series(this.workload, this.jdk.toString(), subject, quantity, unit, values));
	}

	/**
	 * Compare with a goal.
	 * @param values what was measured, or its ratios to the plain application, round by
	 * round
	 */
	void judge(String what, Goal goal, List<Double> values) {
		this.results.add(new Verdict(this.workload, this.jdk.toString(), what, goal, values));
	}

	void remark(String remark) {
		this.results.remark(this.workload + " on JDK " + this.jdk + ": " + remark);
	}

	@Override
	public void close() {
		this.closed = true;
		for (AutoCloseable next = this.started.poll(); next != null; next = this.started.poll()) {
			end(next);
		}
	}

	interface Turn {

		void take() throws IOException, InterruptedException;

	}

}

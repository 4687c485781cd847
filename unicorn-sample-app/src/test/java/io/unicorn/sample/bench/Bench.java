package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;

import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.GoalResult;
import io.unicorn.sample.bench.report.Results;
import io.unicorn.sample.bench.report.Series;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * Starts applications for a workload on one JDK and records its figures. {@link #close}
 * ends everything that was started; any thread may call it.
 */
public final class Bench implements AutoCloseable {

	/** Names of the subjects that most workloads compare. */
	public static final String PLAIN = "plain";

	static final String POOL = "pool";

	/**
	 * The defaults of the tests, which make pools faster than those of users; removed
	 * here.
	 */
	private static final String[] TEST_DEFAULTS = { "UNICORN_ROLLOUT_OBSERVE", "UNICORN_AOTCACHE" };

	private static final String CLASS_DATA = "unicorn.aot-cache";

	/** Longer than a pool waits before a training begins. */
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

	public Settings settings() {
		return this.settings;
	}

	public Jdk jdk() {
		return this.jdk;
	}

	/**
	 * Return whether to measure another round. A busy machine runs fewer rounds, so that
	 * a workload ends within its time.
	 * @param done the number of rounds so far
	 * @param usual the number of rounds without an option
	 */
	public boolean isAnotherRound(int done, int usual) {
		int wanted = this.settings.rounds(usual);
		if (done == 0 || done >= wanted || System.nanoTime() < this.enough) {
			return done < wanted;
		}
		remark("only %d of %d rounds, because they took too long".formatted(done, wanted));
		return false;
	}

	/**
	 * Run the turns that are compared, in the given order, and in the opposite order in
	 * the next round: a growing or falling load of the machine then affects all of them
	 * equally.
	 */
	public void inTurns(int round, Turn... turns) throws IOException, InterruptedException {
		for (int i = 0; i < turns.length; i++) {
			turns[(round % 2 == 0) ? i : turns.length - 1 - i].take();
		}
	}

	/** The application without the starter. */
	public PoolBuilder plain() {
		return RunningPool.builder().jar(this.jars.plain()).javaHome(this.jdk.home());
	}

	/**
	 * The application as a pool without a warm-up, which the plain application does not
	 * have either.
	 * @param workDir its private directory, which is kept
	 */
	public PoolBuilder pool(Path workDir) {
		return RunningPool.builder()
			.jar(this.jars.pool())
			.javaHome(this.jdk.home())
			.withoutEnv(TEST_DEFAULTS)
			.args("--unicorn.work-dir=" + workDir);
	}

	/**
	 * The application as a pool whose private directory was used before: it has a copy of
	 * the application, and a class-data cache if the starter supports that.
	 * @param args arguments that may change the JVM flags of the workers: each set of
	 * flags has its own class-data cache
	 */
	public PoolBuilder warmPool(String... args) throws IOException, InterruptedException {
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
	 * The application as a pool without training, which would take processor time from
	 * the measurement.
	 */
	public PoolBuilder untrainedPool() {
		return untrained(pool(directory("work")));
	}

	private static PoolBuilder untrained(PoolBuilder pool) {
		return Features.has(CLASS_DATA) ? pool.args("--" + CLASS_DATA + "=off") : pool;
	}

	/** A real master with stub workers. */
	public PoolBuilder stubs() {
		return untrained(RunningPool.builder()
			.jar(this.jars.stubs())
			.javaHome(this.jdk.home())
			.args("--unicorn.work-dir=" + directory("stubs")));
	}

	/** A directory that does not exist yet, unless it was asked for before. */
	public Path directory(String name) {
		return this.settings.directory().resolve(name + "-" + this.jdk);
	}

	/** Start an application on a fixed port, as users do. */
	public App start(PoolBuilder builder, int port) throws IOException, InterruptedException {
		return App.start(builder, port, this::closing);
	}

	public App start(PoolBuilder builder) throws IOException, InterruptedException {
		return App.start(builder, this::closing);
	}

	/** Register a resource that is closed at the end of the workload. */
	public <T extends AutoCloseable> T closing(T closeable) {
		this.started.push(closeable);
		if (this.closed) {
			close();
			throw new IllegalStateException("the workload was given up");
		}
		return closeable;
	}

	/** End an application before the workload ends. */
	public void end(App app) {
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

	public void measured(String subject, String quantity, String unit, List<Double> values) {
		this.results.add(new Series(this.workload, this.jdk.toString(), subject, quantity, unit, values));
	}

	/**
	 * Compare values with a goal.
	 * @param values what was measured, or its ratios to the plain application, round by
	 * round
	 */
	public void judge(String what, Goal goal, List<Double> values) {
		this.results.add(new GoalResult(this.workload, this.jdk.toString(), what, goal, values));
	}

	public void remark(String remark) {
		this.results.remark(this.workload + " on JDK " + this.jdk + ": " + remark);
	}

	@Override
	public void close() {
		this.closed = true;
		for (AutoCloseable next = this.started.poll(); next != null; next = this.started.poll()) {
			end(next);
		}
	}

	public interface Turn {

		void take() throws IOException, InterruptedException;

	}

}

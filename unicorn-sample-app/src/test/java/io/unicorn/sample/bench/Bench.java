package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

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
	 * The application as a pool.
	 * @param workDir its private directory, which is kept
	 */
	PoolBuilder pool(Path workDir) {
		return RunningPool.builder()
			.jar(this.jars.pool())
			.javaHome(this.jdk.home())
			.args("--unicorn.work-dir=" + workDir);
	}

	/** The application as a pool in a private directory that has all it can have. */
	PoolBuilder warmPool() throws IOException, InterruptedException {
		return pool(warmWorkDir());
	}

	/** Workers that do nothing, under a real master. */
	PoolBuilder stubs() {
		return RunningPool.builder()
			.jar(this.jars.stubs())
			.javaHome(this.jdk.home())
			.args("--unicorn.work-dir=" + directory("stubs"));
	}

	/** A directory that does not exist yet, unless it was asked for before. */
	Path directory(String name) {
		return this.settings.directory().resolve(name + "-" + this.jdk);
	}

	/**
	 * A private directory of pools that have run before: with a copy of the application,
	 * and with class data where the starter makes some.
	 */
	private Path warmWorkDir() throws IOException, InterruptedException {
		Path workDir = directory("work");
		if (!Files.isDirectory(workDir)) {
			App app = start(pool(workDir)).complete();
			if (Features.has("unicorn.aot-cache")
					&& !Await.holds(this.settings.training(), () -> hasClassData(workDir))) {
				this.results.remark("JDK " + this.jdk + ": no class data was made in "
						+ this.settings.training().toSeconds() + " s, pools start without");
			}
			end(app);
		}
		return workDir;
	}

	private static boolean hasClassData(Path workDir) {
		try (Stream<Path> files = Files.walk(workDir)) {
			return files.map((file) -> file.getFileName().toString())
				.anyMatch((name) -> name.endsWith(".aot") || name.endsWith(".jsa"));
		}
		catch (IOException | java.io.UncheckedIOException ex) {
			// Something was renamed meanwhile; it is looked at again.
			return false;
		}
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

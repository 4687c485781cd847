package io.unicorn.sample.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.CleanUp;

/**
 * Does random steps to a pool under load for a time. The seed decides the steps and their
 * choices; when they strike, the machine decides too. Also the program behind
 * {@code chaos/run}.
 */
final class Chaos {

	private static final int CLIENTS = 2;

	/** Holds the copies of the application that ten minutes of roll-outs make. */
	private static final int DISK_MEGABYTES = 640;

	private final long seed;

	private final Duration time;

	private final List<String> complaints = new ArrayList<>();

	private final Map<Step, Integer> done = new EnumMap<>(Step.class);

	private long sent;

	private long lost;

	Chaos(long seed, Duration time) {
		this.seed = seed;
		this.time = time;
	}

	/**
	 * Run the program.
	 * @param args the seed and the minutes
	 */
	public static void main(String[] args) throws Exception {
		Chaos chaos = new Chaos(Long.parseLong(args[0]), Duration.ofMinutes(Long.parseLong(args[1])));
		List<String> complaints = chaos.run();
		System.exit(complaints.isEmpty() ? 0 : 1);
	}

	/** Run the steps, and return what went wrong. */
	List<String> run() throws IOException {
		Random random = new Random(this.seed);
		System.out.println("chaos with seed " + this.seed + " for " + this.time.toMinutes() + " min");
		Path directory = Files.createTempDirectory("unicorn-chaos-");
		Path workDir = Files.createDirectory(directory.resolve("work"));
		ChaosPool.mount(workDir, DISK_MEGABYTES);
		Path jar = AppJar.version("1").overwrite(directory.resolve("app.jar"));
		try (RunningPool pool = RunningPool.builder()
			.jar(jar)
			.bootingFast()
			.mayLeave("**")
			.env("UNICORN_ROLLOUT_OBSERVE", "1s")
			.args("--unicorn.workers=" + ChaosPool.WORKERS, "--unicorn.timeout=5", "--unicorn.work-dir=" + workDir,
					"--unicorn.aot-cache=off")
			.start()) {
			pool.awaitReady(ChaosPool.WORKERS);
			run(pool, new ChaosPool(pool, jar, random), random);
			if (this.complaints.isEmpty() && pool.stop() != 0) {
				this.complaints.add("the master has not stopped with exit code 0");
			}
		}
		catch (AssertionError ex) {
			this.complaints.add(String.valueOf(ex.getMessage()));
		}
		finally {
			ChaosPool.unmount(workDir);
			CleanUp.delete(directory);
		}
		System.out.println(this.done.values().stream().mapToInt(Integer::intValue).sum() + " steps with seed "
				+ this.seed + ": " + this.done + "; " + this.sent + " requests, " + this.lost + " lost");
		this.complaints.forEach((complaint) -> System.out.println("WRONG: " + complaint));
		return this.complaints;
	}

	private void run(RunningPool pool, ChaosPool chaos, Random random) throws IOException {
		List<Step> steps = List.of(Step.values());
		long end = System.nanoTime() + this.time.toNanos();
		for (int number = 1; System.nanoTime() < end; number++) {
			Step step = steps.get(random.nextInt(steps.size()));
			long start = System.nanoTime();
			String wrong = "";
			Report report;
			try (LoadClient load = pool.mixedLoad(CLIENTS).pause(Duration.ofMillis(20)).start()) {
				try {
					step.strike(chaos);
				}
				catch (AssertionError | IOException ex) {
					wrong = String.valueOf(ex.getMessage());
				}
				String state = chaos.check();
				wrong = wrong.isEmpty() ? state : wrong + "; " + state;
				report = load.stop();
			}
			this.done.merge(step, 1, Integer::sum);
			this.sent += report.sent();
			this.lost += report.lost();
			// Each client has one request in flight; those whose connections the killed
			// worker had accepted lose it, and the next one on a connection that is gone.
			long bad = report.lost() + report.unconnected() + report.not200();
			if (bad > (step.isLosing() ? 4 * CLIENTS : 0)) {
				wrong += "; requests went wrong: " + report;
			}
			System.out.printf("step %d %s: %d s, %d requests, %d lost%s%n", number, step,
					(System.nanoTime() - start) / 1_000_000_000, report.sent(), report.lost(),
					wrong.isEmpty() ? "" : ", WRONG");
			if (!wrong.isEmpty()) {
				this.complaints.add("step " + number + " " + step + ": " + wrong);
				if (!pool.isAlive() || this.complaints.size() > 5) {
					System.out.println(chaos.lastOutput());
					return;
				}
			}
		}
	}

}

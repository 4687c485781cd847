package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.unicorn.sample.bench.report.ResultFiles;
import io.unicorn.sample.bench.report.Results;
import io.unicorn.sample.bench.workload.AllocationLatency;
import io.unicorn.sample.bench.workload.GlobalLock;
import io.unicorn.sample.bench.workload.HeapExhaustion;
import io.unicorn.sample.bench.workload.HotPaths;
import io.unicorn.sample.bench.workload.MasterCost;
import io.unicorn.sample.bench.workload.Peers;
import io.unicorn.sample.bench.workload.Reload;
import io.unicorn.sample.bench.workload.Replacement;
import io.unicorn.sample.bench.workload.StartTime;
import io.unicorn.sample.bench.workload.Scrape;
import io.unicorn.sample.bench.workload.Sessions;
import io.unicorn.sample.bench.workload.Servers;
import io.unicorn.sample.bench.workload.Supervision;
import io.unicorn.sample.bench.workload.Throughput;
import io.unicorn.sample.bench.workload.WorkerMemory;
import io.unicorn.sample.testsupport.process.CleanUp;

/**
 * The program behind {@code benchmarks/run}, which explains its options and gives each of
 * them as {@code name=value}. A workload that fails or takes too long loses only its own
 * figures; the exit status is then 1.
 */
final class BenchRun {

	/** The time limit of one workload on one JDK, far above the usual time. */
	private static final Duration LIMIT = Duration.ofMinutes(6);

	/** The time limit of a whole run. */
	private static final Duration RUN_LIMIT = Duration.ofMinutes(40);

	private static final Duration QUICK_RUN_LIMIT = Duration.ofMinutes(6);

	private static final Duration CLOSING = Duration.ofSeconds(30);

	/** In the order of the table, the most important first in case time runs out. */
	private static final List<Workload> WORKLOADS = List.of(new StartTime(), new Replacement(), new Throughput(),
			new Servers(), new GlobalLock(), new AllocationLatency(), new HeapExhaustion(), new MasterCost(),
			new WorkerMemory(), new Supervision(), new Scrape(), new Sessions(), new HotPaths(), new Peers(),
			new Reload());

	private final List<Jdk> jdks;

	private final List<String> only;

	private final Settings settings;

	private final BenchJars jars;

	private final Results results = new Results();

	private final long end;

	private boolean failed;

	private BenchRun(Map<String, List<String>> options, Path directory) throws IOException {
		List<Jdk> chosen = new ArrayList<>();
		for (String home : options.getOrDefault("jdk", List.of())) {
			chosen.add(Jdk.in(Path.of(home)));
		}
		this.only = options.getOrDefault("only", List.of());
		boolean quick = options.containsKey("quick");
		List<Jdk> installed = Jdk.installed();
		List<Jdk> usual = quick ? installed.subList(installed.size() - 1, installed.size()) : installed;
		this.jdks = chosen.isEmpty() ? usual : chosen;
		this.settings = new Settings(quick, Integer.parseInt(options.getOrDefault("rounds", List.of("0")).get(0)),
				directory, Path.of(options.get("benchmarks").get(0)).toAbsolutePath().normalize(),
				options.containsKey("core") ? options.get("core").get(0) : null, ConcurrentHashMap.newKeySet());
		this.jars = BenchJars.in(directory);
		this.end = System.nanoTime() + (quick ? QUICK_RUN_LIMIT : RUN_LIMIT).toNanos();
	}

	/**
	 * Run the benchmarks.
	 * @param args the options
	 * @throws IOException if the results cannot be written
	 * @throws InterruptedException if it is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Map<String, List<String>> options = new HashMap<>();
		for (String arg : args) {
			int equals = arg.indexOf('=');
			options.computeIfAbsent(arg.substring(0, equals), (name) -> new ArrayList<>())
				.add(arg.substring(equals + 1));
		}
		Path directory = Files.createTempDirectory("unicorn-bench-");
		boolean failed;
		try {
			BenchRun run = new BenchRun(options, directory);
			MachineInfo machine = MachineInfo.current(run.jdks, run.settings.quick());
			run.all();
			ResultFiles.write(Path.of(options.get("out").get(0)), machine.after(), run.results);
			failed = run.failed;
		}
		finally {
			CleanUp.delete(directory);
		}
		System.exit(failed ? 1 : 0);
	}

	private void all() throws InterruptedException {
		List<String> names = WORKLOADS.stream().map(Workload::name).toList();
		this.only.stream().filter((name) -> !names.contains(name)).forEach((name) -> {
			throw new IllegalArgumentException("There is no workload " + name + ", only " + names);
		});
		for (Workload workload : WORKLOADS) {
			if (this.only.isEmpty() || this.only.contains(workload.name())) {
				List<Jdk> all = workload.isForEachJdk() ? this.jdks
						: this.jdks.subList(this.jdks.size() - 1, this.jdks.size());
				for (Jdk jdk : all) {
					run(workload, jdk);
				}
			}
		}
	}

	private void run(Workload workload, Jdk jdk) throws InterruptedException {
		String name = workload.name() + " on JDK " + jdk;
		long left = Math.min(LIMIT.toNanos(), this.end - System.nanoTime());
		if (left <= 0) {
			failed(name, "the time of the run was over");
			return;
		}
		long start = System.nanoTime();
		System.err.println(name + " ...");
		ExecutorService thread = Executors.newSingleThreadExecutor();
		Bench bench = new Bench(workload.name(), jdk, this.settings, this.jars, this.results,
				Duration.ofNanos(left / 2));
		try {
			Future<?> run = thread.submit(() -> {
				workload.run(bench);
				return null;
			});
			run.get(left, TimeUnit.NANOSECONDS);
			System.err.printf("%s took %d s%n", name, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
		}
		catch (ExecutionException ex) {
			failed(name, String.valueOf(ex.getCause()));
			ex.getCause().printStackTrace();
		}
		catch (TimeoutException ex) {
			failed(name, "not done in the " + TimeUnit.NANOSECONDS.toSeconds(left) + " s "
					+ ((left < LIMIT.toNanos()) ? "that were left of the run" : "that a workload may take"));
		}
		finally {
			thread.shutdownNow();
			bench.close();
			if (!thread.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
				this.results.remark(name + " goes on in the background, the next figures suffer from it");
			}
		}
	}

	private void failed(String name, String why) {
		this.failed = true;
		this.results.remark("no figures of " + name + ": " + why);
	}

}

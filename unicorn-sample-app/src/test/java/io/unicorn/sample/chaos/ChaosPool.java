package io.unicorn.sample.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.pool.RolloutView;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.OsProcess;
import tools.jackson.databind.JsonNode;

/**
 * A running pool, with what may be done to it, chosen by a seeded random source.
 */
final class ChaosPool {

	static final int WORKERS = 2;

	private static final int MOST_WORKERS = 3;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	/** More than a file or two that the JVM opens later. */
	private static final int SPARE_DESCRIPTORS = 12;

	private final RunningPool pool;

	private final Path jar;

	private final Random random;

	private int version = 1;

	private int target = WORKERS;

	private final int descriptors;

	/**
	 * Take over a pool that is complete.
	 * @param jar the jar that it was started from, which is replaced
	 */
	ChaosPool(RunningPool pool, Path jar, Random random) {
		this.pool = pool;
		this.jar = jar;
		this.random = random;
		this.descriptors = OsProcess.openFiles(pool.masterPid()).size();
	}

	/** Wait for a random time. */
	void pause(int mostMillis) {
		try {
			Thread.sleep(1 + this.random.nextInt(mostMillis));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	String choose(String... choices) {
		return choices[this.random.nextInt(choices.length)];
	}

	// Processes

	/** Return the process id of a ready worker. */
	long worker() throws IOException {
		List<Long> pids = new ArrayList<>();
		this.pool.awaitPool("a ready worker", (json) -> json.path("ready").asInt() > 0, PATIENCE)
			.path("workers")
			.forEach((worker) -> {
				if (worker.path("state").asString("").equals("ready")) {
					pids.add(worker.path("pid").asLong());
				}
			});
		return pids.get(this.random.nextInt(pids.size()));
	}

	/** Send a signal to a ready worker and return its process id. */
	long signalWorker(String signal) throws IOException {
		long pid = worker();
		signalIfAlive(pid, signal);
		return pid;
	}

	void signalIfAlive(long pid, String signal) {
		if (this.pool.pids().contains(pid)) {
			this.pool.signal(pid, signal);
		}
	}

	void signalMaster(String signal) {
		this.pool.signal(signal);
	}

	/** Change the number of workers by one, within limits. */
	void scale(int by) {
		if (this.target + by >= 1 && this.target + by <= MOST_WORKERS) {
			this.target += by;
			signalMaster((by > 0) ? "TTIN" : "TTOU");
		}
	}

	// Code

	void replaceByGoodCode() {
		AppJar.version(Integer.toString(++this.version)).overwrite(this.jar);
	}

	void replaceByCodeThatDoesNotBoot() {
		AppJar.version(Integer.toString(++this.version)).with("sample.boot.fail=true").overwrite(this.jar);
	}

	void replaceByGarbage() throws IOException {
		Files.writeString(this.jar, "This is no jar.");
	}

	void rollOut(String result) throws IOException {
		RolloutView before = RolloutView.latest(this.pool.pool());
		signalMaster("HUP");
		RolloutView after = before.awaitNext(this.pool, PATIENCE);
		if (!after.state().equals(result)) {
			throw new AssertionError("the roll-out is " + after.state() + " and not " + result + ": " + after.reason());
		}
	}

	// Files and descriptors

	private Path filler() {
		return this.pool.workDir().resolve("filler");
	}

	void fillDisk() throws IOException {
		byte[] block = new byte[1 << 16];
		try (OutputStream out = Files.newOutputStream(filler())) {
			for (int i = 0; i < (1 << 15); i++) {
				out.write(block);
			}
		}
		catch (IOException ex) {
			// It is full.
		}
	}

	void emptyDisk() throws IOException {
		Files.deleteIfExists(filler());
	}

	void limitDescriptors() {
		prlimit(Integer.toString(OsProcess.openFiles(this.pool.masterPid()).size()) + ":");
	}

	void restoreDescriptors() {
		prlimit("1024:");
	}

	private void prlimit(String limit) {
		run("prlimit", "--pid", Long.toString(this.pool.masterPid()), "--nofile=" + limit);
	}

	/** Delete some of the regular files of the work directory. */
	void deleteFiles() throws IOException {
		List<Path> files;
		try (Stream<Path> all = Files.walk(this.pool.workDir())) {
			files = all.filter(Files::isRegularFile).sorted().toList();
		}
		for (Path file : files) {
			if (this.random.nextInt(3) == 0) {
				Files.deleteIfExists(file);
			}
		}
	}

	// Invariants

	/**
	 * Wait until the pool is complete and calm, and return what is wrong with it then,
	 * empty if nothing is.
	 */
	String check() {
		JsonNode json;
		try {
			json = this.pool.awaitPool("a complete pool of " + this.target, this::isCalm, PATIENCE);
		}
		catch (AssertionError ex) {
			return String.valueOf(ex.getMessage());
		}
		List<String> wrong = new ArrayList<>();
		List<Long> described = new ArrayList<>();
		int leaders = 0;
		for (JsonNode worker : json.path("workers")) {
			described.add(worker.path("pid").asLong());
			leaders += worker.path("leader").asBoolean() ? 1 : 0;
		}
		if (leaders != 1) {
			wrong.add(leaders + " leaders");
		}
		if (json.path("target").asInt() != this.target) {
			wrong.add("the target is " + json.path("target") + " and not " + this.target);
		}
		// The preparation of the next roll-out may have begun meanwhile.
		List<Long> children = this.pool.workerPids().stream().filter(ChaosPool::isWorker).toList();
		if (!described.containsAll(children)) {
			wrong.add("the processes " + children + " are not the workers " + described);
		}
		int open = OsProcess.openFiles(this.pool.masterPid()).size();
		if (open > this.descriptors + SPARE_DESCRIPTORS) {
			wrong.add("the master has " + open + " descriptors open, " + this.descriptors + " at the beginning");
		}
		return String.join("; ", wrong);
	}

	private static boolean isWorker(long pid) {
		List<String> arguments = OsProcess.arguments(pid);
		return !arguments.isEmpty() && arguments.get(0).startsWith("unicorn: worker ");
	}

	/**
	 * Whether nothing is under way, also no training or preparation, which are processes
	 * too.
	 */
	private boolean isCalm(JsonNode json) {
		return json.path("master").path("state").asString("").equals("running")
				&& json.path("ready").asInt() == json.path("target").asInt()
				&& json.path("workers").size() == json.path("target").asInt()
				&& this.pool.workerPids().size() == json.path("target").asInt();
	}

	/** Return the end of the output. */
	String lastOutput() {
		List<String> lines = this.pool.output().lines().toList();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
	}

	static void mount(Path path, int megabytes) {
		run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + megabytes + "m", "tmpfs", path.toString());
	}

	static void unmount(Path path) {
		run("umount", "-l", path.toString());
	}

	private static void run(String... command) {
		try {
			int status = new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
			if (status != 0) {
				throw new IllegalStateException(String.join(" ", command) + " has failed");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}

package io.unicorn.posix;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcessesTests {

	private static final int SIGTERM = 15;

	private static final int SIGUSR1 = 10;

	private static final int SIGUSR2 = 12;

	private static final String WITHOUT_OPTIMIZING_COMPILER = "-XX:TieredStopAtLevel=1";

	private static final int SCHED_OTHER = 0;

	private static final int SCHED_BATCH = 3;

	private static final int SCHED_IDLE = 5;

	private final JnrPosix posix = new JnrPosix();

	private final Shells shells = new Shells(this.posix);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@AfterEach
	void endAll() throws InterruptedException {
		this.shells.endAll();
	}

	@Test
	void aChildGetsTheGivenDescriptorsAndNoOther() throws Exception {
		List<InputStream> leaks = new ArrayList<>();
		Listener listener = this.posix.listen(null, 0, 10);
		ControlPair pair = this.posix.controlPair();
		try {
			for (int i = 0; i < 200; i++) {
				leaks.add(Files.newInputStream(Path.of("/dev/zero")));
			}
			List<String> lines = this.shells.run(this.directory.resolve("out"),
					"exec > $out; ls -l /proc/$$/fd; readlink /proc/$$/fd/0; exit 0", pair.theirs(), listener.fd());
			assertThat(lines.stream().filter((line) -> line.contains(" -> ")))
				.extracting((line) -> line.replaceAll(".* (\\d+) -> .*", "$1"))
				.containsExactlyInAnyOrder("0", "1", "2", "3", "4");
			assertThat(lines).filteredOn((line) -> line.contains("socket:")).hasSize(2);
			assertThat(lines).last().isEqualTo("/dev/null");
		}
		finally {
			for (InputStream leak : leaks) {
				leak.close();
			}
			pair.ours().close();
			this.posix.close(pair.theirs());
			this.posix.close(listener.fd());
		}
	}

	@Test
	void bothOutputsOfAChildGoToAFileOfOurs() throws Exception {
		Path file = this.directory.resolve("child's output");
		Files.writeString(file, "what an earlier child has said, at some length");
		this.shells.runInto(file, "echo 1; echo 2 >&2; echo 3; readlink /proc/$$/fd/0; ls /proc/$$/fd");
		assertThat(Files.readString(file)).isEqualTo("1\n2\n3\n/dev/null\n0\n1\n2\n");
	}

	@Test
	void aNewOutputFileIsForUsAlone() throws Exception {
		Path file = this.directory.resolve("output");
		assertThat(this.shells.runInto(file, "echo x")).containsExactly("x");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
	}

	@Test
	void anOutputFileThatCannotBeWrittenIsReported() {
		Path file = this.directory.resolve("missing/output");
		assertThatExceptionOfType(PosixException.class)
			.isThrownBy(() -> this.posix.spawn(new Command("/bin/true", List.of("true"), List.of()), file))
			.withMessage("spawn /bin/true with output to %s: No such file or directory", file);
	}

	@Test
	void argumentsAndEnvironmentArriveByteForByte() throws Exception {
		Path arguments = this.directory.resolve("arguments");
		Path environment = this.directory.resolve("environment");
		List<String> parameters = List.of("\u00c3\u00a4", "", "\u00ff\u0080 two\nlines", "'$x'");
		List<String> variables = List.of("PATH=/usr/bin:/bin", "a=" + arguments, "e=" + environment,
				"NOT_UTF_8=\u00fe\u00ff", "EMPTY=");
		this.shells.start("cat /proc/$$/cmdline > $a; cat /proc/$$/environ > $e; exit 0", parameters, variables);
		assertThat(this.shells.await().code()).isZero();
		assertThat(NativeText.readList(arguments)).endsWith(parameters.toArray(new String[0])).hasSize(7);
		assertThat(NativeText.readList(environment)).containsExactlyElementsOf(variables);
	}

	@Test
	void aSignalToAGroupReachesWhatAChildHasStarted() throws Exception {
		Path file = this.directory.resolve("pids");
		int pid = this.shells.start("sleep 600 & echo $! > $out.new; mv $out.new $out; wait", List.of(),
				List.of("PATH=/usr/bin:/bin", "out=" + file));
		await().until(() -> Files.exists(file));
		ProcessHandle grandchild = ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
		assertThat(this.posix.killGroup(pid, 9)).isTrue();
		assertThat(this.shells.await().signal()).isEqualTo(9);
		await().until(() -> isGone(grandchild.pid()));
		assertThat(this.posix.killGroup(pid, 9)).isFalse();
		assertThat(this.posix.killGroup((int) ProcessHandle.current().pid(), 0)).isFalse();
	}

	private static boolean isGone(long pid) throws IOException {
		Path stat = Path.of("/proc/" + pid + "/stat");
		return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
	}

	@Test
	void whoComesLastDoesSoWithAllThatItStarts() throws Exception {
		Path file = this.directory.resolve("out");
		int pid = this.shells.start(
				"while [ $(cat /proc/self/oom_score_adj) != 1000 ]; do :; done; "
						+ "(cut -d' ' -f19 /proc/self/stat; cat /proc/self/oom_score_adj) > $out; exit 0",
				List.of(), List.of("PATH=/usr/bin:/bin", "out=" + file));
		this.posix.makeLast(pid);
		assertThat(this.shells.await().code()).isZero();
		assertThat(Files.readAllLines(file)).containsExactly("19", "1000");
		this.posix.makeLast(pid);
		this.posix.makeLast((int) ProcessHandle.current().pid());
		assertThat(Files.readString(Path.of("/proc/self/oom_score_adj")).strip()).isNotEqualTo("1000");
	}

	@Test
	void aChildLeadsAProcessGroupOfItsOwn() throws Exception {
		List<String> line = this.shells.run(this.directory.resolve("out"),
				"cut -d' ' -f5 /proc/$$/stat > $out; echo $$ >> $out");
		assertThat(line).hasSize(2).containsOnly(line.get(1));
	}

	@Test
	void whatIsInTheBackgroundUsesFewerProcessors() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		String all = processors(pid);
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one processor alone");
		this.posix.background(pid, 1);
		assertThat(processors(pid)).isNotEqualTo(all).matches("\\d+");
		this.posix.foreground(pid);
		assertThat(processors(pid)).isEqualTo(all);
		this.posix.background(pid, Integer.MAX_VALUE);
		assertThat(processors(pid)).isEqualTo(all);
	}

	@Test
	void whatIsInTheBackgroundAsksForLongTurns() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		Assumptions.assumeTrue(slice(pid) > 0, "the kernel does not say how long a turn is");
		long usual = slice(pid);
		this.posix.background(pid, 1);
		assertThat(slice(pid)).isEqualTo(100_000_000);
		this.posix.foreground(pid);
		assertThat(slice(pid)).isEqualTo(usual);
	}

	@Test
	void whatIsInTheBackgroundYieldsIfItMayComeBack() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		assumeMayComeBack();
		Niceness niceness = new Niceness(Kernel.load());
		int own = niceness.own();
		this.posix.background(pid, 1);
		assertThat(scheduling(pid).nice()).isEqualTo(19);
		this.posix.foreground(pid);
		assertThat(scheduling(pid).nice()).isEqualTo(own);
		assertThat(niceness.own()).isEqualTo(own);
	}

	@Test
	void aThreadKeepsTheNiceValueThatItWasGiven() throws Exception {
		assumeNiceZero();
		int pid = this.shells.start("exec nice -n 7 sleep 60");
		await().until(() -> scheduling(pid).nice() == 7);
		this.posix.background(pid, 1);
		assertThat(scheduling(pid).nice()).isEqualTo(7);
		this.posix.foreground(pid);
		assertThat(scheduling(pid).nice()).isEqualTo(7);
	}

	/** The limit is 20 less the lowest nice value that a process may take. */
	@ParameterizedTest
	@CsvSource({ "0, 0, false", "19, 0, false", "20, 19, true", "40, 19, true" })
	void withoutThePrivilegeALimitDecidesWhoMayComeBack(int limit, int yielding, boolean waits) throws Exception {
		Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "to drop it needs another one");
		assumeNiceZero();
		String limits = "--nice=" + limit + ":" + limit;
		Assumptions.assumeTrue(new ProcessBuilder("prlimit", limits, "true").start().waitFor() == 0,
				"the limit may not be set");
		Command java = java(NicenessMain.class);
		List<String> line = new ArrayList<>(List.of("prlimit", limits, "setpriv", "--inh-caps=-sys_nice",
				"--bounding-set=-sys_nice", "--", java.executable()));
		line.addAll(java.arguments().subList(1, java.arguments().size()));
		line.remove(WITHOUT_OPTIMIZING_COMPILER);
		Path out = this.directory.resolve("out");
		Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
		assertThat(process.waitFor()).isZero();
		assertThat(out).content().endsWith("0 -> " + yielding + ", " + waits + "\n");
	}

	@Test
	void theOptimizingCompilerAloneWaitsForIdleProcessors() throws Exception {
		assumeMayComeBack();
		int pid = startSleeper();
		assertThat(this.posix.compileWhenIdle(pid)).isTrue();
		List<Integer> compilers = compilers(pid);
		assertThat(compilers).isNotEmpty();
		assertThat(compilers).allMatch((thread) -> scheduling(thread).policy() == SCHED_IDLE);
		assertThat(Tasks.of(pid)).filteredOn((thread) -> !compilers.contains(thread))
			.isNotEmpty()
			.allMatch((thread) -> scheduling(thread).policy() == SCHED_OTHER);
		this.posix.compileAsUsual(pid);
		assertThat(Tasks.of(pid)).allMatch((thread) -> scheduling(thread).policy() == SCHED_OTHER);
	}

	@Test
	void aCompilerThatWaitsComesBackToTheNiceValueOfItsProcess() throws Exception {
		assumeMayComeBack();
		int own = new Niceness(Kernel.load()).own();
		int pid = startSleeper();
		this.posix.background(pid, Integer.MAX_VALUE);
		this.posix.compileWhenIdle(pid);
		this.posix.foreground(pid);
		this.posix.compileAsUsual(pid);
		assertThat(compilers(pid)).isNotEmpty().allMatch((thread) -> scheduling(thread).nice() == own);
		this.posix.compileWhenIdle(pid);
		this.posix.background(pid, Integer.MAX_VALUE);
		this.posix.compileAsUsual(pid);
		assertThat(compilers(pid)).allMatch((thread) -> scheduling(thread).nice() == 19);
		this.posix.foreground(pid);
		assertThat(compilers(pid)).allMatch((thread) -> scheduling(thread).nice() == own);
	}

	@Test
	void aCompilerKeepsThePolicyThatItWasGiven() throws Exception {
		int pid = startSleeper();
		int compiler = compilers(pid).get(0);
		assertThat(scheduling(compiler).policy(SCHED_BATCH).apply()).isTrue();
		this.posix.compileWhenIdle(pid);
		assertThat(scheduling(compiler).policy()).isEqualTo(SCHED_BATCH);
		this.posix.compileAsUsual(pid);
		assertThat(scheduling(compiler).policy()).isEqualTo(SCHED_BATCH);
	}

	@Test
	void whoHasNoCompilerDoesNotWait() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		assertThat(this.posix.compileWhenIdle(pid)).isFalse();
		assertThat(scheduling(pid).policy()).isEqualTo(SCHED_OTHER);
	}

	private static List<Integer> compilers(int pid) {
		return Tasks.of(pid).stream().filter((thread) -> Tasks.name(pid, thread).startsWith("C2 ")).toList();
	}

	private static void assumeMayComeBack() {
		Assumptions.assumeTrue(new Niceness(Kernel.load()).isReversible(), "it may not come back");
	}

	/** Start a JVM that does nothing, and wait until it has its threads. */
	private int startSleeper() throws IOException {
		Path source = Files.writeString(this.directory.resolve("Sleeper.java"),
				"class Sleeper { public static void main(String[] args) throws Exception { Thread.sleep(60_000); } }");
		int pid = this.shells
			.start("exec " + Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:+UseSerialGC " + source);
		await().until(() -> Tasks.of(pid).size() > 8 && !compilers(pid).isEmpty());
		return pid;
	}

	@Test
	void allThreadsGoToTheBackgroundAndComeBack() throws Exception {
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one processor alone");
		int pid = startSleeper();
		String all = processors(pid);
		this.posix.background(pid, 1);
		String chosen = processors(pid);
		assertThat(Tasks.of(pid)).extracting(ProcessesTests::processors).containsOnly(chosen).doesNotContain(all);
		this.posix.foreground(pid);
		assertThat(Tasks.of(pid)).extracting(ProcessesTests::processors).containsOnly(all);
	}

	@Test
	void aThreadThatHasOtherProcessorsThanExpectedKeepsThem() throws Exception {
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one processor alone");
		int pid = this.shells.start("exec sleep 60");
		this.posix.background(pid, 1);
		String chosen = processors(pid);
		Processors processors = new Processors(Kernel.load());
		NativeMemory all = Objects.requireNonNull(processors.of(0));
		processors.replace(pid, all, all);
		assertThat(processors(pid)).isEqualTo(chosen);
		processors.replace(pid, Objects.requireNonNull(processors.of(pid)), all);
		assertThat(processors(pid)).isNotEqualTo(chosen);
	}

	@Test
	void whoIsNoChildIsNotPutInTheBackground() throws Exception {
		Process other = new ProcessBuilder("sleep", "60").start();
		try {
			String all = processors((int) other.pid());
			this.posix.background((int) other.pid(), 1);
			assertThat(processors((int) other.pid())).isEqualTo(all);
		}
		finally {
			other.destroyForcibly();
		}
	}

	private static String processors(int thread) {
		try {
			return Files.readAllLines(Path.of("/proc/" + thread + "/status"))
				.stream()
				.filter((line) -> line.startsWith("Cpus_allowed_list:"))
				.map((line) -> line.substring(line.indexOf('\t') + 1))
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the length of a turn in nanoseconds, or 0. */
	private static long slice(int pid) {
		return scheduling(pid).turn();
	}

	private static void assumeNiceZero() {
		Assumptions.assumeTrue(new Niceness(Kernel.load()).own() == 0, "the tests have a nice value themselves");
	}

	private static SchedulerAttributes scheduling(int thread) {
		return Objects.requireNonNull(SchedulerAttributes.of(Kernel.load(), thread));
	}

	@Test
	void aChildBlocksNoSignalAndIgnoresNoneButWhatWouldStopItForWriting() throws Exception {
		Kernel kernel = Kernel.load();
		NativeMemory blocked = kernel.allocate(Signals.SET_SIZE);
		NativeMemory before = kernel.allocate(Signals.SET_SIZE);
		blocked.putLong(0, 1L << (SIGUSR2 - 1));
		kernel.libc().sigprocmask(0, blocked, before);
		kernel.libc().signal(SIGUSR1, 1);
		try {
			assertThat(Files.readAllLines(Path.of("/proc/thread-self/status")))
				.anyMatch((line) -> line.matches("SigBlk:\\t0{13}8\\d\\d"));
			List<String> lines = this.shells.run(this.directory.resolve("out"),
					"exec grep -E 'Sig(Blk|Ign)' /proc/self/status > $out");
			// glibc's posix_spawn itself ignores 32 and 33, which belong to its threads.
			assertThat(lines).extracting((line) -> line.replaceFirst("[01]80([02]00000)$", "000$1"))
				.containsExactly("SigBlk:\t0000000000000000", "SigIgn:\t0000000000200000");
		}
		finally {
			kernel.libc().signal(SIGUSR1, 0);
			kernel.libc().sigprocmask(2, before, blocked);
		}
	}

	@Test
	void theExitCodeIsReported() throws Exception {
		int pid = this.shells.start("exit 143");
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 143, 0));
	}

	@Test
	void theSignalThatEndedAChildIsReported() throws Exception {
		int pid = this.shells.start(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		assertThat(this.posix.kill(pid, SIGTERM)).isTrue();
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, -1, SIGTERM));
		assertThat(this.posix.kill(pid, SIGTERM)).isFalse();
	}

	@Test
	void onlyChildrenAreSignalled() {
		assertThat(this.posix.kill(this.posix.pid(), 0)).isFalse();
		assertThat(this.posix.kill(1, 0)).isFalse();
		assertThat(this.posix.kill(0, 0)).isFalse();
		assertThat(this.posix.kill(-1, 0)).isFalse();
	}

	@Test
	void childrenThatExitAtOnceAreReapedAndReported() throws Exception {
		Set<Integer> started = new HashSet<>();
		Set<Integer> ended = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			started.add(this.shells.start(new Command("/bin/true", List.of("true"), List.of())));
		}
		for (int i = 0; i < 100; i++) {
			ended.add(this.shells.await().pid());
		}
		assertThat(ended).isEqualTo(started).hasSize(100);
		assertThat(ended).allSatisfy((pid) -> assertThat(Path.of("/proc", "" + pid)).doesNotExist());
	}

	@Test
	void aWaitThatBeganWithoutChildrenSeesTheNextOne() throws Exception {
		Thread spawner = new Thread(() -> {
			try {
				this.posix.spawn(new Command("/bin/true", List.of("true"), List.of()));
			}
			catch (PosixException ex) {
				throw new AssertionError(ex);
			}
		});
		Thread waiting = Thread.currentThread();
		Thread trigger = new Thread(() -> {
			awaitState(waiting, Thread.State.WAITING);
			spawner.start();
		});
		trigger.start();
		assertThat(this.posix.awaitExit().code()).isZero();
		trigger.join();
		spawner.join();
	}

	@Test
	void waitingWithoutChildrenCanBeInterrupted() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this.posix::awaitExit);
	}

	@Test
	void aChildWhoseStatusWasTakenByOthersIsStillReported() throws Exception {
		int pid = this.shells.start("exit 3");
		assertThat(Kernel.load().libc().waitpid(pid, new int[1], 0)).isEqualTo(pid);
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, -1, 0));
	}

	@Test
	void aChildOfOthersIsReapedAndNotReported() throws Exception {
		int orphan = new JnrPosix().spawn(new Command("/bin/true", List.of("true"), List.of()));
		Path stat = Path.of("/proc", "" + orphan, "stat");
		awaitZombie(orphan);
		int pid = this.shells.start("exit 4");
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 4, 0));
		assertThat(stat).doesNotExist();
	}

	@Test
	void anAdoptedChildIsSignalledAndReported() throws Exception {
		int pid = new JnrPosix().spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		assertThat(this.posix.kill(pid, SIGTERM)).isFalse();
		this.shells.adopt(pid);
		assertThat(this.posix.kill(pid, SIGTERM)).isTrue();
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, -1, SIGTERM));
	}

	@Test
	void aChildThatExitsBeforeItIsAdoptedIsReported() throws Exception {
		int pid = new JnrPosix().spawn(new Command("/bin/sh", List.of("sh", "-c", "exit 5"), List.of()));
		awaitZombie(pid);
		this.shells.adopt(pid);
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 5, 0));
	}

	@Test
	void aWaitThatBeganWithoutChildrenSeesAnAdoptedOne() throws Exception {
		CompletableFuture<Exit> exit = new CompletableFuture<>();
		Thread reaper = reaper(exit);
		awaitState(reaper, Thread.State.WAITING);
		int pid = new JnrPosix().spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		this.posix.adopt(pid);
		this.posix.kill(pid, SIGTERM);
		assertThat(exit.get()).isEqualTo(new Exit(pid, -1, SIGTERM));
	}

	@Test
	void whatIsNoChildIsNotAdopted() {
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.adopt(1))
			.withMessage("adopt child 1: No child processes");
		assertThat(this.posix.kill(1, 0)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.adopt(0));
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.adopt(-1));
	}

	@Test
	void aHeldExitIsNeitherReapedNorPassedOn() throws Exception {
		CompletableFuture<Exit> exit = new CompletableFuture<>();
		int pid = this.posix.spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		ExitHold hold = this.posix.holdExits();
		ExitHold another = this.posix.holdExits();
		this.posix.kill(pid, SIGTERM);
		Thread reaper = reaper(exit);
		awaitState(reaper, Thread.State.WAITING);
		another.release();
		another.release();
		awaitState(reaper, Thread.State.WAITING);
		awaitZombie(pid);
		assertThat(exit).isNotDone();
		assertThat(this.posix.kill(pid, 0)).isTrue();
		hold.release();
		assertThat(exit.get()).isEqualTo(new Exit(pid, -1, SIGTERM));
	}

	@Test
	void aHoldWaitsForTheReceiverOfAnExit() throws Exception {
		CountDownLatch inReceiver = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicBoolean received = new AtomicBoolean();
		this.posix.spawn(new Command("/bin/true", List.of("true"), List.of()));
		Thread reaper = new Thread(() -> {
			try {
				this.posix.awaitExit((exit) -> {
					inReceiver.countDown();
					awaitUninterruptibly(goOn);
					received.set(true);
				});
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		reaper.start();
		inReceiver.await();
		CompletableFuture<Boolean> receivedWhenHeld = new CompletableFuture<>();
		Thread holder = new Thread(() -> {
			this.posix.holdExits();
			receivedWhenHeld.complete(received.get());
		});
		holder.start();
		awaitState(holder, Thread.State.WAITING);
		goOn.countDown();
		assertThat(receivedWhenHeld.get()).isTrue();
		reaper.join();
	}

	@Test
	void noExitIsLostWhenTheProgramIsReplaced() throws Exception {
		Path out = this.directory.resolve("out");
		int pid = this.shells.start(java(UpgradeMain.class, out.toString(), "first"));
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 0, 0));
		assertThat(Files.readAllLines(out)).containsExactly("Exit[code=3, signal=0]", "Exit[code=-1, signal=15]",
				"control: over there");
	}

	@ParameterizedTest
	@CsvSource({ "exec, S", "close, S", "kill, SXZ", "exit, SXZ" })
	void aStoppedChildDoesNotStaySoWhenItsParentEnds(String how, String states) throws Exception {
		Path out = this.directory.resolve("out");
		this.shells.start(java(StopMain.class, out.toString(), how));
		this.shells.await();
		int child = Integer.parseInt(Files.readString(out));
		try {
			// Who dies may leave it a stopped orphan for a moment, and the kernel hangs
			// up on those.
			await().until(() -> states.indexOf(state(child)) >= 0);
		}
		finally {
			ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
		}
	}

	@Test
	void nothingIsPromisedToWhoIsNotThere() throws Exception {
		int pid = this.shells.start("exit 0");
		this.shells.await();
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.wakeAtEnd(pid))
			.satisfies((ex) -> assertThat(ex).hasMessageContaining("No such process"));
	}

	/** Return the letter of {@code proc(5)} for what a process does, X if it is gone. */
	static char state(int pid) {
		try {
			String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
			return line.charAt(line.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			return 'X';
		}
	}

	@Test
	void aProgramThatDoesNotExistCannotBeSpawned() {
		assertThatExceptionOfType(PosixException.class)
			.isThrownBy(() -> this.posix.spawn(new Command("/no/such/program", List.of("x"), List.of())))
			.withMessage("spawn /no/such/program: No such file or directory")
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOENT));
	}

	@Test
	void aDescriptorThatTheChildWouldOverwriteIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.posix.spawn(new Command("/bin/true", List.of("true"), List.of()), 100, 4));
	}

	@Test
	void execReplacesTheProgramAndKeepsProcessIdAndDescriptors() throws Exception {
		Path out = this.directory.resolve("out");
		int pid = this.shells.start(java(ExecMain.class, out.toString()));
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 7, 0));
		List<String> lines = Files.readAllLines(out);
		assertThat(lines.subList(0, 2)).containsExactly("" + pid, "SigBlk:\t0000000000000000");
		assertThat(lines.subList(2, lines.size())).containsExactlyInAnyOrder("0", "1", "2", "100");
	}

	@Test
	void aFailedExecLeavesThisProcessAsItWas() throws Exception {
		Listener listener = this.posix.listen(null, 0, 10);
		try {
			assertThatExceptionOfType(PosixException.class)
				.isThrownBy(() -> this.posix.exec(new Command("/no/such/program", List.of("x"), List.of()),
						Set.of(listener.fd())))
				.withMessage("exec /no/such/program: No such file or directory");
			assertThat(Files.readAllLines(Path.of("/proc/self/fdinfo/" + listener.fd())))
				.anyMatch((line) -> line.matches("flags:\\s+02\\d{6}"));
			assertThat(Path.of("/proc/self/fd/" + listener.fd())).exists();
		}
		finally {
			this.posix.close(listener.fd());
		}
	}

	@Test
	void aFileIsNoTerminal() throws IOException {
		Listener listener = this.posix.listen(null, 0, 1);
		assertThat(this.posix.isTerminal(listener.fd())).isFalse();
		this.posix.close(listener.fd());
		this.posix.close(listener.fd());
	}

	static Command java(Class<?> main, String... parameters) {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		List<String> arguments = new ArrayList<>(List.of("java", "-Xshare:auto", WITHOUT_OPTIMIZING_COMPILER,
				"-Djnr.ffi.asm.enabled=false", "--enable-native-access=ALL-UNNAMED", "-cp",
				System.getProperty("java.class.path"), main.getName()));
		arguments.addAll(List.of(parameters));
		arguments.replaceAll(Command::bytes);
		return new Command(Command.bytes(java), arguments, Command.ownEnvironment());
	}

	private Thread reaper(CompletableFuture<Exit> exit) {
		Thread reaper = new Thread(() -> {
			try {
				this.posix.awaitExit(exit::complete);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		reaper.setDaemon(true);
		reaper.start();
		return reaper;
	}

	private static void awaitZombie(int pid) {
		await().until(() -> state(pid) == 'Z');
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void awaitState(Thread thread, Thread.State state) {
		await().until(() -> thread.getState() == state);
	}

}

package io.unicorn.posix.jnr;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.Exit;
import io.unicorn.posix.ExitHold;
import io.unicorn.posix.Exits;
import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.NativeMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcessesTests {

	private static final int SIGTERM = 15;

	private static final int SIGUSR1 = 10;

	private static final int SIGUSR2 = 12;

	private static final int SIGNAL_SET_SIZE = 128;

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
	void aChildInheritsTheGivenDescriptorsAndNoOther() throws Exception {
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
	void standardOutputAndErrorOfAChildGoToAFile() throws Exception {
		Path file = this.directory.resolve("child's output");
		Files.writeString(file, "output of an earlier child, longer than the next");
		this.shells.runInto(file, "echo 1; echo 2 >&2; echo 3; readlink /proc/$$/fd/0; ls /proc/$$/fd");
		assertThat(Files.readString(file)).isEqualTo("1\n2\n3\n/dev/null\n0\n1\n2\n");
	}

	@Test
	void aNewOutputFileIsReadableForItsOwnerAlone() throws Exception {
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
		assertThat(strings(arguments)).endsWith(parameters.toArray(new String[0])).hasSize(7);
		assertThat(strings(environment)).containsExactlyElementsOf(variables);
	}

	/** Return the strings of a file, each of which ends with NUL. */
	private static List<String> strings(Path file) throws IOException {
		String content = Files.readString(file, StandardCharsets.ISO_8859_1);
		assertThat(content).endsWith("\0");
		return List.of(content.substring(0, content.length() - 1).split("\0", -1));
	}

	@Test
	void aSignalToAGroupReachesProcessesThatAChildHasStarted() throws Exception {
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
	void aDeprioritizedChildPassesItsPriorityOn() throws Exception {
		Path file = this.directory.resolve("out");
		int pid = this.shells.start(
				"while [ $(cat /proc/self/oom_score_adj) != 1000 ]; do :; done; "
						+ "(cut -d' ' -f19 /proc/self/stat; cat /proc/self/oom_score_adj) > $out; exit 0",
				List.of(), List.of("PATH=/usr/bin:/bin", "out=" + file));
		this.posix.deprioritize(pid);
		assertThat(this.shells.await().code()).isZero();
		assertThat(Files.readAllLines(file)).containsExactly("19", "1000");
		this.posix.deprioritize(pid);
		this.posix.deprioritize((int) ProcessHandle.current().pid());
		assertThat(Files.readString(Path.of("/proc/self/oom_score_adj")).strip()).isNotEqualTo("1000");
	}

	@Test
	void aChildLeadsAProcessGroupOfItsOwn() throws Exception {
		List<String> line = this.shells.run(this.directory.resolve("out"),
				"cut -d' ' -f5 /proc/$$/stat > $out; echo $$ >> $out");
		assertThat(line).hasSize(2).containsOnly(line.get(1));
	}

	@Test
	void aChildBlocksNoSignalAndIgnoresOnlyTtou() throws Exception {
		Kernel kernel = Kernel.load();
		NativeMemory blocked = new NativeMemory(SIGNAL_SET_SIZE);
		NativeMemory before = new NativeMemory(SIGNAL_SET_SIZE);
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
		assertThat(Exits.await(this.posix).code()).isZero();
		trigger.join();
		spawner.join();
	}

	@Test
	void waitingWithoutChildrenCanBeInterrupted() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> Exits.await(this.posix));
	}

	@Test
	void aChildThatOtherCodeHasReapedIsStillReported() throws Exception {
		int pid = this.shells.start("exit 3");
		assertThat(Kernel.load().libc().waitpid(pid, new int[1], 0)).isEqualTo(pid);
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, -1, 0));
	}

	@Test
	void anUnknownChildIsReapedAndNotReported() throws Exception {
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
	void aProcessThatIsNotAChildIsNotAdopted() {
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
	void aGroupEndsWithItsLeader() throws Exception {
		Path file = this.directory.resolve("pid");
		int pid = this.posix
			.spawnGroup(new Command("/bin/sh", List.of("sh", "-c", "sleep 600 & echo $! > $out; exit 4"),
					List.of("PATH=/usr/bin:/bin", "out=" + file)));
		assertThat(Exits.await(this.posix)).isEqualTo(new Exit(pid, 4, 0));
		long left = Long.parseLong(Files.readString(file).strip());
		await().until(() -> ProcessHandle.of(left).isEmpty());
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
	void noExitIsLostInAnExec() throws Exception {
		Path out = this.directory.resolve("out");
		int pid = this.shells.start(Shells.java(UpgradeMain.class, out.toString(), "first"));
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 0, 0));
		assertThat(Files.readAllLines(out)).containsExactly("Exit[code=3, signal=0]", "Exit[code=-1, signal=15]",
				"control: over there");
	}

	/** Return the state of a process as a letter of {@code proc(5)}, X if it is gone. */
	private static char state(int pid) {
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
	void execKeepsProcessIdAndDescriptors() throws Exception {
		Path out = this.directory.resolve("out");
		int pid = this.shells.start(Shells.java(ExecMain.class, out.toString()));
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
	void aSocketIsNotATerminal() throws IOException {
		Listener listener = this.posix.listen(null, 0, 1);
		assertThat(this.posix.isTerminal(listener.fd())).isFalse();
		this.posix.close(listener.fd());
		this.posix.close(listener.fd());
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

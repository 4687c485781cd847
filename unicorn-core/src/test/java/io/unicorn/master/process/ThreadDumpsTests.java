package io.unicorn.master.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadDumpsTests {

	private static final int PID = 4711;

	@TempDir
	private Path temporary;

	private Path dumps;

	private final List<Event> events = new ArrayList<>();

	private final List<String> warnings = new ArrayList<>();

	private final List<String> signals = new ArrayList<>();

	private ServerSocketChannel jvm;

	private CompletableFuture<String> asked = new CompletableFuture<>();

	@BeforeEach
	void makeADirectory() throws IOException {
		this.dumps = Files.createDirectory(this.temporary.resolve("dumps"));
		this.jvm = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
	}

	@AfterEach
	void endTheJvm() throws IOException {
		this.jvm.close();
	}

	/** A JVM that listens from now on. */
	private void listen(String answer) {
		try {
			this.jvm.bind(UnixDomainSocketAddress.of(this.temporary.resolve(".java_pid" + PID)));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		this.asked = CompletableFuture.supplyAsync(() -> {
			try (SocketChannel client = this.jvm.accept()) {
				ByteBuffer request = ByteBuffer.allocate(100);
				client.read(request);
				client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
				return new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		});
	}

	private Path request() {
		return this.temporary.resolve(".attach_pid" + PID);
	}

	private ThreadDumps threadDumps() {
		return new ThreadDumps(Runnable::run, Runnable::run, this.temporary,
				Clock.fixed(Instant.parse("2026-12-01T02:03:04.5Z"), ZoneOffset.UTC),
				new ThreadDumps.Master(Runnable::run, this.events::add, this.warnings::add));
	}

	private void write(Runnable onQuit) {
		threadDumps().write(new Effect.DumpThreads(7, 2, this.dumps.toString()), PID, () -> {
			this.signals.add(Files.exists(request()) ? "QUIT with a request" : "QUIT");
			onQuit.run();
		});
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.dumps)) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@Test
	void aJvmThatGetsARequestAndASignalWritesItsThreadsIntoADatedFile() throws Exception {
		String threads = "\"main\" #1\n".repeat(5000);
		write(() -> listen("0\n" + threads));
		Path file = this.dumps.resolve("threads-2026-12-01T020304.500Z-worker-2-pid4711.txt");
		assertThat(this.events).containsExactly(new Event.DumpWritten(7, file.toString()));
		assertThat(file).hasContent(threads);
		assertThat(this.asked.get(5, TimeUnit.SECONDS)).isEqualTo("1\0threaddump\0\0\0\0");
		assertThat(this.signals).containsExactly("QUIT with a request");
		assertThat(request()).doesNotExist();
		assertThat(this.warnings).isEmpty();
	}

	@Test
	void aJvmThatListensAlreadyGetsNoSignal() {
		listen("0\nthreads");
		write(() -> {
		});
		assertThat(this.events).hasSize(1);
		assertThat(this.signals).isEmpty();
	}

	@Test
	void aJvmThatDoesNotListenHasPrintedItsThreadsOrHangs() throws IOException {
		write(() -> {
		});
		assertThat(this.events).isEmpty();
		assertThat(this.warnings).containsExactly("worker 2 (pid 4711): its threads cannot be written to a file in "
				+ this.dumps + " but to its standard output: its JVM does not listen");
		assertThat(this.signals).as("the JVM prints on the first signal, now or later").hasSize(1);
		assertThat(request()).doesNotExist();
		assertThat(files()).isEmpty();
	}

	@Test
	void aJvmThatRefusesPrintsItsThreads() throws IOException {
		listen("100\nno");
		write(() -> {
		});
		assertThat(this.warnings).singleElement().asString().endsWith("its JVM refuses with 100");
		assertThat(this.signals).containsExactly("QUIT");
		assertThat(files()).isEmpty();
	}

	@Test
	void aJvmThatDoesNotAnswerIsWaitedForInVainAndNotForever() throws IOException {
		this.jvm.bind(UnixDomainSocketAddress.of(this.temporary.resolve(".java_pid" + PID)));
		write(() -> {
		});
		assertThat(this.warnings).singleElement().asString().endsWith("its JVM does not answer");
		assertThat(this.signals).containsExactly("QUIT");
	}

	@Test
	void threadsThatFindNoPlaceAreWrittenToTheStandardOutput() throws IOException {
		Files.delete(this.dumps);
		Files.writeString(this.dumps, "a file");
		write(() -> {
			if (this.signals.size() == 1) {
				listen("0\nthreads");
			}
		});
		assertThat(this.events).isEmpty();
		assertThat(this.warnings).hasSize(1);
		assertThat(this.signals).containsExactly("QUIT with a request", "QUIT");
	}

	@Test
	void theLatestTwentyDumpsAreKept() throws IOException {
		for (int i = 10; i < 35; i++) {
			Files.createFile(this.dumps.resolve("threads-2025-12-01T0000" + i + ".000Z-worker-0-pid1.txt"));
		}
		Files.createFile(this.dumps.resolve("java_pid1.hprof"));
		listen("0\nthreads");
		write(() -> {
		});
		assertThat(files()).hasSize(ThreadDumps.KEPT + 1)
			.contains("java_pid1.hprof", "threads-2025-12-01T000034.000Z-worker-0-pid1.txt",
					"threads-2026-12-01T020304.500Z-worker-2-pid4711.txt")
			.doesNotContain("threads-2025-12-01T000015.000Z-worker-0-pid1.txt");
	}

	@Test
	void theSocketThatAKilledJvmLeavesIsDeletedIfItWasMadeForADump() throws IOException {
		ThreadDumps all = threadDumps();
		Path socket = this.temporary.resolve(".java_pid" + PID);
		Files.createFile(socket);
		all.exited(PID);
		assertThat(socket).as("of another program").exists();
		Files.delete(socket);
		all.write(new Effect.DumpThreads(7, 2, this.dumps.toString()), PID, () -> listen("0\nthreads"));
		assertThat(socket).exists();
		all.exited(PID);
		assertThat(socket).doesNotExist();
	}

	@Test
	void withoutAThreadForItAJvmPrintsItsThreads() {
		ThreadDumps all = new ThreadDumps(Runnable::run, (task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		}, this.temporary, Clock.systemUTC(),
				new ThreadDumps.Master(Runnable::run, this.events::add, this.warnings::add));
		all.write(new Effect.DumpThreads(7, 2, this.dumps.toString()), PID,
				() -> this.signals.add(Files.exists(request()) ? "QUIT with a request" : "QUIT"));
		assertThat(this.signals).containsExactly("QUIT with a request", "QUIT");
		assertThat(this.warnings).singleElement().asString().endsWith("unable to create native thread");
	}

	@Test
	void aDirectoryThatIsGoneIsMadeAgainOrMissed() throws IOException {
		Files.delete(this.dumps);
		threadDumps().make(this.dumps.toString());
		assertThat(this.dumps).isDirectory();
		Files.delete(this.dumps);
		Files.createFile(this.dumps);
		threadDumps().make(this.dumps.toString());
		threadDumps().make("");
		assertThat(this.warnings).containsExactly(
				"unicorn.dump-dir is gone and cannot be made again: " + this.dumps + ": it exists already");
	}

	@Test
	void whatAJvmHasWrittenBeforeItsEndIsFound() throws IOException {
		Path heap = Files.createFile(this.dumps.resolve("java_pid4711.hprof"));
		Files.createFile(this.dumps.resolve("java_pid4712.hprof"));
		Instant now = Instant.now();
		threadDumps().find(new Effect.LookForDump(7, PID, now.plusSeconds(60), this.dumps.toString()));
		assertThat(this.events).as("an earlier process had this number").isEmpty();
		threadDumps().find(new Effect.LookForDump(7, PID, now.minusSeconds(60), this.dumps.toString()));
		assertThat(this.events).containsExactly(new Event.DumpWritten(7, heap.toString()));
		threadDumps().find(new Effect.LookForDump(8, 4713, now.minusSeconds(60), this.dumps.toString()));
		assertThat(this.events).hasSize(1);
	}

	@Test
	void aRealJvmWritesItsThreads() throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Sleeper.class.getName())
			.redirectErrorStream(true)
			.start();
		try {
			assertThat(process.inputReader().readLine()).isEqualTo("ready");
			ThreadDumps real = new ThreadDumps(Runnable::run, Runnable::run, Path.of("/tmp"), Clock.systemUTC(),
					new ThreadDumps.Master(Runnable::run, this.events::add, this.warnings::add));
			for (int i = 1; i <= 2; i++) {
				real.write(new Effect.DumpThreads(7, 2, this.dumps.toString()), (int) process.pid(), () -> {
					try {
						new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
					}
					catch (IOException | InterruptedException ex) {
						throw new AssertionError(ex);
					}
				});
				assertThat(this.warnings).isEmpty();
				assertThat(this.events).hasSize(i);
			}
			for (String name : files()) {
				assertThat(this.dumps.resolve(name)).content().contains("\"main\" ", "Sleeper.main");
			}
			assertThat(Path.of("/tmp/.attach_pid" + process.pid())).doesNotExist();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	static final class Sleeper {

		private Sleeper() {
		}

		public static void main(String[] arguments) throws InterruptedException {
			System.out.println("ready");
			Thread.sleep(60_000);
		}

	}

}

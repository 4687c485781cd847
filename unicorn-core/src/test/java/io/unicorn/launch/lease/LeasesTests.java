package io.unicorn.launch.lease;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.unicorn.launch.workdir.CommandSocket;
import io.unicorn.launch.workdir.GroupDirectory;
import io.unicorn.launch.workdir.SessionDirectory;
import io.unicorn.launch.workdir.SmallDisk;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LeasesTests {

	private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");

	private final Posix posix = new JnrPosix();

	private final List<Leases> all = new ArrayList<>();

	private final List<Process> others = new ArrayList<>();

	@TempDir
	private Path directory;

	private WorkDir workDir;

	@BeforeEach
	void createDirectories() throws IOException {
		this.workDir = WorkDir.open(this.directory.resolve("work"));
	}

	@AfterEach
	void endAll() throws Exception {
		for (Leases leases : this.all) {
			leases.hold(List.of());
		}
		for (Process other : this.others) {
			kill(other);
		}
	}

	private Leases leases() {
		Leases leases = new Leases(this.workDir.resolve(""), this.posix, Clock.fixed(NOW, ZoneOffset.UTC));
		this.all.add(leases);
		return leases;
	}

	private Path directory(String name, Duration unused) throws IOException {
		this.workDir.directory(Path.of(name).getName(0).toString());
		Path path = this.workDir.directory(name);
		Files.writeString(path.resolve("file"), "x");
		return touched(path, unused);
	}

	private static Path touched(Path path, Duration ago) throws IOException {
		return Files.setLastModifiedTime(path, FileTime.from(NOW.minus(ago)));
	}

	/** Start a process that says a line when it has what it wants. */
	private Process other(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		this.others.add(process);
		return process;
	}

	private Process holder(Path leased, String... prefix) throws IOException {
		List<String> command = new ArrayList<>(List.of(prefix));
		command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), HolderMain.class.getName(), this.workDir.toString(),
				leased.toString()));
		return other(command.toArray(new String[0]));
	}

	private static String line(Process process) throws IOException {
		return String.valueOf(process.inputReader().readLine());
	}

	private static void kill(Process process) throws InterruptedException {
		process.destroyForcibly().waitFor();
	}

	/** The kernel ends the holders one after the other. */
	private void awaitRemoval(Path directory) {
		Leases leases = leases();
		await().untilAsserted(() -> assertThat(leases.prune()).containsExactly(directory));
		assertThat(directory).doesNotExist();
	}

	/**
	 * A master that leases a directory and has a worker which holds the lease as well.
	 */
	static final class HolderMain {

		private HolderMain() {
		}

		public static void main(String... args) throws Exception {
			Posix posix = new JnrPosix();
			Leases leases = new Leases(Path.of(args[0]), posix);
			Path leased = Path.of(args[1]);
			leases.hold(List.of(leased));
			int worker = posix.spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()),
					leases.descriptor(leased).orElseThrow());
			System.out.println(worker);
			System.in.read();
		}

	}

	@Test
	void whatNobodyHasUsedForTenMinutesIsRemoved() throws IOException {
		Path old = directory("generations/old", Duration.ofMinutes(11));
		Path library = directory("lib/old", Duration.ofMinutes(11));
		Path recent = directory("generations/recent", Duration.ofMinutes(9));
		Path kept = directory("generations/kept", Duration.ofDays(9));
		Path other = directory("index/old", Duration.ofDays(9));
		Leases leases = leases();
		leases.hold(List.of(kept));
		assertThat(leases.prune()).containsExactlyInAnyOrder(old, library);
		assertThat(old).doesNotExist();
		assertThat(library).doesNotExist();
		assertThat(List.of(recent, kept, other)).allSatisfy((path) -> assertThat(path.resolve("file")).exists());
		try (Stream<Path> entries = Files.list(this.workDir.resolve("generations"))) {
			assertThat(entries).containsExactlyInAnyOrder(recent, kept);
		}
	}

	@Test
	void whatAnotherLeasesStaysUntilItEndsItsLease() throws IOException {
		Path mine = directory("generations/mine", Duration.ofDays(1));
		Path theirs = directory("generations/theirs", Duration.ofDays(1));
		Path shared = directory("generations/shared", Duration.ofDays(1));
		Leases own = leases();
		Leases other = leases();
		own.hold(List.of(mine, shared));
		other.hold(List.of(theirs, shared));
		assertThat(own.prune()).isEmpty();
		other.hold(List.of());
		assertThat(own.prune()).containsExactly(theirs);
		own.hold(List.of(shared));
		assertThat(other.prune()).containsExactly(mine);
		assertThat(shared.resolve("file")).exists();
	}

	@Test
	void aLeaseEndsWhenMasterAndWorkersAreKilled() throws Exception {
		Path generation = directory("generations/x", Duration.ofDays(1));
		Process master = holder(generation);
		ProcessHandle worker = ProcessHandle.of(Long.parseLong(line(master))).orElseThrow();
		assertThat(leases().prune()).isEmpty();

		kill(master);

		assertThat(leases().prune()).as("the worker outlives its master").isEmpty();
		assertThat(generation.resolve("file")).exists();
		worker.destroyForcibly();
		awaitRemoval(generation);
	}

	@Test
	void aLeaseCountsInOtherContainersAndEndsWithItsContainer() throws Exception {
		Path generation = directory("generations/x", Duration.ofDays(60));
		Process container = holder(generation, "unshare", "--pid", "--mount-proc", "--fork", "--kill-child");
		String line = line(container);
		Assumptions.assumeTrue(line.matches("\\d+"), "needs the right to make a pid namespace");
		assertThat(Integer.parseInt(line)).as("a number that means another process here").isLessThan(100);
		assertThat(leases().prune()).isEmpty();

		kill(container);

		awaitRemoval(generation);
	}

	@Test
	void anyOtherProgramCanLeaseADirectoryToo() throws Exception {
		Path generation = directory("generations/x", Duration.ofDays(1));
		Process other = other("flock", "--shared", generation.toString(), "sh", "-c", "echo leased; exec cat");
		assertThat(line(other)).isEqualTo("leased");
		assertThat(leases().prune()).isEmpty();
		// It ends without a sign of life of flock itself: cat has the lock as well.
		other.outputWriter().close();
		other.waitFor();
		assertThat(leases().prune()).containsExactly(generation);
	}

	@Test
	void whatIsLeasedCanBeUsedByAProgramThatReplacesThisOne() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(1));
		Path other = directory("generations/y", Duration.ofDays(1));
		Leases leases = leases();
		leases.hold(List.of(generation));

		leases.mark();
		leases.hold(List.of());

		assertThat(leases().prune()).containsExactly(other);
		touched(generation, Duration.ofMinutes(11));
		assertThat(leases().prune()).containsExactly(generation);
	}

	@Test
	void aDirectoryThatIsMadeAgainIsLeasedAgain() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(1));
		Leases leases = leases();
		leases.hold(List.of(generation));
		Files.move(generation, this.directory.resolve("damaged"));
		assertThat(leases.descriptor(generation)).isEmpty();

		directory("generations/x", Duration.ofDays(1));

		assertThat(leases.descriptor(generation)).isPresent();
		assertThat(leases().prune()).isEmpty();
		Files.move(generation, this.directory.resolve("damaged again"));
		directory("generations/x", Duration.ofDays(1));
		leases.hold(List.of(generation));
		assertThat(leases().prune()).isEmpty();
	}

	@Test
	void noDescriptorOfALeaseIsLeftOpen() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(1));
		Path made = this.directory.resolve("made");
		Leases leases = leases();
		for (int i = 0; i < 3; i++) {
			leases.hold(List.of(generation, this.workDir.resolve("generations/missing")));
			leases.prune();
			Files.move(generation, made.resolveSibling("made" + i));
			directory("generations/x", Duration.ofDays(1));
			leases.descriptor(generation);
		}
		assertThat(openBelow(this.directory)).hasSize(1);
		leases.hold(List.of());
		assertThat(openBelow(this.directory)).isEmpty();
	}

	private static List<String> openBelow(Path directory) throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((fd) -> Files.exists(fd, LinkOption.NOFOLLOW_LINKS))
				.map(LeasesTests::target)
				.filter((target) -> target.startsWith(directory.toString()))
				.toList();
		}
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "closed meanwhile";
		}
	}

	@Test
	void aCacheThatNoPoolLeasesGoesAndItsGenerationStays() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(1));
		List<Path> caches = new ArrayList<>();
		for (String key : List.of("aa", "bb", "cc", "dd")) {
			caches.add(Files.writeString(generation.resolve("cache-" + key + "-00000000-1.jsa"), "x"));
		}
		Path foreign = touched(Files.writeString(generation.resolve("cache-of-mine"), "x"), Duration.ofDays(1));
		for (Path cache : caches.subList(0, 3)) {
			touched(cache, Duration.ofMinutes(11));
		}
		touched(caches.get(3), Duration.ofMinutes(9));
		Leases own = leases();
		Leases other = leases();
		own.hold(List.of(generation, caches.get(0)));
		other.hold(List.of(generation, caches.get(1)));

		assertThat(own.prune()).containsExactly(caches.get(2));

		assertThat(caches.get(2)).doesNotExist();
		assertThat(List.of(caches.get(0), caches.get(1), caches.get(3), foreign))
			.allSatisfy((file) -> assertThat(file).exists());
		other.hold(List.of(generation));
		assertThat(own.prune()).containsExactly(caches.get(1));
	}

	@Test
	void whatCannotBeRemovedStaysAndIsNoFailure() throws IOException {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			this.workDir = WorkDir.open(disk.path().resolve("work"));
			Path generation = directory("generations/x", Duration.ofDays(1));
			disk.makeReadOnly();
			assertThat(leases().prune()).isEmpty();
			assertThat(generation.resolve("file")).exists();
		}
	}

	@Test
	void whatIsBeingMadeStaysForAnHour() throws IOException {
		Path making = directory("generations/new-1", Duration.ofMinutes(59));
		Path left = directory("lib/new-2", Duration.ofMinutes(61));
		assertThat(leases().prune()).isEmpty();
		assertThat(making).exists();
		assertThat(left).doesNotExist();
	}

	@Test
	void filesThatAKilledProcessWasToReadGoAfterTenMinutes() throws IOException {
		directory("generations/ab12", Duration.ZERO);
		List<Path> old = new ArrayList<>();
		for (String name : List.of("plan-12", "plan-12-2", "output-12-2", "state-12-check")) {
			old.add(touched(Files.writeString(this.workDir.resolve(name), "x"), Duration.ofMinutes(11)));
		}
		Path fresh = touched(Files.writeString(this.workDir.resolve("plan-13"), "x"), Duration.ofMinutes(9));
		Path other = touched(Files.writeString(this.workDir.resolve("generations.lock"), ""), Duration.ofDays(1));

		leases().prune();

		assertThat(old).allSatisfy((file) -> assertThat(file).doesNotExist());
		assertThat(fresh).exists();
		assertThat(other).exists();
	}

	@Test
	void aSocketThatAKilledMasterHasLeftGoesAndNoOther() throws IOException {
		Path left = this.workDir.directory("commands").resolve("1-1-1");
		Path living = left.resolveSibling("1-2-1");
		Path fresh = left.resolveSibling("1-3-1");
		listen(left).close();
		listen(fresh).close();
		try (ServerSocketChannel channel = listen(living)) {
			touched(left, Duration.ofMinutes(11));
			touched(living, Duration.ofDays(31));
			touched(fresh, Duration.ofMinutes(9));

			assertThat(leases().prune()).containsExactly(left);

			assertThat(left).doesNotExist();
			assertThat(List.of(living, fresh)).allSatisfy((socket) -> assertThat(socket).exists());
			assertThat(channel.isOpen()).isTrue();
		}
	}

	@Test
	void aSocketWhoseMasterIsSeenToHaveEndedGoesAtOnce() throws IOException {
		Path own = CommandSocket.of(this.workDir.resolve(""));
		Path ended = own.resolveSibling(own.getFileName() + "0");
		Files.createDirectories(own.getParent());
		listen(own).close();
		listen(ended).close();
		leases().prune();
		assertThat(ended).doesNotExist();
		assertThat(own).as("the socket of a process that lives and may be upgrading").exists();
	}

	@Test
	void theSocketsOfTheWorkersOfAPoolGoWhenAllAreGone() throws IOException {
		Path own = GroupDirectory.of(this.workDir.resolve(""));
		Path ended = own.resolveSibling(own.getFileName() + "0");
		Path orphaned = own.resolveSibling(own.getFileName() + "1");
		for (Path group : List.of(own, ended, orphaned)) {
			Files.createDirectories(group);
			listen(group.resolve("1")).close();
		}
		try (ServerSocketChannel worker = listen(orphaned.resolve("2"))) {
			leases().prune();
			assertThat(ended).doesNotExist();
			assertThat(own.resolve("1")).exists();
			assertThat(orphaned.resolve("1")).as("the group of a worker that has not ended yet").exists();
			assertThat(worker.isOpen()).isTrue();
		}
		leases().prune();
		assertThat(orphaned).doesNotExist();
	}

	@Test
	void sessionsStayForAMonthAndThoseOfAProcessUntilItHasEnded() throws IOException {
		Path own = SessionDirectory.ofProcess(this.workDir.resolve(""));
		Path recent = directory("sessions/recent", Duration.ofDays(29));
		Path old = directory("sessions/old", Duration.ofDays(31));
		Path living = directory("sessions/" + own.getFileName(), Duration.ofMinutes(11));
		Path ended = directory("sessions/" + own.getFileName() + "0", Duration.ofMinutes(11));
		Path fresh = directory("sessions/" + own.getFileName() + "1", Duration.ofMinutes(9));

		assertThat(leases().prune()).containsExactlyInAnyOrder(old, ended);

		assertThat(List.of(recent, living, fresh)).allSatisfy((sessions) -> assertThat(sessions).exists());
	}

	private static ServerSocketChannel listen(Path socket) throws IOException {
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
	}

	@Test
	void filesInUseAreMarkedAsReadButNotAsChanged() throws IOException {
		Path old = directory("generations/old", Duration.ofDays(20)).resolve("file");
		Path temporary = this.workDir.directory("tmp").resolve("file");
		Files.writeString(temporary, "x");
		FileTime before = FileTime.from(NOW.minus(Duration.ofDays(20)).plusNanos(123_456_789));
		for (Path file : List.of(old, temporary)) {
			Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(before, before, null);
		}
		leases().refresh();
		assertThat(Files.getLastModifiedTime(old)).isEqualTo(before);
		assertThat(Files.getAttribute(old, "lastAccessTime")).isEqualTo(FileTime.from(NOW));
		assertThat(Files.getAttribute(temporary, "lastAccessTime")).as("a file of a worker").isEqualTo(before);
	}

	@Test
	void withoutAnythingThereNothingIsRemoved() {
		assertThat(leases().prune()).isEmpty();
	}

}

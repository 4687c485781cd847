package io.unicorn.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClaimsTests {

	private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");

	@TempDir
	private Path directory;

	private WorkDir workDir;

	private Path proc;

	@BeforeEach
	void createDirectories() throws IOException {
		this.workDir = WorkDir.open(this.directory.resolve("work"));
		this.proc = this.directory.resolve("proc");
		Files.createDirectories(this.proc.resolve("self/ns"));
		Files.createSymbolicLink(this.proc.resolve("self/ns/pid"), Path.of("pid:[4026531836]"));
		process(10, "S", "500", "master");
	}

	private void process(int pid, String state, String startTime, String... commandLine) throws IOException {
		process(pid, state, 1, startTime, commandLine);
	}

	private void process(int pid, String state, int threads, String startTime, String... commandLine)
			throws IOException {
		Path process = Files.createDirectories(this.proc.resolve(Integer.toString(pid)));
		Files.writeString(process.resolve("stat"), pid + " (a) b (c) " + state
				+ " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 " + threads + " 18 " + startTime + " 20 21 22\n");
		Files.writeString(process.resolve("cmdline"), String.join("\0", commandLine) + "\0",
				StandardCharsets.ISO_8859_1);
	}

	private void end(int pid) throws IOException {
		for (String name : List.of("stat", "cmdline", "")) {
			Files.delete(this.proc.resolve(Integer.toString(pid)).resolve(name));
		}
	}

	private Claims claims(int pid) throws IOException {
		return Claims.of(this.workDir, pid, new ProcessTable(this.proc), Clock.fixed(NOW, ZoneOffset.UTC));
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

	private List<String> claimFiles() throws IOException {
		try (Stream<Path> files = Files.list(this.workDir.resolve("claims"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@Test
	void aClaimIsAFileNamedAfterTheProcess() throws IOException {
		Path generation = directory("generations/ab12", Duration.ZERO);
		Path library = directory("lib/cd34", Duration.ZERO);
		Claims claims = claims(10);
		assertThat(claimFiles()).isEmpty();
		claims.hold(List.of(generation, library));
		assertThat(claimFiles()).containsExactly("4026531836-10-500");
		assertThat(this.workDir.resolve("claims/4026531836-10-500")).hasContent("generations/ab12\nlib/cd34");
		claims.hold(List.of(library));
		assertThat(this.workDir.resolve("claims/4026531836-10-500")).hasContent("lib/cd34");
		claims.release();
		assertThat(claimFiles()).isEmpty();
		claims.release();
	}

	@Test
	void onlyWhatIsPrunedCanBeClaimed() throws IOException {
		Claims claims = claims(10);
		for (String path : List.of("generations", "generations/a/b", "index/a", "/etc/passwd", "generations/../..")) {
			assertThatIllegalArgumentException().isThrownBy(() -> claims.hold(List.of(Path.of(path))))
				.withMessageContaining("can be claimed");
		}
		claims.hold(List.of(Path.of("generations/ab12")));
	}

	@Test
	void aDirectoryIsSharedIfAnotherMasterThatLivesClaimsIt() throws IOException {
		process(20, "S", "600", "master");
		Path generation = directory("generations/ab12", Duration.ZERO);
		claims(10).hold(List.of(generation));
		assertThat(claims(10).isShared(generation)).isFalse();
		assertThat(claims(20).isShared(generation)).isTrue();
		claims(20).hold(List.of(generation));
		assertThat(claims(10).isShared(generation)).isTrue();
		end(20);
		assertThat(claims(10).isShared(generation)).isFalse();
	}

	@Test
	void aProcessThatDoesNotLiveHasNoClaims() {
		assertThatIOException().isThrownBy(() -> claims(11)).withMessage("there is no process with the id 11");
	}

	@Test
	void theProcessItselfHasClaims() throws IOException {
		Claims.of(this.workDir, (int) ProcessHandle.current().pid()).hold(List.of(Path.of("lib/x")));
		assertThat(claimFiles()).singleElement()
			.asString()
			.matches("[0-9]+-" + ProcessHandle.current().pid() + "-[0-9]+");
	}

	@Test
	void whatNobodyHasUsedForTenMinutesIsRemoved() throws IOException {
		Path old = directory("generations/old", Duration.ofMinutes(11));
		Path library = directory("lib/old", Duration.ofMinutes(11));
		Path recent = directory("generations/recent", Duration.ofMinutes(9));
		Path kept = directory("generations/kept", Duration.ofDays(9));
		Path other = directory("index/old", Duration.ofDays(9));
		assertThat(claims(10).prune(List.of(kept))).containsExactlyInAnyOrder(old, library);
		assertThat(old).doesNotExist();
		assertThat(library).doesNotExist();
		assertThat(List.of(recent, kept, other)).allSatisfy((path) -> assertThat(path.resolve("file")).exists());
		try (Stream<Path> entries = Files.list(this.workDir.resolve("generations"))) {
			assertThat(entries).containsExactlyInAnyOrder(recent, kept);
		}
	}

	@Test
	void whatALiveMasterClaimsStays() throws IOException {
		process(20, "R", "777");
		Path mine = directory("generations/mine", Duration.ofDays(1));
		Path theirs = directory("generations/theirs", Duration.ofDays(1));
		claims(10).hold(List.of(mine));
		claims(20).hold(List.of(theirs));
		assertThat(claims(10).prune(List.of())).isEmpty();
		claims(20).release();
		assertThat(claims(10).prune(List.of())).containsExactly(theirs);
	}

	@Test
	void theClaimOfADeadMasterCountsNothingAndGoes() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(1));
		process(20, "S", "777");
		claims(20).hold(List.of(generation));
		end(20);
		assertThat(claims(10).prune(List.of())).containsExactly(generation);
		assertThat(claimFiles()).isEmpty();
	}

	@Test
	void aProcessWithTheSameIdOrAZombieIsNotThatMaster() throws IOException {
		List<Path> generations = new ArrayList<>();
		for (int pid : new int[] { 20, 30 }) {
			process(pid, "S", "777");
			generations.add(directory("generations/of-" + pid, Duration.ofDays(1)));
			claims(pid).hold(List.of(generations.get(generations.size() - 1)));
		}
		process(20, "S", "778");
		process(30, "Z", "777");
		assertThat(claims(10).prune(List.of())).containsExactlyInAnyOrderElementsOf(generations);
	}

	@Test
	void aMasterThatIsBecomingItsSuccessorIsNotDead() throws IOException {
		process(20, "S", "600", "master");
		Path generation = directory("generations/ab12", Duration.ofDays(1));
		claims(20).hold(List.of(generation));
		process(20, "Z", 12, "600");
		assertThat(claims(10).isShared(generation)).isTrue();
		assertThat(claims(10).prune(List.of())).isEmpty();
		process(20, "Z", 1, "600");
		assertThat(claims(10).isShared(generation)).isFalse();
	}

	@Test
	void whatIsOnACommandLineStays() throws IOException {
		Path generation = directory("generations/ab12", Duration.ofDays(1));
		process(40, "S", "1", "java", "-cp", "\u00ff", "-jar", generation.resolve("app.jar").toString());
		assertThat(claims(10).prune(List.of())).isEmpty();
		end(40);
		assertThat(claims(10).prune(List.of())).containsExactly(generation);
	}

	@Test
	void aClaimFromAnotherContainerCountsForThirtyDays() throws IOException {
		Path generation = directory("generations/x", Duration.ofDays(60));
		this.workDir.directory("claims");
		Path claim = Files.writeString(this.workDir.resolve("claims/4026532999-10-500"), "generations/x\n");
		touched(claim, Duration.ofDays(29));
		assertThat(claims(10).prune(List.of())).isEmpty();
		touched(claim, Duration.ofDays(31));
		assertThat(claims(10).prune(List.of())).containsExactly(generation);
		assertThat(claim).doesNotExist();
	}

	@Test
	void nothingIsRemovedWhenAClaimCannotBeRead() throws IOException {
		directory("generations/x", Duration.ofDays(1));
		Files.createDirectories(this.workDir.resolve("claims/4026531836-10-500"));
		assertThat(claims(10).prune(List.of())).isEmpty();
	}

	@Test
	void whatCannotBeRemovedStaysAndIsNoFailure() throws IOException {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			this.workDir = WorkDir.open(disk.path().resolve("work"));
			Path generation = directory("generations/x", Duration.ofDays(1));
			Claims claims = claims(10);
			disk.makeReadOnly();
			assertThat(claims.prune(List.of())).isEmpty();
			assertThat(generation.resolve("file")).exists();
		}
	}

	@Test
	void whatIsBeingMadeStaysForAnHour() throws IOException {
		Path making = directory("generations/new-1", Duration.ofMinutes(59));
		Path left = directory("lib/new-2", Duration.ofMinutes(61));
		assertThat(claims(10).prune(List.of())).isEmpty();
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

		claims(10).prune(List.of());

		assertThat(old).allSatisfy((file) -> assertThat(file).doesNotExist());
		assertThat(fresh).exists();
		assertThat(other).exists();
	}

	@Test
	void aSocketThatAKilledMasterHasLeftGoesAndNoOther() throws IOException {
		this.workDir.directory("commands");
		this.workDir.directory("claims");
		Path own = socket("4026531836-10-500", Duration.ofDays(31));
		Path left = socket("4026531836-10-499", Duration.ZERO);
		Path elsewhere = socket("4026532999-1-1", Duration.ofDays(31));
		Path fresh = socket("4026532999-2-1", Duration.ofDays(29));
		Path old = socket("4026532999-3-1", Duration.ofDays(31));
		Files.writeString(this.workDir.resolve("claims/4026532999-1-1"), "generations/x\n");

		claims(10).prune(List.of());

		assertThat(List.of(own, elsewhere, fresh)).allSatisfy((socket) -> assertThat(socket).exists());
		assertThat(List.of(left, old)).allSatisfy((socket) -> assertThat(socket).doesNotExist());
	}

	private Path socket(String name, Duration age) throws IOException {
		return touched(Files.writeString(this.workDir.resolve("commands").resolve(name), ""), age);
	}

	@Test
	void withoutAnythingThereNothingIsRemoved() throws IOException {
		assertThat(claims(10).prune(List.of())).isEmpty();
	}

}

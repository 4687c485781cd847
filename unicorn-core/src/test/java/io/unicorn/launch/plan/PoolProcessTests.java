package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.unicorn.launch.workdir.ProcessTable;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PoolProcessTests {

	@TempDir
	private Path directory;

	private Path proc;

	/** Number of the user that owns the directory of each socket. */
	private @Nullable String owner;

	@BeforeEach
	void createSelf() throws IOException {
		this.proc = this.directory.resolve("proc");
		status("self", "1000");
	}

	private void status(String process, String user) throws IOException {
		Path entry = Files.createDirectories(this.proc.resolve(process));
		Files.writeString(entry.resolve("status"),
				"Name:\tjava\nUid:" + ("\t" + user).repeat(4) + "\nGid:\t9\t9\t9\t9\n");
	}

	private void process(int pid, String user, List<String> arguments) throws IOException {
		status(Integer.toString(pid), user);
		Files.writeString(this.proc.resolve(pid + "/cmdline"), String.join("\0", arguments) + "\0",
				StandardCharsets.ISO_8859_1);
	}

	private List<PoolProcess> all() throws IOException {
		return PoolProcess.all(new ProcessTable(this.proc), (directory) -> Optional.ofNullable(this.owner));
	}

	private static List<String> starting() {
		return MasterCommand.starting(SamplePlans.full(), Path.of("/work/plan-1"), List.of(), List.of()).arguments();
	}

	@Test
	void aMasterIsFoundByItsOwnCommandLine() throws IOException {
		process(4700, "1000", starting());
		LaunchPlan plan = SamplePlans.full();
		PoolProcess found = all().get(0);
		assertThat(all()).hasSize(1);
		assertThat(found.pid()).isEqualTo(4700);
		assertThat(found.user()).isEqualTo("1000");
		assertThat(found.application()).isEqualTo(PoolProcess.application(plan.workers().command()));
		assertThat(found.workDir()).isEqualTo(Path.of(Command.text(plan.master().workDir())));
		assertThat(found.socket().getParent()).isEqualTo(found.workDir().resolve("commands"));
	}

	@Test
	void aMasterThatResumesIsFoundAndAProcessThatChecksIsNot() throws IOException {
		LaunchPlan plan = SamplePlans.full();
		process(1, "1000", MasterCommand.resuming(plan, Path.of("/work/state"), List.of(), List.of()).arguments());
		process(2, "1000", MasterCommand.checking(plan, Path.of("/work/state"), List.of()).arguments());
		assertThat(all()).extracting(PoolProcess::pid).containsExactly(1);
	}

	@Test
	void aProcessThatOnlyLooksLikeAMasterIsNotFound() throws IOException {
		List<String> quoted = new ArrayList<>(List.of("java", "-jar", "app.jar"));
		quoted.addAll(starting().subList(1, starting().size()));
		quoted.remove("io.unicorn.master.Master");
		process(1, "1000", quoted);
		process(2, "1000", List.of("grep", "io.unicorn.master.Master"));
		process(3, "1000", List.of());
		Files.createDirectories(this.proc.resolve("4"));
		assertThat(all()).isEmpty();
	}

	@Test
	void aProcessThatChangedItsUserOrNamesTheSocketOfAnotherUserIsNotFound() throws IOException {
		status("self", "0");
		process(1, "0", starting());
		Files.writeString(this.proc.resolve("1/status"), "Uid:\t1001\t0\t0\t0\n");
		assertThat(all()).as("a program of another user with the privileges of root").isEmpty();
		process(2, "1001", starting());
		this.owner = "1000";
		assertThat(all()).as("the socket of another user").isEmpty();
		this.owner = "1001";
		assertThat(all()).extracting(PoolProcess::pid).containsExactly(2);
	}

	@Test
	void onlyRootFindsTheMastersOfOtherUsers() throws IOException {
		process(1, "1000", starting());
		process(2, "1001", starting());
		process(3, "0", starting());
		assertThat(all()).extracting(PoolProcess::pid).containsExactly(1);
		status("self", "0");
		assertThat(all()).extracting(PoolProcess::pid).containsExactly(1, 2, 3);
	}

	@Test
	void aJarIsThatOfThePoolUnderEachOfItsPaths() throws IOException {
		Path jar = Files.createFile(this.directory.resolve("app-1.jar"));
		Path link = Files.createSymbolicLink(this.directory.resolve("app.jar"), jar);
		PoolProcess master = new PoolProcess(1, "0", link.toString(), this.directory, this.directory);
		assertThat(master.runs(link.toString())).isTrue();
		assertThat(master.runs(jar.toString())).isTrue();
		assertThat(master.runs(this.directory.resolve("other.jar").toString())).isFalse();
		Files.delete(jar);
		assertThat(master.runs(link.toString())).isTrue();
		assertThat(master.runs("com.example.Main")).isFalse();
	}

	@Test
	void anApplicationIsAJarAClassOrAModule() {
		assertThat(application("java", "-Djarmode=unicorn", "-jar", "x/../app.jar", "status"))
			.isEqualTo(Path.of("app.jar").toAbsolutePath().toString());
		assertThat(application("java", "-cp", "a:b", "com.example.Main", "status")).isEqualTo("com.example.Main");
		assertThat(application("java", "-m", "a/com.example.Main")).isEqualTo("a/com.example.Main");
		assertThat(application("java", "@options")).isEmpty();
	}

	private static String application(String... arguments) {
		return PoolProcess.application(JavaCommandLine.parse(List.of(arguments)));
	}

}

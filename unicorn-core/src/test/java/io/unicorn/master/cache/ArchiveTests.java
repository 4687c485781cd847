package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.SimulatedPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a master does about its archive of classes.
 */
class ArchiveTests {

	private static final String MAIN = "io.unicorn.master.Master";

	@TempDir
	private Path directory;

	private LaunchPlan plan() {
		return new LaunchPlan("shop", SimulatedPool.settings(2), 2,
				new LaunchPlan.Bindings(List.of(), java.util.Map.of()),
				new LaunchPlan.Workers("java", new JavaCommandLine("java", List.of(), List.of("-jar", "app.jar")), null,
						List.of(), List.of(), List.of()),
				new LaunchPlan.Master(this.directory.toString(), List.of(), null, List.of(), MasterLog.TEXT, Map.of()),
				List.of());
	}

	private Archive archive(String... arguments) {
		return new Archive(plan(), List.of(arguments));
	}

	private Path maps(Path mapped) throws IOException {
		return Files.writeString(this.directory.resolve("maps"),
				"800000000-800cba000 rw-p 00001000 fe:00 42  " + mapped + "\n");
	}

	@Test
	void anArchiveThatTheJvmDoesNotUseIsRemoved() throws IOException {
		Path used = Files.createFile(this.directory.resolve("cache-ab-00ff-0.jsa"));
		Archive archive = archive("java", "-XX:SharedArchiveFile=" + used, MAIN);
		assertThat(archive.removeUnused(maps(used))).isFalse();
		assertThat(used).exists();
		assertThat(archive.removeUnused(maps(this.directory.resolve("classes.jsa")))).isTrue();
		assertThat(used).doesNotExist();
		assertThat(archive.removeUnused(maps(this.directory.resolve("classes.jsa")))).isFalse();
	}

	@Test
	void theListOfClassesIsRemovedInTheEnd() throws IOException {
		Path list = Files.createFile(this.directory.resolve("new-classes-plan-7"));
		archive("java", "-XX:DumpLoadedClassList=" + list, MAIN).close();
		assertThat(list).doesNotExist();
	}

	@Test
	void aMasterWithNeitherDoesNothing() throws IOException {
		Path other = Files.createFile(this.directory.resolve("other"));
		Archive archive = archive("java", "-Xmx32m", MAIN, "-XX:SharedArchiveFile=" + other,
				"-XX:DumpLoadedClassList=" + other);
		assertThat(archive.wanted()).isEmpty();
		assertThat(archive.removeUnused(maps(this.directory))).isFalse();
		archive.close();
		assertThat(other).exists();
	}

}

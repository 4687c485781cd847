package io.unicorn.launch.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.SamplePlans;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.SampleSettings;
import io.unicorn.posix.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chooses the archive of classes of a master, and the classes in it.
 */
class MasterArchiveTests {

	@TempDir
	private Path workDir = Path.of("");

	private Path home = Path.of("");

	private List<String> classPath = List.of();

	private AotCache caches = AotCache.AUTO;

	@BeforeEach
	void createFiles() throws IOException {
		this.home = Files.createDirectories(this.workDir.resolve("lib/00ff"));
		this.classPath = List.of(this.home.resolve("core.jar").toString(), this.home.resolve("jffi.jar").toString());
		Files.createDirectories(this.workDir.resolve("jdk/bin"));
		Files.createFile(this.workDir.resolve("jdk/bin/java"));
		release("17.0.1");
	}

	private void release(String version) throws IOException {
		Files.writeString(this.workDir.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
	}

	private LaunchPlan plan() {
		LaunchPlan bare = SamplePlans.bare();
		return new LaunchPlan("shop", SampleSettings.caches(this.caches), 1,
				new LaunchPlan.Bindings(bare.bindings().addresses(), bare.bindings().listeners()),
				new LaunchPlan.Workers(this.workDir.resolve("jdk/bin/java").toString(), bare.workers().command(), null,
						List.of(), List.of("JAVA_TOOL_OPTIONS=-Xint"), List.of()),
				new LaunchPlan.Master(this.workDir.toString(), this.classPath, null, List.of(), MasterLog.TEXT,
						Map.of()),
				List.of());
	}

	private List<String> starting() {
		return MasterCommand
			.starting(plan(), this.workDir.resolve("plan-7"),
					MasterArchive.options(plan(), this.workDir.resolve("plan-7")), List.of())
			.arguments();
	}

	private Path make(String content) throws IOException {
		ClassDataCache archive = MasterArchive.of(plan()).orElseThrow();
		try (CacheBuild build = CacheBuild.begin(this.workDir, archive).orElseThrow()) {
			Files.writeString(build.file(), content);
			build.install();
		}
		CacheFile file = new CacheFile(archive);
		assertThat(file.check()).isEqualTo(CacheFile.State.GOOD);
		return file.path();
	}

	@Test
	void aMasterWithoutAnArchiveRecordsTheClassesThatItLoads() {
		Path list = this.home.resolve("new-classes-plan-7");
		assertThat(starting()).contains("-XX:DumpLoadedClassList=" + list);
		assertThat(MasterArchive.recorded(starting())).isEqualTo(list);
		assertThat(MasterArchive.used(starting())).isNull();
	}

	@Test
	void aMasterWithAnArchiveUsesIt() throws IOException {
		Path archive = make("classes");
		assertThat(archive).hasParent(this.home);
		assertThat(starting()).containsSubsequence("-Xlog:cds*=off", "-XX:SharedArchiveFile=" + archive, "-cp");
		assertThat(MasterArchive.used(starting())).isEqualTo(archive);
		assertThat(MasterArchive.recorded(starting())).isNull();
		assertThat(MasterCommand
			.resuming(plan(), this.workDir.resolve("state"),
					MasterArchive.options(plan(), this.workDir.resolve("state")), List.of())
			.arguments()).contains("-XX:SharedArchiveFile=" + archive);
	}

	@Test
	void aDamagedArchiveIsRemovedAndRecordedAgain() throws IOException {
		Path archive = make("classes");
		Files.writeString(archive, "class");
		assertThat(MasterArchive.recorded(starting())).isNotNull();
		assertThat(MasterArchive.used(starting())).isNull();
		assertThat(archive).doesNotExist();
	}

	@Test
	void anotherBuildOfTheJdkNeedsAnotherArchive() throws IOException {
		Path archive = make("classes");
		release("17.0.2");
		assertThat(MasterArchive.used(starting())).isNull();
		release("17.0.1");
		assertThat(MasterArchive.used(starting())).isEqualTo(archive);
	}

	@Test
	void thereIsNoneIfCachesAreSwitchedOffOrClassesAreNotInJarsOfTheWorkDir() {
		this.caches = AotCache.OFF;
		assertThat(MasterArchive.of(plan())).isEmpty();
		assertThat(starting()).noneMatch((argument) -> argument.contains("DumpLoadedClassList"));
		this.caches = AotCache.AUTO;
		assertThat(MasterArchive.of(plan())).isPresent();
		for (List<String> elsewhere : List.of(List.of("/elsewhere/core.jar"),
				List.of(this.home.resolve("core.jar").toString(), "/elsewhere/jffi.jar"),
				List.of(this.home.resolve("classes").toString()), List.<String>of())) {
			this.classPath = elsewhere;
			assertThat(MasterArchive.of(plan())).isEmpty();
		}
	}

	@Test
	void aJvmThatRunsNoProgramMakesTheArchive() throws IOException {
		ClassDataCache archive = MasterArchive.of(plan()).orElseThrow();
		try (CacheBuild build = CacheBuild.begin(this.workDir, archive).orElseThrow()) {
			Path list = this.home.resolve("new-classes-plan-7");
			Command command = MasterArchive.making(plan(), List.of("A=b", "JAVA_TOOL_OPTIONS=-Xint"), build, list);
			assertThat(command.arguments()).containsSubsequence("-Xshare:dump", "-XX:SharedClassListFile=" + list,
					"-XX:SharedArchiveFile=" + build.file(), "-XX:+UseSerialGC", "-cp",
					String.join(":", this.classPath));
			assertThat(command.arguments()).endsWith(String.join(":", this.classPath));
			assertThat(command.environment()).containsExactly("A=b");
		}
	}

}

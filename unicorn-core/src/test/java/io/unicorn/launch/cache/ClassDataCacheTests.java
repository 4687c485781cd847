package io.unicorn.launch.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import io.unicorn.launch.cache.ClassDataCache.Form;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.SampleSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chooses the cache for the workers of a plan.
 */
class ClassDataCacheTests {

	@TempDir
	private Path directory = Path.of("");

	private Path java = Path.of("");

	private AotCache setting = AotCache.AUTO;

	private List<String> workerOptions = List.of("-XX:+ExitOnOutOfMemoryError");

	private List<String> options = List.of("-Xmx64m", "-Dx=1");

	private List<String> variables = List.of();

	private Generation.Form form = Generation.Form.EXTRACTED;

	private boolean hasGeneration = true;

	@BeforeEach
	void createJdk() throws IOException {
		this.java = Files.createFile(Files.createDirectories(this.directory.resolve("jdk/bin")).resolve("java"));
		release("JAVA_VERSION=\"25.0.3\"\nJVM_VARIANT=\"Hotspot\"\n");
	}

	private void release(String description) throws IOException {
		Files.writeString(this.directory.resolve("jdk/release"), description);
	}

	private Optional<ClassDataCache> cache() {
		Path copy = this.directory.resolve("generations/00ff");
		return ClassDataCache
			.of(new LaunchPlan("", SampleSettings.caches(this.setting), 1, new LaunchPlan.Bindings(List.of(), Map.of()),
					new LaunchPlan.Workers(
							this.java.toString(), new JavaCommandLine("java", this.options, List.of("-jar", "app.jar")),
							this.hasGeneration ? new Generation("00ff", copy, copy.resolve("app.jar"), this.form)
									: null,
							this.workerOptions, this.variables, List.of()),
					new LaunchPlan.Master("/work", List.of(), null, List.of(), MasterLog.TEXT, Map.of()), List.of()));
	}

	private String key() {
		return cache().orElseThrow().key();
	}

	private void jar(String mainClass) throws IOException {
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
		manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
		Path jar = Files.createDirectories(this.directory.resolve("generations/00ff")).resolve("app.jar");
		new JarOutputStream(Files.newOutputStream(jar), manifest).close();
	}

	@ParameterizedTest
	@CsvSource({ "17.0.15, CDS", "17, CDS", "24.0.1, CDS", "25, AOT", "25-ea, AOT", "26.0.1, AOT", "100.1, AOT" })
	void theJdkDecidesOnTheForm(String version, Form expected) throws IOException {
		release("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
		assertThat(cache()).map(ClassDataCache::form).contains(expected);
		assertThat(cache()).map(ClassDataCache::directory).contains(this.directory.resolve("generations/00ff"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "JAVA_VERSION=\"\"", "JAVA_VERSION=\"1.8.0_402\"", "JAVA_VERSION=\"11.0.2\"",
			"JAVA_VERSION=\"25\"\nJVM_VARIANT=\"Openj9\"", "SOURCE=JAVA_VERSION=\"25\"" })
	void anUnknownJdkHasNone(String description) throws IOException {
		release(description);
		assertThat(cache()).isEmpty();
	}

	@Test
	void aJdkThatDoesNotDescribeItselfHasNone() throws IOException {
		Files.delete(this.directory.resolve("jdk/release"));
		assertThat(cache()).isEmpty();
	}

	@Test
	void withCachesSwitchedOffThereIsNone() {
		this.setting = AotCache.OFF;
		assertThat(cache()).isEmpty();
	}

	@Test
	void withoutACopyOfTheApplicationThereIsNone() {
		this.hasGeneration = false;
		assertThat(cache()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "com.example.Main, true", "org.springframework.boot.loader.launch.PropertiesLauncher, false",
			"org.springframework.boot.loader.launch.WarLauncher, false" })
	void aCopyOfTheJarHasOneIfTheJvmReadsItItself(String mainClass, boolean expected) throws IOException {
		this.form = Generation.Form.COPIED;
		assertThat(cache()).isEmpty();
		jar(mainClass);
		assertThat(cache().isPresent()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-Xshare:off", "-XX:SharedArchiveFile=a.jsa", "-XX:AOTCache=a", "-XX:AOTMode=off",
			"-XX:-UseSharedSpaces", "-XX:+AutoCreateSharedArchive", "-XX:+AOTClassLinking", "-javaagent:otel.jar",
			"-agentpath:/a.so", "-agentlib:hprof", "-Xrunhprof", "--patch-module=a=b", "--limit-modules",
			"-Djava.system.class.loader=x", "-XX:StartFlightRecording" })
	void aFlagThatPreventsACacheIsFoundEverywhere(String flag) {
		this.options = List.of("-Xmx64m", flag);
		assertThat(cache()).isEmpty();
		this.options = List.of();
		this.workerOptions = List.of(flag);
		assertThat(cache()).isEmpty();
		this.workerOptions = List.of();
		this.variables = List.of("JAVA_TOOL_OPTIONS=-Dx '" + flag + "'");
		assertThat(cache()).isEmpty();
		this.variables = List.of();
		assertThat(cache()).isPresent();
	}

	@Test
	void theFlagOfADebuggerIsNotPartOfTheKey() {
		String before = key();
		this.options = List.of("-Xmx64m", "-Dx=1", "-agentlib:jdwp=server=y,suspend=n");
		assertThat(key()).isEqualTo(before);
	}

	@Test
	void theKeyDependsOnWhatTheJvmChecks() throws IOException {
		String before = key();
		assertThat(before).matches("[0-9a-f]{24}");
		this.options = List.of("-Xmx64m", "-Dx=2", "-Xlog:gc");
		this.variables = List.of("JAVA_TOOL_OPTIONS=-Dz=3");
		assertThat(key()).as("system properties and logging").isEqualTo(before);
		this.variables = List.of("JAVA_TOOL_OPTIONS=-Dz=3 -XX:+UseSerialGC");
		assertThat(key()).as("a flag in a variable").isNotEqualTo(before);
		this.variables = List.of();
		this.options = List.of("-Xmx65m");
		assertThat(key()).as("a flag").isNotEqualTo(before);
		this.options = List.of("-Xmx64m");
		assertThat(key()).isEqualTo(before);
		this.workerOptions = List.of();
		assertThat(key()).as("a flag of ours").isNotEqualTo(before);
		this.workerOptions = List.of("-XX:+ExitOnOutOfMemoryError");
		release("JAVA_VERSION=\"25.0.4\"\nJVM_VARIANT=\"Hotspot\"\n");
		assertThat(key()).as("another build").isNotEqualTo(before);
	}

}

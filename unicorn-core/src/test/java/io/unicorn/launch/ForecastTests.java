package io.unicorn.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ForecastTests {

	private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS=-Dsecret=1");

	private static final JavaCommandLine COMMAND = new JavaCommandLine("java", List.of("-Xmx1g", "-Dsecret=2"),
			List.of("-jar", "/app.jar", "--server.port=1", "--secret=3"));

	private static final Forecast.Grounds GROUNDS = new Forecast.Grounds("configuration", "surroundings");

	@TempDir
	private Path directory;

	private Forecast forecast;

	@BeforeEach
	void open() throws IOException {
		this.forecast = new Forecast(WorkDir.open(this.directory.resolve("work")));
	}

	@Test
	void theNextStartExpectsWhatTheLastOneFoundOut() {
		this.forecast.write(plan(COMMAND), GROUNDS);
		assertThat(read(COMMAND, VARIABLES, "/bin/java")).contains(plan(COMMAND));
	}

	@Test
	void theGroundsAreRememberedIfThereAreAny() {
		this.forecast.write(plan(COMMAND), GROUNDS);
		assertThat(grounds()).isEqualTo(GROUNDS);
		this.forecast.write(plan(COMMAND), Forecast.Grounds.SHAKEN);
		assertThat(grounds()).isEqualTo(Forecast.Grounds.SHAKEN);
		this.forecast.write(plan(COMMAND), null);
		assertThat(grounds()).isNull();
	}

	@Test
	void argumentsAndPropertiesAreThoseOfTheNextStart() {
		this.forecast.write(plan(COMMAND), GROUNDS);
		JavaCommandLine other = new JavaCommandLine("java", List.of("-Xmx1g", "-Dother=1"),
				List.of("-jar", "/app.jar", "--server.port=2"));
		assertThat(read(other, VARIABLES, "/bin/java")).contains(plan(other));
	}

	@Test
	void otherFlagsAnotherJdkOrAnotherApplicationAreNotForeseen() {
		this.forecast.write(plan(COMMAND), GROUNDS);
		assertThat(read(new JavaCommandLine("java", List.of("-Xmx2g"), COMMAND.main()), VARIABLES, "/bin/java"))
			.isEmpty();
		assertThat(read(COMMAND, List.of(), "/bin/java")).isEmpty();
		assertThat(read(COMMAND, VARIABLES, "/opt/bin/java")).isEmpty();
		assertThat(
				read(new JavaCommandLine("java", COMMAND.options(), List.of("-jar", "/b.jar")), VARIABLES, "/bin/java"))
			.isEmpty();
	}

	@Test
	void nothingOfTheCommandLineOrTheEnvironmentIsStored() throws IOException {
		this.forecast.write(plan(COMMAND), GROUNDS);
		Path file = file();
		assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("r--------");
	}

	@Test
	void whatIsForgottenOrDamagedIsNotForeseen() throws IOException {
		this.forecast.write(plan(COMMAND), GROUNDS);
		Path file = file();
		byte[] content = Files.readAllBytes(file);
		Files.delete(file);
		Files.write(file, Arrays.copyOf(content, content.length - 1));
		assertThat(read(COMMAND, VARIABLES, "/bin/java")).isEmpty();
		Files.write(file, new byte[0]);
		assertThat(read(COMMAND, VARIABLES, "/bin/java")).isEmpty();
		this.forecast.write(plan(COMMAND), GROUNDS);
		this.forecast.forget(COMMAND);
		assertThat(read(COMMAND, VARIABLES, "/bin/java")).isEmpty();
	}

	@Test
	void aFlagThatOnlyOneProcessCanHaveLeavesNoForecast() {
		this.forecast.write(plan(COMMAND), GROUNDS);
		LaunchPlan full = SamplePlans.full();
		this.forecast.write(
				new LaunchPlan("", full.settings(), 1, List.of(), Map.of(), "/bin/java", COMMAND, full.generation(),
						List.of(), VARIABLES, List.of("-agentlib:jdwp=x"), List.of(), null, List.of(), full.master()),
				GROUNDS);
		assertThat(read(COMMAND, VARIABLES, "/bin/java")).isEmpty();
	}

	private Optional<LaunchPlan> read(JavaCommandLine command, List<String> variables, String java) {
		return this.forecast.read(command, variables, java, generation()).map(Forecast.Expectation::plan);
	}

	private Forecast.@Nullable Grounds grounds() {
		return this.forecast.read(COMMAND, VARIABLES, "/bin/java", generation()).orElseThrow().grounds();
	}

	private static Generation generation() {
		Generation generation = SamplePlans.full().generation();
		assertThat(generation).isNotNull();
		return generation;
	}

	private static LaunchPlan plan(JavaCommandLine command) {
		LaunchPlan full = SamplePlans.full();
		return new LaunchPlan(full.application(), full.settings(), full.autoWorkers(), full.addresses(), Map.of(),
				"/bin/java", command, generation(), full.workerOptions(), VARIABLES, List.of(), full.pidFiles(),
				full.logFile(), List.of(), full.master());
	}

	private Path file() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("work/index"))) {
			return files.findFirst().orElseThrow();
		}
	}

}

package io.unicorn.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ArgumentsTests {

	private static Arguments parse(String... arguments) throws CommandFailedException {
		return Arguments.parse(List.of(arguments));
	}

	@Test
	void aRolloutIsWaitedForUnlessAnOptionSaysOtherwise() throws CommandFailedException {
		assertThat(parse("rollout"))
			.isEqualTo(new Arguments(Arguments.Name.ROLLOUT, null, List.of(), null, null, true, null, false));
		assertThat(parse("rollout", "--no-wait").waits()).isFalse();
	}

	@Test
	void aValueFollowsItsOptionOrAnEqualsSign() throws CommandFailedException {
		Arguments expected = new Arguments(Arguments.Name.ROLLOUT, null, List.of(), 4700, Path.of("/work"), true,
				Duration.ofMinutes(10), false);
		assertThat(parse("rollout", "--pid", "4700", "--work-dir", "/work", "--timeout", "10m")).isEqualTo(expected);
		assertThat(parse("rollout", "--pid=4700", "--work-dir=/work", "--timeout=600")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "250ms, PT0.25S", "90s, PT90S", "90, PT90S", "10m, PT10M", "999999h, PT999999H" })
	void aTimeHasAUnit(String text, Duration expected) throws CommandFailedException {
		assertThat(parse("rollout", "--timeout", text).timeout()).isEqualTo(expected);
	}

	@Test
	void aNumberFollowsItsCommand() throws CommandFailedException {
		assertThat(parse("scale", "5", "--pid=4700"))
			.isEqualTo(new Arguments(Arguments.Name.SCALE, 5, List.of(), 4700, null, true, null, false));
		assertThat(parse("retire", "0").number()).isZero();
		assertThat(parse("dump", "-1").number()).isEqualTo(-1);
		assertThat(parse("stop", "--no-wait", "--timeout", "90s")).isEqualTo(
				new Arguments(Arguments.Name.STOP, null, List.of(), null, null, false, Duration.ofSeconds(90), false));
		assertThat(parse("status", "--json").json()).isTrue();
	}

	@Test
	void aLoggerAndALevelFollowTheirCommand() throws CommandFailedException {
		assertThat(parse("log-level", "com.example", "debug", "--pid=4700")).isEqualTo(new Arguments(
				Arguments.Name.LOG_LEVEL, null, List.of("com.example", "DEBUG"), 4700, null, true, null, false));
	}

	@Test
	void whatFollowsACheckIsForTheApplication() throws CommandFailedException {
		assertThat(parse("check", "--unicorn.workers=3", "x").words()).containsExactly("--unicorn.workers=3", "x");
		assertThat(parse("config").words()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "help", "--help", "-h", "status --help", "rollout -h" })
	void helpMayStandAnywhere(String line) throws CommandFailedException {
		assertThat(parse(line.split(" ")).command()).isEqualTo(Arguments.Name.HELP);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = { "\"\" | a command is missing",
			"restart | there is no command 'restart'", "ROLLOUT | there is no command 'ROLLOUT'",
			"status --no-wait | the command status has no option '--no-wait'",
			"status --timeout 1s | the command status has no option '--timeout'",
			"rollout --no-wait=x | the command rollout has no option '--no-wait=x'",
			"scale | scale needs a number of workers", "scale --pid 1 | scale needs a number of workers, not '--pid'",
			"log-level | log-level needs the name of a logger and a level",
			"log-level com.example | log-level needs the name of a logger and a level",
			"log-level com.example --pid 1 | log-level needs the name of a logger and a level",
			"log-level a DEBUG b | the command log-level has no option 'b'",
			"retire x | retire needs the index of a worker, not 'x'", "dump 1 2 | the command dump has no option '2'",
			"scale 3 --no-wait | the command scale has no option '--no-wait'",
			"stop --json | the command stop has no option '--json'",
			"top --json | the command top has no option '--json'", "upgrade 1 | the command upgrade has no option '1'",
			"rollout now | the command rollout has no option 'now'", "status --pid | --pid needs a value",
			"status --pid= | --pid needs a value", "status --pid x | --pid is the id of a process, not 'x'",
			"status --pid -1 | --pid is the id of a process, not '-1'",
			"rollout --timeout soon | --timeout is a time like 90s, 10m or 1h, not 'soon'",
			"rollout --timeout 9999999h | --timeout is a time like 90s, 10m or 1h, not '9999999h'" })
	void aWrongCommandLineIsRefusedWithTheReason(String line, String message) {
		List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> Arguments.parse(arguments))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.USAGE));
	}

}

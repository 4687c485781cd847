package io.unicorn.cli;

import java.nio.file.Path;
import java.util.List;

import io.unicorn.launch.plan.JavaCommandLine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CheckCommandTests {

	private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private static List<String> command(String... own) throws CommandFailedException {
		return new CheckCommand(JavaCommandLine.parse(List.of(own))).command("check", List.of("--server.port=0"));
	}

	@Test
	void theApplicationIsRunInPlaceOfTheCommand() throws CommandFailedException {
		assertThat(command("java", "-Xmx64m", "-Djarmode=unicorn", "-jar", "app.jar", "check", "--server.port=0"))
			.containsExactly(JAVA, "-Xmx64m", "-Dio.unicorn.check=check", "-jar", "app.jar", "--server.port=0");
	}

	@Test
	void theDoctorBuildsTheContextOfATraining() throws CommandFailedException {
		assertThat(new CheckCommand(
				JavaCommandLine.parse(List.of("java", "-Djarmode=unicorn", "-jar", "app.jar", "doctor", "--strict")))
			.command("doctor-strict", List.of()))
			.containsExactly(JAVA, "-Dio.unicorn.check=doctor-strict", "-Dunicorn.worker=training", "-jar", "app.jar");
	}

	@Test
	void anExtractedApplicationIsRunByItsMainClass() throws CommandFailedException {
		assertThat(command("java", "-Djarmode=unicorn", "-cp", "a:b", "com.example.App", "check")).containsExactly(JAVA,
				"-cp", "a:b", "-Dio.unicorn.check=check", "com.example.App", "--server.port=0");
	}

	@Test
	void aModeThatTheApplicationWouldGetAsWellIsRefused() {
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> command("java", "-jar", "app.jar"))
			.withMessage("check needs -Djarmode=unicorn on the command line, not in a variable or a file");
	}

}

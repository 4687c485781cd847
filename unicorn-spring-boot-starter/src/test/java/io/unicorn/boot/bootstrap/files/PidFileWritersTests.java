package io.unicorn.boot.bootstrap.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class PidFileWritersTests {

	@TempDir
	private Path directory;

	private final SpringApplication application = new SpringApplication(Object.class);

	private final MockEnvironment environment = new MockEnvironment();

	private final PidFileWriters writers = new PidFileWriters(this.application);

	private Path file;

	/** A writer writes once per JVM, unless a subclass resets that. */
	private static final class RepeatingWriter extends ApplicationPidFileWriter {

		RepeatingWriter(String file) {
			super(file);
			reset();
		}

	}

	@BeforeEach
	void register() {
		this.file = this.directory.resolve("app.pid");
		this.application.addListeners(new RepeatingWriter(this.file.toString()));
	}

	private void write() {
		this.writers.write(new DefaultBootstrapContext(), this.environment, new String[0]);
	}

	@Test
	void theFileHoldsThisProcessAndTheMasterKnowsIt() {
		write();
		assertThat(this.file).hasContent(Long.toString(ProcessHandle.current().pid()));
		assertThat(this.writers.files(this.environment)).containsExactly(this.file.toString());
	}

	@Test
	void aPropertyTakesPrecedence() {
		Path other = this.directory.resolve("other.pid");
		this.environment.setProperty("spring.pid.file", other.toString());
		write();
		assertThat(other).exists();
		assertThat(this.file).doesNotExist();
		assertThat(this.writers.files(this.environment)).containsExactly(other.toString());
	}

	@Test
	void aNamedPipeHoldsNothingUp(CapturedOutput output) throws Exception {
		assertThat(new ProcessBuilder("mkfifo", this.file.toString()).start().waitFor()).isZero();
		write();
		assertThat(output).contains("Cannot create pid file " + this.file + ": it is not a regular file");
	}

	@Test
	void aLinkIsAFailureIfBootsPropertySaysSo() throws IOException {
		Path victim = Files.writeString(this.directory.resolve("victim"), "x");
		Files.createSymbolicLink(this.file, victim);
		this.environment.setProperty("spring.pid.fail-on-write-error", "true");
		assertThatIllegalStateException().isThrownBy(this::write)
			.withMessageStartingWith("Cannot create pid file " + this.file + ": it is a symbolic link");
		assertThat(victim).hasContent("x");
	}

	@Test
	void anApplicationWithoutAWriterHasNoFile() {
		this.application.setListeners(List.of());
		write();
		assertThat(this.file).doesNotExist();
		assertThat(this.writers.files(this.environment)).isEmpty();
	}

}

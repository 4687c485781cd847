package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.boot.autoconfigure.InvalidUnicornPropertyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests that whatever fails before the master is executed leaves the application in one
 * process, and nothing else.
 */
@ExtendWith(OutputCaptureExtension.class)
class ProcessStartTests {

	private static final String JFFI = "jffi.boot.library.path";

	private final SpringApplication application = new SpringApplication(ProcessStartTests.class);

	private final MockEnvironment environment = new MockEnvironment();

	@TempDir
	private Path directory;

	/** Start until a step, and fail there; the master is never executed. */
	private void failAt(StartStep step, Throwable failure) {
		start((now) -> {
			if (now == step || now == StartStep.EXEC) {
				ProcessStartTests.<RuntimeException>sneak(failure);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable failure) throws T {
		throw (T) failure;
	}

	private void start(Consumer<StartStep> steps) {
		this.application.setWebApplicationType(WebApplicationType.SERVLET);
		String main = ProcessStartTests.class.getName();
		this.environment.setProperty("unicorn.work-dir", this.directory.resolve("work").toString());
		new ProcessStart(this.application, new String[0],
				() -> new LaunchContext("Linux", "main", main, main, List.of(), true), steps)
			.asMaster(new DefaultBootstrapContext(), this.environment);
	}

	private int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	static Stream<Arguments> eachStepAndFailure() {
		List<Throwable> failures = List.of(new IllegalStateException("simulated"), new IOException("simulated"),
				new NoClassDefFoundError("simulated"), new UnsatisfiedLinkError("simulated"),
				new ExceptionInInitializerError("simulated"), new OutOfMemoryError("simulated"),
				new StackOverflowError("simulated"), new SecurityException("simulated"));
		return Arrays.stream(StartStep.values())
			.flatMap((step) -> failures.stream()
				.filter((failure) -> step != StartStep.PID_FILES || !(failure instanceof RuntimeException))
				.map((failure) -> Arguments.of(step, failure)));
	}

	@ParameterizedTest
	@MethodSource("eachStepAndFailure")
	void aFailureInAnyStepLeavesOneProcessAndOneLine(StartStep step, Throwable failure, CapturedOutput output)
			throws IOException {
		int port = freePort();
		this.environment.setProperty("server.port", Integer.toString(port));
		String before = System.getProperty(JFFI);

		failAt(step, failure);

		assertThat(output.getAll().lines().filter((line) -> line.contains("No worker pool"))).singleElement()
			.asString()
			.contains("ERROR", "No worker pool: " + step.problem() + ": ", "simulated",
					"The application runs in this one process, which the signal HUP ends.");
		assertThat(output.getAll()).doesNotContain("\tat ");
		new ServerSocket(port).close();
		assertThat(System.getProperty(JFFI)).isEqualTo(before);
		assertThat(remains()).isEmpty();
	}

	/** Everything in the work dir that is not kept for the next start. */
	private List<Path> remains() throws IOException {
		Path work = this.directory.resolve("work");
		if (!Files.exists(work)) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(work)) {
			return files.filter(Files::isRegularFile)
				.filter((file) -> !file.startsWith(work.resolve("lib")) || file.toString().contains("new-"))
				.toList();
		}
	}

	@Test
	void theStepsAreTakenInTheirOrder() {
		List<StartStep> taken = new ArrayList<>();
		start((step) -> {
			taken.add(step);
			if (step == StartStep.EXEC) {
				throw new IllegalStateException("simulated");
			}
		});
		assertThat(taken).containsExactly(StartStep.values());
	}

	@Test
	void aMissingModuleIsNamed(CapturedOutput output) {
		failAt(StartStep.PLAN, new NoClassDefFoundError("com/sun/management/OperatingSystemMXBean"));
		assertThat(output).contains("No worker pool: this Java runtime lacks the module jdk.management")
			.contains("--add-modules");
	}

	@Test
	void aMasterThatCouldNotStartIsNotStartedAgain(CapturedOutput output) {
		System.setProperty("io.unicorn.obstacle", "the master cannot start: simulated");
		try {
			start((step) -> assertThat(step).isEqualTo(StartStep.SETTINGS));
		}
		finally {
			System.clearProperty("io.unicorn.obstacle");
		}
		assertThat(output).contains("No worker pool: the master cannot start: simulated. The application runs");
	}

	@Test
	void anObstacleOfTheMasterKeepsTheAddressOfThePool(CapturedOutput output) {
		this.environment.setProperty("unicorn.bind", "unix:/run/app.sock,127.0.0.1:8081");
		System.setProperty("io.unicorn.obstacle", "simulated");
		try {
			start((step) -> assertThat(step).isEqualTo(StartStep.SETTINGS));
		}
		finally {
			System.clearProperty("io.unicorn.obstacle");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("No worker pool"))).singleElement()
			.asString()
			.contains("It listens on 127.0.0.1 with port 8081, and not on unix:/run/app.sock (unicorn.bind).");
		assertThat(this.environment.getProperty("server.address")).isEqualTo("127.0.0.1");
	}

	@ParameterizedTest
	@EnumSource(StartStep.class)
	void aFailureEndsTheStartIfOneProcessCannotListenWhereThePoolWould(StartStep step, CapturedOutput output) {
		this.environment.setProperty("unicorn.bind", "unix:" + this.directory.resolve("app.sock"));
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> failAt(step, new IOException("simulated")))
			.withMessageContaining("simulated")
			.withMessageContaining("unicorn.bind");
		assertThat(output).doesNotContain("No worker pool");
		assertThat(this.directory.resolve("app.sock")).doesNotExist();
	}

	@Test
	void whatIsWithoutEffectIsNamedWhereThePoolIsSwitchedOff(CapturedOutput output) {
		this.environment.setProperty("unicorn.enabled", "false");
		this.environment.setProperty("unicorn.bind", "127.0.0.1:8081");
		start((step) -> assertThat(step).isEqualTo(StartStep.SETTINGS));
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("unicorn.bind=127.0.0.1:8081", "listens on all addresses with port 8080");
		assertThat(this.environment.getProperty("server.address")).isNull();
	}

	@Test
	void aBrokenJvmIsNoReasonToGoOn() {
		assertThatThrownBy(() -> failAt(StartStep.PLAN, new InternalError("simulated")))
			.isInstanceOf(InternalError.class);
	}

	@Test
	void whatIsWrongInTheConfigurationEndsTheStart() {
		this.environment.setProperty("unicorn.workers", "none");
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> failAt(StartStep.EXEC, new IllegalStateException("simulated")));
	}

	@Test
	void aWriterOfTheProcessIdMayEndTheStart() {
		ApplicationPidFileWriter writer = new ApplicationPidFileWriter("/proc/nowhere/app.pid");
		this.application.addListeners(writer);
		this.environment.setProperty("spring.pid.fail-on-write-error", "true");
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> failAt(StartStep.EXEC, new IllegalStateException("simulated")))
			.withMessageContaining("pid");
	}

	/**
	 * As with a jar from which some classes were removed, or a runtime on which they
	 * cannot be loaded.
	 */
	@Test
	void aClassOfOursThatCannotBeLoadedLeavesOneProcess(CapturedOutput output) throws Exception {
		Set<String> hidden = Set.of("io.unicorn.posix.", "io.unicorn.launch.", "io.unicorn.ipc.", "io.unicorn.cli.");
		Class<?> type = new LackingClassLoader(hidden).loadClass(PoolRunListener.class.getName());
		var constructor = type.getDeclaredConstructor(SpringApplication.class, String[].class);
		constructor.setAccessible(true);
		Object listener = constructor.newInstance(this.application, new String[0]);
		var method = type.getMethod("environmentPrepared",
				org.springframework.boot.bootstrap.ConfigurableBootstrapContext.class,
				org.springframework.core.env.ConfigurableEnvironment.class);
		method.setAccessible(true);

		method.invoke(listener, new DefaultBootstrapContext(), this.environment);

		assertThat(output).contains("No worker pool: ", "io/unicorn/");
		this.environment.setProperty("unicorn.bind", "127.0.0.1:8081");
		assertThatThrownBy(() -> method.invoke(listener, new DefaultBootstrapContext(), this.environment)).cause()
			.hasMessageContaining("cannot listen on 127.0.0.1:8081 (unicorn.bind)");
	}

	/** Defines the starter's classes itself, and does not find some of the core's. */
	private static final class LackingClassLoader extends ClassLoader {

		private final Set<String> hidden;

		LackingClassLoader(Set<String> hidden) {
			super(ProcessStartTests.class.getClassLoader());
			this.hidden = hidden;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (this.hidden.stream().anyMatch(name::startsWith)) {
				throw new ClassNotFoundException(name);
			}
			if (!name.startsWith("io.unicorn.")) {
				return super.loadClass(name, resolve);
			}
			Class<?> known = findLoadedClass(name);
			if (known != null) {
				return known;
			}
			try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (in == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] code = in.readAllBytes();
				return defineClass(name, code, 0, code.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}

package io.unicorn.boot.bootstrap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.autoconfigure.InvalidUnicornPropertyException;
import io.unicorn.boot.bootstrap.addresses.WebAddresses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfigurationReportTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private ConfigurationReport report(Map<String, Object> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		return new ConfigurationReport(new LaunchContext("Linux", "main", "Main", "Main", List.of(), true),
				this.environment, new PrintStream(this.bytes, true, StandardCharsets.UTF_8),
				(address) -> (address.port() == 9001) ? ", in use now" : "");
	}

	private boolean check(Map<String, Object> properties, PoolActivation activation) {
		return report(properties).check(activation,
				() -> LaunchInputs.of(this.environment, getClass().getClassLoader()));
	}

	private List<String> lines() {
		return this.bytes.toString(StandardCharsets.UTF_8).lines().toList();
	}

	@Test
	void aPoolThatWouldStartIsDescribedWithWhatWasSet() {
		assertThat(check(
				Map.of("unicorn.workers", "3", "unicorn.timeout", "45", "unicorn.jvm-args[0]", "-Xmx64m", "server.port",
						"9000", "management.server.port", "9001", "management.server.address", "::1"),
				PoolActivation.WANTED))
			.isTrue();
		assertThat(lines().get(0)).startsWith("A pool of 3 workers of class gthread would start, on ");
		assertThat(lines())
			.contains("listening on *:9000 (http)", "listening on [0:0:0:0:0:0:0:1]:9001 (management), in use now",
					"unicorn.workers   3        \"unicorn.workers\" from property source \"test\"",
					"unicorn.timeout   45s      \"unicorn.timeout\" from property source \"test\"",
					"unicorn.jvm-args  -Xmx64m  \"unicorn.jvm-args[0]\" from property source \"test\"")
			.noneMatch((line) -> line.startsWith("unicorn.threads"));
	}

	@Test
	void everyFormOfAnAddressIsDescribed() {
		assertThat(check(
				Map.of("unicorn.bind", "127.0.0.1:0,unix:/run/app.sock,fd://3", "unicorn.listeners.grpc", ":9000"),
				PoolActivation.WANTED))
			.isTrue();
		assertThat(lines())
			.contains("listening on 127.0.0.1:a free port (http)", "listening on unix:/run/app.sock (http-2)",
					"listening on fd://3 (http-3)", "listening on *:9000 (grpc)")
			.anyMatch((line) -> line.matches("unicorn.listeners.grpc +:9000 .*"));
	}

	@Test
	void theAddressOfProbesMustBeAnother() {
		assertThat(check(Map.of("unicorn.probe.address", "9090", "server.port", "9000"), PoolActivation.WANTED))
			.isTrue();
		assertThat(lines()).contains("answering probes on 127.0.0.1:9090");
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class)
			.isThrownBy(
					() -> check(Map.of("unicorn.probe.address", "9000", "server.port", "9000"), PoolActivation.WANTED))
			.withMessageContaining("the application listens on :9000 (http)");
	}

	@Test
	void aWorkDirThatOthersCanUseIsRefusedAsInAStart(@TempDir Path directory) throws IOException {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		assertThatExceptionOfType(PoolStartException.class)
			.isThrownBy(() -> check(Map.of("unicorn.work-dir", directory.toString()), PoolActivation.WANTED))
			.withMessageContaining("has mode rwxr-xr-x");
		Path none = directory.resolve("a/b");
		assertThat(check(Map.of("unicorn.work-dir", none.toString()), PoolActivation.WANTED)).isTrue();
		assertThat(none.getParent()).doesNotExist();
	}

	@Test
	void whatADefaultFollowsFromIsNamedAndControlCharactersAreNotPrinted() {
		assertThat(
				check(Map.of("WEB_CONCURRENCY", "3", "unicorn.pidfile", "/run/a\u001b[31m.pid"), PoolActivation.WANTED))
			.isTrue();
		assertThat(lines()).anyMatch((line) -> line.matches("unicorn.workers +auto +default, see WEB_CONCURRENCY=3"))
			.anyMatch((line) -> line.contains("/run/a [31m.pid"));
	}

	@Test
	void theReasonWhyThereIsNoPoolIsPrinted() {
		assertThat(check(Map.of(), new PoolActivation(false, "No worker pool: a reason.", true))).isFalse();
		assertThat(check(Map.of(), PoolActivation.NO)).isFalse();
		assertThat(lines()).containsExactly("No worker pool: a reason.",
				"No worker pool: unicorn.enabled is false, or the application has no web server.");
	}

	@Test
	void aValueThatIsNotAllowedIsRefusedAsInAStart() {
		assertThatExceptionOfType(InvalidUnicornPropertyException.class)
			.isThrownBy(() -> check(Map.of("unicorn.workers", "0"), PoolActivation.WANTED));
	}

	@Test
	void allSettingsAreListedWithTheirDefaults() {
		assertThat(report(Map.of("UNICORN_MAXREQUESTS", "7")).printAll()).isTrue();
		assertThat(lines()).anyMatch((line) -> line.matches("unicorn.worker-class +gthread +default"))
			.anyMatch((line) -> line.matches("unicorn.rollout.observe +5s +default"))
			.anyMatch((line) -> line.matches("unicorn.pidfile +- +default"))
			.anyMatch((line) -> line.matches("unicorn.warm-up.requests +1000 +default"));
	}

}

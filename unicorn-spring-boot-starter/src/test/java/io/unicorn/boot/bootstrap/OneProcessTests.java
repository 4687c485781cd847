package io.unicorn.boot.bootstrap;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class OneProcessTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@AfterEach
	void forgetSockets() {
		System.clearProperty("io.unicorn.passed");
	}

	private OneProcess process(Map<String, Object> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		return new OneProcess(this.environment);
	}

	private String port() {
		return this.environment.getProperty("server.address") + " " + this.environment.getProperty("server.port");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					127.0.0.1:8081                       | 127.0.0.1 8081 | It listens on 127.0.0.1 with port 8081 (unicorn.bind).
					unix:/run/a.sock,[::1]:0,fd://3,:80  | ::1 0          | It listens on ::1 with a free port, and not on unix:/run/a.sock, fd://3, :80 (unicorn.bind).
					localhost:8081                       | localhost 8081 | It listens on localhost with port 8081 (unicorn.bind).
					:8081                                | 0.0.0.0 8081   | It listens on all addresses with port 8081 (unicorn.bind).
					""")
	void theFirstTcpAddressOfThePoolIsKept(String bind, String address, String line, CapturedOutput output) {
		process(Map.of("unicorn.bind", bind, "server.port", "1", "server.address", "10.0.0.1"))
			.replacePool("simulated");
		assertThat(port()).isEqualTo(address);
		assertThat(output).contains("ERROR",
				"No worker pool: simulated. The application runs in this one process, which the signal HUP ends. "
						+ line);
	}

	@Test
	void aPortForAllAddressesNeedsNoAddress() {
		process(Map.of("unicorn.bind", "8081")).replacePool("simulated");
		assertThat(port()).isEqualTo("null 8081");
	}

	@Test
	void aManagementServerOnThePortOfTheApplicationOpensNoOther() {
		process(Map.of("unicorn.bind", "127.0.0.1:8081", "management.server.port", "8080")).replacePool("simulated");
		assertThat(this.environment.getProperty("management.server.port", Integer.class)).isNull();
	}

	@Test
	void aManagementServerOnAPortOfItsOwnKeepsIt() {
		process(Map.of("unicorn.bind", "127.0.0.1:8081", "management.server.port", "9090")).replacePool("simulated");
		assertThat(this.environment.getProperty("management.server.port")).isEqualTo("9090");
	}

	@Test
	void withoutAnAddressOfThePoolTheServersStays(CapturedOutput output) {
		process(Map.of("server.port", "8082", "unicorn.proxy-protocol", "off")).replacePool("simulated");
		assertThat(port()).isEqualTo("null 8082");
		assertThat(output).contains("simulated. The application runs in this one process, which the signal HUP ends.")
			.doesNotContain("listens");
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix:/run/a.sock", "fd://3", "unix:/run/a.sock,fd://3" })
	void withoutATcpAddressNothingIsStarted(String bind, CapturedOutput output) {
		OneProcess process = process(Map.of("unicorn.bind", bind));
		assertThatExceptionOfType(PoolStartException.class)
			.isThrownBy(() -> process.replacePool("its simulation; stop"))
			.satisfies((ex) -> {
				var analysis = new PoolStartFailureAnalyzer().analyze(ex);
				assertThat(analysis.getDescription()).startsWith(
						"The worker pool cannot be started. Its simulation; stop. The application in one process cannot listen on ")
					.contains("(unicorn.bind)");
				assertThat(analysis.getAction()).contains("add a TCP address to unicorn.bind", "unicorn.enabled=false");
			});
		assertThat(output).doesNotContain("ERROR");
	}

	@ParameterizedTest
	@ValueSource(strings = { "v1", "auto" })
	void whereAProxySendsItsHeaderNothingIsStarted(String protocol) {
		OneProcess process = process(Map.of("unicorn.bind", "127.0.0.1:8081", "unicorn.proxy-protocol", protocol));
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> process.replacePool("simulated"))
			.withMessageContaining("unicorn.proxy-protocol=" + protocol);
	}

	@Test
	void socketsOfAServiceManagerAreNotLeftAlone() {
		System.setProperty("io.unicorn.passed", "http");
		OneProcess process = process(Map.of());
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> process.replacePool("simulated"))
			.withMessageContaining("cannot accept from fd://3");
	}

	@Test
	void socketsOfAServiceManagerThatNoPoolWouldUseAreNoReason() {
		System.setProperty("io.unicorn.passed", "http");
		process(Map.of("unicorn.bind", "127.0.0.1:8081")).replacePool("simulated");
		assertThat(port()).isEqualTo("127.0.0.1 8081");
	}

	@Test
	void whatHasNoEffectIsNamedOnce(CapturedOutput output) {
		process(Map.of("unicorn.bind", "127.0.0.1:8081", "unicorn.proxy-protocol", "v2", "server.port", "0"))
			.warnOfUnused();
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.endsWith("There is no pool, so unicorn.bind=127.0.0.1:8081 and unicorn.proxy-protocol=v2 have no effect: "
					+ "the application listens on all addresses with a free port, by server.address and server.port");
	}

	@Test
	void nothingIsSaidOfWhatIsNotSet(CapturedOutput output) {
		process(Map.of("unicorn.proxy-protocol", "false")).warnOfUnused();
		assertThat(output).doesNotContain("no effect");
	}

}

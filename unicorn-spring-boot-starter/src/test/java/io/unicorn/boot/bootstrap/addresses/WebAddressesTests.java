package io.unicorn.boot.bootstrap.addresses;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WebAddressesTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final List<String> calls = new ArrayList<>();

	private LaunchPlan.@Nullable Probe probe;

	/** Fails on ports from 1 to 1023 and on port 9999. */
	private Posix posix() {
		return (Posix) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Posix.class },
				(proxy, method, arguments) -> {
					switch (method.getName()) {
						case "listen" -> {
							return listen((InetAddress) arguments[0], (int) arguments[1], (int) arguments[2]);
						}
						case "close" -> {
							this.calls.add("close " + arguments[0]);
							return null;
						}
						default -> throw new UnsupportedOperationException(method.getName());
					}
				});
	}

	private Listener listen(InetAddress address, int port, int backlog) throws PosixException {
		if (port == 9999) {
			throw new PosixException("bind", PosixException.EADDRINUSE, "Address already in use");
		}
		if (port > 0 && port < 1024) {
			throw new PosixException("bind 0.0.0.0:" + port, PosixException.EACCES, "Permission denied");
		}
		this.calls.add("listen " + ((address != null) ? address.getHostAddress() + " " : "") + port + " " + backlog);
		return new Listener(10 + this.calls.size(), new InetSocketAddress(port));
	}

	private Map<String, Listener> open() {
		WebAddresses web = new WebAddresses(this.environment, getClass().getClassLoader());
		return WebAddresses.open(web.addresses(), this.probe, posix());
	}

	@Test
	void withoutConfigurationPort8080IsOpenedOnAllAddresses() {
		assertThat(open()).containsOnlyKeys("http");
		assertThat(this.calls).containsExactly("listen 8080 2048");
	}

	@Test
	void aRandomPortIsTheOneThatThePoolListensOn() {
		StandardEnvironment random = new StandardEnvironment();
		RandomValuePropertySource.addToEnvironment(random);
		random.getPropertySources()
			.addLast(new MapPropertySource("test",
					Map.of("server.port", "${web.port:${random.int[20000,20001]}}", "management.server.port", "0")));
		System.setProperty(WorkerCommand.PORTS_PROPERTY, "http:30000,management:0");
		try {
			assertThat(new WebAddresses(random, getClass().getClassLoader()).addresses())
				.extracting(ListenAddress::port)
				.containsExactly(30_000, 0);
			assertThat(RandomPorts.of(random).properties()).containsExactly(Map.entry("server.port", 30_000));
			random.getPropertySources().addFirst(new MapPropertySource("fixed", Map.of("web.port", "8081")));
			assertThat(new WebAddresses(random, getClass().getClassLoader()).addresses())
				.extracting(ListenAddress::port)
				.containsExactly(8081, 0);
		}
		finally {
			System.clearProperty(WorkerCommand.PORTS_PROPERTY);
		}
	}

	@Test
	void addressPortAndBacklogAreTheServers() {
		this.environment.setProperty("server.address", "127.0.0.1");
		this.environment.setProperty("server.port", "0");
		this.environment.setProperty("server.tomcat.accept-count", "7");
		open();
		assertThat(this.calls).containsExactly("listen 127.0.0.1 0 7");
	}

	@Test
	void aNameIsReadInEveryFormThatSpringBootAllows() {
		this.environment.setProperty("server.tomcat.acceptCount", "0");
		open();
		assertThat(this.calls).containsExactly("listen 8080 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "8080", "" })
	void aManagementServerThatHasNoPortOfItsOwnHasNoListener(String port) {
		this.environment.setProperty("management.server.port", port);
		assertThat(open()).containsOnlyKeys("http");
	}

	@ParameterizedTest
	@CsvSource({ "8080, 9090", "8080, 0", "0, 0", "0, 9090" })
	void aManagementServerWithAPortOfItsOwnHasAListener(String port, String managementPort) {
		this.environment.setProperty("server.port", port);
		this.environment.setProperty("management.server.port", managementPort);
		this.environment.setProperty("management.server.address", "127.0.0.1");
		assertThat(open().keySet()).containsExactly("http", "management");
		assertThat(this.calls).containsExactly("listen " + port + " 2048",
				"listen 127.0.0.1 " + managementPort + " 2048");
	}

	@Test
	void withoutActuatorThereIsNoManagementServer() {
		this.environment.setProperty("management.server.port", "9090");
		assertThat(new WebAddresses(this.environment, ClassLoader.getPlatformClassLoader()).addresses())
			.extracting(ListenAddress::name)
			.containsExactly("http");
	}

	@Test
	void aPortThatIsInUseIsReportedAsSpringBootDoes() {
		this.environment.setProperty("server.port", "9999");
		assertThatExceptionOfType(PortInUseException.class).isThrownBy(this::open)
			.satisfies((ex) -> assertThat(ex.getPort()).isEqualTo(9999));
	}

	@Test
	void whatWasOpenedIsClosedWhenTheNextFails() {
		this.environment.setProperty("management.server.port", "9999");
		assertThatExceptionOfType(PortInUseException.class).isThrownBy(this::open);
		assertThat(this.calls).containsExactly("listen 8080 2048", "close 11");
	}

	@Test
	void theAddressOfProbesIsTriedAfterTheListeners() {
		this.probe = ProbePort.of("9090", 2);
		assertThat(this.probe).isEqualTo(new LaunchPlan.Probe(new ProbeAddress("127.0.0.1", 9090), 2));
		assertThat(open()).containsOnlyKeys("http");
		assertThat(this.calls).containsExactly("listen 8080 2048", "listen 127.0.0.1 9090 1", "close 12");
	}

	@Test
	void anAddressOfProbesThatIsInUseIsExplained() {
		this.probe = ProbePort.of("0.0.0.0:9999", 0);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			FailureAnalysis analysis = new ListenFailureAnalyzer().analyze(ex);
			assertThat(analysis.getDescription())
				.isEqualTo("The master cannot listen on 0.0.0.0:9999: it is already in use.");
			assertThat(analysis.getAction()).contains("unicorn.probe.address");
		});
		assertThat(this.calls).containsExactly("listen 8080 2048", "close 11");
	}

	@Test
	void anUnknownHostOfProbesIsExplained() {
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class)
			.isThrownBy(() -> ProbePort.of("nowhere.invalid:9090", 0))
			.satisfies((ex) -> assertThat(ex.getDescription()).contains("nowhere.invalid:9090", "unknown"));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void withoutAnAddressThereAreNoProbes(@Nullable String address) {
		assertThat(ProbePort.of(address, 1)).isNull();
	}

	@Test
	void aPrivilegedPortIsExplained() {
		this.environment.setProperty("server.port", "80");
		this.environment.setProperty("server.address", "127.0.0.1");
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			FailureAnalysis analysis = new ListenFailureAnalyzer().analyze(ex);
			assertThat(analysis.getDescription())
				.startsWith("The web server cannot listen on 127.0.0.1 port 80: bind 0.0.0.0:80: Permission denied")
				.contains("CAP_NET_BIND_SERVICE");
			assertThat(analysis.getAction()).contains("server.port", "server.address");
		});
	}

	@ParameterizedTest
	@CsvSource({ "server.port, 65536", "server.port, -2", "management.server.port, 70000" })
	void aPortThatIsOutOfRangeIsExplained(String property, String port) {
		this.environment.setProperty(property, port);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			assertThat(ex.getDescription()).contains("port " + port, "0 to 65535");
			assertThat(ex.getAdvice()).contains(property);
		});
	}

}
